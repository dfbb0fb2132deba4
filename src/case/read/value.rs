//! Values that several sections share: moments, networks, lists of words.

use chrono_tz::Tz;
use ipnet::{IpNet, Ipv4Net};
use toml::value::{Datetime, Offset};

use super::super::error::{CaseError, Place, Refusal, said};
use super::super::glob::{Glob, Kind};
use super::super::moment::{local_time, proposed, rfc3339};
use super::super::near::near;
use super::super::reader::{Keys, Text, type_name};

/// A moment that bears its zone: RFC 3339 in quotes, or a TOML time. A time without zone is refused with the
/// offset that `zone` had then as the hint.
pub(super) fn moment(keys: &Keys<'_, '_>, key: &str, zone: Tz) -> Result<Option<(i64, Place)>, CaseError> {
    let Some(value) = keys.get(key) else { return Ok(None) };
    let at = Place::from(value.span());
    if let Some(text) = value.get_ref().as_str() {
        return moment_text(text, zone).map(|us| Some((us, at))).map_err(|r| keys.error(at, named(key, r)));
    }
    let Some(time) = value.get_ref().as_datetime() else {
        let is = type_name(value.get_ref());
        let refusal = Refusal::new(format!("`{key}` in `{}` must be a time, not {is}", keys.name));
        return Err(keys.error(at, refusal.hint("write RFC 3339: `2022-06-27T21:30:00-07:00`")));
    };
    moment_text(&spelled(time), zone).map(|us| Some((us, at))).map_err(|r| keys.error(at, named(key, r)))
}

fn named(key: &str, refusal: Refusal) -> Refusal {
    Refusal { sentence: format!("`{key}`: {}", refusal.sentence), ..refusal }
}

fn moment_text(text: &str, zone: Tz) -> Result<i64, Refusal> {
    match local_time(text) {
        None => rfc3339(text),
        Some(local) => {
            let refusal = Refusal::new(format!("`{}` has no zone", said(text)));
            Err(match proposed(local, zone) {
                Some(written) => refusal.hint(format!("in `{zone}` that is `{written}`")),
                None => refusal.hint("write RFC 3339: `2022-06-27T21:30:00-07:00`"),
            })
        }
    }
}

/// A TOML time as RFC 3339, seconds filled in (TOML 1.1 lets them be left out).
fn spelled(time: &Datetime) -> String {
    let mut text = String::new();
    if let Some(date) = time.date {
        text.push_str(&date.to_string());
    }
    if let Some(clock) = time.time {
        let (second, nanos) = (clock.second.unwrap_or(0), clock.nanosecond.unwrap_or(0));
        text.push_str(&format!("T{:02}:{:02}:{second:02}", clock.hour, clock.minute));
        if nanos > 0 {
            text.push_str(&format!(".{:06}", nanos / 1_000));
        }
    }
    match time.offset {
        Some(Offset::Z) => text.push('Z'),
        Some(Offset::Custom { minutes }) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            text.push_str(&format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60));
        }
        None => {}
    }
    text
}

/// A zone of the IANA database.
pub(super) fn zone(keys: &Keys<'_, '_>, key: &str) -> Result<Option<Tz>, CaseError> {
    let Some(text) = keys.filled(key)? else { return Ok(None) };
    match text.value.parse::<Tz>() {
        Ok(zone) => Ok(Some(zone)),
        Err(_) => {
            let refusal = Refusal::new(format!("unknown zone `{}`", said(text.value)));
            Err(keys.error(text.at, refusal.hint(zone_hint(text.value))))
        }
    }
}

fn zone_hint(text: &str) -> String {
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let city = text.rsplit('/').next().unwrap_or_default().replace(' ', "_");
    let mut same_city =
        names.clone().filter(|name| name.rsplit('/').next().is_some_and(|c| c.eq_ignore_ascii_case(&city)));
    if text.starts_with(['+', '-']) {
        return "a fixed offset is written with its sign turned round: `+02:00` is `Etc/GMT-2`".to_owned();
    }
    // `PST` is near `EST` and hours away from it.
    if text.len() <= 5 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        return "an abbreviation is no zone: write `America/Los_Angeles`, `UTC`".to_owned();
    }
    match same_city.next().or_else(|| near(text, names)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "write a name of the IANA database: `America/Los_Angeles`, `UTC`".to_owned(),
    }
}

/// Networks in CIDR form; an address alone is a network of one.
pub(super) fn networks(keys: &Keys<'_, '_>, key: &str) -> Result<Vec<IpNet>, CaseError> {
    keys.texts(key)?.into_iter().map(|text| network(text.value).map_err(|r| keys.error(text.at, r))).collect()
}

fn network(text: &str) -> Result<IpNet, Refusal> {
    let parsed =
        text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
    let Some(net) = parsed else {
        let hint = "write an address and a prefix length: `198.51.100.0/24`, `2001:db8::/32`";
        return Err(Refusal::new(format!("`{}` is no network", said(text))).hint(hint));
    };
    if net.addr() != net.network() {
        let sentence = format!("`{text}` has bits set beyond its prefix");
        return Err(Refusal::new(sentence).hint(format!(
            "write `{}` or `{}`",
            net.trunc(),
            IpNet::from(net.addr())
        )));
    }
    Ok(folded(net))
}

/// An IPv4-mapped network as IPv4, because addresses are folded so too (METHOD M3.1).
fn folded(net: IpNet) -> IpNet {
    if let IpNet::V6(v6) = net
        && let Some(v4) = v6.addr().to_ipv4_mapped()
        && let Some(bits) = v6.prefix_len().checked_sub(96)
        && let Ok(mapped) = Ipv4Net::new(v4, bits)
    {
        return IpNet::V4(mapped);
    }
    net
}

/// Methods: tokens in capitals, as requests write them.
pub(super) fn methods(keys: &Keys<'_, '_>, key: &str) -> Result<Option<Vec<String>>, CaseError> {
    if keys.get(key).is_none() {
        return Ok(None);
    }
    let texts = keys.texts(key)?;
    if texts.is_empty() {
        return Err(empty_list(keys, key));
    }
    for text in &texts {
        let token = text.value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !token || text.value.bytes().any(|b| b.is_ascii_lowercase()) {
            let refusal = Refusal::new(format!("`{}` is no method", said(text.value)));
            let hint =
                format!("methods are written in capitals: `{}`", said(&text.value.to_ascii_uppercase()));
            return Err(keys.error(text.at, if token { refusal.hint(hint) } else { refusal }));
        }
    }
    no_twins(keys, &texts)?;
    Ok(Some(texts.into_iter().map(|text| text.value.to_owned()).collect()))
}

pub(super) fn empty_list(keys: &Keys<'_, '_>, key: &str) -> CaseError {
    let at = keys.get(key).map_or(keys.at, |value| value.span().into());
    keys.error(at, Refusal::new(format!("`{key}` in `{}` is an empty list", keys.name)))
}

/// Refuses a value that a list holds twice.
pub(super) fn no_twins(keys: &Keys<'_, '_>, texts: &[Text<'_>]) -> Result<(), CaseError> {
    for (i, text) in texts.iter().enumerate() {
        if texts.iter().take(i).any(|earlier| earlier.value == text.value) {
            return Err(keys.error(text.at, Refusal::new(format!("`{}` is listed twice", said(text.value)))));
        }
    }
    Ok(())
}

/// Party globs that compile.
pub(super) fn party_globs(keys: &Keys<'_, '_>, key: &str) -> Result<Vec<String>, CaseError> {
    let mut globs = Vec::new();
    for text in keys.texts(key)? {
        let glob = Glob::parse(text.value, Kind::Party);
        if let Err(e) = glob.and_then(|glob| glob.compile(true)) {
            let at = keys.doc.inside(text, e.at, e.len);
            return Err(keys.error(at, Refusal::new(format!("bad glob: {}", e.sentence))));
        }
        globs.push(text.value.to_owned());
    }
    Ok(globs)
}
