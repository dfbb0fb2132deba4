//! Tables that go out as CSV: every row, never a top-N.

use std::io;

/// Rows of a table that may be too long for memory: they are made one by one, as often as they are asked for.
pub trait Rows<T> {
    /// Gives each row to `take`, in the order of the table, until that fails.
    ///
    /// # Errors
    /// What `take` says, or scratch space that fails.
    fn each(&self, take: &mut dyn FnMut(&T) -> io::Result<()>) -> io::Result<()>;
}

impl<T> Rows<T> for Vec<T> {
    fn each(&self, take: &mut dyn FnMut(&T) -> io::Result<()>) -> io::Result<()> {
        self.iter().try_for_each(take)
    }
}

/// All tables of one run, each sorted by its key columns. Where nobody asked for all rows, the first three are empty.
pub struct Tables<'a> {
    /// Downloads per resource, client address and window: the table this tool was asked for.
    pub client_windows: Box<dyn Rows<ClientWindow> + 'a>,
    /// One row per client.
    pub clients: Box<dyn Rows<ClientRow> + 'a>,
    /// All in-scope events in canonical order.
    pub events: Box<dyn Rows<Event> + 'a>,
    /// The clients that were served most, the most first, then by their text; as many as were asked for.
    pub top_clients: Vec<ClientRow>,
    /// How many clients were served.
    pub clients_served: u64,
    /// Every unit that could not be read.
    pub faults: Vec<FaultRow>,
    /// Where the records of each file went, in the order of the answer's sources.
    pub records: Vec<RecordsOf>,
}

impl Default for Tables<'_> {
    fn default() -> Self {
        Self {
            client_windows: Box::new(Vec::new()),
            clients: Box::new(Vec::new()),
            events: Box::new(Vec::new()),
            top_clients: Vec::new(),
            clients_served: 0,
            faults: Vec::new(),
            records: Vec::new(),
        }
    }
}

/// Where the records of one file went (METHOD M1.3): the four add up to its records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordsOf {
    /// Removed as duplicates.
    pub duplicate_records: u64,
    /// Outside the window.
    pub out_of_window: u64,
    /// Of no resource, or taken out by a filter.
    pub not_sensitive: u64,
    /// Counted.
    pub in_scope: u64,
}

/// One row of `client_windows.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientWindow {
    /// Resource name.
    pub resource: String,
    /// Canonical address or name.
    pub client: String,
    /// Begin of the window.
    pub window_start_utc: String,
    /// End of the window.
    pub window_end_utc: String,
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Retrievals that began in this window.
    pub retrievals: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
    /// Party of the client's served requests here; several joined by `; `.
    pub party: String,
}

/// One row of `clients.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// Canonical address or name.
    pub client: String,
    /// `ip4`, `ip6`, `name` or `unknown`.
    pub kind: String,
    /// Party, several joined by `; `.
    pub party: String,
    /// In scope.
    pub requests: u64,
    /// Responses that carried data.
    pub served: u64,
    /// Retrievals.
    pub retrievals: u64,
    /// Distinct objects served.
    pub objects: u64,
    /// Bytes of served responses.
    pub bytes_served: u64,
    /// First served, empty where nothing was.
    pub first_served_utc: String,
    /// Last served, empty where nothing was.
    pub last_served_utc: String,
}

/// One row of `events.csv`. Text fields are raw bytes as logged; the CSV door neutralises them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Adjusted UTC.
    pub time_utc: String,
    /// Canonical client.
    pub client: String,
    /// The socket's peer as logged, where it differs from the client.
    pub peer: Vec<u8>,
    /// Login.
    pub principal: Vec<u8>,
    /// User agent.
    pub agent: Vec<u8>,
    /// Method.
    pub method: Vec<u8>,
    /// Host.
    pub host: Vec<u8>,
    /// Raw target.
    pub target: Vec<u8>,
    /// Status; empty where not logged.
    pub status: String,
    /// Bytes; empty where not logged.
    pub bytes: String,
    /// Resource name.
    pub resource: String,
    /// Outcome word.
    pub outcome: String,
    /// Reason word.
    pub reason: String,
    /// Party, or empty where the event was not served.
    pub party: String,
    /// Number of the retrieval it belongs to, in canonical order, from 1; empty where not served.
    pub retrieval: String,
    /// Vantage.
    pub vantage: String,
    /// Path of the file.
    pub source: String,
    /// Member inside an archive.
    pub member: String,
    /// 1-based physical line.
    pub line: u64,
    /// Byte offset in the decompressed stream.
    pub offset: u64,
}

/// One row of `faults.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRow {
    /// Path of the file.
    pub source: String,
    /// Member inside an archive.
    pub member: String,
    /// 1-based physical line.
    pub line: u64,
    /// Byte offset in the decompressed stream.
    pub offset: u64,
    /// Kind word of METHOD M1.2.
    pub fault: String,
    /// Column that failed, in the log's own word.
    pub field: String,
    /// What the format wants there.
    pub expected: String,
    /// What stands there, raw, cut.
    pub found: Vec<u8>,
}
