//! One drawn request: who, when, what, on which way, and what it is meant to be evidence of.

use std::net::IpAddr;

use super::plan::Thing;
use crate::clock::Moment;

/// What identifies the one who asks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Client {
    /// An address.
    Ip(IpAddr),
    /// A host name in the client column.
    Name(&'static str),
    /// Nothing at all.
    Unknown,
}

/// The way a request takes to the gateway, and what that leaves in `X-Forwarded-For`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    /// Through one front node, which writes the client's address.
    Front,
    /// The same, in another spelling.
    Spelled(String),
    /// The client sends a header of its own; the front appends the real address.
    Forged(String),
    /// Through both front nodes: two trusted hops.
    Chain,
    /// Through the department's outgoing proxy, which writes `unknown`: the walk stops at the proxy.
    Proxy,
    /// From inside: every hop is trusted.
    Inside,
    /// Past the front; the header, if any, is the client's own and must be ignored.
    Direct(String),
}

/// Someone of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Actor {
    /// Name in the story.
    pub(super) id: String,
    /// What the log can know them by.
    pub(super) client: Client,
    /// User agent (the front's log only).
    pub(super) agent: &'static str,
    /// Party by the case file.
    pub(super) party: &'static str,
    /// Usual way.
    pub(super) route: Route,
}

/// What a request is meant to be, by METHOD section 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    /// A 200 with data: row 7, since no size is declared and `%b` shows no completeness.
    Whole,
    /// A 206: row 5.
    Part,
    /// A 206 of one or two bytes: row 2.
    Probe,
    /// HEAD with 200: row 2.
    Head,
    /// 304: row 2.
    NotModified,
    /// A 2xx with no byte: row 3.
    ZeroBody,
    /// 204: row 3.
    NoContent,
    /// A status outside 200–299: row 3.
    Status,
    /// A method that the resource does not list: row 3.
    OtherMethod,
    /// Not a sensitive endpoint: no outcome.
    Elsewhere,
}

impl Meant {
    /// Outcome, row of METHOD section 5, reason.
    pub(super) fn outcome(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Whole => ("probable", "7", "no-size"),
            Self::Part => ("partial", "5", "206"),
            Self::Probe => ("learned", "2", "probe"),
            Self::Head => ("learned", "2", "head"),
            Self::NotModified => ("learned", "2", "304"),
            Self::ZeroBody => ("attempted", "3", "zero-body"),
            Self::NoContent => ("attempted", "3", "204"),
            Self::Status => ("attempted", "3", "status"),
            Self::OtherMethod => ("attempted", "3", "method"),
            Self::Elsewhere => ("", "", ""),
        }
    }

    /// Whether data were served.
    pub(super) fn served(self) -> bool {
        matches!(self, Self::Whole | Self::Part)
    }
}

/// What the front's own log has of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InFront {
    /// The same status and bytes.
    Same,
    /// The same status, but the client left after this many bytes.
    Cut(u64),
    /// The client left before the first byte: 499.
    Left,
    /// No line (`access_log off`, or past the front).
    Absent,
    /// Only the front has a line: it answered by itself.
    Only,
}

/// A line that is in the gateway's log a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Straight after itself.
    Adjacent,
    /// At the head of the next file, in a run too short to be an overlap.
    NextFile,
}

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) at: Moment,
    /// Duration; `None` until it is drawn.
    pub(super) took_us: Option<i64>,
    pub(super) who: Actor,
    pub(super) route: Route,
    pub(super) login: &'static str,
    pub(super) thing: Thing,
    pub(super) method: &'static str,
    pub(super) target: String,
    /// The whole request text where it is no request line (binary, empty).
    pub(super) raw: Option<&'static str>,
    pub(super) meant: Meant,
    pub(super) status: u16,
    pub(super) bytes: u64,
    /// Retrieval it opens or joins at the gateway; 0 for none.
    pub(super) retrieval: u32,
    pub(super) upload: &'static str,
    pub(super) front: InFront,
    pub(super) again: Option<(Again, u32)>,
}

impl Request {
    /// A GET for `thing`, not yet answered.
    pub(super) fn get(who: &Actor, at: Moment, thing: &Thing) -> Self {
        let front = match who.route {
            Route::Direct(_) => InFront::Absent,
            _ => InFront::Same,
        };
        Self {
            at,
            took_us: None,
            who: who.clone(),
            route: who.route.clone(),
            login: "-",
            thing: *thing,
            method: "GET",
            target: thing.target.to_owned(),
            raw: None,
            meant: Meant::Elsewhere,
            status: 200,
            bytes: thing.size_at(at),
            retrieval: 0,
            upload: "-",
            front,
            again: None,
        }
    }

    fn meaning(self, meant: Meant, status: u16, bytes: u64) -> Self {
        Self { meant, status, bytes, ..self }
    }

    /// Answered with 200 and data.
    pub(super) fn whole(self, bytes: u64, retrieval: u32) -> Self {
        Self { retrieval, ..self.meaning(Meant::Whole, 200, bytes) }
    }

    /// Answered with 206 and data.
    pub(super) fn part(self, bytes: u64, retrieval: u32) -> Self {
        Self { retrieval, ..self.meaning(Meant::Part, 206, bytes) }
    }

    /// Answered with 206 and one or two bytes.
    pub(super) fn probe(self, bytes: u64) -> Self {
        self.meaning(Meant::Probe, 206, bytes)
    }

    /// HEAD, answered with 200.
    pub(super) fn head(self) -> Self {
        Self { method: "HEAD", ..self.meaning(Meant::Head, 200, 0) }
    }

    /// Answered with 304.
    pub(super) fn not_modified(self) -> Self {
        self.meaning(Meant::NotModified, 304, 0)
    }

    /// Answered with a 2xx whose byte column is `-`.
    pub(super) fn zero_body(self, status: u16) -> Self {
        self.meaning(Meant::ZeroBody, status, 0)
    }

    /// Answered with 204.
    pub(super) fn no_content(self) -> Self {
        self.meaning(Meant::NoContent, 204, 0)
    }

    /// Answered with a status outside 200–299.
    pub(super) fn refused(self, status: u16, bytes: u64) -> Self {
        self.meaning(Meant::Status, status, bytes)
    }

    /// Asked with a method that the resource does not list.
    pub(super) fn other_method(self, method: &'static str, status: u16, bytes: u64) -> Self {
        Self { method, ..self.meaning(Meant::OtherMethod, status, bytes) }
    }

    /// The same with another target text.
    pub(super) fn spelled(self, target: impl Into<String>) -> Self {
        Self { target: target.into(), ..self }
    }

    /// The same on another way.
    pub(super) fn via(self, route: Route) -> Self {
        Self { route, ..self }
    }

    /// The same with a login.
    pub(super) fn login(self, login: &'static str) -> Self {
        Self { login, ..self }
    }

    /// The same with a fixed duration.
    pub(super) fn took_ms(self, ms: i64) -> Self {
        Self { took_us: Some(ms * 1000 + 7), ..self }
    }

    /// When the answer was finished.
    pub(super) fn done(&self) -> Moment {
        self.at.plus_ms(self.took_us.unwrap_or(0) / 1000)
    }

    /// Whether the gateway has a line of it.
    pub(super) fn at_gateway(&self) -> bool {
        self.front != InFront::Only
    }
}
