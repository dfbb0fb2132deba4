//! Globs over bytes (METHOD M4.3 for routes, M7.1 for parties), by translation to a linear-time regex.
//!
//! | in a route glob | matches |
//! |---|---|
//! | `**` | any bytes, anywhere |
//! | `/**/` | `/`, or any bytes between two `/` |
//! | `*` | any bytes but `/` |
//! | `?` | one character but `/`: a UTF-8 sequence, or one byte from 0x80 |
//! | `[a-z]`, `[!a-z]`, `[^a-z]` | one character of the class or not of it, never `/` |
//! | `{a,b}` | either; nestable |
//! | `\x` | the character `x` itself |
//!
//! All of it is anchored at both ends. A party glob ([`Kind::Party`]) differs in two things: `\` is a
//! backslash, because logins are written `DOJ\name`, and `/` is a character like any other, because user agents
//! are full of them; so `*` and `**` are the same there. What cannot be quoted by `\` is put in a class: `[*]`.
//!
//! A byte that is no part of a UTF-8 character is one character. The regex may also split a character into
//! its bytes for `?`: a glob of two `?` matches one two-byte character.

use regex::bytes::{Regex, RegexBuilder};

mod parse;
mod translate;

#[cfg(test)]
mod tests;

pub(super) use self::parse::Node;

/// Compiled size above which a pattern is refused; 300 times a long route.
pub(super) const SIZE_LIMIT: usize = 4 << 20;

/// Which of the two dialects a glob is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Routes, hosts, query values, buckets, keys (METHOD M4.3).
    Route,
    /// Logins and user agents of parties (METHOD M7.1).
    Party,
}

/// Why a text is no glob, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct GlobError {
    /// What is wrong, in lower case.
    pub sentence: String,
    /// First byte of the offending part.
    pub at: usize,
    /// Its length in bytes, at least 1.
    pub len: usize,
}

/// A parsed glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob {
    kind: Kind,
    nodes: Vec<Node>,
}

impl Glob {
    /// Parses a glob.
    ///
    /// # Errors
    /// An unclosed or empty class, a reversed range, an unmatched brace, a `\` at the end, nesting above 16.
    pub fn parse(text: &str, kind: Kind) -> Result<Self, GlobError> {
        Ok(Self { kind, nodes: parse::parse(text, kind)? })
    }

    /// The bytes it stands for if it matches exactly one string.
    #[must_use]
    pub fn literal(&self) -> Option<String> {
        self.nodes.iter().map(|node| if let Node::Char(c) = node { Some(*c) } else { None }).collect()
    }

    /// Whether any string that begins with `/` can match; every path does.
    #[must_use]
    pub fn can_match_path(&self) -> bool {
        parse::can_begin_with_slash(&self.nodes)
    }

    /// The regex it means, anchored, in the syntax of the `regex` crate with Unicode mode off.
    #[must_use]
    pub fn regex_source(&self, ignore_case: bool) -> String {
        let flag = if ignore_case { "i" } else { "" };
        format!("(?{flag}:^(?:{})$)", translate::translate(&self.nodes, self.kind, ignore_case))
    }

    /// Compiles it.
    ///
    /// # Errors
    /// Only a pattern too large to compile.
    pub fn compile(&self, ignore_case: bool) -> Result<Matcher, GlobError> {
        compile(&self.regex_source(ignore_case)).map(|regex| Matcher { regex }).map_err(|e| GlobError {
            sentence: e.to_string(),
            at: 0,
            len: 1,
        })
    }
}

/// A compiled glob.
#[derive(Debug, Clone)]
pub struct Matcher {
    regex: Regex,
}

impl Matcher {
    /// Whether the whole of `bytes` matches.
    #[must_use]
    pub fn is_match(&self, bytes: &[u8]) -> bool {
        self.regex.is_match(bytes)
    }
}

/// Compiles a regex over bytes the way all of this room does: no Unicode mode, bounded size, linear time.
pub(super) fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).unicode(false).size_limit(SIZE_LIMIT).build()
}
