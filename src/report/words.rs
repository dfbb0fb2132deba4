//! What the figures mean, in one place, so that the screen and the report say the same (METHOD §5, §6, M3.4).

/// One word of the tool's language.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// The word itself.
    pub term: &'static str,
    /// A few words beside a figure on a screen.
    pub short: &'static str,
    /// A full sentence for a reader who has no other page at hand.
    pub long: &'static str,
}

/// All requests of the case.
pub const REQUESTS: Word = Word {
    term: "requests",
    short: "asked for the data, whatever the answer",
    long: "Logged requests that match a resource of the case and lie in its window, whatever the server answered.",
};
/// METHOD §5: complete, probable, partial, copied.
pub const SERVED: Word = Word {
    term: "served",
    short: "responses that carried data",
    long: "Requests whose response carried data of the resource, whole or in part, including server-side copies. \
           A response counts each time it was given.",
};
/// METHOD M6.2, M6.3.
pub const RETRIEVALS: Word = Word {
    term: "retrievals",
    short: "served, with the parts of one fetch joined",
    long: "Served requests, with those joined that belong to one fetch of one object by one client (same address, \
           user agent and login; the parts follow each other within the gap of the counting rules).",
};
/// METHOD M6.4.
pub const COMPLETE_OR_PROBABLE: Word = Word {
    term: "complete or probable",
    short: "retrievals that nothing shows to be cut",
    long: "Retrievals for which the log shows the whole object, or shows a success and nothing against it.",
};
/// METHOD M6.4.
pub const COMPLETE: Word = Word {
    term: "complete",
    short: "retrievals shown to be whole",
    long: "Retrievals for which the log shows that every byte of the object was sent.",
};
/// METHOD M5.5.
pub const CANNOT_SHOW: &str = "this format can't show it";

/// The outcomes of METHOD §5, in the order of the output.
pub const OUTCOMES: [(&str, &str); 6] = [
    ("complete", "Every byte of the object is shown to have been sent."),
    (
        "probable",
        "A success with data; the log cannot show whether all of it was sent, and nothing says it was cut.",
    ),
    ("partial", "A part of the object, or a response that was cut."),
    ("copied", "The storage service itself read the object to copy it."),
    (
        "learned",
        "No data, but its existence, size, name or unchanged state was learnt (HEAD, 304, listing, probe).",
    ),
    ("attempted", "No data was given: refused, failed, empty, or by a method that does not fetch."),
];

/// What the byte columns of the logs mean (METHOD M5.2).
pub const BYTES: [(&str, &str); 4] = [
    ("body_written", "Body bytes written to the network."),
    ("wire_written", "Bytes written to the network, headers included."),
    ("body_planned", "Size of the body the server meant to send, sent or not."),
    ("unknown", "The log's format does not say which bytes its column counts."),
];
