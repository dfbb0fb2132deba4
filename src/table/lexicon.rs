//! Text that rows refer to, kept once and shared by all threads; what distinct requests are about, decided once.
//!
//! Ids depend on which thread comes first. Outputs sort by the text itself, so no answer shows that.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use foldhash::quality::RandomState;

use accesstrail_parsers::record::Escape;

use super::front::{Entry, Front};
use super::interner::{Interner, Numbered, RESERVED};
use crate::outcome::Part;

/// Id of absent text.
pub const ABSENT: u32 = 0;
/// Id of a peer that is the client itself, in its canonical spelling: nearly every one is.
pub const CLIENT: u32 = 1;
/// Id of a path that is the target as it is written.
pub const AS_TARGET: u32 = 2;
const _: () = assert!(
    AS_TARGET < RESERVED && CLIENT < RESERVED && ABSENT < RESERVED,
    "no text has the number of a mark"
);

/// Pairs of agent and login that a thread keeps in mind.
const ACTORS: usize = 4096;

/// What a request line is about, decided once per distinct request. Its columns are its text in the lexicon.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// Text id of the normalised path; [`AS_TARGET`] where the target is written so.
    pub path: u32,
    /// Text id of the object (unique over resources).
    pub object: u32,
    /// Text id of the captured identifier.
    pub subject: u32,
    /// Resource, by its place in the case.
    pub resource: u16,
    /// Whether the method is one the resource lists.
    pub method_allowed: bool,
    /// A listing of the resource.
    pub listing: bool,
    /// What few requests have; nothing where all of it is as usual.
    pub more: Option<Box<More>>,
}

/// What few requests have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct More {
    /// Later resources that match too.
    pub also: Vec<u16>,
    /// Matched only because case was folded (CNT-06).
    pub folded: bool,
    /// A host pattern could not be checked (CNT-09).
    pub host_unchecked: bool,
    /// The part a `Content-Range` states.
    pub part: Option<Part>,
    /// Full size: declared by the case.
    pub size: Option<u64>,
}

/// How many columns decide what a request is about.
pub const COLUMNS: usize = 10;

/// The first columns of a request, in the order in which [`Local::ask`] is given them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Method.
    Method,
    /// Host.
    Host,
    /// Raw target.
    Target,
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
        let Request { object, subject, resource, .. } = *request;
        Self { object, subject, resource, has_more: request.more.is_some(), is_one: true }
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
    /// What the threads' own tables take, and how much one of them may.
    fronts: AtomicUsize,
    front_bytes: usize,
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
    /// An empty one for a run of so much memory and so many threads.
    #[must_use]
    pub fn new(memory_bytes: usize, threads: usize) -> Self {
        Self { front_bytes: memory_bytes / 8 / threads.max(1), ..Self::default() }
    }

    /// Whether there were more texts than numbers.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.texts.is_full() || self.actors.is_full() || self.requests.is_full()
    }

    /// A thread's view.
    #[must_use]
    pub fn local(&self) -> Local<'_> {
        let (agent, principal) = (Kept::default(), Kept::default());
        let last_actor = LastActor { agent, principal, escape: Escape::None, id: ABSENT };
        Local {
            lexicon: self,
            front: Front::new(self.front_bytes),
            actors: HashMap::default(),
            actor: Vec::new(),
            last_actor,
        }
    }

    /// Memory that is held, nearly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let shared = self.texts.bytes() + self.actors.bytes() + self.requests.bytes();
        shared + self.fronts.load(Ordering::Relaxed)
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
    front: Front,
    /// Nearly all lines come from a few of them.
    actors: HashMap<Box<[u8]>, u32, RandomState>,
    actor: Vec<u8>,
    /// Lines of one client often stand together.
    last_actor: LastActor,
}

impl Drop for Local<'_> {
    fn drop(&mut self) {
        self.lexicon.fronts.fetch_sub(self.front.bytes(), Ordering::Relaxed);
    }
}

/// The actor that was asked for last, as it was logged.
struct LastActor {
    agent: Kept,
    principal: Kept,
    escape: Escape,
    /// [`ABSENT`] before the first.
    id: u32,
}

/// A column that is kept in mind.
#[derive(Default)]
struct Kept {
    is_logged: bool,
    text: Vec<u8>,
}

impl Kept {
    fn is(&self, column: Option<&[u8]>) -> bool {
        match column {
            Some(text) => self.is_logged && self.text == text,
            None => !self.is_logged,
        }
    }

    fn set(&mut self, column: Option<&[u8]>) {
        self.is_logged = column.is_some();
        self.text.clear();
        self.text.extend_from_slice(column.unwrap_or_default());
    }
}

/// The columns of a request as one text, and its hash.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    hash: u64,
    start: usize,
    end: usize,
}

/// The texts of requests that are asked for together.
#[derive(Debug, Default)]
pub struct Asking {
    texts: Vec<u8>,
    /// What the front has of each, while all are looked up.
    found: Vec<Entry>,
}

impl Asking {
    fn text(&self, asked: &Asked) -> &[u8] {
        self.texts.get(asked.start..asked.end).unwrap_or_default()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.texts.clear();
    }
}

const LONG: u8 = 254;
const NONE: u8 = 255;

/// Appends columns so that no two lists of so many columns give the same bytes: a mark of each, then the texts. A mark is
/// the length of a text, or says that it stands before the text, or that there is none.
fn append<const N: usize>(key: &mut Vec<u8>, columns: &[Option<&[u8]>; N]) {
    let marks = columns.map(|column| match column {
        None => NONE,
        Some(text) => u8::try_from(text.len()).ok().filter(|length| *length < LONG).unwrap_or(LONG),
    });
    key.extend_from_slice(&marks);
    for (text, mark) in columns.iter().zip(marks).filter_map(|(column, mark)| Some((column.as_ref()?, mark)))
    {
        if mark == LONG {
            key.extend_from_slice(&(text.len() as u64).to_le_bytes());
        }
        key.extend_from_slice(text);
    }
}

/// One of the `N` columns that [`append`] wrote.
fn column_of<const N: usize>(key: &[u8], wanted: usize) -> Option<&[u8]> {
    let (marks, mut rest) = key.split_first_chunk::<N>()?;
    for (place, mark) in marks.iter().enumerate() {
        let length = match *mark {
            NONE if place == wanted => return None,
            NONE => continue,
            LONG => {
                let (length, after) = rest.split_first_chunk::<8>()?;
                rest = after;
                usize::try_from(u64::from_le_bytes(*length)).ok()?
            }
            length => usize::from(length),
        };
        let (text, after) = rest.split_at_checked(length)?;
        if place == wanted {
            return Some(text);
        }
        rest = after;
    }
    None
}

impl Local<'_> {
    /// Id of `text`; [`ABSENT`] for `None`. An empty text that was logged has an id of its own.
    pub fn text(&mut self, text: Option<&[u8]>) -> u32 {
        text.map_or(ABSENT, |text| self.lexicon.texts.number(text))
    }

    /// Id of the pair that was asked for last, if agent and login are written as its were.
    #[must_use]
    pub fn last_actor(&self, agent: Option<&[u8]>, principal: Option<&[u8]>, escape: Escape) -> Option<u32> {
        let last = &self.last_actor;
        let is_it = last.escape == escape && last.agent.is(agent) && last.principal.is(principal);
        (last.id != ABSENT && is_it).then_some(last.id)
    }

    /// Keeps in mind how the agent and the login of this actor are written.
    pub fn keep_actor(&mut self, agent: Option<&[u8]>, principal: Option<&[u8]>, escape: Escape, id: u32) {
        self.last_actor.agent.set(agent);
        self.last_actor.principal.set(principal);
        (self.last_actor.id, self.last_actor.escape) = (id, escape);
    }

    /// Id of a pair of agent and login.
    pub fn actor(&mut self, agent: Option<&[u8]>, principal: Option<&[u8]>) -> u32 {
        self.actor.clear();
        append(&mut self.actor, &[agent, principal]);
        if let Some(id) = self.actors.get(self.actor.as_slice()) {
            return *id;
        }
        let id = match self.lexicon.actors.find(&self.actor) {
            Some((id, ())) => id,
            None => {
                let actor = Actor { agent: self.text(agent), principal: self.text(principal) };
                self.lexicon.actors.insert(&self.actor, (), || actor).0
            }
        };
        if self.actors.len() >= ACTORS {
            self.actors.clear();
        }
        self.actors.insert(Box::from(self.actor.as_slice()), id);
        id
    }

    /// Asks for the request these columns make: those of [`Column`], and all others that decide what a request is about.
    pub fn ask(&self, columns: &[Option<&[u8]>; COLUMNS], asking: &mut Asking) -> Asked {
        let start = asking.texts.len();
        append(&mut asking.texts, columns);
        let text = asking.texts.get(start..).unwrap_or_default();
        Asked { hash: self.lexicon.requests.hash(text), start, end: asking.texts.len() }
    }

    /// Looks all of `asked` up, one answer each in their order; none for those that were never met.
    pub fn look_up(&mut self, asked: &[Asked], asking: &mut Asking, answers: &mut Vec<Option<Met>>) {
        answers.clear();
        asking.found.clear();
        asking.found.extend(asked.iter().map(|asked| self.front.first(asked.hash)));
        let known = asked.iter().zip(&asking.found);
        answers.extend(known.map(|(asked, entry)| self.front.is(entry, asked.hash, asking.text(asked))));
        for (asked, answer) in asked.iter().zip(answers.iter_mut()).filter(|(_, answer)| answer.is_none()) {
            let text = asking.text(asked);
            *answer = self.front.find(asked.hash, text).or_else(|| {
                let (id, plain) = self.lexicon.requests.find(text)?;
                self.keep(asked.hash, text, Met { id, plain })
            });
        }
    }

    fn keep(&mut self, hash: u64, text: &[u8], met: Met) -> Option<Met> {
        let before = self.front.bytes();
        self.front.insert(hash, text, met);
        self.lexicon.fronts.fetch_add(self.front.bytes() - before, Ordering::Relaxed);
        Some(met)
    }

    /// Keeps a request that was asked for and never met before.
    pub fn new_request(&mut self, asked: &Asked, asking: &Asking, request: Request) -> Met {
        let Request { resource, method_allowed, listing, .. } = request;
        let plain = Plain { resource, method_allowed, listing };
        let text = asking.text(asked);
        let (id, plain) = self.lexicon.requests.insert(text, plain, || request);
        let met = Met { id, plain };
        // The same one may have been asked for twice at a time.
        if self.front.find(asked.hash, text).is_none() {
            self.keep(asked.hash, text, met);
        }
        met
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

    /// What only few requests have.
    #[must_use]
    pub fn more(&self, id: u32) -> Option<&More> {
        self.about(id).filter(|about| about.has_more)?;
        self.request(id)?.more.as_deref()
    }

    /// A column of a request as logged, `None` where it is not.
    #[must_use]
    pub fn column(&self, request: u32, column: Column) -> Option<&[u8]> {
        column_of::<COLUMNS>(self.requests.text(request), column as usize)
    }

    /// The normalised path of a request.
    #[must_use]
    pub fn path(&self, id: u32) -> Option<&[u8]> {
        match self.request(id)?.path {
            AS_TARGET => self.column(id, Column::Target),
            path => self.logged(path),
        }
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
        let lexicon = Lexicon::new(1 << 30, 2);
        let mut local = lexicon.local();
        let (absent, empty) = (local.text(None), local.text(Some(b"")));
        assert_eq!(absent, ABSENT);
        assert_ne!(absent, empty);
        let mut actor = |agent, principal| local.actor(agent, principal);
        let (nobody, empty, as_agent) = (actor(None, None), actor(Some(b""), None), actor(Some(b"a"), None));
        let distinct = std::collections::BTreeSet::from([nobody, empty, as_agent, actor(None, Some(b"a"))]);
        assert_eq!(distinct.len(), 4);
        assert_eq!(
            (actor(None, None), actor(Some(b""), None), actor(Some(b"a"), None)),
            (nobody, empty, as_agent)
        );
        local.keep_actor(Some(b"a"), None, Escape::None, as_agent);
        assert_eq!(local.last_actor(Some(b"a"), None, Escape::None), Some(as_agent));
        for (agent, principal, escape) in [
            (Some(&b"a"[..]), None, Escape::Json),
            (Some(b"a"), Some(&b""[..]), Escape::None),
            (None, None, Escape::None),
            (Some(b"ab"), None, Escape::None),
        ] {
            assert_eq!(local.last_actor(agent, principal, escape), None);
        }
    }

    #[test]
    fn columns_that_join_to_the_same_bytes_are_different_requests() {
        let lexicon = Lexicon::new(1 << 30, 2);
        let mut local = lexicon.local();
        let long = vec![7; 300];
        let lists: [[Option<&[u8]>; 2]; 6] = [
            [Some(b"ab"), Some(b"c")],
            [Some(b"a"), Some(b"bc")],
            [Some(b"abc"), None],
            [Some(&long), None],
            [Some(&long[..254]), Some(&long[254..])],
            [Some(&long[..253]), Some(&long[253..])],
        ];
        let (mut asking, mut answers) = (Asking::default(), Vec::new());
        let ask = |[a, b]: &[Option<&[u8]>; 2], asking: &mut Asking| {
            let mut columns = [None; COLUMNS];
            (columns[0], columns[1]) = (*a, *b);
            local.ask(&columns, asking)
        };
        let asked: Vec<Asked> = lists.iter().map(|list| ask(list, &mut asking)).collect();
        local.look_up(&asked, &mut asking, &mut answers);
        assert_eq!(answers, vec![None; 6]);
        let mets: Vec<Met> =
            asked.iter().map(|asked| local.new_request(asked, &asking, Request::default())).collect();
        let distinct: std::collections::BTreeSet<u32> = mets.iter().map(|met| met.id).collect();
        assert_eq!(distinct.len(), 6);
        local.look_up(&asked, &mut asking, &mut answers);
        assert_eq!(answers, mets.iter().copied().map(Some).collect::<Vec<_>>());
        // Another thread finds them in the shared store, and then in its own.
        let mut other = lexicon.local();
        for _ in 0..2 {
            other.look_up(&asked, &mut asking, &mut answers);
            assert_eq!(answers, mets.iter().copied().map(Some).collect::<Vec<_>>());
        }
        drop((local, other));
        let frozen = lexicon.freeze();
        for (list, met) in lists.iter().zip(&mets) {
            let columns = [Column::Method, Column::Host].map(|column| frozen.column(met.id, column));
            assert_eq!(&columns, list);
        }
    }

    #[test]
    fn more_actors_than_a_thread_keeps_in_mind_keep_their_ids() {
        let lexicon = Lexicon::new(1 << 30, 2);
        let mut local = lexicon.local();
        let name = |n: usize| format!("agent {n}").into_bytes();
        let mut actor = |n| local.actor(Some(&name(n)), None);
        let ids: Vec<u32> = (0..ACTORS * 2).map(&mut actor).collect();
        assert!((0..ACTORS * 2).all(|n| actor(n) == ids[n]));
        drop(local);
        let frozen = lexicon.freeze();
        assert_eq!(frozen.text(frozen.actor(ids[ACTORS]).agent), name(ACTORS));
    }
}
