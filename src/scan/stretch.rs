//! A block in stretches: the lines under one set of directives, with the formats that read them. Where no format needs
//! directives, a block is one stretch.

use std::borrow::Cow;
use std::sync::Arc;

use accesstrail_parsers::format::Format;
use accesstrail_parsers::format::head::{Leads, armed};
use accesstrail_parsers::framing;

use crate::intake::blocks::{Block, Content};

/// Lines that are read alike.
pub(super) struct Stretch<'b> {
    pub(super) text: &'b [u8],
    /// Where it begins in the block.
    pub(super) offset: usize,
    /// How many lines of the block stand before it.
    pub(super) lines_before: usize,
    pub(super) formats: Cow<'b, [Arc<dyn Format>]>,
}

/// The stretches of a block, all of its lines in their order.
pub(super) fn stretches<'b>(formats: &'b [Arc<dyn Format>], block: &'b Block) -> Vec<Stretch<'b>> {
    let (text, offset) = block.text();
    let leads = Leads::of(formats);
    // Elements of a document stand alone.
    if leads.is_empty() || matches!(block.content, Content::Elements(_)) {
        return vec![Stretch { text, offset, lines_before: 0, formats: Cow::Borrowed(formats) }];
    }
    let mut lines_before = 0;
    let mut out = Vec::new();
    for (range, head) in leads.stretches(text, block.encoding, &block.head) {
        let (begin, part) = (range.start, text.get(range).unwrap_or_default());
        let formats = Cow::Owned(armed(formats, &head));
        out.push(Stretch { text: part, offset: offset + begin, lines_before, formats });
        lines_before += framing::lines_of(part, block.encoding).count();
    }
    out
}
