//! A line that failed with the first possible end of each column: may another end be right?
//!
//! Writers that escape nothing (Apache before 2.0.46, nginx `escape=none`) put raw quotes into the request
//! column, and every Apache puts spaces into unquoted text. Such a column may end at a later place, but a
//! forged line (CWE-117) looks just like that. So another end is accepted only if, of all places in the
//! line, exactly one is *plausible* (the columns up to the next typed one, the status say, can be read
//! behind it) and with it the whole line matches. Two plausible places are a fault, never a guess.

use super::plan::{End, Plan};
use super::walk::{Forced, Stop};
use crate::fault::{Fault, FaultKind};
use crate::record::Record;
use crate::token::quoted;
use crate::token::time::TimeCache;

/// More places than this are not looked at: the line is a fault. A limit on work, not taken from the line.
const PLACES: usize = 64;

/// The record of a line that `stop` ended, if exactly one other reading of one column gives one.
pub(super) fn decide<'a>(
    plan: &'a Plan,
    line: &'a [u8],
    cache: &mut TimeCache,
    stop: Stop<'a>,
) -> Result<Record<'a>, Fault<'a>> {
    let mut found = None;
    for (index, step) in plan.steps.iter().enumerate().take(stop.step) {
        if !step.elastic {
            continue;
        }
        match one_place(plan, index, line, cache, &stop) {
            Places::None => {}
            Places::One(record) if found.is_none() => found = Some(record),
            Places::One(_) | Places::Several => {
                let offset = plan.begin_of(index, line, cache).unwrap_or(stop.fault.offset);
                let expected = "one possible end of this column; there are several";
                return Err(Fault::at(FaultKind::Syntax, &step.name, expected, line, offset));
            }
        }
    }
    found.ok_or(stop.fault)
}

#[expect(
    clippy::large_enum_variant,
    reason = "lives on the stack for the length of one call, on lines that failed"
)]
enum Places<'a> {
    None,
    One(Record<'a>),
    Several,
}

/// Tries every place but the first, which `stop` ended, where column `index` can end.
fn one_place<'a>(
    plan: &'a Plan,
    index: usize,
    line: &'a [u8],
    cache: &mut TimeCache,
    stop: &Stop<'a>,
) -> Places<'a> {
    let typed = plan.typed_after(index);
    let (Some(begin), Some(step)) = (plan.begin_of(index, line, cache), plan.steps.get(index)) else {
        return Places::None;
    };
    let follow = plan.steps.get(index + 1).map_or(plan.tail.bytes(), |next| next.lead.bytes());
    let text = line.get(begin..).unwrap_or_default();
    let mut plausible = usize::from(stop.step > typed);
    let mut whole = None;
    let mut tried = 0;
    let mut last = step.end.next(text, 0);
    while let Some(end) = last.and_then(|last| step.end.next(text, last + 1)) {
        last = Some(end);
        if !text.get(end..).is_some_and(|rest| rest.starts_with(follow)) {
            continue;
        }
        tried += 1;
        if tried > PLACES {
            return Places::Several;
        }
        let mut record = Record::default();
        match plan.walk(line, cache, Some(Forced { step: index, end: begin + end }), &mut record) {
            Ok(()) => {
                plausible += 1;
                whole = Some(record);
            }
            Err(stop) if stop.step > typed => plausible += 1,
            Err(_) => {}
        }
    }
    match (whole, plausible) {
        (None, _) => Places::None,
        (Some(record), 1) => Places::One(record),
        (Some(_), _) => Places::Several,
    }
}

impl End {
    /// The next place at or after `from` (just behind a former one) that can be the end.
    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Quoted => quoted::end(text, from),
            Self::Until(literal) => literal.find(text, from),
            _ => None,
        }
    }
}

impl Plan {
    /// The first step behind `index` whose shape can tell a right place from a wrong one.
    fn typed_after(&self, index: usize) -> usize {
        let behind = self.steps.iter().enumerate().skip(index + 1);
        let mut typed = behind.filter(|(_, step)| step.end == End::Itself);
        typed.next().map_or(self.steps.len(), |(at, _)| at)
    }

    /// Where column `index` begins, columns before it at their first places.
    fn begin_of(&self, index: usize, line: &[u8], cache: &mut TimeCache) -> Option<usize> {
        // An end before the line's begin fails at that very step, at the column's begin.
        let nowhere = Forced { step: index, end: line.len() + 1 };
        let stop = self.walk(line, cache, Some(nowhere), &mut Record::default()).err()?;
        (stop.step == index).then_some(stop.fault.offset)
    }
}
