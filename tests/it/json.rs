//! A value by its path: `counts.served`, `windows[0].served`, `resources[name=permits].clients_ip`.
//!
//! Brackets hold an index, or the field and the text that choose an element; the text may hold dots.

use serde_json::Value;

/// The value at `path`, or [`None`] where a step leads nowhere.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut here = value;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (step, after) = inside.split_once(']').expect("a closed bracket");
            here = element(here, step)?;
            rest = after;
        } else {
            let plain = rest.strip_prefix('.').unwrap_or(rest);
            let end = plain.find(['.', '[']).unwrap_or(plain.len());
            here = here.get(&plain[..end])?;
            rest = &plain[end..];
        }
    }
    Some(here)
}

fn element<'a>(list: &'a Value, step: &str) -> Option<&'a Value> {
    match step.split_once('=') {
        Some((field, text)) => {
            list.as_array()?.iter().find(|e| e.get(field).and_then(Value::as_str) == Some(text))
        }
        None => list.get(step.parse::<usize>().expect("an index")),
    }
}

/// The whole number at `path`.
#[track_caller]
pub(crate) fn number(value: &Value, path: &str) -> u64 {
    let found = at(value, path).unwrap_or_else(|| panic!("nothing at {path}"));
    found.as_u64().unwrap_or_else(|| panic!("{path} is {found}, no whole number"))
}

/// The text at `path`.
#[track_caller]
pub(crate) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    let found = at(value, path).unwrap_or_else(|| panic!("nothing at {path}"));
    found.as_str().unwrap_or_else(|| panic!("{path} is {found}, no text"))
}

/// `requests`, `served`, `retrievals` of the answer: the three figures that most rules move.
#[track_caller]
pub(crate) fn three(answer: &Value) -> [u64; 3] {
    ["counts.requests", "counts.served", "counts.retrievals"].map(|path| number(answer, path))
}

/// All numbers that a sentence states, thousands commas taken out, in order.
pub(crate) fn numbers(sentence: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut digits = String::new();
    let mut chars = sentence.chars().peekable();
    while let Some(c) = chars.next() {
        let grouped = c == ',' && !digits.is_empty() && chars.peek().is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() {
            digits.push(c);
        } else if !grouped && !digits.is_empty() {
            found.push(digits.parse().unwrap());
            digits.clear();
        }
    }
    if !digits.is_empty() {
        found.push(digits.parse().unwrap());
    }
    found
}

#[test]
fn a_path_finds_members_elements_and_nothing() {
    let value = serde_json::json!({"a": [{"name": "x.y", "n": 3}, {"name": "z", "n": 4}]});
    assert_eq!(number(&value, "a[1].n"), 4);
    assert_eq!(number(&value, "a[name=x.y].n"), 3);
    assert_eq!(at(&value, "a[name=q].n"), None);
    assert_eq!(at(&value, "a[2]"), None);
    assert_eq!(at(&value, "b.c"), None);
}

#[test]
fn numbers_of_a_sentence_lose_their_thousands_commas_only() {
    assert_eq!(
        numbers("41 responses with 1,635,505,334 bytes, 4,131 by 606."),
        [41, 1_635_505_334, 4131, 606]
    );
    assert!(numbers("none").is_empty());
}
