//! Opens one path and gives the streams of log text in it: a file, what its compression holds, the members of an
//! archive. Told by content, never by name.
//!
//! At most two compressions lie around each other (a `.gz` inside a zip's own deflate counts as one), and an archive
//! inside an archive is not opened. What cannot be opened is a stream too: one whose reading fails with the reason.

use std::io::{self, Cursor, Read};

use super::archive::{At, Contents, Member, tar, zip};
use super::caps::{Capped, Caps};
use super::codec::{Bytes, decode};
use super::find::Place;
use super::magic::{HEAD_BYTES, Kind, told};
use super::raw::{Raw, Stamp};

/// Compressions around each other that are undone.
const LAYERS: usize = 2;

/// One stream, ready to be read.
pub struct Stream<'a> {
    content: Bytes<'a>,
    raw: Raw,
}

impl Stream<'_> {
    /// Bytes of the file as handed over that were read so far.
    #[must_use]
    pub fn handed_over(&self) -> u64 {
        self.raw.taken()
    }

    /// Whether the file changed since it was opened.
    #[must_use]
    pub fn changed_meanwhile(&self) -> bool {
        self.raw.changed_meanwhile()
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.content.read(buffer)
    }
}

/// A stream with its place.
pub struct Entered<'a> {
    /// Where in the file it is.
    pub at: At,
    /// Name of the member; `None` for the file itself.
    pub member: Option<String>,
    /// The stream, or why there is none.
    pub stream: io::Result<Stream<'a>>,
}

/// What opening a path showed besides its streams.
#[derive(Debug, Default)]
pub struct Opened {
    /// Members that were not given and can be opened one by one, at any time.
    pub later: Vec<Member>,
    /// Members that hold no bytes: links and devices.
    pub passed_over: Vec<String>,
    /// How the file was when its members were listed: those that come later are opened anew.
    pub stamp: Option<Stamp>,
    /// Whether it is an archive without a single file in it.
    pub empty_archive: bool,
    /// SHA-256 of the file as handed over where that is not the content's, or why it cannot be had.
    pub sha256: Option<Result<String, String>>,
}

/// Opens what is `at` in `place` and gives each of its streams to `take`.
pub fn open(place: &Place, at: &At, caps: Caps, take: &mut dyn FnMut(Entered<'_>)) -> Opened {
    match at {
        At::Whole => whole(place, caps, None, take),
        At::Nth(number) => whole(place, caps, Some(*number), take),
        single => {
            let stream = member(place, single, caps);
            take(Entered { at: single.clone(), member: None, stream });
            Opened::default()
        }
    }
}

/// SHA-256 of the bytes of `place` as handed over.
///
/// # Errors
/// What the system says.
pub fn seal(place: &Place) -> io::Result<String> {
    let mut raw = Raw::open(place)?;
    raw.seal(&[]);
    Ok(raw.sha256()?.unwrap_or_default())
}

fn whole(place: &Place, caps: Caps, only: Option<u32>, take: &mut dyn FnMut(Entered<'_>)) -> Opened {
    let raw = match Raw::open(place) {
        Ok(raw) => raw,
        Err(error) => return failed(error, take),
    };
    let peeked = Peeked::at(Box::new(raw.clone()));
    // Members whose places the archive states are opened later, by themselves.
    let listed = match (place, told(&peeked.head)) {
        (Place::File(path), Kind::Zip) if raw.is_regular() => Some(zip::list(path).map(Some)),
        (Place::File(path), Kind::Tar) if raw.is_regular() && only.is_none() => Some(tar::list(path)),
        _ => None,
    };
    match listed {
        Some(Ok(Some(contents))) => {
            let files = contents.members.len();
            return Opened {
                stamp: raw.stamp(),
                sha256: Some(seal(place).map_err(|e| e.to_string())),
                ..said(contents, files, &raw, take)
            };
        }
        Some(Err(error)) => {
            let sha256 = Some(seal(place).map_err(|e| e.to_string()));
            return Opened { sha256, ..failed(error, take) };
        }
        Some(Ok(None)) | None => {}
    }
    let mut opened = in_order(peeked, &raw, caps, only, take);
    let mut rest = raw;
    opened.sha256 = rest.sha256().map_err(|e| e.to_string()).transpose();
    opened
}

/// A file that is read from its beginning to its end.
fn in_order(
    peeked: Peeked<'_>,
    raw: &Raw,
    caps: Caps,
    only: Option<u32>,
    take: &mut dyn FnMut(Entered<'_>),
) -> Opened {
    if told(&peeked.head) != Kind::Text {
        raw.seal(&peeked.head);
    }
    let (kind, content) = match unfold(peeked, raw, caps) {
        Ok(unfolded) => unfolded,
        Err(error) => return failed(error, take),
    };
    if kind != Kind::Tar {
        let stream = text(kind, content, raw);
        take(Entered { at: At::Whole, member: None, stream });
        return Opened::default();
    }
    let mut met = 0;
    let contents = tar::each(content, &mut |number, name, bytes| {
        met += 1;
        if only.is_none_or(|n| n == number) {
            let stream = bytes.and_then(|bytes| nested(bytes, raw, caps));
            take(Entered { at: At::Nth(number), member: Some(name), stream });
        }
    });
    if only.is_some() {
        return Opened::default();
    }
    said(contents, met, raw, take)
}

fn failed(error: io::Error, take: &mut dyn FnMut(Entered<'_>)) -> Opened {
    take(Entered { at: At::Whole, member: None, stream: Err(error) });
    Opened::default()
}

/// What an archive of so many files leaves to be done. One that breaks off is a line of the ledger of its own beside its
/// members, a file that could not be read; one without a file in it has a line too, of an empty file.
fn said(contents: Contents, files: usize, raw: &Raw, take: &mut dyn FnMut(Entered<'_>)) -> Opened {
    let empty_archive = contents.broken.is_none() && files == 0;
    if let Some(why) = contents.broken {
        take(Entered { at: At::Refused(why.clone()), member: None, stream: Err(io::Error::other(why)) });
    }
    if empty_archive {
        let stream = Stream { content: Box::new(io::empty()), raw: raw.clone() };
        take(Entered { at: At::Whole, member: None, stream: Ok(stream) });
    }
    Opened { later: contents.members, passed_over: contents.passed_over, empty_archive, ..Opened::default() }
}

/// A member that is opened by itself.
fn member<'a>(place: &Place, at: &At, caps: Caps) -> io::Result<Stream<'a>> {
    let path = match (place, at) {
        (_, At::Refused(why)) => return Err(io::Error::new(io::ErrorKind::Unsupported, why.clone())),
        (Place::File(path), _) => path,
        (Place::Stdin, _) => return Err(io::Error::other("standard input is read in its order only")),
    };
    let (raw, content): (Raw, Bytes<'a>) = match at {
        At::Zipped(zipped) => {
            let (offset, bytes) = zipped.stretch();
            let raw = Raw::stretch(path, offset, bytes)?;
            let unzipped = zipped.read(Box::new(raw.clone()))?;
            let counted = raw.clone();
            let content = Capped::new(unzipped, caps, move || counted.taken());
            (raw, Box::new(content))
        }
        At::Stored { offset, bytes } => {
            let raw = Raw::stretch(path, *offset, *bytes)?;
            let content = super::archive::exact::stored(raw.clone(), *bytes);
            (raw, Box::new(content))
        }
        At::Whole | At::Nth(_) | At::Refused(_) => return Err(io::Error::other("it is no single member")),
    };
    nested(content, &raw, caps)
}

/// A member's content, its own compression undone.
fn nested<'a>(content: Bytes<'a>, raw: &Raw, caps: Caps) -> io::Result<Stream<'a>> {
    let (kind, content) = unfold(Peeked::at(content), raw, caps)?;
    if kind == Kind::Tar || kind == Kind::Zip {
        return Err(refused(
            "it is an archive inside an archive; unpack the outer one and give what it holds",
        ));
    }
    text(kind, content, raw)
}

/// What is no container any more.
fn text<'a>(kind: Kind, content: Bytes<'a>, raw: &Raw) -> io::Result<Stream<'a>> {
    match kind {
        Kind::Text | Kind::Tar => Ok(Stream { content, raw: raw.clone() }),
        Kind::Zip => Err(refused(
            "it is a zip archive in a pipe or in another compression, and its list of members is at its end; give the zip as a file of its own",
        )),
        Kind::Foreign(name) => {
            Err(refused(&format!("it is a {name} file, which is not opened here; unpack it first")))
        }
        Kind::Codec(codec) => Err(refused(&format!(
            "it is compressed more than {LAYERS} times (then as {}); decompress it first",
            codec.word()
        ))),
    }
}

fn refused(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, text)
}

/// Undoes compressions until something else comes, with the caps on all of them together.
fn unfold<'a>(mut peeked: Peeked<'a>, raw: &Raw, caps: Caps) -> io::Result<(Kind, Bytes<'a>)> {
    let mut layers = 0;
    loop {
        let kind = told(&peeked.head);
        let Kind::Codec(codec) = kind else { return Ok((kind, capped(peeked, layers, raw, caps))) };
        if layers == LAYERS {
            return Ok((kind, capped(peeked, layers, raw, caps)));
        }
        peeked = Peeked::at(decode(codec, Box::new(peeked))?);
        layers += 1;
    }
}

fn capped<'a>(content: Peeked<'a>, layers: usize, raw: &Raw, caps: Caps) -> Bytes<'a> {
    if layers == 0 {
        return Box::new(content);
    }
    let counted = raw.clone();
    Box::new(Capped::new(content, caps, move || counted.taken()))
}

/// A reader whose first bytes were looked at. An error met there is given after them.
struct Peeked<'a> {
    head: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    rest: Bytes<'a>,
}

impl<'a> Peeked<'a> {
    fn at(mut rest: Bytes<'a>) -> Self {
        let mut head = Vec::new();
        let error = (&mut rest).take(HEAD_BYTES as u64).read_to_end(&mut head).err();
        Self { head, at: 0, error, rest }
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.head.get(self.at..).unwrap_or_default();
        if !left.is_empty() {
            let n = Cursor::new(left).read(buffer)?;
            self.at += n;
            return Ok(n);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests;
