//! A text read by the parsers alone, each line under the directives that are in force where it stands.

use std::ops::Range;
use std::sync::Arc;

use accesstrail_parsers::encoding::Encoding;
use accesstrail_parsers::format::head::{Head, Leads, armed};
use accesstrail_parsers::format::{Format, Unit};
use accesstrail_parsers::framing::{is_blank, lines};
use accesstrail_parsers::sniff::sniff;
use accesstrail_parsers::token::time::TimeCache;
use accesstrail_parsers::unit;

/// Lines that are read alike, and what reads them.
type Stretch = (Range<usize>, Vec<Arc<dyn Format>>);

/// The stretches of a text, each with the formats that read it.
pub(super) struct Plan(pub(super) Vec<Stretch>);

impl Plan {
    /// `head` are the directives in force before the text.
    pub(super) fn of(text: &[u8], formats: &[Arc<dyn Format>], head: &Head) -> Self {
        let stretches = Leads::of(formats).stretches(text, Encoding::Bytes, head).into_iter();
        Self(stretches.map(|(range, head)| (range, armed(formats, &head))).collect())
    }
}

/// Hands every line of a text on, read by what is sniffed, behind its prefix if it bears one.
pub(super) fn each_line(text: &[u8], mut see: impl FnMut(usize, &Unit<'_>)) {
    let mut cache = TimeCache::default();
    for (range, formats) in Plan::of(text, &sniff(text, None).formats, &Head::default()).0 {
        for line in lines(&text[range.clone()]).filter(|line| !is_blank(line.bytes)) {
            let mut scratch = Vec::new();
            see(range.start + line.offset, &unit::read(&formats, line.bytes, &mut scratch, &mut cache).unit);
        }
    }
}
