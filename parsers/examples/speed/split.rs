//! What somebody would write by hand for one known log: columns cut at spaces, quotes and brackets, the request cut in
//! three, status and bytes read. It checks nothing: no shape, no time, no number that is too large, and a column
//! with spaces of its own (a list of addresses, a zone's name) falls apart.

use memchr::{memchr, memchr2, memrchr};

/// The columns of a line.
#[derive(Debug, Default)]
pub(crate) struct Columns<'a> {
    /// All of them, without their quotes or brackets.
    pub(crate) all: Vec<&'a [u8]>,
    /// Method, target and protocol of the first quoted column with two spaces.
    pub(crate) request: Option<[&'a [u8]; 3]>,
    /// The first two columns of digits behind it.
    pub(crate) numbers: [Option<u64>; 2],
}

impl<'a> Columns<'a> {
    /// Cuts `line`, in place of what was there.
    pub(crate) fn split(&mut self, line: &'a [u8]) {
        self.all.clear();
        (self.request, self.numbers) = (None, [None; 2]);
        let mut rest = line;
        while let Some((first, behind)) = rest.split_first() {
            let (column, tail) = match first {
                b'"' => cut(behind, closing_quote(behind)),
                b'[' => cut(behind, memchr(b']', behind)),
                _ => cut(rest, memchr(b' ', rest)),
            };
            match (first, self.request) {
                (b'"', None) => self.request = three(column),
                (b'0'..=b'9', Some(_)) => {
                    if let Some(slot) = self.numbers.iter_mut().find(|slot| slot.is_none()) {
                        *slot = Some(number(column));
                    }
                }
                _ => {}
            }
            self.all.push(column);
            rest = tail.strip_prefix(b" ").unwrap_or(tail);
        }
    }
}

/// The text up to `end` and what follows the byte there; all of it where there is no end.
fn cut(text: &[u8], end: Option<usize>) -> (&[u8], &[u8]) {
    let end = end.unwrap_or(text.len());
    (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default())
}

fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr2(b'"', b'\\', text.get(from..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at);
        }
        from = at + 2;
    }
}

fn three(request: &[u8]) -> Option<[&[u8]; 3]> {
    let (first, last) = (memchr(b' ', request)?, memrchr(b' ', request)?);
    Some([request.get(..first)?, request.get(first + 1..last)?, request.get(last + 1..)?])
}

fn number(digits: &[u8]) -> u64 {
    let value = |n: u64, digit: &u8| n.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')));
    digits.iter().fold(0, value)
}
