//! One line through a plan: the hot loop. Nothing here allocates; every slice borrows from the line.

use super::column::Sink;
use super::plan::{Act, End, Plan, Rule, Step, Time};
use crate::fault::{Fault, FaultKind};
use crate::record::{Abort, Bytes, Record};
use crate::token::calendar::{self, Civil, Part};
use crate::token::time::TimeCache;
use crate::token::{Wrong, address, near, number, quoted, reason, request, zone};
use memchr::memchr;

/// Where a walk ended early.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop<'a> {
    /// Index of the failing step; the number of steps when only the line's end failed.
    pub(super) step: usize,
    pub(super) fault: Fault<'a>,
}

/// An end that is not the first place: step, and offset in the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forced {
    pub(super) step: usize,
    pub(super) end: usize,
}

/// What is known of a line so far.
struct Draft<'r, 'a> {
    record: &'r mut Record<'a>,
    /// A time in pieces; most formats have none.
    civil: Option<Civil<'a>>,
    ident: &'a [u8],
    /// The line from its first piece of time on.
    time_at: &'a [u8],
}

impl Plan {
    /// Reads a line into `record`, an empty one; `forced` fixes the end of one column.
    pub(super) fn walk<'a>(
        &'a self,
        line: &'a [u8],
        cache: &mut TimeCache,
        forced: Option<Forced>,
        record: &mut Record<'a>,
    ) -> Result<(), Stop<'a>> {
        let draft = &mut Draft { record, civil: None, ident: &[], time_at: &[] };
        let mut rest = line;
        for (index, step) in self.steps.iter().enumerate() {
            let forced = forced.filter(|forced| forced.step == index).map(|forced| forced.end);
            rest = match self.step(step, line, rest, cache, forced, draft) {
                Ok(rest) => rest,
                Err(wrong) => return Err(stop(index, &step.name, line, wrong)),
            };
        }
        let ended = self.tail.strip(rest).is_some_and(|rest| rest.iter().all(|byte| *byte == b' '));
        if !ended {
            return Err(stop(self.steps.len(), "line", line, syntax("the end of the line", rest)));
        }
        if let Time::Pieces(index) = self.time {
            draft.record.time = draft.civil.get_or_insert_default().stamp().map_err(|expected| {
                let wrong = Wrong { kind: FaultKind::Time, expected, at: draft.time_at };
                stop(index, self.steps.get(index).map_or("line", |step| &step.name), line, wrong)
            })?;
        }
        Ok(())
    }

    fn step<'a>(
        &self,
        step: &'a Step,
        line: &'a [u8],
        rest: &'a [u8],
        cache: &mut TimeCache,
        forced: Option<usize>,
        draft: &mut Draft<'_, 'a>,
    ) -> Result<&'a [u8], Wrong<'a>> {
        let Some(i) = step.lead.strip(rest) else {
            let expected = if rest.is_empty() {
                "this column; the line ends before it"
            } else {
                "the text before this column"
            };
            return Err(syntax(expected, rest));
        };
        match step.act {
            Act::WholeTime(part) => {
                let time = &mut draft.record.time;
                calendar::whole_into(part, i, cache, time).map(|(rest, ())| rest).map_err(reason)
            }
            Act::Time(part) => draft.time(step.sink, part, i, cache),
            Act::Status => {
                let (rest, status) = number::status(i).map_err(reason)?;
                if step.sink == Sink::Status {
                    draft.record.status = status;
                }
                Ok(rest)
            }
            Act::Bytes => {
                let (rest, count) = number::bytes_or_dash(i).map_err(reason)?;
                if step.sink == Sink::Bytes {
                    draft.record.bytes = match count {
                        Some(count) => Bytes::Logged(count),
                        None if self.meaning.dash_is_zero => Bytes::Logged(0),
                        None => Bytes::Unlogged,
                    };
                }
                Ok(rest)
            }
            Act::Number => number::skipped(i).map(|(rest, ())| rest).map_err(reason),
            Act::Connection => draft.connection(step.sink, i),
            Act::Text => {
                let length = match forced {
                    Some(end) => end.checked_sub(line.len() - i.len()),
                    None => step.end.first(i),
                };
                let cut = length.and_then(|length| i.split_at_checked(length));
                let Some((text, rest)) = cut else { return Err(syntax(step.end.wanted(), i)) };
                if let Some(expected) = step.rule.refuses(text, draft.ident) {
                    return Err(syntax(expected, i));
                }
                draft.place(step, text, i)?;
                Ok(rest)
            }
        }
    }
}

fn syntax<'a>(expected: &'static str, at: &'a [u8]) -> Wrong<'a> {
    Wrong { kind: FaultKind::Syntax, expected, at }
}

fn stop<'a>(step: usize, field: &'a str, line: &'a [u8], wrong: Wrong<'a>) -> Stop<'a> {
    let offset = line.len().saturating_sub(wrong.at.len());
    Stop { step, fault: Fault::at(wrong.kind, field, wrong.expected, line, offset) }
}

impl End {
    /// Length of the column at the front of `i`, by the first place that can be its end.
    pub(super) fn first(&self, i: &[u8]) -> Option<usize> {
        match self {
            Self::Quoted => quoted::end(i, 0),
            Self::Until(literal) => literal.find(i, 0),
            Self::List => address::list_before_space(i),
            Self::Upstream => address::upstream_before_space(i),
            Self::SpaceDigit => space_digit(i),
            Self::Colon if i.starts_with(b"[") => bracketed(i),
            Self::Colon => memchr(b':', i),
            Self::Rest => Some(i.trim_ascii_end().len()),
            Self::Itself => None,
        }
    }

    const fn wanted(&self) -> &'static str {
        match self {
            Self::Quoted => "a closing quote",
            Self::SpaceDigit => "a zone and then a number",
            _ => "an end of this column",
        }
    }
}

/// Behind the bracket of an IPv6 host, if a port follows.
fn bracketed(i: &[u8]) -> Option<usize> {
    memchr::memmem::find(i, b"]:").map(|at| at + 1)
}

fn space_digit(i: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + near::byte(b' ', i.get(from..)?)?;
        if i.get(at + 1).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') {
            return Some(at);
        }
        from = at + 1;
    }
}

impl Rule {
    /// What the rule wants, if `text` is not that.
    fn refuses(self, text: &[u8], ident: &[u8]) -> Option<&'static str> {
        let has = |byte| memchr(byte, text).is_some();
        match self {
            Self::Any => None,
            Self::Word => has(b' ').then_some("one word"),
            Self::Some => text.is_empty().then_some("something; the column is empty"),
            Self::NoDash => matches!(text, b"" | b"-").then_some("a client"),
            Self::Comma => (!has(b',') || has(b'"')).then_some("a list of addresses"),
            Self::BareHost => {
                let bracketed = text.starts_with(b"[") && text.ends_with(b"]");
                let refused = text.is_empty() || has(b',') || (has(b':') && !bracketed);
                refused.then_some("a host name without port")
            }
            Self::PortHost => (text.is_empty() || has(b',') || has(b' ')).then_some("a host name"),
            Self::Ident => {
                let refused =
                    text != b"-" && (text.is_empty() || text.starts_with(b"[") || address::is_address(text));
                refused.then_some("an identd name or `-`")
            }
            Self::Dash => (text != b"-").then_some("`-` for the identd name"),
            // `host client - - [`, read as client, identd name, login, gives the login `- -`; and two
            // names before the bracket can be host, client, identd name and login as well.
            Self::Login => {
                let two = text.starts_with(b"- ") || !matches!(ident, b"" | b"-");
                (two && has(b' ')).then_some("a login that cannot be two columns")
            }
        }
    }
}

impl<'a> Draft<'_, 'a> {
    fn time(
        &mut self,
        sink: Sink,
        part: Part,
        i: &'a [u8],
        cache: &mut TimeCache,
    ) -> Result<&'a [u8], Wrong<'a>> {
        let read = if sink == Sink::Time {
            if self.time_at.is_empty() {
                self.time_at = i;
            }
            self.civil.get_or_insert_default().read(part, i, cache)
        } else {
            Civil::default().read(part, i, cache)
        };
        read.map(|(rest, ())| rest).map_err(reason)
    }

    fn connection(&mut self, sink: Sink, i: &'a [u8]) -> Result<&'a [u8], Wrong<'a>> {
        let (abort, rest) = match i {
            [b'X', rest @ ..] => (Abort::Cut, rest),
            [b'+' | b'-', rest @ ..] => (Abort::Whole, rest),
            _ => return Err(syntax("`X`, `+` or `-`", i)),
        };
        if sink == Sink::Connection {
            self.record.abort = abort;
        }
        Ok(rest)
    }

    /// Puts a delimited text where it belongs.
    #[inline]
    fn place(&mut self, step: &Step, text: &'a [u8], at: &'a [u8]) -> Result<(), Wrong<'a>> {
        // Not there, as a server writes it.
        let logged = || Some(text).filter(|text| !matches!(*text, b"" | b"-"));
        let sent = || Some(text).filter(|text| *text != b"-");
        let record = &mut *self.record;
        match step.sink {
            Sink::Drop | Sink::Status | Sink::Bytes | Sink::Connection => {}
            Sink::Client => record.client = logged(),
            Sink::Peer => record.peer = logged(),
            Sink::ForwardedFor => record.x_forwarded_for = logged(),
            Sink::Forwarded => record.forwarded = logged(),
            Sink::Request => {
                let request::Request { method, target, protocol } = request::split(text);
                record.request = Some(text);
                record.method = method;
                record.target = target;
                record.protocol = protocol;
            }
            Sink::Method => record.method = logged(),
            Sink::Target => record.target = logged(),
            Sink::Query => {
                let query = text.strip_prefix(b"?").unwrap_or(text);
                record.query = Some(query).filter(|query| !matches!(*query, b"" | b"-"));
            }
            Sink::Protocol => record.protocol = logged(),
            Sink::Host => record.host = logged(),
            Sink::Agent => record.agent = sent(),
            Sink::Referer => record.referer = sent(),
            Sink::Ident => self.ident = text,
            Sink::Login => record.principal = logged(),
            Sink::RequestId => record.request_id = logged(),
            Sink::Range => record.range = logged(),
            Sink::ContentRange => record.content_range = logged(),
            Sink::Completion => {
                record.abort = match text {
                    b"OK" => Abort::Whole,
                    b"" | b"-" => Abort::Cut,
                    _ => return Err(syntax("`OK` or nothing", at)),
                }
            }
            Sink::Time => {
                let zone = zone::delimited(text).ok_or_else(|| syntax("a zone", at))?;
                self.civil.get_or_insert_default().zone(zone);
            }
        }
        Ok(())
    }
}
