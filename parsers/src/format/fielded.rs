//! Logs whose columns are named by a directive: W3C extended, CloudFront, Zeek, CSV with a first row of names.
//!
//! A family says what each name means ([`Col`]); [`Fielded`] is that for one list of names, and reads the lines under it.
//! A line has exactly as many columns as there are names. A name nobody knows is a column that is passed over.

use super::own::{Is, fill};
use super::{Format, Head, Marks, Split, Unit, parsed};
use crate::fault::FaultKind;
use crate::record::{Abort, Bytes, Meaning, Object, Record, Span, Stamp, Zone};
use crate::token::Wrong;
use crate::token::cursor::{Read, all, logged};
use crate::token::number;
use crate::token::time::{EpochUnit, TimeCache, clf_date, clock, epoch, fraction, iso_date};
use memchr::{memchr, memchr2};

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Col {
    /// Nothing that a record has.
    Skip,
    Date,
    Clock,
    Epoch(EpochUnit),
    Client,
    ForwardedFor,
    Method,
    /// A target, or the path of one whose query has a column of its own.
    Target,
    Query,
    Protocol,
    /// The host that the client asked for.
    Host,
    /// The host where there is no better column.
    OtherHost,
    Status,
    Bytes,
    Agent,
    Referer,
    Login,
    Id,
    /// IIS: the system error that ended the request.
    Win32,
    /// CloudFront: how the request ended.
    Result,
    SpanStart,
    SpanEnd,
    Length,
    /// A word for what was done.
    Operation,
    Bucket,
    Key,
}

/// How a line is cut into columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// At each of this byte; two of them have an empty column between them.
    At(u8),
    /// At spaces. Whether two of them have an empty column between them or part one column from the next, writers do not
    /// agree; the number of columns tells.
    Spaces,
    /// At runs of spaces, without quotes.
    Loose,
    /// At runs of spaces or tabs; a value may stand in quotes, in which a quote is written twice.
    Runs,
    /// At commas; a value may stand in quotes, in which a quote is written twice.
    Commas,
}

/// Columns whose meaning depends on others.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    days: Option<i64>,
    clock_us: Option<i64>,
    other_host: Option<&'a [u8]>,
    pub(super) start: Option<u64>,
    pub(super) end: Option<u64>,
    pub(super) length: Option<u64>,
    pub(super) operation: Option<&'a [u8]>,
    bucket: Option<&'a [u8]>,
    key: Option<&'a [u8]>,
}

/// What a family adds to a line that was read.
pub(super) type Finish = for<'a> fn(&Draft<'a>, &mut Record<'a>) -> Read<'a, Is>;

/// The format of the lines under one list of names.
#[derive(Debug)]
pub(super) struct Fielded {
    pub(super) name: &'static str,
    pub(super) meaning: Meaning,
    pub(super) cut: Cut,
    /// Name and meaning, in the order of the columns.
    pub(super) columns: Box<[(Box<str>, Col)]>,
    /// Where a line has a clock and no date: the directive's day, and its clock.
    pub(super) begun: Option<(i64, i64)>,
    /// Of times without a zone.
    pub(super) zone: Zone<'static>,
    pub(super) finish: Finish,
    /// How a directive begins.
    pub(super) lead: &'static [u8],
    /// What is written where nothing is, besides `-` and an empty column.
    pub(super) unset: Option<Box<[u8]>>,
}

/// The names of a list, each with what `col` says of it.
pub(super) fn columns<'t>(
    names: impl Iterator<Item = &'t [u8]>,
    col: impl Fn(&str) -> Col,
) -> Box<[(Box<str>, Col)]> {
    // A name of other bytes is nobody's.
    names.map(|name| std::str::from_utf8(name).unwrap_or("?")).map(|name| (name.into(), col(name))).collect()
}

/// More names are no header.
const MOST_NAMES: usize = 512;

/// The names of a directive, parted by any of these bytes.
pub(super) fn names<'h>(
    head: &'h Head,
    keyword: &[u8],
    parted_by: &'static [u8],
) -> Option<impl Iterator<Item = &'h [u8]>> {
    let text = head.get(keyword)?;
    let names = || text.split(move |byte| parted_by.contains(byte)).filter(|name| !name.is_empty());
    (names().count() <= MOST_NAMES).then(names)
}

const DAY_US: i64 = 86_400_000_000;

impl Format for Fielded {
    fn name(&self) -> &str {
        self.name
    }

    /// It is armed already.
    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        self.meaning
    }

    fn may_read(&self, _unit: &[u8], _marks: &Marks) -> bool {
        true
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        parsed(self, unit, cache)
    }

    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        if unit.starts_with(self.lead) {
            *read = Unit::Directive;
            return;
        }
        fill(unit, read, |record| {
            let mut field = "line";
            self.line(unit, cache, record, &mut field).map_err(|wrong| (field, wrong))
        });
    }
}

impl Fielded {
    fn line<'a>(
        &'a self,
        unit: &'a [u8],
        cache: &mut TimeCache,
        record: &mut Record<'a>,
        field: &mut &'a str,
    ) -> Read<'a, Is> {
        let mut draft = Draft::default();
        let mut rest = Some(unit);
        let cut = self.cut.of(unit, self.columns.len());
        for (name, col) in &self.columns {
            *field = name;
            let Some(i) = rest else {
                return syntax("this column; the line ends before it", &[]);
            };
            let (text, behind) = cut.column(i)?;
            rest = behind;
            if *col != Col::Skip && self.unset.as_deref() != Some(text) {
                self.put(*col, text, cache, record, &mut draft)?;
            }
        }
        *field = "line";
        if let Some(more) = rest.filter(|rest| !rest.trim_ascii().is_empty()) {
            return syntax("as many columns as there are names", more);
        }
        *field = "time";
        self.settle_time(&draft, unit, record)?;
        record.host = record.host.or(draft.other_host);
        if let Some(bucket) = draft.bucket {
            record.object = Some(Object { bucket: Some(bucket), key: draft.key.unwrap_or_default() });
        }
        (self.finish)(&draft, record)
    }

    fn settle_time<'a>(&self, draft: &Draft<'a>, unit: &'a [u8], record: &mut Record<'a>) -> Read<'a, ()> {
        let local_us = match (draft.days, draft.clock_us, self.begun) {
            (Some(days), Some(clock), _) => days * DAY_US + clock,
            // The directive has the day; a clock before its own is past midnight.
            (None, Some(clock), Some((days, begun))) => (days + i64::from(clock < begun)) * DAY_US + clock,
            _ if record.time.zone == Zone::Offset(0) && self.states_epoch() => return Ok(()),
            _ => {
                return Err(Wrong {
                    kind: FaultKind::Time,
                    expected: "a date and a clock; the names have none",
                    at: unit,
                });
            }
        };
        record.time = Stamp { local_us, zone: self.zone };
        Ok(())
    }

    fn states_epoch(&self) -> bool {
        self.columns.iter().any(|(_, col)| matches!(col, Col::Epoch(_)))
    }

    fn put<'a>(
        &self,
        col: Col,
        text: &'a [u8],
        cache: &mut TimeCache,
        record: &mut Record<'a>,
        draft: &mut Draft<'a>,
    ) -> Read<'a, ()> {
        match col {
            Col::Skip => {}
            Col::Date => draft.days = Some(all(text, |i| date(i, cache))?),
            Col::Clock => draft.clock_us = Some(all(text, clock_us)?),
            Col::Epoch(unit) => record.time = all(text, |i| epoch(i, unit))?,
            Col::Client => record.client = logged(text),
            Col::ForwardedFor => record.x_forwarded_for = logged(text),
            Col::Method => record.method = logged(text),
            Col::Target => record.target = logged(text),
            Col::Query => record.query = logged(text).map(|text| text.strip_prefix(b"?").unwrap_or(text)),
            Col::Protocol => record.protocol = logged(text),
            Col::Host => record.host = logged(text),
            Col::OtherHost => draft.other_host = logged(text),
            Col::Status if text.is_empty() => {}
            Col::Bytes if text.is_empty() => {}
            Col::Status => record.status = all(text, number::status)?,
            Col::Bytes => {
                record.bytes = all(text, number::bytes_or_dash)?.map_or(Bytes::Unlogged, Bytes::Logged)
            }
            Col::Agent => record.agent = Some(text).filter(|text| *text != b"-"),
            Col::Referer => record.referer = Some(text).filter(|text| *text != b"-"),
            Col::Login => record.principal = logged(text),
            Col::Id => record.request_id = logged(text),
            Col::Win32 => {
                if matches!(text, b"64" | b"995" | b"1236") {
                    record.abort = Abort::Reset;
                }
            }
            Col::Result => {
                if matches!(text, b"ClientCommError" | b"ClientHungUpRequest") {
                    record.abort = Abort::Cut;
                }
            }
            Col::SpanStart => draft.start = all(text, number::bytes_or_dash)?,
            Col::SpanEnd => draft.end = all(text, number::bytes_or_dash)?,
            Col::Length => draft.length = all(text, number::bytes_or_dash)?,
            Col::Operation => draft.operation = logged(text),
            Col::Bucket => draft.bucket = logged(text),
            Col::Key => draft.key = logged(text),
        }
        Ok(())
    }
}

impl Draft<'_> {
    /// The range that was answered, if both of its ends are there.
    pub(super) fn span(&self) -> Option<Span> {
        Some(Span { start: self.start?, end: self.end? })
    }
}

/// A family that adds nothing.
pub(super) fn nothing<'a>(_draft: &Draft<'a>, _record: &mut Record<'a>) -> Read<'a, Is> {
    Ok(Is::Request)
}

fn syntax<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

/// `2011-09-18`, or as Incapsula's directive writes it, `18/Sep/2011`.
pub(super) fn date<'a>(i: &'a [u8], cache: &mut TimeCache) -> crate::token::Leaf<'a, i64> {
    if i.get(2) == Some(&b'/') { clf_date(i, cache) } else { iso_date(i, cache) }
}

/// `19:18:28`, with a fraction or without, in microseconds.
pub(super) fn clock_us(i: &[u8]) -> crate::token::Leaf<'_, i64> {
    let (rest, clock) = clock(i)?;
    let (rest, more) = match rest.strip_prefix(b".") {
        Some(digits) => fraction(digits)?,
        None => (rest, 0),
    };
    Ok((rest, clock.on(0) + if clock.leap { 0 } else { more }))
}

/// A column's text, and what stands behind its separator; none at the line's end.
type Column<'a> = (&'a [u8], Option<&'a [u8]>);

impl Cut {
    /// The cut of one line of so many columns.
    fn of(self, line: &[u8], columns: usize) -> Self {
        if self != Self::Spaces {
            return self;
        }
        let line = line.trim_ascii_end();
        let is_tight = memchr::memmem::find(line, b"  ").is_none();
        if is_tight || memchr::memchr_iter(b' ', line).count() < columns {
            Self::At(b' ')
        } else {
            Self::Loose
        }
    }

    fn column(self, i: &[u8]) -> Read<'_, Column<'_>> {
        match self {
            Self::At(byte) => Ok(match memchr(byte, i) {
                Some(at) => (i.get(..at).unwrap_or_default(), i.get(at + 1..)),
                None => (i, None),
            }),
            Self::Commas if i.first() == Some(&b'"') => doubled(i, |behind| match behind {
                [] => Some(None),
                [b',', rest @ ..] => Some(Some(rest)),
                _ => None,
            }),
            Self::Commas => Self::At(b',').column(i),
            Self::Runs if i.first() == Some(&b'"') => doubled(i, |behind| match behind {
                [] => Some(None),
                [b' ' | b'\t', ..] => Some(next(behind)),
                _ => None,
            }),
            Self::Spaces => Self::At(b' ').column(i),
            Self::Loose | Self::Runs => Ok(match memchr2(b' ', b'\t', i) {
                Some(at) => (i.get(..at).unwrap_or_default(), i.get(at..).and_then(next)),
                None => (i, None),
            }),
        }
    }
}

/// What stands behind a run of spaces; none at the line's end.
fn next(i: &[u8]) -> Option<&[u8]> {
    let begin = i.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
    i.get(begin..)
}

/// A value in quotes, in which a quote is written twice, and what `ends` makes of the text behind it.
fn doubled<'a>(i: &'a [u8], ends: impl Fn(&'a [u8]) -> Option<Option<&'a [u8]>>) -> Read<'a, Column<'a>> {
    let mut from = 1;
    while let Some(at) = i.get(from..).and_then(|rest| memchr(b'"', rest)).map(|at| from + at) {
        if i.get(at + 1) == Some(&b'"') {
            from = at + 2;
            continue;
        }
        let behind = i.get(at + 1..).unwrap_or_default();
        return match ends(behind) {
            Some(rest) => Ok((i.get(1..at).unwrap_or_default(), rest)),
            None => syntax("a separator behind a closing quote", behind),
        };
    }
    syntax("a closing quote", i)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(how: Cut, line: &str) -> Result<Vec<String>, &'static str> {
        let (mut out, mut rest) = (Vec::new(), Some(line.as_bytes()));
        while let Some(i) = rest {
            let (text, behind) = how.column(i).map_err(|wrong| wrong.expected)?;
            out.push(String::from_utf8(text.to_vec()).unwrap());
            rest = behind;
        }
        Ok(out)
    }

    #[test]
    fn two_separators_have_an_empty_column_between_them_and_runs_have_not() {
        assert_eq!(cut(Cut::At(b' '), "a  b ").unwrap(), ["a", "", "b", ""]);
        assert_eq!(cut(Cut::Runs, "a \t b  ").unwrap(), ["a", "b"]);
        assert_eq!(cut(Cut::Runs, r#""a ""b"" c" - "" d"#).unwrap(), [r#"a ""b"" c"#, "-", "", "d"]);
        assert_eq!(cut(Cut::Commas, r#"a,,"b,""c""",""#).unwrap_err(), "a closing quote");
        assert_eq!(cut(Cut::Commas, r#"a,,"b,""c""","#).unwrap(), ["a", "", r#"b,""c"""#, ""]);
        assert_eq!(cut(Cut::Commas, r#""a"b"#).unwrap_err(), "a separator behind a closing quote");
    }

    #[test]
    fn a_clock_may_have_a_fraction() {
        assert_eq!(all(b"00:00:01.5", clock_us), Ok(1_500_000));
        assert!(all(b"24:00:00", clock_us).is_err());
    }
}
