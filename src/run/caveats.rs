//! What the figures cannot say (METHOD §8): each sentence is printed because this evidence calls for it.

use std::collections::BTreeMap;

use crate::finding::{Answer, Caveat};
use crate::ledger::account::Times;
use crate::report::number::{counted, thousands as n};

/// What the caveats are decided by.
pub struct Grounds<'a> {
    /// The figures.
    pub answer: &'a Answer,
    /// CNT-11: responses, bytes, served and clients with other methods counted, and the methods listed.
    pub other_methods: Option<OtherMethods>,
    /// 304 answers in scope.
    pub not_modified: u64,
    /// 206 answers without a logged range.
    pub parts_without_range: u64,
    /// Served requests whose client came from a forwarded header.
    pub by_header: u64,
    /// Served requests whose forwarded header was not believed.
    pub header_ignored: u64,
    /// Odd times, all files.
    pub times: Times,
    /// Distinct byte semantics among served responses, as words.
    pub semantics: Vec<&'static str>,
    /// Distinct time bases among the formats of the primary vantage, as words.
    pub time_bases: Vec<&'static str>,
    /// Requests matched only by folding case.
    pub folded: u64,
    /// Requests whose host could not be checked.
    pub host_unchecked: u64,
    /// Retrievals longer than 24 hours.
    pub over_24h: u64,
    /// Silences of the primary vantage inside the window, in words.
    pub gaps: Vec<String>,
    /// Where the window runs over the log's ends, in words.
    pub beyond: Vec<String>,
    /// User agents are logged.
    pub agents_logged: bool,
    /// Retrievals that the window's edge cuts in two.
    pub cut_by_edges: u64,
}

/// See CNT-11.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherMethods {
    /// 2xx responses with bytes.
    pub responses: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Served with them.
    pub served: u64,
    /// Distinct addresses with them.
    pub clients_ip: u64,
    /// Methods as declared, joined.
    pub listed: String,
}

/// All caveats that apply, by id.
#[must_use]
pub fn caveats(g: &Grounds<'_>) -> Vec<Caveat> {
    let mut out = BTreeMap::new();
    let mut say = |id: &str, text: String| out.insert(id.to_owned(), text);
    counting(g, &mut say);
    evidence(g, &mut say);
    identity(g, &mut say);
    out.into_iter().map(|(id, text)| Caveat { id, text }).collect()
}

fn counting(g: &Grounds<'_>, say: &mut impl FnMut(&str, String) -> Option<String>) {
    let c = &g.answer.counts;
    say(
        "CNT-01",
        format!(
            "\"Served\" counts responses that carried data ({}); \"retrievals\" groups them by client and object ({}); \
             of these {} are complete or probable. Another definition gives another number: name the definition with the figure.",
            n(c.served),
            n(c.retrievals),
            n(c.complete_or_probable_retrievals)
        ),
    );
    let unproven = g.answer.outcomes.probable + g.answer.outcomes.partial;
    if unproven > 0 {
        let why = if g.answer.outcomes.complete.is_none() {
            "; these logs can't show of any response that the whole object was sent"
        } else {
            ""
        };
        say("CNT-02", format!("{} served responses are not provably complete{why}.", n(unproven)));
    }
    if g.parts_without_range > 0 {
        say(
            "CNT-03",
            format!(
                "{} partial responses (206) bear no range in the log: which part of the object they carried is not known.",
                n(g.parts_without_range)
            ),
        );
    }
    if g.not_modified > 0 {
        say(
            "CNT-04",
            format!(
                "{} requests were answered 304 (not modified): those clients very likely hold a copy from an earlier request, \
                 which may lie before these logs.",
                n(g.not_modified)
            ),
        );
    }
    if g.folded > 0 {
        say(
            "CNT-06",
            format!(
                "{} requests match a resource only when upper and lower case are taken as equal.",
                n(g.folded)
            ),
        );
    }
    if g.host_unchecked > 0 {
        say(
            "CNT-09",
            format!(
                "{} requests were counted without checking the host, which their log does not record.",
                n(g.host_unchecked)
            ),
        );
    }
    if g.over_24h > 0 {
        say("CNT-10", format!("{} retrievals last longer than 24 hours.", n(g.over_24h)));
    }
    if let Some(o) = &g.other_methods {
        say(
            "CNT-11",
            format!(
                "{} responses 2xx with {} bytes went to requests of methods not listed (listed: {}). They are not in served; with them \
                 the figures would be {} served by {} addresses.",
                n(o.responses),
                n(o.bytes),
                o.listed,
                n(o.served),
                n(o.clients_ip)
            ),
        );
    }
}

fn evidence(g: &Grounds<'_>, say: &mut impl FnMut(&str, String) -> Option<String>) {
    if g.answer.counts.served > 0 {
        let meaning = match g.semantics.as_slice() {
            [] => "no byte counts are logged".to_owned(),
            words => format!("the byte column here means: {}", words.join(", ")),
        };
        say(
            "BYT-01",
            format!(
                "Bytes are what the server handed to the network or meant to send, not what a client kept ({meaning})."
            ),
        );
    }
    if !g.gaps.is_empty() {
        say(
            "GAP-01",
            format!("No records: {}. A gap is a lead, not proof that nothing happened.", g.gaps.join("; ")),
        );
    }
    if !g.beyond.is_empty() {
        say("GAP-02", format!("The window exceeds the log: {}.", g.beyond.join("; ")));
    }
    let t = &g.times;
    let twice = match t.later {
        0 => "local times happen twice (end of daylight-saving time): the earlier was taken".to_owned(),
        later => format!(
            "local times happen twice (end of daylight-saving time): the earlier was taken for {}, the later for {}, which stand after \
             the place where the times of their file go back",
            n(t.ambiguous - later.min(t.ambiguous)),
            n(later)
        ),
    };
    let zone = [
        (t.assumed_utc, "records bear no zone and none is declared: read as UTC"),
        (t.declared_zone, "records bear no zone: read in the declared one"),
        (
            t.unknown_zone,
            "records bear a zone name that is in no table: read in the declared zone, else as UTC",
        ),
        (t.ambiguous, twice.as_str()),
        (t.nonexistent, "local times do not exist (start of daylight-saving time): shifted by the gap"),
    ];
    let zone: Vec<String> = zone
        .iter()
        .filter(|(many, _)| *many > 0)
        .map(|(many, what)| format!("{} {what}", n(*many)))
        .collect();
    if !zone.is_empty() {
        say("TIM-01", format!("{}.", zone.join("; ")));
    }
    let mixed = (g.time_bases.len() > 1)
        .then(|| format!("the logs state different moments of a request: {}", g.time_bases.join(", ")));
    let cut = (g.cut_by_edges > 0).then(|| {
        format!(
            "the window's edge cuts {}: requests outside it belong to the same retrieval",
            counted(g.cut_by_edges, "retrieval", "retrievals")
        )
    });
    let edges: Vec<String> = [mixed, cut].into_iter().flatten().collect();
    if !edges.is_empty() {
        say("TIM-02", format!("{}.", sentence(&edges.join("; "))));
    }
    let l = &g.answer.ledger;
    if l.faults > 0 {
        say(
            "INT-02",
            format!(
                "{} of {} lines could not be read as records; each may hold a further request. faults.csv lists them (`report`, `count --csv`).",
                n(l.faults),
                n(l.lines)
            ),
        );
    }
    say(
        "INT-01",
        "The hashes show that these files have not changed since they were read; nothing before that moment is proven.".to_owned(),
    );
    say(
        "NEG-01",
        "No recorded retrieval is not the same as no retrieval: logs can be incomplete, and caches and copies are not seen here.".to_owned(),
    );
}

/// With a capital first letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn identity(g: &Grounds<'_>, say: &mut impl FnMut(&str, String) -> Option<String>) {
    if g.answer.counts.requests == 0 {
        return;
    }
    say(
        "ID-01",
        "An address is not a person: one person can use several addresses, and many can share one."
            .to_owned(),
    );
    if g.by_header > 0 {
        say(
            "ID-03",
            format!(
                "For {} of {} served responses the client is the forwarded address that a declared trusted proxy wrote.",
                n(g.by_header),
                n(g.answer.counts.served)
            ),
        );
    }
    if g.header_ignored > 0 {
        let id03 = format!(
            "{} served responses bear a forwarded address from a peer that is not declared trusted; it was ignored, since the client \
             itself may have written it.",
            n(g.header_ignored)
        );
        let before = if g.by_header > 0 {
            format!(
                "For {} of {} served responses the client is the forwarded address that a declared trusted proxy wrote. ",
                n(g.by_header),
                n(g.answer.counts.served)
            )
        } else {
            String::new()
        };
        say("ID-03", format!("{before}{id03}"));
    }
    if g.agents_logged {
        say("ID-04", "The user agent is what the client says of itself.".to_owned());
    }
}
