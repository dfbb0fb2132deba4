//! JSON as logs write it: the values of some keys, borrowed from the line, in one walk and without allocation.
//!
//! Texts keep their escapes ([`crate::record::Escape::Json`]). A key that is asked for and stands twice in one object is
//! refused: which of the two is meant cannot be told. What is not asked for is passed over; that its brackets and quotes
//! close is checked, its grammar inside is not.

mod whole;

pub use whole::is_whole;

use super::cursor::Read;
use super::{Wrong, number, quoted};
use crate::fault::FaultKind;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Value<'a> {
    /// The key is not there.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(&'a [u8]),
    /// A string, without its quotes.
    Text(&'a [u8]),
    /// An object or an array, with its brackets.
    Nested(&'a [u8]),
}

impl<'a> Value<'a> {
    /// A text; none where it is empty or `-`, as many writers put it.
    #[must_use]
    pub fn text(self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text).filter(|text| !matches!(*text, b"" | b"-")),
            _ => None,
        }
    }

    /// A text, empty or not.
    #[must_use]
    pub const fn written(self) -> Option<&'a [u8]> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The digits of a number, written as a number or as a text.
    #[must_use]
    pub fn digits(self) -> Option<&'a [u8]> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(text).filter(|text| !matches!(*text, b"" | b"-")),
            _ => None,
        }
    }

    /// A count that is not negative, written as a number or as a text; a fraction of zeros is let go (`89.0`).
    #[must_use]
    pub fn count(self) -> Option<u64> {
        let (rest, count) = number::unsigned(self.digits()?).ok()?;
        match rest {
            [] => Some(count),
            [b'.', zeros @ ..] if zeros.iter().all(|digit| *digit == b'0') => Some(count),
            _ => None,
        }
    }

    /// Whether there is something: neither absent nor `null`.
    #[must_use]
    pub const fn is_there(self) -> bool {
        !matches!(self, Self::Absent | Self::Null)
    }

    /// A status of up to three digits, as a number or a text; none where it is not there.
    ///
    /// # Errors
    /// Something else is there.
    pub fn status(self) -> Read<'a, Option<u16>> {
        match self {
            Self::Absent | Self::Null | Self::Text(b"" | b"-") => Ok(None),
            Self::Number(text) | Self::Text(text) => {
                match self.count().and_then(|count| u16::try_from(count).ok()) {
                    Some(status @ 0..=999) => Ok(Some(status)),
                    _ => Err(Wrong { kind: FaultKind::Status, expected: "a status below 1000", at: text }),
                }
            }
            Self::Bool(_) => Err(Wrong { kind: FaultKind::Status, expected: "a status", at: &[] }),
            Self::Nested(at) => Err(Wrong { kind: FaultKind::Status, expected: "a status", at }),
        }
    }
}

/// The keys that are asked for, as a tree; each has a place among the values.
#[derive(Debug, Default)]
pub struct Keys {
    root: Node,
    count: usize,
}

#[derive(Debug, Default)]
struct Node {
    /// Place of the value, if this key itself is asked for.
    place: Option<usize>,
    below: Vec<(Box<[u8]>, Node)>,
}

impl Keys {
    /// `paths` name keys inside objects by dots (`request.uri`); `0` is the first element of an array. A key that holds a
    /// dot itself is written with `\.`. Where a path is the beginning of another, only the shorter one is found.
    #[must_use]
    pub fn new(paths: &[&str]) -> Self {
        let mut keys = Self { root: Node::default(), count: paths.len() };
        for (place, path) in paths.iter().enumerate() {
            keys.root.add(&names(path), place);
        }
        keys
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }
}

/// The names of a path.
fn names(path: &str) -> Vec<Box<[u8]>> {
    let mut names = vec![Vec::new()];
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'.' => names.push(Vec::new()),
            b'\\' => names.last_mut().into_iter().for_each(|name| name.extend(bytes.next())),
            _ => names.last_mut().into_iter().for_each(|name| name.push(byte)),
        }
    }
    names.into_iter().map(Vec::into_boxed_slice).collect()
}

impl Node {
    fn add(&mut self, names: &[Box<[u8]>], place: usize) {
        let Some((name, deeper)) = names.split_first() else {
            self.place = Some(place);
            return;
        };
        if let Some((_, node)) = self.below.iter_mut().find(|(known, _)| known == name) {
            return node.add(deeper, place);
        }
        let mut node = Self::default();
        node.add(deeper, place);
        self.below.push((name.clone(), node));
    }

    fn find(&self, name: &[u8]) -> Option<(usize, &Self)> {
        self.below
            .iter()
            .enumerate()
            .find(|(_, (known, _))| **known == *name)
            .map(|(at, (_, node))| (at, node))
    }
}

/// Reads a line that is one object. `values` has a place for each key; all of them are overwritten.
///
/// # Errors
/// The line is no object, or a key that is asked for stands twice.
pub fn read<'a>(line: &'a [u8], keys: &Keys, values: &mut [Value<'a>]) -> Read<'a, ()> {
    values.fill(Value::Absent);
    let rest = object(blank(line), &keys.root, values)?;
    match blank(rest) {
        [] => Ok(()),
        rest => refuse("the end of the line behind the object", rest),
    }
}

/// The members of an object that stands alone, in order; ends early where it is broken.
pub fn members(nested: &[u8]) -> impl Iterator<Item = (&[u8], Value<'_>)> {
    let mut rest = nested.strip_prefix(b"{").unwrap_or_default();
    std::iter::from_fn(move || {
        let (key, tail) = key(blank(blank(rest).strip_prefix(b",").unwrap_or(rest))).ok()?;
        let (value, tail) = value(tail).ok()?;
        rest = tail;
        Some((key, value))
    })
}

/// The elements of an array that stands alone, in order; ends early where it is broken.
pub fn elements(nested: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let mut rest = nested.strip_prefix(b"[").unwrap_or_default();
    std::iter::from_fn(move || {
        let (value, tail) = value(blank(blank(rest).strip_prefix(b",").unwrap_or(rest))).ok()?;
        rest = tail;
        Some(value)
    })
}

fn refuse<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

fn blank(i: &[u8]) -> &[u8] {
    match i.first() {
        Some(b' ' | b'\t' | b'\r' | b'\n') => i.trim_ascii_start(),
        _ => i,
    }
}

/// An object: the values of `node`'s keys in it; what follows it.
fn object<'a>(i: &'a [u8], node: &Node, values: &mut [Value<'a>]) -> Read<'a, &'a [u8]> {
    let Some(mut rest) = i.strip_prefix(b"{") else { return refuse("an object in braces", i) };
    let mut met: u64 = 0;
    rest = blank(rest);
    if let Some(rest) = rest.strip_prefix(b"}") {
        return Ok(rest);
    }
    loop {
        let (name, tail) = key(rest)?;
        rest = match node.find(name) {
            None => value(tail)?.1,
            Some((at, child)) => {
                let bit = 1_u64.checked_shl(u32::try_from(at).unwrap_or(u32::MAX)).unwrap_or(0);
                if met & bit != 0 {
                    return refuse("a key that stands only once", rest);
                }
                met |= bit;
                inside(tail, child, values)?
            }
        };
        rest = match blank(rest) {
            [b',', rest @ ..] => blank(rest),
            [b'}', rest @ ..] => return Ok(rest),
            rest => return refuse("`,` or `}` behind a value", rest),
        };
    }
}

/// The value of a key that is asked for, or in which something is.
fn inside<'a>(i: &'a [u8], node: &Node, values: &mut [Value<'a>]) -> Read<'a, &'a [u8]> {
    let rest = match i.first() {
        Some(b'{') if !node.below.is_empty() && node.place.is_none() => return object(i, node, values),
        Some(b'[') if !node.below.is_empty() && node.place.is_none() => {
            let (whole, rest) = value(i)?;
            let Value::Nested(text) = whole else { return Ok(rest) };
            if let (Some((_, first)), Some(b'[')) = (node.find(b"0"), text.first()) {
                let front = blank(text.get(1..).unwrap_or_default());
                if front.first() != Some(&b']') {
                    inside(front, first, values)?;
                }
            }
            return Ok(rest);
        }
        _ => {
            let (found, rest) = value(i)?;
            if let Some(slot) = node.place.and_then(|place| values.get_mut(place)) {
                *slot = found;
            }
            rest
        }
    };
    Ok(rest)
}

/// `"key":`, and what follows.
fn key(i: &[u8]) -> Read<'_, (&[u8], &[u8])> {
    let (name, rest) = string(i)?;
    match blank(rest) {
        [b':', rest @ ..] => Ok((name, blank(rest))),
        rest => refuse("`:` behind a key", rest),
    }
}

fn string(i: &[u8]) -> Read<'_, (&[u8], &[u8])> {
    let Some(inner) = i.strip_prefix(b"\"") else { return refuse("a string in quotes", i) };
    match quoted::end(inner, 0).and_then(|end| Some((inner.get(..end)?, inner.get(end + 1..)?))) {
        Some(cut) => Ok(cut),
        None => refuse("a closing quote", i),
    }
}

/// Any value, and what follows.
fn value(i: &[u8]) -> Read<'_, (Value<'_>, &[u8])> {
    match i {
        [b'"', ..] => string(i).map(|(text, rest)| (Value::Text(text), rest)),
        [b'{' | b'[', ..] => {
            let length = nested(i)?;
            let (text, rest) = i.split_at_checked(length).unwrap_or_default();
            Ok((Value::Nested(text), rest))
        }
        [b't', b'r', b'u', b'e', rest @ ..] => Ok((Value::Bool(true), rest)),
        [b'f', b'a', b'l', b's', b'e', rest @ ..] => Ok((Value::Bool(false), rest)),
        [b'n', b'u', b'l', b'l', rest @ ..] => Ok((Value::Null, rest)),
        [b'-' | b'0'..=b'9', ..] => {
            let is_of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
            let length = i.iter().take_while(|byte| is_of_number(byte)).count();
            let (text, rest) = i.split_at_checked(length).unwrap_or_default();
            Ok((Value::Number(text), rest))
        }
        _ => refuse("a value", i),
    }
}

/// Length of an object or array. The kinds of brackets are not told apart here.
fn nested(i: &[u8]) -> Read<'_, usize> {
    let (mut depth, mut at) = (0_usize, 0_usize);
    while let Some(byte) = i.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
            b'"' => match quoted::end(i, at) {
                Some(end) => at = end + 1,
                None => break,
            },
            _ => {}
        }
    }
    refuse("the end of an object or array", i)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Any;

    const PATHS: [&str; 6] = ["a", "b.c", "b.d.0", "e.0.f", "g\\.h", "b"];

    fn values(line: &[u8]) -> Option<[Value<'_>; 5]> {
        let mut values = [Value::Null; 5];
        read(line, &Keys::new(&PATHS[..5]), &mut values).ok().map(|()| values)
    }

    #[test]
    fn values_are_found_by_their_paths_and_borrowed_as_written() {
        let line = br#" {"x":{"a":9,"s":"]}\""},"a":"q\"\u00e9","b" : {"d":["one","two"],"c":12.50},"e":[{"f":null},{"f":1}],"g.h":true} "#;
        let wanted = [
            Value::Text(br#"q\"\u00e9"#),
            Value::Number(b"12.50"),
            Value::Text(b"one"),
            Value::Null,
            Value::Bool(true),
        ];
        assert_eq!(values(line), Some(wanted));
        assert_eq!(values(b"{}"), Some([Value::Absent; 5]));
        assert_eq!(values(br#"{"b":[],"e":[]}"#), Some([Value::Absent; 5]));
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        for bad in [
            &b""[..],
            b"[]",
            b"{",
            br#"{"a"}"#,
            br#"{"a":}"#,
            br#"{"a":1,}"#,
            br#"{"a":1} x"#,
            br#"{"a":"1}"#,
            br#"{"a":1 "b":2}"#,
            br#"{"x":[1}"#,
            br#"{"a":nul}"#,
            br#"foo: {"a":1}"#,
            br#"{"a":1,"a":2}"#,
        ] {
            assert_eq!(values(bad), None, "{}", bad.escape_ascii());
        }
        assert!(values(br#"{"x":1,"x":2}"#).is_some(), "nobody asked for it");
    }

    #[test]
    fn counts_and_statuses_may_be_texts() {
        assert_eq!(Value::Text(b"12").count(), Some(12));
        assert_eq!(Value::Number(b"89.0").count(), Some(89));
        assert_eq!((Value::Number(b"-1").count(), Value::Number(b"1.5").count()), (None, None));
        assert_eq!((Value::Text(b"206").status(), Value::Absent.status()), (Ok(Some(206)), Ok(None)));
        assert!(Value::Number(b"1000").status().is_err() && Value::Text(b"ok").status().is_err());
        let list = br#"[{"name":"Host","value":"x"}, 5 ]"#;
        assert_eq!(elements(list).count(), 2);
        let Some(Value::Nested(first)) = elements(list).next() else { panic!("an object") };
        let found: Vec<_> = members(first).collect();
        assert_eq!(found, [(&b"name"[..], Value::Text(b"Host")), (b"value", Value::Text(b"x"))]);
    }

    fn anything() -> impl Strategy<Value = Any> {
        let leaf = prop_oneof![
            Just(Any::Null),
            any::<bool>().prop_map(Any::from),
            any::<u32>().prop_map(Any::from),
            "[a\"\\\\{}\\[\\],:\u{e9}]{0,6}".prop_map(Any::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Any::from),
                prop::collection::btree_map("[abcdefg.h0]{1,3}", inner, 0..5).prop_map(Any::from_iter),
            ]
        })
    }

    proptest! {
        /// Against a JSON library.
        #[test]
        fn what_is_found_is_what_a_library_finds(
            members in prop::collection::btree_map("[abeg]|g\\.h", anything(), 0..5),
        ) {
            let whole = Any::from_iter(members);
            let line = whole.to_string();
            let found = values(line.as_bytes()).unwrap();
            let wanted = [&whole["a"], &whole["b"]["c"], &whole["b"]["d"][0], &whole["e"][0]["f"], &whole["g.h"]];
            for (found, wanted) in found.into_iter().zip(wanted) {
                let same = match found {
                    Value::Absent | Value::Null => wanted.is_null(),
                    Value::Bool(found) => wanted.as_bool() == Some(found),
                    Value::Number(text) | Value::Nested(text) => text == wanted.to_string().as_bytes(),
                    Value::Text(text) => [b"\"", text, b"\""].concat() == wanted.to_string().as_bytes(),
                };
                prop_assert!(same, "{line}: {found:?} {wanted}");
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(line in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b':'), Just(b','), Just(b'\\')], 0..60)) {
            let _ = values(&line);
            let _ = (members(&line).count(), elements(&line).count(), is_whole(&line));
        }
    }
}
