//! The closed sets of words a case file may use, each spelled once.

use accesstrail_parsers::record::TimeBasis;

/// A closed set of words.
pub trait Word: Copy + 'static {
    /// What the set is called in a sentence (`tier`).
    const SET: &'static str;
    /// All words with their meaning, in documented order.
    const ALL: &'static [(&'static str, Self)];

    /// The meaning of a word; case counts.
    #[must_use]
    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
    }
}

/// Writes a set of words as an enum with its [`Word`] table and `word()`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $set:literal, { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl Word for $name {
            const SET: &'static str = $set;
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];
        }

        impl $name {
            /// The word as a case file spells it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

words!(
    /// Where in the path of a request a log was written (METHOD M6.9).
    Tier, "tier", {
        /// The server that holds the data.
        Origin = "origin",
        /// A cache, balancer or CDN in front of it.
        Edge = "edge",
        /// An object store.
        Storage = "storage",
        /// Something that only saw the traffic.
        Witness = "witness",
    }
);

words!(
    /// The server software that wrote a log whose lines do not show it.
    Server, "server", {
        /// Apache httpd.
        Apache = "apache",
        /// nginx.
        Nginx = "nginx",
    }
);

words!(
    /// What a known party is (METHOD M7.1).
    PartyKind, "party kind", {
        /// Own employees.
        Staff = "staff",
        /// A public body with access of its own.
        Agency = "agency",
        /// A contractor.
        Vendor = "vendor",
        /// Whoever found or reported the exposure.
        Researcher = "researcher",
        /// Health checks.
        Monitor = "monitor",
        /// Crawlers.
        Robot = "robot",
        /// Anyone else.
        Other = "other",
    }
);

impl PartyKind {
    /// Whether a self-declared user agent alone may attribute a request to such a party (METHOD M7.1).
    #[must_use]
    pub fn agent_suffices(self) -> bool {
        !matches!(self, Self::Staff | Self::Agency | Self::Vendor | Self::Researcher)
    }
}

words!(
    /// What happened at a moment of the case.
    EventKind, "event kind", {
        /// The data became reachable.
        Published = "published",
        /// Somebody reported it.
        Reported = "reported",
        /// The service was down; has a span.
        Outage = "outage",
        /// The service came back.
        Restored = "restored",
        /// The data was no longer reachable.
        Closed = "closed",
        /// Anything else; may have a span.
        Note = "note",
    }
);

words!(
    /// A part of the retrieval key (METHOD M6.2).
    ClientKeyPart, "part of a client key", {
        /// The address, whole.
        Ip = "ip",
        /// The address, IPv6 cut to /64.
        Ip64 = "ip64",
        /// The address, IPv6 cut to /56.
        Ip56 = "ip56",
        /// The address, IPv6 cut to /48.
        Ip48 = "ip48",
        /// The user agent.
        UserAgent = "ua",
        /// The login.
        Principal = "principal",
        /// The credential (a key, not a person).
        Credential = "credential",
    }
);

words!(
    /// Whether robots take part in a profile (METHOD M6.1: in the nested counts they always do).
    Robots, "robots rule", {
        /// They are counted.
        In = "in",
        /// They are left out.
        Out = "out",
    }
);

impl Word for TimeBasis {
    const SET: &'static str = "time basis";
    const ALL: &'static [(&'static str, Self)] = &[
        ("received", Self::Received),
        ("completed", Self::Completed),
        ("accepted", Self::Accepted),
        ("unknown", Self::Unknown),
    ];
}
