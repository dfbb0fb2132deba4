//! `--by`: which keys there are, and how a key of an event is a number and a text.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::quality::RandomState;

use crate::case::near;
use crate::count::by::Key;
use crate::count::client::Client;
use crate::count::events::{Context, Event};
use crate::table::row::ClientKind;

/// A key of `--by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Canonical address or name.
    Client,
    /// Window.
    Window,
    /// Resource.
    Resource,
    /// Object.
    Object,
    /// Party.
    Party,
    /// Login.
    Principal,
    /// User agent.
    Agent,
    /// Status.
    Status,
    /// Outcome.
    Outcome,
    /// Source.
    Source,
    /// Captured identifier.
    Subject,
}

/// Keys by name.
pub const KEYS: [(&str, By); 11] = [
    ("client", By::Client),
    ("window", By::Window),
    ("resource", By::Resource),
    ("object", By::Object),
    ("party", By::Party),
    ("principal", By::Principal),
    ("agent", By::Agent),
    ("status", By::Status),
    ("outcome", By::Outcome),
    ("source", By::Source),
    ("subject", By::Subject),
];

impl By {
    /// Reads `client,window`.
    ///
    /// # Errors
    /// One sentence with the near miss.
    pub fn parse(text: &str) -> Result<Vec<Self>, String> {
        let keys: Vec<Self> = text.split(',').map(str::trim).map(Self::one).collect::<Result<_, _>>()?;
        if keys.len() > crate::table::schema::GROUP_KEYS.len() {
            return Err("--by: at most four keys".to_owned());
        }
        Ok(keys)
    }

    fn one(name: &str) -> Result<Self, String> {
        if matches!(name, "country" | "asn") {
            return Err(format!(
                "--by: `{name}` needs an address database, which this version does not read yet"
            ));
        }
        KEYS.iter().find(|(n, _)| *n == name).map(|(_, by)| *by).ok_or_else(|| {
            let known = KEYS.map(|(n, _)| n);
            let near = near(name, known).map_or_else(String::new, |n| format!("did you mean `{n}`? "));
            format!("--by: unknown key `{name}`\nhint: {near}Keys are: {}", known.join(", "))
        })
    }

    /// The key's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        KEYS.iter().find(|(_, by)| *by == self).map_or("", |(name, _)| name)
    }

    /// What tells two events of different keys apart.
    fn raw(self, event: &Event, context: &Context<'_>) -> (u8, u64, u64) {
        let row = &event.row;
        let one = |n: u64| (0, 0, n);
        match self {
            Self::Client => (row.flags().client as u8, row.client_hi, row.client_lo),
            Self::Window => one(u64::from(event.window)),
            Self::Resource => one(u64::from(event.resource)),
            Self::Object => one(u64::from(event.object)),
            Self::Party => one(u64::from(event.party)),
            Self::Principal => one(u64::from(event.principal)),
            Self::Agent => one(u64::from(event.agent)),
            Self::Status => one(u64::from(row.status)),
            Self::Outcome => one(event.reason.outcome() as u64),
            Self::Source => one(context.files.get(row.file as usize).map_or(0, |f| u64::from(f.rank))),
            Self::Subject => one(u64::from(event.subject)),
        }
    }

    /// The key of one event as text.
    #[must_use]
    pub fn text(self, event: &Event, context: &Context<'_>) -> String {
        let words = context.frozen;
        let shown = |id: u32| words.logged(id).map_or_else(|| "-".to_owned(), crate::escape::terminal);
        match self {
            Self::Client if event.row.flags().client == ClientKind::Unknown => "-".to_owned(),
            Self::Client => Client::of(&event.row).text(words),
            Self::Window => context
                .grid
                .bins()
                .get(event.window as usize)
                .map_or_else(String::new, |b| crate::clock::text::rfc3339(b.0)),
            Self::Resource => context.resources.get(usize::from(event.resource)).cloned().unwrap_or_default(),
            Self::Object => object_text(words.text(event.object)),
            Self::Party => context
                .party_names
                .get(event.party as usize)
                .cloned()
                .unwrap_or_else(|| "unattributed".to_owned()),
            Self::Principal => shown(event.principal),
            Self::Agent => shown(event.agent),
            Self::Status if event.row.status == 0 => "-".to_owned(),
            Self::Status => event.row.status.to_string(),
            Self::Outcome => event.reason.outcome().word().to_owned(),
            Self::Source => {
                context.files.get(event.row.file as usize).map_or_else(String::new, |f| f.source.clone())
            }
            Self::Subject => shown(event.subject),
        }
    }
}

/// An object key for people: resource index cut off, its parts joined by a space.
#[must_use]
pub fn object_text(key: &[u8]) -> String {
    let parts = crate::case::route::object_parts(key.get(2..).unwrap_or_default());
    parts.filter(|p| !p.is_empty()).map(crate::escape::terminal).collect::<Vec<_>>().join(" ")
}

/// One key of `--by` while events are grouped: texts get numbers, equal texts the same one.
pub struct Grouping {
    by: By,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    raw: HashMap<(u8, u64, u64), u64, RandomState>,
    texts: HashMap<String, u64, RandomState>,
    list: Vec<String>,
}

impl Grouping {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(by: By) -> Self {
        Self { by, seen: Mutex::default() }
    }

    /// The text of a number.
    #[must_use]
    pub fn text(&self, number: u64) -> String {
        let seen = self.seen();
        usize::try_from(number).ok().and_then(|n| seen.list.get(n).cloned()).unwrap_or_default()
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.by.name()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key for Grouping {
    fn number(&self, event: &Event, context: &Context<'_>) -> u64 {
        let mut seen = self.seen();
        let raw = self.by.raw(event, context);
        if let Some(number) = seen.raw.get(&raw) {
            return *number;
        }
        let text = self.by.text(event, context);
        let next = seen.list.len() as u64;
        let number = *seen.texts.entry(text.clone()).or_insert(next);
        if number == next {
            seen.list.push(text);
        }
        seen.raw.insert(raw, number);
        number
    }
}
