//! Blocks of a stream that is a JSON document with its records in an array ([`accesstrail_parsers::document`]): cut
//! between elements, as other streams are between lines.

use std::io::{self, Read};
use std::sync::Arc;

use accesstrail_parsers::document::{Event, State, elements};

use super::{BLOCK_BYTES, Blocks, Content, LINE_CAP, STEP_BYTES, Step};

/// Where the reading of such a stream stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrapped {
    /// At the beginning of what was read and not yet given out.
    before: State,
    /// At `scanned`.
    here: State,
    scanned: usize,
    /// Where the unit begins that is open there.
    begun: Option<usize>,
    /// Rest of an over-long unit still to be passed over.
    skipping: bool,
}

impl Wrapped {
    /// At the beginning of a stream, behind its mark.
    pub(super) fn new(mark: usize) -> Self {
        Self { before: State::default(), here: State::default(), scanned: mark, begun: None, skipping: false }
    }

    fn at(state: State) -> Self {
        Self { before: state, here: state, ..Self::new(0) }
    }
}

impl<R: Read> Blocks<R> {
    /// As [`Blocks::step`].
    pub(super) fn step_wrapped(&mut self, mut at: Wrapped) -> io::Result<Option<Step>> {
        let want = BLOCK_BYTES - usize::try_from(self.offset % BLOCK_BYTES as u64).unwrap_or(0);
        self.fill(want)?;
        if at.skipping {
            return Ok(self.skip_wrapped(at));
        }
        // Behind the last whole unit, and where that is.
        let (mut whole, mut behind) = (0, at.before);
        loop {
            while let Some((event, next)) = at.here.advance(&self.carry, at.scanned) {
                at.scanned = next;
                match event {
                    // It belongs to the next block, unless there is nothing before it.
                    Event::Begin(begin) if begin >= want && whole > 0 => {
                        return Ok(Some(self.give_wrapped(whole, at.before, behind)));
                    }
                    Event::Begin(begin) => at.begun = Some(begin),
                    Event::Not => at.begun = None,
                    Event::End(end) => {
                        (at.begun, whole, behind) = (None, end, at.here);
                        if end >= want {
                            return Ok(Some(self.give_wrapped(end, at.before, behind)));
                        }
                    }
                }
            }
            at.scanned = self.carry.len();
            if self.ended {
                let rest = self.carry.len();
                return Ok((rest > 0).then(|| self.give_wrapped(rest, at.before, at.here)));
            }
            let open = at.begun.map_or(0, |begin| self.carry.len() - begin);
            if open > LINE_CAP {
                return Ok(Some(if whole > 0 {
                    self.give_wrapped(whole, at.before, behind)
                } else {
                    self.too_long(at)
                }));
            }
            // Spaces without end.
            if at.begun.is_none() && self.carry.len() >= 2 * BLOCK_BYTES {
                let all = self.carry.len();
                return Ok(Some(self.give_wrapped(all, at.before, at.here)));
            }
            let more = self.carry.len().max(want) + STEP_BYTES;
            self.fill(more)?;
        }
    }

    /// Gives the first `length` bytes, which begin at `before` and end at `behind`.
    pub(super) fn give_wrapped(&mut self, length: usize, before: State, behind: State) -> Step {
        self.wrapped = Some(Wrapped::at(behind));
        let step = self.give(length, Content::Elements(before));
        if let Step::Block(block) = &step {
            self.lines += elements(block.text().0, before).count() as u64;
        }
        step
    }

    /// The head of a unit that is longer than the cap.
    fn too_long(&mut self, at: Wrapped) -> Step {
        let cut = at.begun.unwrap_or(0) + LINE_CAP;
        let mut here = at.before;
        let (mut from, front) = (0, self.carry.get(..cut).unwrap_or_default());
        while let Some((_, next)) = here.advance(front, from) {
            from = next;
        }
        self.wrapped = Some(Wrapped { skipping: true, ..Wrapped::at(here) });
        self.give(cut, Content::TooLong)
    }

    fn skip_wrapped(&mut self, mut at: Wrapped) -> Option<Step> {
        if self.carry.is_empty() {
            self.wrapped = Some(Wrapped { skipping: false, ..at });
            return None;
        }
        let end = at.here.advance(&self.carry, 0).map(|(_, end)| end);
        self.wrapped = Some(Wrapped { skipping: end.is_none(), ..Wrapped::at(at.here) });
        let bytes = self.take(end.unwrap_or(self.carry.len()));
        Some(Step::Skipped(Arc::new(bytes)))
    }

    /// What was read by the time the reader failed.
    pub(super) fn salvage_wrapped(&mut self, at: Wrapped) -> Option<Step> {
        let rest = self.carry.len();
        (rest > 0).then(|| self.give_wrapped(rest, at.before, at.here))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::blocks;
    use super::*;

    /// A document of so many elements, and these.
    fn document(elements: usize, pretty: bool) -> (String, Vec<String>) {
        let mut draw = 7_u64;
        let all: Vec<String> = (0..elements)
            .map(|n| {
                draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let length = (draw >> 33) as usize % 4000;
                format!("{{\"n\":{n},\"text\":\"{}\\\"]}}\"}}", "x".repeat(length))
            })
            .collect();
        let between = if pretty { ",\n    " } else { "," };
        (format!("{{\"Records\":[{}]}}\n", all.join(between)), all)
    }

    fn units(steps: &[Step]) -> Vec<(u64, Vec<u8>)> {
        let of = |step: &Step| match step {
            Step::Block(block) => match block.content {
                Content::Elements(state) => {
                    let found = elements(block.text().0, state).enumerate();
                    found.map(|(n, unit)| (block.first_line + n as u64, unit.bytes.to_vec())).collect()
                }
                Content::TooLong => vec![(block.first_line, b"too long".to_vec())],
                Content::Lines => panic!("a document has elements"),
            },
            Step::Skipped(_) => Vec::new(),
        };
        steps.iter().flat_map(of).collect()
    }

    #[test]
    fn the_elements_of_many_blocks_are_those_of_the_document_in_order() {
        for pretty in [false, true] {
            let (text, wanted) = document(2000, pretty);
            assert!(text.len() > 3 * BLOCK_BYTES);
            for step in [1 << 12, 1 << 16, 1 << 22] {
                let steps = blocks(text.as_bytes(), step);
                assert!(steps.len() > 3);
                let found = units(&steps);
                let wanted = wanted.iter().zip(0_u64..).map(|(unit, n)| (n, unit.clone().into_bytes()));
                assert!(found.iter().cloned().eq(wanted));
                let bytes: usize = steps.iter().map(|step| super::super::tests::bytes_of(step).len()).sum();
                assert_eq!(bytes, text.len());
            }
        }
    }

    #[test]
    fn an_element_over_the_cap_keeps_its_head_and_the_next_one_its_number() {
        let long = "y".repeat(3 * LINE_CAP);
        let text = format!(
            "{{\"Records\":[{{\"a\":1}},{{\"b\":\"{long}\\\"\"}},{{\"c\":3}}]}}{{\"Records\":[{{\"d\":4}}]}}"
        );
        let found = units(&blocks(text.as_bytes(), 1 << 16));
        let wanted = [&b"{\"a\":1}"[..], b"too long", b"{\"c\":3}", b"{\"d\":4}"];
        assert_eq!(found, wanted.iter().zip(0_u64..).map(|(unit, n)| (n, unit.to_vec())).collect::<Vec<_>>());
    }

    #[test]
    fn a_document_that_breaks_off_gives_what_it_has() {
        let (text, wanted) = document(600, false);
        let cut = text.len() - 100;
        let found = units(&blocks(&text.as_bytes()[..cut], 1 << 16));
        assert_eq!(found.len(), wanted.len());
        assert!(wanted.last().unwrap().as_bytes().starts_with(&found.last().unwrap().1[..5]));
        let spaces = format!("{{\"Records\":[{}{{\"a\":1}}]}}", " ".repeat(5 * BLOCK_BYTES));
        let found = units(&blocks(spaces.as_bytes(), 1 << 20));
        assert_eq!(
            found,
            [(0, b"too long".to_vec())],
            "its array is not seen to hold an object: it is one line"
        );
    }
}
