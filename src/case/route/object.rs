//! The key of an object inside its resource (METHOD M4.5).
//!
//! `host or bucket` NUL `path` NUL `value of each object_query key, in declared order`. Two requests have the same
//! key iff they ask for the same object, so a NUL that is data is written as 01 `0`, an 01 as 01 `1`; a key that is
//! absent is 01 `-`, which is not an empty value, and repeated values are joined by 01 `,`.

use super::super::path::query_values;
use super::rule::{Facts, Rule};

pub(super) fn key(rule: &Rule, facts: &Facts<'_>) -> Vec<u8> {
    let mut key = Vec::with_capacity(facts.path.len() + 40);
    let place = match facts.store {
        Some((bucket, _)) => bucket,
        None => facts.host,
    };
    push(&mut key, place.unwrap_or_default());
    key.push(0);
    if rule.ignore_case {
        push(&mut key, &facts.path.to_ascii_lowercase());
    } else {
        push(&mut key, facts.path);
    }
    for name in &rule.object_query {
        key.push(0);
        let mut values = query_values(facts.query.unwrap_or_default(), name, rule.ignore_case);
        match values.next() {
            None => key.extend_from_slice(b"\x01-"),
            Some(first) => push(&mut key, &first),
        }
        for value in values {
            key.extend_from_slice(b"\x01,");
            push(&mut key, &value);
        }
    }
    key
}

fn push(key: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        match byte {
            0 => key.extend_from_slice(b"\x010"),
            1 => key.extend_from_slice(b"\x011"),
            _ => key.push(byte),
        }
    }
}

/// The parts of an object key: host or bucket (empty if none was logged), path, then the query values. NUL bytes
/// that are data are still written as the bytes 01 `0`.
pub fn object_parts(object: &[u8]) -> impl Iterator<Item = &[u8]> {
    object.split(|b| *b == 0)
}
