//! Text that rows refer to, kept once and shared by all threads; what distinct requests are about, decided once.
//!
//! Ids depend on which thread comes first. Outputs sort by the text itself, so no answer shows that.

use std::collections::HashMap;

use foldhash::quality::RandomState;

use super::interner::{Interner, Numbered, RESERVED};
use crate::outcome::Part;

/// Id of absent text.
pub const ABSENT: u32 = 0;
/// Id of a peer that is the client itself, in its canonical spelling: nearly every one is.
pub const CLIENT: u32 = 1;
const _: () = assert!(CLIENT < RESERVED && ABSENT < RESERVED, "no text has the number of a mark");

/// Pairs of agent and login that a thread keeps in mind.
const ACTORS: usize = 4096;

/// What a request line is about, decided once per distinct request.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Text id of the method.
    pub method: u32,
    /// Text id of the host.
    pub host: u32,
    /// Text id of the raw target.
    pub target: u32,
    /// Text id of the normalised path.
    pub path: u32,
    /// Resource, by its place in the case.
    pub resource: u16,
    /// Later resources that match too.
    pub also: Box<[u16]>,
    /// Text id of the object (unique over resources).
    pub object: u32,
    /// Text id of the captured identifier.
    pub subject: u32,
    /// Whether the method is one the resource lists.
    pub method_allowed: bool,
    /// Matched only because case was folded (CNT-06).
    pub folded: bool,
    /// A host pattern could not be checked (CNT-09).
    pub host_unchecked: bool,
    /// A listing of the resource.
    pub listing: bool,
    /// The part a `Content-Range` states.
    pub part: Option<Part>,
    /// Full size: declared by the case.
    pub size: Option<u64>,
}

/// What a row's outcome needs of its request, where that is all there is: see [`Met`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plain {
    /// Resource, by its place in the case.
    pub resource: u16,
    /// Whether the method is one the resource lists.
    pub method_allowed: bool,
    /// A listing of the resource.
    pub listing: bool,
}

/// A request that was met before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Met {
    /// Its id.
    pub id: u32,
    /// What its outcome needs, but for ranges, which the record itself states.
    pub plain: Plain,
}

/// What counting needs of nearly every request: 12 bytes, because each row looks its request up.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// Text id of the object.
    pub object: u32,
    /// Text id of the captured identifier.
    pub subject: u32,
    /// Resource, by its place in the case.
    pub resource: u16,
    /// Whether there is more to it: ranges, sizes, folded case, unchecked hosts, further resources.
    pub has_more: bool,
    /// Whether there is such a request.
    is_one: bool,
}

impl About {
    fn of(request: &Request) -> Self {
        let more = request.folded
            || request.host_unchecked
            || !request.also.is_empty()
            || request.part.is_some()
            || request.size.is_some();
        Self {
            object: request.object,
            subject: request.subject,
            resource: request.resource,
            has_more: more,
            is_one: true,
        }
    }
}

/// User agent and login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Actor {
    /// Text id.
    pub agent: u32,
    /// Text id.
    pub principal: u32,
}

/// The shared store.
#[derive(Default)]
pub struct Lexicon {
    texts: Interner<(), ()>,
    actors: Interner<(), Actor>,
    requests: Interner<Plain, Request>,
}

/// Everything, read-only, once scanning has ended.
#[derive(Default)]
pub struct Frozen {
    texts: Numbered<()>,
    actors: Numbered<Actor>,
    requests: Numbered<Request>,
    /// By request id.
    abouts: Vec<About>,
    bytes: usize,
}

impl Lexicon {
    /// A thread's view.
    #[must_use]
    pub fn local(&self) -> Local<'_> {
        Local { lexicon: self, actors: HashMap::default(), key: Vec::new(), actor: Vec::new() }
    }

    /// Memory that is held, nearly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.texts.bytes() + self.actors.bytes() + self.requests.bytes()
    }

    /// Ends the writing.
    #[must_use]
    pub fn freeze(self) -> Frozen {
        let bytes = self.bytes();
        let requests = self.requests.freeze();
        let abouts =
            (0..requests.end()).map(|id| requests.record(id).map(About::of).unwrap_or_default()).collect();
        Frozen { texts: self.texts.freeze(), actors: self.actors.freeze(), requests, abouts, bytes }
    }
}

/// One thread's view.
pub struct Local<'a> {
    lexicon: &'a Lexicon,
    /// Nearly all lines come from a few of them.
    actors: HashMap<Box<[u8]>, u32, RandomState>,
    key: Vec<u8>,
    actor: Vec<u8>,
}

/// Appends a column so that no two lists of columns give the same bytes.
fn append(key: &mut Vec<u8>, column: Option<&[u8]>) {
    const LONG: u8 = 254;
    const NONE: u8 = 255;
    let Some(text) = column else { return key.push(NONE) };
    match u8::try_from(text.len()) {
        Ok(length) if length < LONG => key.push(length),
        _ => {
            key.push(LONG);
            key.extend_from_slice(&(text.len() as u64).to_le_bytes());
        }
    }
    key.extend_from_slice(text);
}

impl Local<'_> {
    /// Id of `text`; [`ABSENT`] for `None`. An empty text that was logged has an id of its own.
    pub fn text(&mut self, text: Option<&[u8]>) -> u32 {
        text.map_or(ABSENT, |text| self.lexicon.texts.number(text))
    }

    /// Id of a pair of agent and login.
    pub fn actor(&mut self, agent: Option<&[u8]>, principal: Option<&[u8]>) -> u32 {
        self.actor.clear();
        append(&mut self.actor, agent);
        append(&mut self.actor, principal);
        if let Some(id) = self.actors.get(self.actor.as_slice()) {
            return *id;
        }
        let id = match self.lexicon.actors.find(&self.actor) {
            Some((id, ())) => id,
            None => {
                let actor = Actor { agent: self.text(agent), principal: self.text(principal) };
                self.lexicon.actors.insert(&self.actor, (), actor).0
            }
        };
        if self.actors.len() >= ACTORS {
            self.actors.clear();
        }
        self.actors.insert(Box::from(self.actor.as_slice()), id);
        id
    }

    /// The request these columns make, if it was met before.
    ///
    /// `columns` are all that decides what a request is about; they are the key.
    pub fn known_request(&mut self, columns: &[Option<&[u8]>]) -> Option<Met> {
        self.key.clear();
        columns.iter().for_each(|column| append(&mut self.key, *column));
        self.lexicon.requests.find(&self.key).map(|(id, plain)| Met { id, plain })
    }

    /// Keeps the request of the last [`Local::known_request`].
    pub fn new_request(&mut self, request: Request) -> Met {
        let Request { resource, method_allowed, listing, .. } = request;
        let plain = Plain { resource, method_allowed, listing };
        let (id, plain) = self.lexicon.requests.insert(&self.key, plain, request);
        Met { id, plain }
    }
}

impl Frozen {
    /// Memory that is held, nearly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The text of an id; empty for [`ABSENT`].
    #[must_use]
    pub fn text(&self, id: u32) -> &[u8] {
        self.texts.text(id)
    }

    /// The text of an id, `None` for [`ABSENT`].
    #[must_use]
    pub fn logged(&self, id: u32) -> Option<&[u8]> {
        (id != ABSENT).then(|| self.text(id))
    }

    /// The actor of an id.
    #[must_use]
    pub fn actor(&self, id: u32) -> Actor {
        self.actors.record(id).copied().unwrap_or_default()
    }

    /// The request of an id.
    #[must_use]
    pub fn request(&self, id: u32) -> Option<&Request> {
        self.requests.record(id)
    }

    /// What counting needs of the request of an id.
    #[must_use]
    #[inline]
    pub fn about(&self, id: u32) -> Option<About> {
        self.abouts.get(id as usize).copied().filter(|about| about.is_one)
    }

    /// Text id of the object of a request.
    #[must_use]
    #[inline]
    pub fn object(&self, id: u32) -> u32 {
        self.abouts.get(id as usize).map_or(ABSENT, |about| about.object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_and_empty_are_not_the_same() {
        let lexicon = Lexicon::default();
        let mut local = lexicon.local();
        let (absent, empty) = (local.text(None), local.text(Some(b"")));
        assert_eq!(absent, ABSENT);
        assert_ne!(absent, empty);
        assert_ne!(local.actor(None, None), local.actor(Some(b""), None));
        assert_ne!(local.actor(Some(b"a"), None), local.actor(None, Some(b"a")));
    }

    #[test]
    fn columns_that_join_to_the_same_bytes_are_different_requests() {
        let lexicon = Lexicon::default();
        let mut local = lexicon.local();
        assert!(local.known_request(&[Some(b"ab"), Some(b"c")]).is_none());
        let first = local.new_request(Request::default());
        assert!(local.known_request(&[Some(b"a"), Some(b"bc")]).is_none());
        let second = local.new_request(Request::default());
        assert_ne!(first.id, second.id);
        assert_eq!(local.known_request(&[Some(b"ab"), Some(b"c")]), Some(first));
        let long = vec![7; 300];
        assert!(local.known_request(&[Some(&long), None]).is_none());
        let third = local.new_request(Request::default());
        assert_eq!(local.known_request(&[Some(&long), None]), Some(third));
        assert!(local.known_request(&[Some(&long[..254]), Some(&long[254..])]).is_none());
    }

    #[test]
    fn more_actors_than_a_thread_keeps_in_mind_keep_their_ids() {
        let lexicon = Lexicon::default();
        let mut local = lexicon.local();
        let name = |n: usize| format!("agent {n}").into_bytes();
        let ids: Vec<u32> = (0..ACTORS * 2).map(|n| local.actor(Some(&name(n)), None)).collect();
        assert!((0..ACTORS * 2).all(|n| local.actor(Some(&name(n)), None) == ids[n]));
        drop(local);
        let frozen = lexicon.freeze();
        assert_eq!(frozen.text(frozen.actor(ids[ACTORS]).agent), name(ACTORS));
    }
}
