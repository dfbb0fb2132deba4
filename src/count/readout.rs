//! Finished tallies → plain numbers in sorted maps.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::counted::{CellKey, ClientKey, Distinct, OtherMethods, Semantics, Sums};
use super::tallies::is_ip;
use crate::table::frame::{TableError, signed_of, small_of, unsigned_of};
use crate::table::row::ClientKind;
use crate::table::schema as s;

fn client_keys(frame: &DataFrame) -> Result<Vec<ClientKey>, TableError> {
    let (hi, lo) = (unsigned_of(frame, s::CLIENT_HI)?, unsigned_of(frame, s::CLIENT_LO)?);
    Ok(small_of(frame, s::KIND)?.into_iter().zip(hi).zip(lo).map(|((kind, hi), lo)| (kind, hi, lo)).collect())
}

fn sums_of(frame: &DataFrame) -> Result<Vec<Sums>, TableError> {
    let first = signed_of(frame, s::FIRST)?;
    let last = signed_of(frame, s::LAST)?;
    let mut out: Vec<Sums> = first
        .into_iter()
        .zip(last)
        .map(|(first_us, last_us)| Sums { first_us, last_us, ..Sums::default() })
        .collect();
    let mut put = |name: &str, set: fn(&mut Sums, u64)| -> Result<(), TableError> {
        for (sums, value) in out.iter_mut().zip(unsigned_of(frame, name)?) {
            set(sums, value);
        }
        Ok(())
    };
    put(s::REQUESTS, |o, v| o.requests = v)?;
    put(s::SERVED, |o, v| o.served = v)?;
    put(s::RETRIEVALS, |o, v| o.retrievals = v)?;
    put(s::COMPLETE_OR_PROBABLE, |o, v| o.complete_or_probable = v)?;
    put(s::COMPLETE, |o, v| o.complete = v)?;
    put(s::BYTES_SERVED, |o, v| o.bytes_served = v)?;
    put(s::UNLOGGED, |o, v| o.unlogged = v)?;
    put(s::SUBJECT_UNKNOWN, |o, v| o.subject_unknown = v)?;
    Ok(out)
}

pub(super) fn cells(frame: Option<DataFrame>) -> Result<BTreeMap<CellKey, Sums>, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let places = small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, s::RESOURCE)?);
    let times = small_of(&frame, s::WINDOW)?.into_iter().zip(small_of(&frame, s::PARTY)?);
    let keys = places.zip(client_keys(&frame)?).zip(times).map(
        |(((vantage, resource), client), (window, party))| CellKey {
            vantage,
            resource,
            client,
            window,
            party,
        },
    );
    Ok(keys.zip(sums_of(&frame)?).collect())
}

pub(super) fn pairs(
    frame: Option<DataFrame>,
    key: &str,
    value: &str,
) -> Result<BTreeMap<(u32, u32), u64>, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let keys = small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, key)?);
    Ok(keys.zip(unsigned_of(&frame, value)?).collect())
}

pub(super) fn semantics(frame: Option<DataFrame>) -> Result<Semantics, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let keys = small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, s::SEMANTICS)?);
    let values = unsigned_of(&frame, s::SERVED)?
        .into_iter()
        .zip(unsigned_of(&frame, s::BYTES_SERVED)?)
        .zip(unsigned_of(&frame, s::UNLOGGED)?)
        .map(|((served, bytes), unlogged)| (served, bytes, unlogged));
    Ok(keys.zip(values).collect())
}

/// Counts the rows of a finished tally per vantage: its keys are distinct.
pub(super) fn count_keys(frame: Option<DataFrame>) -> Result<BTreeMap<u32, u64>, TableError> {
    let mut out = BTreeMap::new();
    for vantage in frame.map_or(Ok(Vec::new()), |f| small_of(&f, s::VANTAGE))? {
        *out.entry(vantage).or_default() += 1;
    }
    Ok(out)
}

pub(super) fn distinct_by(
    frame: Option<DataFrame>,
    key: &str,
) -> Result<BTreeMap<(u32, u32), u64>, TableError> {
    let mut out = BTreeMap::new();
    if let Some(frame) = frame {
        for pair in small_of(&frame, s::VANTAGE)?.into_iter().zip(small_of(&frame, key)?) {
            *out.entry(pair).or_default() += 1;
        }
    }
    Ok(out)
}

pub(super) fn by_client(frame: Option<DataFrame>) -> Result<BTreeMap<(u32, ClientKey), u64>, TableError> {
    let mut out = BTreeMap::new();
    if let Some(frame) = frame {
        for pair in small_of(&frame, s::VANTAGE)?.into_iter().zip(client_keys(&frame)?) {
            *out.entry(pair).or_default() += 1;
        }
    }
    Ok(out)
}

pub(super) fn distinct(
    frame: Option<DataFrame>,
    out: &mut BTreeMap<u32, Distinct>,
) -> Result<(), TableError> {
    let Some(frame) = frame else { return Ok(()) };
    let mut nets: [std::collections::BTreeSet<(u32, u64)>; 3] = Default::default();
    for (vantage, (kind, hi, _)) in small_of(&frame, s::VANTAGE)?.into_iter().zip(client_keys(&frame)?) {
        let entry = out.entry(vantage).or_default();
        if kind == ClientKind::Ip4 as u32 {
            entry.ip4 += 1;
        } else if kind == ClientKind::Name as u32 {
            entry.names += 1;
        } else if kind == ClientKind::Ip6 as u32 {
            entry.ip6 += 1;
            for ((net, shift), seen) in entry.nets.iter_mut().zip([0, 8, 16]).zip(&mut nets) {
                *net += u64::from(seen.insert((vantage, hi >> shift)));
            }
        }
    }
    Ok(())
}

pub(super) fn other_methods(
    frame: Option<DataFrame>,
    out: &mut BTreeMap<u32, OtherMethods>,
) -> Result<(), TableError> {
    let Some(frame) = frame else { return Ok(()) };
    let values = unsigned_of(&frame, s::REQUESTS)?.into_iter().zip(unsigned_of(&frame, s::BYTES_SERVED)?);
    for ((vantage, (kind, _, _)), (responses, bytes)) in
        small_of(&frame, s::VANTAGE)?.into_iter().zip(client_keys(&frame)?).zip(values)
    {
        let entry = out.entry(vantage).or_default();
        entry.responses += responses;
        entry.bytes += bytes;
        entry.clients_ip += u64::from(is_ip(kind));
    }
    Ok(())
}

type Groups = BTreeMap<(u32, Vec<u64>), (Sums, u64)>;

pub(super) fn groups(frame: Option<DataFrame>, by: usize) -> Result<Groups, TableError> {
    let Some(frame) = frame else { return Ok(BTreeMap::new()) };
    let mut keys: Vec<(u32, Vec<u64>)> =
        small_of(&frame, s::VANTAGE)?.into_iter().map(|v| (v, Vec::with_capacity(by))).collect();
    for name in s::GROUP_KEYS.iter().take(by) {
        for (key, value) in keys.iter_mut().zip(unsigned_of(&frame, name)?) {
            key.1.push(value);
        }
    }
    let values = sums_of(&frame)?.into_iter().zip(unsigned_of(&frame, s::CLIENTS)?);
    Ok(keys.into_iter().zip(values).collect())
}
