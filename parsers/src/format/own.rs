//! Formats that are no template: a function reads the columns of a line ([`Columns`]) or the values of an object
//! ([`Object`]) into a record. What a fault says of its column and its place is told here, for all of them.

use super::{Format, Marks, Split, Unit, parsed};
use crate::fault::{Fault, FaultKind};
use crate::record::{Bytes, Meaning, Record, Stamp, Zone};
use crate::token::Wrong;
use crate::token::cursor::{Cursor, Read, all};
use crate::token::json::{self, Keys, Value};
use crate::token::time::{TimeCache, iso8601};

/// What a well-formed line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Is {
    /// A request.
    Request,
    /// No request: a message, the begin of a session, a header.
    Directive,
}

/// Reads the columns of one line.
pub type ReadColumns = for<'a> fn(&mut Cursor<'a>, &mut TimeCache, &mut Record<'a>) -> Read<'a, Is>;

/// A format of columns, parted by one byte each.
#[derive(Debug)]
pub struct Columns {
    /// Its name.
    pub name: &'static str,
    /// What its columns mean.
    pub meaning: Meaning,
    /// What parts the columns.
    pub separator: u8,
    /// False only for a line that it does not read: a cheap look.
    pub may_read: fn(&[u8]) -> bool,
    /// Reads a line to its end.
    pub read: ReadColumns,
}

impl Format for Columns {
    fn name(&self) -> &str {
        self.name
    }

    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        self.meaning
    }

    fn may_read(&self, unit: &[u8], _marks: &Marks) -> bool {
        (self.may_read)(unit)
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        parsed(self, unit, cache)
    }

    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        fill(unit, read, |record| {
            let mut cursor = Cursor::new(unit, self.separator);
            (self.read)(&mut cursor, cache, record).map_err(|wrong| (cursor.field, wrong))
        });
    }
}

/// How many keys an object format may ask for.
const MOST: usize = 48;

/// The values of one object, by the places of their keys.
#[derive(Debug)]
pub struct Found<'a> {
    values: [Value<'a>; MOST],
    /// The key that was asked for last: a refusal is blamed on it.
    last: usize,
}

impl<'a> Found<'a> {
    /// The value of a key.
    pub fn get(&mut self, key: impl Into<usize>) -> Value<'a> {
        self.last = key.into();
        self.values.get(self.last).copied().unwrap_or_default()
    }

    /// Its text; none where it is empty or `-`.
    pub fn text(&mut self, key: impl Into<usize>) -> Option<&'a [u8]> {
        self.get(key).text()
    }

    /// Its count.
    pub fn count(&mut self, key: impl Into<usize>) -> Option<u64> {
        self.get(key).count()
    }

    /// A time in ISO 8601, with the zone as written.
    ///
    /// # Errors
    /// It is none.
    pub fn time(&mut self, key: impl Into<usize>, cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
        match self.get(key) {
            Value::Text(text) => all(text, |text| iso8601(text, cache)),
            _ => self.refuse(FaultKind::Time, "a time in ISO 8601"),
        }
    }

    /// As [`Found::time`]; in UTC where no zone is written, as the vendor says.
    ///
    /// # Errors
    /// It is none.
    pub fn utc(&mut self, key: impl Into<usize>, cache: &mut TimeCache) -> Read<'a, Stamp<'a>> {
        let stamp = self.time(key, cache)?;
        let zone = if stamp.zone == Zone::Absent { Zone::Offset(0) } else { stamp.zone };
        Ok(Stamp { zone, ..stamp })
    }

    /// A byte count, as a number or a text; unlogged where there is none.
    ///
    /// # Errors
    /// Something else is there.
    pub fn bytes(&mut self, key: impl Into<usize>) -> Read<'a, Bytes> {
        match self.get(key) {
            Value::Absent | Value::Null | Value::Text(b"" | b"-") => Ok(Bytes::Unlogged),
            value => match value.count() {
                Some(count) => Ok(Bytes::Logged(count)),
                None => self.refuse(FaultKind::Syntax, "a count of bytes"),
            },
        }
    }

    /// A refusal of the value that was asked for last.
    ///
    /// # Errors
    /// Always.
    pub fn refuse<T>(&self, kind: FaultKind, expected: &'static str) -> Read<'a, T> {
        let at = match self.values.get(self.last) {
            Some(Value::Number(at) | Value::Text(at) | Value::Nested(at)) => at,
            _ => &[][..],
        };
        Err(Wrong { kind, expected, at })
    }
}

/// Reads the values of one object.
pub type ReadObject = for<'a> fn(&mut Found<'a>, &mut TimeCache, &mut Record<'a>) -> Read<'a, Is>;

/// A format of one JSON object a line.
#[derive(Debug)]
pub struct Object {
    name: &'static str,
    meaning: Meaning,
    paths: &'static [&'static str],
    keys: Keys,
    needed: &'static [&'static str],
    places: Vec<usize>,
    read: ReadObject,
}

impl Object {
    /// A format that asks for the values at `paths` ([`Keys::new`]) and is told by those `needed`: an object in which one
    /// of these is absent is none of its.
    #[must_use]
    pub fn new(
        name: &'static str,
        meaning: Meaning,
        paths: &'static [&'static str],
        needed: &'static [&'static str],
        read: ReadObject,
    ) -> Self {
        debug_assert!(paths.len() <= MOST, "{name} asks for too many keys");
        let place = |path: &&str| paths.iter().position(|known| known == path);
        let places = needed.iter().filter_map(place).collect();
        Self { name, meaning, paths, keys: Keys::new(paths), needed, places, read }
    }
}

impl Format for Object {
    fn name(&self) -> &str {
        self.name
    }

    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        self.meaning
    }

    fn reads_objects(&self) -> bool {
        true
    }

    fn may_read(&self, unit: &[u8], _marks: &Marks) -> bool {
        let names = || self.needed.iter().filter_map(|path| path.split('.').next());
        unit.first() == Some(&b'{')
            && names().all(|name| memchr::memmem::find(unit, name.as_bytes()).is_some())
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        parsed(self, unit, cache)
    }

    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        fill(unit, read, |record| {
            let mut found = Found { values: [Value::Absent; MOST], last: usize::MAX };
            let values = found.values.get_mut(..self.keys.count()).unwrap_or_default();
            json::read(unit, &self.keys, values).map_err(|wrong| ("line", wrong))?;
            let is_absent = |place: &usize| found.values.get(*place) == Some(&Value::Absent);
            if let Some(absent) = self.places.iter().position(is_absent) {
                let field = self.needed.get(absent).copied().unwrap_or("line");
                let expected = "this key; the object has none";
                return Err((field, Wrong { kind: FaultKind::Syntax, expected, at: unit }));
            }
            (self.read)(&mut found, cache, record)
                .map_err(|wrong| (self.paths.get(found.last).copied().unwrap_or("line"), wrong))
        });
    }
}

/// Makes of `unit` what `by` makes of an empty record: that record, a directive, or a fault in the column that it names.
pub(super) fn fill<'a>(
    unit: &'a [u8],
    read: &mut Unit<'a>,
    by: impl FnOnce(&mut Record<'a>) -> Result<Is, (&'a str, Wrong<'a>)>,
) {
    *read = Unit::Record(Record::default());
    let Unit::Record(record) = read else { return };
    match by(record) {
        Ok(Is::Request) => {}
        Ok(Is::Directive) => *read = Unit::Directive,
        Err((field, wrong)) => *read = Unit::Fault(fault(unit, field, wrong)),
    }
}

/// The fault of a column; its place is where the text that was refused stands in the line.
pub(super) fn fault<'a>(unit: &'a [u8], field: &'a str, wrong: Wrong<'a>) -> Fault<'a> {
    let begin = wrong.at.as_ptr().addr().checked_sub(unit.as_ptr().addr());
    // An empty text that stands nowhere in the line is its end.
    let offset = begin.filter(|offset| *offset <= unit.len()).unwrap_or(unit.len());
    Fault::at(wrong.kind, field, wrong.expected, unit, offset)
}

/// The keys of an object format: an enum of their places, and `PATHS`, the list of them.
macro_rules! keys {
    ($($name:ident = $path:literal),+ $(,)?) => {
        /// Places of the keys.
        #[derive(Debug, Clone, Copy)]
        enum Key { $($name),+ }

        impl From<Key> for usize {
            fn from(key: Key) -> usize {
                key as usize
            }
        }

        const PATHS: &[&str] = &[$($path),+];
    };
}

pub(super) use keys;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(value: Value<'static>) -> Found<'static> {
        let mut found = Found { values: [Value::Absent; MOST], last: usize::MAX };
        found.values[1] = value;
        found
    }

    #[test]
    fn a_byte_count_is_a_count_or_nothing_and_never_something_else() {
        let bytes = |value| found(value).bytes(1_usize).map_err(|wrong| wrong.at);
        assert_eq!(bytes(Value::Text(b"7")), Ok(Bytes::Logged(7)));
        for none in [Value::Absent, Value::Null, Value::Text(b""), Value::Text(b"-")] {
            assert_eq!(bytes(none), Ok(Bytes::Unlogged));
        }
        assert_eq!(bytes(Value::Number(b"-1")), Err(&b"-1"[..]));
        assert!(bytes(Value::Bool(true)).is_err() && bytes(Value::Text(b"many")).is_err());
    }

    #[test]
    fn utc_is_only_what_no_zone_contradicts() {
        let mut cache = TimeCache::default();
        let mut zone = |text| found(Value::Text(text)).utc(1_usize, &mut cache).map(|stamp| stamp.zone);
        assert_eq!(zone(b"2022-05-07T12:55:53"), Ok(Zone::Offset(0)));
        assert_eq!(zone(b"2022-05-07T12:55:53+02:00"), Ok(Zone::Offset(7200)));
        let plain = found(Value::Text(b"2022-05-07T12:55:53")).time(1_usize, &mut cache);
        assert_eq!(plain.map(|stamp| stamp.zone), Ok(Zone::Absent));
        assert_eq!(
            found(Value::Null).time(1_usize, &mut cache).map_err(|wrong| wrong.kind),
            Err(FaultKind::Time)
        );
    }
}
