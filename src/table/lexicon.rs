//! Text that rows refer to, kept once: shared by all threads, with a cache in front for each.
//!
//! Ids depend on which thread comes first. Outputs sort by the text itself, so no answer shows that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::quality::RandomState;

use crate::outcome::Part;

/// Id of absent text.
pub const ABSENT: u32 = 0;

type Map<K> = HashMap<K, u32, RandomState>;

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
    pub also: Vec<u16>,
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
    /// Length of the single range that the request asked for.
    pub requested: Option<u64>,
    /// Full size: declared by the case.
    pub size: Option<u64>,
}

/// User agent and login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Actor {
    /// Text id.
    pub agent: u32,
    /// Text id.
    pub principal: u32,
}

#[derive(Default)]
struct Shared {
    texts: Map<Arc<[u8]>>,
    text_list: Vec<Arc<[u8]>>,
    actors: Map<Actor>,
    actor_list: Vec<Actor>,
    requests: Map<Arc<[u8]>>,
    request_list: Vec<Arc<Request>>,
}

/// The shared store.
pub struct Lexicon {
    shared: Mutex<Shared>,
}

impl Default for Lexicon {
    fn default() -> Self {
        let mut shared = Shared::default();
        shared.text_list.push(Arc::from(&b""[..]));
        Self { shared: Mutex::new(shared) }
    }
}

/// Everything, read-only, once scanning has ended.
#[derive(Default)]
pub struct Frozen {
    texts: Vec<Arc<[u8]>>,
    actors: Vec<Actor>,
    requests: Vec<Request>,
    /// Of each request its object: looked up for every row that is sorted.
    objects: Vec<u32>,
}

impl Lexicon {
    /// A cache for one thread.
    #[must_use]
    pub fn local(&self) -> Local<'_> {
        Local {
            lexicon: self,
            texts: Map::default(),
            actors: Map::default(),
            requests: HashMap::default(),
            key: Vec::new(),
        }
    }

    /// Ends the writing.
    #[must_use]
    pub fn freeze(self) -> Frozen {
        let shared = self.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        let requests: Vec<Request> = shared.request_list.into_iter().map(Arc::unwrap_or_clone).collect();
        let objects = requests.iter().map(|request| request.object).collect();
        Frozen { texts: shared.text_list, actors: shared.actor_list, requests, objects }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn next_id(length: usize) -> u32 {
    // Four thousand million distinct strings do not fit in memory; the last id is shared rather than wrong.
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// One thread's view.
pub struct Local<'a> {
    lexicon: &'a Lexicon,
    texts: Map<Arc<[u8]>>,
    actors: Map<Actor>,
    requests: HashMap<Arc<[u8]>, (u32, Arc<Request>), RandomState>,
    key: Vec<u8>,
}

impl Local<'_> {
    /// Id of `text`; [`ABSENT`] for `None`. An empty text that was logged has an id of its own.
    pub fn text(&mut self, text: Option<&[u8]>) -> u32 {
        let Some(text) = text else { return ABSENT };
        if let Some(id) = self.texts.get(text) {
            return *id;
        }
        let mut shared = self.lexicon.lock();
        let id = match shared.texts.get(text) {
            Some(id) => *id,
            None => {
                let id = next_id(shared.text_list.len());
                let kept: Arc<[u8]> = Arc::from(text);
                shared.text_list.push(Arc::clone(&kept));
                shared.texts.insert(kept, id);
                id
            }
        };
        let kept = shared.text_list.get(id as usize).cloned().unwrap_or_else(|| Arc::from(text));
        drop(shared);
        self.texts.insert(kept, id);
        id
    }

    /// Id of a pair of agent and login.
    pub fn actor(&mut self, agent: Option<&[u8]>, principal: Option<&[u8]>) -> u32 {
        let actor = Actor { agent: self.text(agent), principal: self.text(principal) };
        if let Some(id) = self.actors.get(&actor) {
            return *id;
        }
        let mut shared = self.lexicon.lock();
        let id = match shared.actors.get(&actor) {
            Some(id) => *id,
            None => {
                let id = next_id(shared.actor_list.len());
                shared.actor_list.push(actor);
                shared.actors.insert(actor, id);
                id
            }
        };
        drop(shared);
        self.actors.insert(actor, id);
        id
    }

    /// The request these columns make, if it was met before.
    ///
    /// `columns` are all that decides what a request is about; they are the key.
    pub fn known_request(&mut self, columns: &[Option<&[u8]>]) -> Option<(u32, Arc<Request>)> {
        self.key.clear();
        for column in columns {
            let length = column.map_or(u64::MAX, |c| c.len() as u64);
            self.key.extend_from_slice(&length.to_le_bytes());
            self.key.extend_from_slice(column.unwrap_or_default());
        }
        self.requests.get(self.key.as_slice()).cloned()
    }

    /// Keeps the request of the last [`Local::known_request`].
    pub fn new_request(&mut self, request: Request) -> (u32, Arc<Request>) {
        let key: Arc<[u8]> = Arc::from(self.key.as_slice());
        let mut shared = self.lexicon.lock();
        let id = match shared.requests.get(&key) {
            Some(id) => *id,
            None => {
                let id = next_id(shared.request_list.len());
                shared.request_list.push(Arc::new(request));
                shared.requests.insert(Arc::clone(&key), id);
                id
            }
        };
        let kept = shared.request_list.get(id as usize).cloned().unwrap_or_default();
        drop(shared);
        self.requests.insert(key, (id, Arc::clone(&kept)));
        (id, kept)
    }
}

impl Frozen {
    /// The text of an id; empty for [`ABSENT`].
    #[must_use]
    pub fn text(&self, id: u32) -> &[u8] {
        self.texts.get(id as usize).map_or(&[], |t| t)
    }

    /// The text of an id, `None` for [`ABSENT`].
    #[must_use]
    pub fn logged(&self, id: u32) -> Option<&[u8]> {
        (id != ABSENT).then(|| self.text(id))
    }

    /// The actor of an id.
    #[must_use]
    pub fn actor(&self, id: u32) -> Actor {
        self.actors.get(id as usize).copied().unwrap_or_default()
    }

    /// All actors, by id.
    #[must_use]
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// The request of an id.
    #[must_use]
    pub fn request(&self, id: u32) -> Option<&Request> {
        self.requests.get(id as usize)
    }

    /// Text id of the object of a request.
    #[must_use]
    #[inline]
    pub fn object(&self, request: u32) -> u32 {
        self.objects.get(request as usize).copied().unwrap_or(ABSENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_that_meet_the_same_text_share_one_id() {
        let lexicon = Lexicon::default();
        let ids: Vec<Vec<u32>> = std::thread::scope(|s| {
            let handles: Vec<_> = (0..4)
                .map(|_| {
                    s.spawn(|| {
                        let mut local = lexicon.local();
                        (0..100u32).map(|n| local.text(Some(n.to_string().as_bytes()))).collect::<Vec<_>>()
                    })
                })
                .collect();
            handles.into_iter().map(|h| h.join().unwrap()).collect()
        });
        assert!(ids.windows(2).all(|w| w[0] == w[1]));
        let frozen = lexicon.freeze();
        assert_eq!(frozen.text(ids[0][42]), b"42");
    }

    #[test]
    fn absent_and_empty_are_not_the_same() {
        let lexicon = Lexicon::default();
        let mut local = lexicon.local();
        let (absent, empty) = (local.text(None), local.text(Some(b"")));
        assert_eq!(absent, ABSENT);
        assert_ne!(absent, empty);
    }

    #[test]
    fn columns_that_join_to_the_same_bytes_are_different_requests() {
        let lexicon = Lexicon::default();
        let mut local = lexicon.local();
        assert!(local.known_request(&[Some(b"ab"), Some(b"c")]).is_none());
        let (first, _) = local.new_request(Request::default());
        assert!(local.known_request(&[Some(b"a"), Some(b"bc")]).is_none());
        let (second, _) = local.new_request(Request::default());
        assert_ne!(first, second);
        assert!(local.known_request(&[Some(b"ab"), Some(b"c")]).is_some_and(|(id, _)| id == first));
    }
}
