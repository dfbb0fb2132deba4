//! JSON documents that wrap records in an array: `{"Records":[{…},{…}]}`, as CloudTrail and Azure deliver them, on one line or
//! on many, one document in a file or several.
//!
//! What a line is in other logs, an element of the array is here: it has a number and an offset, is read by the formats of
//! JSON lines, and is a record, a directive or a fault. What stands between elements is no more than a line's ending. An
//! object at the outermost level that holds no array is a unit itself, and so is a line of anything else between
//! documents: nothing is lost. The same holds wherever a stream is cut: [`State`] says what a place stands in.
//!
//! Not done: documents in UTF-16, and arrays that are the outermost value (`[{…},{…}]`).

use memchr::memchr2;

/// Where in a document a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    level: Level,
    /// Brackets that are open inside an element or a value.
    nested: u32,
    in_text: bool,
    /// Whether the byte here stands behind a backslash.
    escaped: bool,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Level {
    /// Between documents.
    #[default]
    Outside,
    /// In a document, and in none of its arrays.
    Envelope,
    /// In an array of a document.
    Array,
}

/// What is being read that is a unit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Unit {
    #[default]
    None,
    Element,
    /// A document in which no array has come yet.
    Document,
    /// Text between documents, up to the end of its line.
    Stray,
}

/// What [`State::advance`] met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A unit begins here.
    Begin(usize),
    /// The unit ends before here.
    End(usize),
    /// What began is no unit: a document that holds an array.
    Not,
}

/// One unit of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'t> {
    /// Its text.
    pub bytes: &'t [u8],
    /// Where it begins.
    pub offset: usize,
    /// Whether it is closed; only the last one of a stream may not be.
    pub closed: bool,
}

/// Whether a stream begins as such a document. `head` is its beginning, behind a byte order mark.
#[must_use]
pub fn begins(head: &[u8]) -> bool {
    let rest = behind(head, b'{').and_then(|rest| {
        let key = rest.strip_prefix(b"\"Records\"").or_else(|| rest.strip_prefix(b"\"records\""));
        behind(behind(key?, b':')?, b'[')
    });
    rest.is_some_and(|rest| matches!(rest.first(), Some(b'{' | b']')))
}

/// What stands behind a byte, without spaces on either side of it.
fn behind(text: &[u8], byte: u8) -> Option<&[u8]> {
    text.trim_ascii_start().strip_prefix(&[byte]).map(<[u8]>::trim_ascii_start)
}

impl State {
    /// Goes on from `from` to the next event in `text`, and says where to go on from there; [`None`] at its end.
    pub fn advance(&mut self, text: &[u8], from: usize) -> Option<(Event, usize)> {
        let mut at = from;
        while let Some(byte) = text.get(at).copied() {
            if self.in_text {
                at = self.through_text(text, at);
                if !self.in_text && self.unit == Unit::Element && self.nested == 0 {
                    self.unit = Unit::None;
                    return Some((Event::End(at), at));
                }
                continue;
            }
            if let Some(event) = self.step(byte, at) {
                // The byte behind a bare value or a stray line is looked at again.
                let next = match event {
                    Event::End(end) => end,
                    Event::Begin(_) | Event::Not => at + 1,
                };
                return Some((event, next));
            }
            at += 1;
        }
        None
    }

    /// To behind the quote that ends a text, or to the end.
    fn through_text(&mut self, text: &[u8], from: usize) -> usize {
        let mut at = from + usize::from(std::mem::take(&mut self.escaped));
        while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
            at += found + 1;
            if text.get(at - 1) == Some(&b'"') {
                self.in_text = false;
                return at;
            }
            if at == text.len() {
                self.escaped = true;
                return at;
            }
            at += 1;
        }
        text.len()
    }

    fn step(&mut self, byte: u8, at: usize) -> Option<Event> {
        match (self.level, self.unit) {
            (Level::Outside, Unit::Stray) => (byte == b'\n').then(|| self.end(at)),
            (Level::Outside, _) => match byte {
                b' ' | b'\t' | b'\r' | b'\n' => None,
                b'{' => {
                    (self.level, self.unit) = (Level::Envelope, Unit::Document);
                    Some(Event::Begin(at))
                }
                _ => {
                    self.unit = Unit::Stray;
                    Some(Event::Begin(at))
                }
            },
            (Level::Envelope, unit) => match byte {
                b'"' => {
                    self.in_text = true;
                    None
                }
                b'[' if self.nested == 0 => {
                    (self.level, self.unit) = (Level::Array, Unit::None);
                    (unit == Unit::Document).then_some(Event::Not)
                }
                b'{' | b'[' => {
                    self.nested += 1;
                    None
                }
                b'}' if self.nested == 0 => {
                    self.level = Level::Outside;
                    (unit == Unit::Document).then(|| self.end(at + 1))
                }
                b'}' | b']' => {
                    self.nested = self.nested.saturating_sub(1);
                    None
                }
                _ => None,
            },
            (Level::Array, Unit::Element) if self.nested == 0 => match byte {
                b',' | b']' | b' ' | b'\t' | b'\r' | b'\n' => Some(self.end(at)),
                _ => None,
            },
            (Level::Array, Unit::Element) => match byte {
                b'"' => {
                    self.in_text = true;
                    None
                }
                b'{' | b'[' => {
                    self.nested += 1;
                    None
                }
                b'}' | b']' => {
                    self.nested -= 1;
                    (self.nested == 0).then(|| self.end(at + 1))
                }
                _ => None,
            },
            (Level::Array, _) => match byte {
                b',' | b' ' | b'\t' | b'\r' | b'\n' => None,
                b']' => {
                    self.level = Level::Envelope;
                    None
                }
                _ => {
                    self.unit = Unit::Element;
                    self.in_text = byte == b'"';
                    self.nested = u32::from(matches!(byte, b'{' | b'['));
                    Some(Event::Begin(at))
                }
            },
        }
    }

    fn end(&mut self, at: usize) -> Event {
        self.unit = Unit::None;
        Event::End(at)
    }
}

/// The units of `text`, which begins where `state` says, outside of any unit.
#[must_use]
pub const fn elements(text: &[u8], state: State) -> Elements<'_> {
    Elements { text, state, from: 0 }
}

/// Iterator over the units of a text; see [`elements`].
#[derive(Debug, Clone)]
pub struct Elements<'t> {
    text: &'t [u8],
    state: State,
    from: usize,
}

impl<'t> Iterator for Elements<'t> {
    type Item = Element<'t>;

    fn next(&mut self) -> Option<Element<'t>> {
        let mut begin = None;
        loop {
            let Some((event, next)) = self.state.advance(self.text, self.from) else {
                self.from = self.text.len();
                let offset = begin?;
                let bytes = self.text.get(offset..)?.trim_ascii_end();
                return Some(Element { bytes, offset, closed: false });
            };
            self.from = next;
            match event {
                Event::Begin(at) => begin = Some(at),
                Event::Not => begin = None,
                Event::End(end) => {
                    let offset = begin?;
                    return Some(Element { bytes: self.text.get(offset..end)?, offset, closed: true });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn units(text: &str) -> Vec<(&str, bool)> {
        let found = elements(text.as_bytes(), State::default());
        found
            .map(|unit| (text.get(unit.offset..unit.offset + unit.bytes.len()).unwrap(), unit.closed))
            .collect()
    }

    #[test]
    fn a_document_is_told_by_its_first_key() {
        for yes in ["{\"Records\":[{", " {\n  \"records\" : [\n  {\"a\"", "{\"Records\":[]}"] {
            assert!(begins(yes.as_bytes()), "{yes}");
        }
        for no in ["{\"Records\":[1", "{\"Records\":{", "{\"x\":[{", "[{\"Records\":[{", "{\"Records\"", ""] {
            assert!(!begins(no.as_bytes()), "{no}");
        }
    }

    #[test]
    fn elements_are_units_and_what_stands_between_them_is_not() {
        let text = "{ \"Records\": [\n {\"a\":\"]}\\\"\",\"b\":[1,{}]},\n\n{\"c\":2}, 5 ,\"x\", [1]\n], \"n\": {\"m\":[9]}, \"s\": \"{\" }";
        let wanted =
            ["{\"a\":\"]}\\\"\",\"b\":[1,{}]}", "{\"c\":2}", "5", "\"x\"", "[1]"].map(|unit| (unit, true));
        assert_eq!(units(text), wanted);
        assert_eq!(units("{\"Records\":[]}\n"), []);
    }

    #[test]
    fn documents_may_follow_each_other_and_nothing_between_them_is_lost() {
        let text = "{\"Records\":[{\"a\":1}]}{\"Records\":[{\"b\":2}]}\noops {\"c\":3}\n{\"d\":{\"e\":[4]}}";
        let wanted =
            ["{\"a\":1}", "{\"b\":2}", "oops {\"c\":3}", "{\"d\":{\"e\":[4]}}"].map(|unit| (unit, true));
        assert_eq!(units(text), wanted);
    }

    #[test]
    fn a_document_that_breaks_off_has_an_open_last_unit() {
        let text = "{\"Records\":[{\"a\":1},{\"b\":\"x";
        assert_eq!(units(text), [("{\"a\":1}", true), ("{\"b\":\"x", false)]);
        assert_eq!(units("{\"Records\":[{\"a\":1},"), [("{\"a\":1}", true)]);
    }

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            (0_u32..9).prop_map(Value::from),
            "[a\"\\\\{}\\[\\], \n]{0,5}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab]{1,2}", inner, 0..3).prop_map(Value::from_iter),
            ]
        })
    }

    proptest! {
        /// Against a JSON library; and wherever the text is cut outside of a unit, the units are the same.
        #[test]
        fn units_are_the_elements_that_a_library_finds(
            documents in prop::collection::vec(prop::collection::vec(anything(), 0..4), 1..3), pretty: bool,
        ) {
            let mut text = String::new();
            for elements in &documents {
                let whole = serde_json::json!({ "Records": elements });
                text += &if pretty { serde_json::to_string_pretty(&whole).unwrap() } else { whole.to_string() };
                text.push('\n');
            }
            let wanted: Vec<&Value> = documents.iter().flatten().collect();
            let found = units(&text);
            prop_assert!(found.iter().all(|(_, closed)| *closed));
            let values: Vec<Value> = found.iter().map(|(unit, _)| serde_json::from_str(unit).unwrap()).collect();
            prop_assert_eq!(values.iter().collect::<Vec<_>>(), wanted);
            let mut state = State::default();
            let mut from = 0;
            let mut ends = Vec::new();
            while let Some((event, next)) = state.advance(text.as_bytes(), from) {
                if let Event::End(end) = event {
                    ends.push((end, state));
                }
                from = next;
            }
            // Going on where a part of the text ended is as going through it at once.
            for cut in 0..text.len() {
                let (mut state, mut from, mut events) = (State::default(), 0, Vec::new());
                for part in [text.as_bytes().get(..cut).unwrap(), text.as_bytes()] {
                    while let Some((event, next)) = state.advance(part, from) {
                        events.push(event);
                        from = next;
                    }
                    from = from.max(part.len());
                }
                let (mut whole, mut at, mut wanted) = (State::default(), 0, Vec::new());
                while let Some((event, next)) = whole.advance(text.as_bytes(), at) {
                    wanted.push(event);
                    at = next;
                }
                prop_assert_eq!(events, wanted);
            }
            for (cut, state) in ends {
                let (front, back) = text.as_bytes().split_at(cut);
                let parts = elements(front, State::default()).chain(elements(back, state));
                prop_assert_eq!(parts.map(|unit| unit.bytes.to_vec()).collect::<Vec<_>>(), found.iter().map(|(unit, _)| unit.as_bytes().to_vec()).collect::<Vec<_>>());
            }
        }

        #[test]
        fn any_bytes_are_gone_through(text in prop::collection::vec(prop_oneof![any::<u8>(), Just(b'"'), Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b','), Just(b'\\')], 0..80)) {
            let mut last = 0;
            for unit in elements(&text, State::default()) {
                prop_assert!(unit.offset >= last && !unit.bytes.is_empty());
                last = unit.offset + unit.bytes.len();
            }
        }
    }
}
