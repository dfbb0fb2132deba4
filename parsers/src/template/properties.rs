//! Properties of all templates: borrowed fields, no panics, agreement with a naive splitter.

use super::Template;
use crate::format::tests::under_its_head;
use crate::format::{Format, Marks, Named, Unit, catalogue, named};
use crate::record::{Bytes, Record};
use crate::token::time::TimeCache;
use proptest::prelude::*;
use std::sync::Arc;

fn fields<'a>(record: &Record<'a>) -> Vec<&'a [u8]> {
    let Record { client, peer, x_forwarded_for, forwarded, query, host, agent, referer, .. } = *record;
    let Record { principal, request_id, range, content_range, request, target, .. } = *record;
    // The host of an absolute target lies in it.
    let is_in_target =
        |host: &&[u8]| target.is_some_and(|target| target.as_ptr_range().contains(&host.as_ptr()));
    let host = host.filter(|host| !is_in_target(host));
    let all = [
        client,
        peer,
        x_forwarded_for,
        forwarded,
        query,
        host,
        agent,
        referer,
        principal,
        request_id,
        range,
        content_range,
        request,
    ];
    all.into_iter().flatten().collect()
}

fn place(unit: &[u8], field: &[u8]) -> (usize, usize) {
    let begin = (field.as_ptr() as usize).wrapping_sub(unit.as_ptr() as usize);
    (begin, begin.wrapping_add(field.len()))
}

/// Every field lies inside the unit, and no two overlap; the request's parts lie in it, in order. (An object has no
/// request, and its parts stand in any order.)
fn borrowed_in_order(unit: &[u8], record: &Record<'_>) -> Result<(), TestCaseError> {
    let mut places: Vec<_> = fields(record).into_iter().map(|field| place(unit, field)).collect();
    places.sort_unstable();
    for pair in places.windows(2) {
        prop_assert!(pair[0].1 <= pair[1].0);
    }
    prop_assert!(places.last().is_none_or(|last| last.1 <= unit.len()));
    if let Some(request) = record.request {
        // Columns of their own may stand in any order.
        let parts: Vec<_> = [record.method, record.target, record.protocol].into_iter().flatten().collect();
        for pair in parts.windows(2) {
            prop_assert!(place(unit, pair[0]).1 <= place(unit, pair[1]).0);
        }
        for part in parts {
            prop_assert!(place(request, part).1 <= request.len());
        }
    }
    Ok(())
}

fn all_formats() -> Vec<Arc<dyn Format>> {
    let armed = |entry: &Named| under_its_head(&named(entry.name, None).unwrap(), entry.sample).0;
    let mut formats: Vec<_> = catalogue().iter().map(armed).collect();
    let texts = ["%h %u %{User-Agent}i %t %U %q %>s", "%{%a %B %e %I:%M:%S %p %Y}t %Z %>s %b"];
    formats.extend(texts.iter().filter_map(|text| named(&format!("apache:{text}"), None).ok()));
    formats.push(
        named("nginx:escape=none $remote_addr '$request' $uri $status $body_bytes_sent", None).unwrap(),
    );
    formats
}

fn checked(formats: &[Arc<dyn Format>], unit: &[u8]) -> Result<(), TestCaseError> {
    let mut cache = TimeCache::default();
    for format in formats {
        let read = format.parse(unit, &mut cache);
        prop_assert!(
            format.may_read(unit, &Marks::of(unit)) || matches!(read, Unit::Fault(_)),
            "{}",
            format.name()
        );
        match read {
            Unit::Record(record) => borrowed_in_order(unit, &record)?,
            Unit::Fault(fault) => prop_assert!(fault.offset <= unit.len() && unit.len() >= fault.found.len()),
            Unit::Directive => {}
        }
    }
    Ok(())
}

fn last_line(sample: &str) -> Vec<u8> {
    sample.rsplit('\n').next().unwrap_or_default().as_bytes().to_vec()
}

/// A sample line with some bytes changed, cut, doubled or spliced with another sample.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let sample = || prop::sample::select(catalogue()).prop_map(|entry| last_line(entry.sample));
    let byte = prop_oneof![prop::sample::select(&b" \"\\[]{}-,:;\t0"[..]), any::<u8>()];
    let edits = prop::collection::vec((any::<prop::sample::Index>(), byte, 0..4_u8), 0..6);
    (sample(), sample(), edits).prop_map(|(mut line, other, edits)| {
        for (at, byte, kind) in edits {
            let at = at.index(line.len() + 1);
            match kind {
                0 => line.insert(at, byte),
                1 => line.truncate(at.max(1)),
                2 => line.splice(at..at, other.iter().copied().take(at)).for_each(drop),
                _ => line.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
            }
        }
        line
    })
}

/// A combined line and what a naive splitter makes of it: cut at spaces, brackets and quotes by position.
fn combined() -> impl Strategy<Value = (String, [String; 5], u16, u64)> {
    let quoted = "([a-zA-Z0-9/.?=() ]|\\\\\"|\\\\\\\\){0,30}";
    let word = "[a-z0-9.:]{1,20}";
    (word, "[a-z@]{1,10}", quoted, quoted, quoted, 0..1000_u16, any::<u64>()).prop_map(
        |(client, login, request, referer, agent, status, bytes)| {
            let line = format!(
                "{client} - {login} [10/Oct/2000:13:55:36 -0700] \"{request}\" {status:03} {bytes} \"{referer}\" \"{agent}\""
            );
            (line, [client, login, request, referer, agent], status, bytes)
        },
    )
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(unit in prop::collection::vec(any::<u8>(), 0..300)) {
        checked(&all_formats(), &unit)?;
    }

    #[test]
    fn mutated_samples_never_panic_and_fields_stay_slices_in_order(unit in mutated()) {
        checked(&all_formats(), &unit)?;
    }

    #[test]
    fn a_template_never_panics_on_arbitrary_text(text in "(%|\\$|\\{|\\}|[a-zA-Z^!<>,0-9 \":._-]){0,40}") {
        for template in [Template::apache("t", &text), Template::nginx("t", &text)].into_iter().flatten() {
            let format: Arc<dyn Format> = Arc::new(template);
            checked(&[format], text.as_bytes())?;
        }
    }

    #[test]
    fn combined_agrees_with_a_naive_splitter((line, fields, status, bytes) in combined()) {
        let format = named("apache-combined", None).unwrap();
        let mut cache = TimeCache::default();
        let Unit::Record(record) = format.parse(line.as_bytes(), &mut cache) else {
            return Err(TestCaseError::fail("no record"));
        };
        let naive: Vec<Option<&[u8]>> = fields.iter().map(|field| Some(field.as_bytes())).collect();
        let read = [record.client, record.principal, record.request, record.referer, record.agent];
        prop_assert_eq!(&read[..], &naive[..]);
        prop_assert_eq!((record.status, record.bytes), (Some(status), Bytes::Logged(bytes)));
    }
}
