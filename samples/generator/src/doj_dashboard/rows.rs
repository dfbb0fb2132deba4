//! From a drawn request to its row of truth, in one vantage.

use std::net::{IpAddr, Ipv6Addr};

use super::cast::STAFF;
use super::plan::{FROM, UNTIL};
use super::request::{Client, Meant, Request, Route};
use crate::clock::Moment;
use crate::truth::Row;

/// A line of a log and what it is.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) text: Vec<u8>,
    pub(super) row: Row,
}

impl Line {
    /// A line that holds no record.
    pub(super) fn other(vantage: &str, kind: &str, text: &[u8]) -> Self {
        let row = Row {
            kind: kind.to_owned(),
            vantage: vantage.to_owned(),
            counted: "no".to_owned(),
            why: kind.to_owned(),
            ..Row::default()
        };
        Self { text: text.to_vec(), row }
    }
}

/// What one vantage saw of a request.
pub(super) struct Seen<'a> {
    pub(super) vantage: &'a str,
    /// Time as this log states it.
    pub(super) time: Moment,
    pub(super) peer: String,
    pub(super) client_from: &'a str,
    pub(super) agent: &'a str,
    pub(super) status: &'a str,
    pub(super) bytes: u64,
    pub(super) meant: Meant,
    /// Retrieval, 0 where this vantage does not follow them.
    pub(super) retrieval: u32,
}

/// The row of `request` as `seen`.
pub(super) fn row(request: &Request, seen: &Seen<'_>) -> Row {
    let in_window = FROM <= seen.time && seen.time < UNTIL;
    let sensitive = !request.thing.resource.is_empty();
    let counted = in_window && sensitive && seen.meant.served();
    let (outcome, outcome_row, reason) = if in_window { seen.meant.outcome() } else { ("", "", "") };
    let why = match (in_window, sensitive, counted) {
        (false, _, _) => "out-of-window",
        (true, false, _) => "not-sensitive",
        (true, true, false) => reason,
        (true, true, true) => "counted",
    };
    let (client, client_kind) = client(&request.who.client);
    let [net64, net56, net48] = nets(&request.who.client);
    let by_login = request.login.starts_with("DOJ\\");
    let text = |text: &str| text.to_owned();
    Row {
        kind: text("record"),
        time_utc: seen.time.utc(),
        vantage: text(seen.vantage),
        peer: seen.peer.clone(),
        client_from: text(seen.client_from),
        client,
        client_kind: text(client_kind),
        net64,
        net56,
        net48,
        agent: text(seen.agent),
        login: text(request.login),
        actor: request.who.id.clone(),
        method: text(if request.raw.is_some() { "-" } else { request.method }),
        path: if request.raw.is_some() { text("(no request line)") } else { request.target.clone() },
        object: text(request.thing.object),
        status: text(seen.status),
        bytes: seen.bytes,
        resource: text(request.thing.resource),
        also_matches: text(request.thing.also),
        in_window: text(if in_window { "yes" } else { "no" }),
        outcome: text(outcome),
        outcome_row: text(outcome_row),
        reason: text(reason),
        counted: text(if counted { "yes" } else { "no" }),
        why: text(why),
        retrieval_id: retrieval_id(if counted { seen.retrieval } else { 0 }),
        party: text(if by_login { STAFF } else { request.who.party }),
        ..Row::default()
    }
}

/// A retrieval as the truth names it; empty for none.
pub(super) fn retrieval_id(n: u32) -> String {
    if n == 0 { String::new() } else { format!("R{n:04}") }
}

/// How a client is found behind the load balancer (M3.2), as meant by the way the request took.
pub(super) fn client_from(request: &Request) -> &'static str {
    match (&request.route, &request.who.client) {
        (_, Client::Unknown) => "none",
        (Route::Direct(_), _) => "peer",
        (Route::Proxy, _) => "unparsable-hop",
        (Route::Inside, _) => "all-trusted",
        _ => "header",
    }
}

/// A client in canonical spelling, and its kind.
pub(super) fn client(client: &Client) -> (String, &'static str) {
    match client {
        Client::Ip(ip) => (ip.to_string(), if ip.is_ipv4() { "ip4" } else { "ip6" }),
        Client::Name(name) => ((*name).to_owned(), "name"),
        Client::Unknown => ("-".to_owned(), "unknown"),
    }
}

fn nets(client: &Client) -> [String; 3] {
    let Client::Ip(IpAddr::V6(ip)) = client else { return [String::new(), String::new(), String::new()] };
    [64, 56, 48].map(|bits| {
        let net = u128::from(*ip) >> (128 - bits) << (128 - bits);
        format!("{}/{bits}", Ipv6Addr::from(net))
    })
}

/// Puts lines into one file: text with endings, and the rows with file, line and size filled in.
pub(super) fn file(lines: &[Line], path: &str, last_line_ends: bool) -> (Vec<u8>, Vec<Row>) {
    let (mut content, mut rows) = (Vec::new(), Vec::new());
    for (n, line) in lines.iter().enumerate() {
        let begin = content.len();
        content.extend_from_slice(&line.text);
        if last_line_ends || n + 1 < lines.len() {
            content.push(b'\n');
        }
        let line_bytes = content.len() - begin;
        rows.push(Row { source_file: path.to_owned(), line: n + 1, line_bytes, ..line.row.clone() });
    }
    (content, rows)
}
