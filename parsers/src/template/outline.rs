//! What every line of a template has, as far as it can be seen without reading it: the marks of its literals, and its
//! first and last bytes. It is necessary, not sufficient.

use super::column::Read;
use super::literal::Literal;
use super::plan::{End, Step};
use crate::format::Marks;

/// A template's outline.
#[derive(Debug)]
pub(super) struct Outline {
    marks: Marks,
    head: Literal,
    /// Behind it there are spaces only.
    tail: Literal,
    /// Whether the last column is a number (or `-`) and ends the line.
    ends_in_number: bool,
}

impl Outline {
    pub(super) fn of(steps: &[Step], tail: &[u8]) -> Self {
        let literals: Vec<&[u8]> = steps.iter().map(|step| step.lead.bytes()).chain([tail]).collect();
        let marks = Marks::of(&literals.concat());
        let head = steps.first().map_or(&b""[..], |step| step.lead.bytes());
        let last = steps.last().filter(|step| tail.is_empty() && step.end == End::Itself);
        let is_number = |step: &Step| matches!(step.read, Read::Number | Read::Bytes | Read::Status);
        let ends_in_number = last.is_some_and(is_number);
        Self { marks, head: Literal::new(head), tail: Literal::new(tail), ends_in_number }
    }

    /// False only if no line like this, with these marks, is one of the template.
    pub(super) fn admits(&self, line: &[u8], marks: &Marks) -> bool {
        if !marks.reach(&self.marks) || self.head.strip(line).is_none() {
            return false;
        }
        let spaces = line.iter().rev().take_while(|byte| **byte == b' ').count();
        let trimmed = line.get(..line.len() - spaces).unwrap_or_default();
        if self.ends_in_number {
            return matches!(trimmed, [.., b'0'..=b'9' | b'-']);
        }
        // Mostly one byte tells: it is looked at before a call is made.
        match self.tail.bytes() {
            [] => true,
            tail @ [.., last] => trimmed.last() == Some(last) && trimmed.ends_with(tail),
        }
    }
}
