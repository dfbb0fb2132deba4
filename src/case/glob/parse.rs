//! Glob text → nodes, with an error that points into the text.

use super::{GlobError, Kind};

/// Deeper braces than this are refused.
const MAX_DEPTH: usize = 16;

/// One piece of a glob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::case) enum Node {
    /// This character.
    Char(char),
    /// `?`
    AnyChar,
    /// `*`
    Star,
    /// `**`
    AnyBytes,
    /// `/**/`
    SlashAnySlash,
    /// `[…]`: ranges, both ends included.
    Class { negated: bool, ranges: Vec<(char, char)> },
    /// `{…,…}`
    Either(Vec<Vec<Node>>),
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    kind: Kind,
}

pub(super) fn parse(text: &str, kind: Kind) -> Result<Vec<Node>, GlobError> {
    let mut parser = Parser { text, at: 0, kind };
    let nodes = parser.sequence(0)?;
    match parser.peek() {
        Some(_) => Err(parser.error(parser.at, 1, "`}` closes nothing: quote it or open it with `{`")),
        None => Ok(nodes),
    }
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, word: &str) -> bool {
        let there = self.rest().starts_with(word);
        if there {
            self.at += word.len();
        }
        there
    }

    fn error(&self, at: usize, len: usize, sentence: &str) -> GlobError {
        let sentence = match self.kind {
            Kind::Route => sentence.to_owned(),
            Kind::Party => sentence.replace("quote it", "write it in a class"),
        };
        GlobError { sentence, at, len: len.max(1) }
    }

    /// Nodes up to the end, or up to a `,` or `}` of an open brace (`depth` > 0), which is left standing.
    fn sequence(&mut self, depth: usize) -> Result<Vec<Node>, GlobError> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                '}' => break,
                ',' if depth > 0 => break,
                '{' => nodes.push(self.either(depth)?),
                '[' => nodes.push(self.class()?),
                '*' => nodes.push(self.stars()),
                '/' if self.kind == Kind::Route && self.rest().starts_with("/**/") => {
                    self.at += "/**/".len();
                    while self.eat("**/") {}
                    nodes.push(Node::SlashAnySlash);
                }
                '?' => {
                    self.next();
                    nodes.push(Node::AnyChar);
                }
                '\\' if self.kind == Kind::Route => nodes.push(Node::Char(self.quoted()?)),
                _ => {
                    self.next();
                    nodes.push(Node::Char(c));
                }
            }
        }
        Ok(nodes)
    }

    /// A run of stars: one is [`Node::Star`], more are [`Node::AnyBytes`].
    fn stars(&mut self) -> Node {
        let mut count = 0;
        while self.eat("*") {
            count += 1;
        }
        if count == 1 { Node::Star } else { Node::AnyBytes }
    }

    fn quoted(&mut self) -> Result<char, GlobError> {
        let at = self.at;
        self.next();
        self.next()
            .ok_or_else(|| self.error(at, 1, "`\\` at the end quotes nothing: write `\\\\` for a backslash"))
    }

    fn either(&mut self, depth: usize) -> Result<Node, GlobError> {
        let open = self.at;
        if depth >= MAX_DEPTH {
            return Err(self.error(open, 1, "braces are nested more than 16 deep"));
        }
        self.next();
        let mut branches = vec![self.sequence(depth + 1)?];
        loop {
            match self.next() {
                Some(',') => branches.push(self.sequence(depth + 1)?),
                Some(_) => return Ok(Node::Either(branches)),
                None => {
                    return Err(self.error(open, 1, "`{` is never closed: quote it or close it with `}`"));
                }
            }
        }
    }

    fn class(&mut self) -> Result<Node, GlobError> {
        let open = self.at;
        self.next();
        let negated = self.eat("!") || self.eat("^");
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            // A `]` that comes first is one of the class.
            if !ranges.is_empty() && self.eat("]") {
                return Ok(Node::Class { negated, ranges });
            }
            let item = self.at;
            let Some(low) = self.class_char()? else {
                return Err(self.error(open, 1, "`[` is never closed: quote it or close it with `]`"));
            };
            let range_follows = self.rest().starts_with('-') && !self.rest().starts_with("-]");
            let high = if range_follows {
                self.next();
                let Some(high) = self.class_char()? else {
                    return Err(self.error(open, 1, "`[` is never closed: quote it or close it with `]`"));
                };
                high
            } else {
                low
            };
            if low > high {
                return Err(self.error(item, self.at - item, "the range runs backwards"));
            }
            ranges.push((low, high));
        }
    }

    fn class_char(&mut self) -> Result<Option<char>, GlobError> {
        match self.peek() {
            Some('\\') if self.kind == Kind::Route => self.quoted().map(Some),
            Some(_) => Ok(self.next()),
            None => Ok(None),
        }
    }
}

/// Whether some string that begins with `/` matches the sequence.
pub(super) fn can_begin_with_slash(nodes: &[Node]) -> bool {
    for node in nodes {
        match node {
            Node::Char(c) => return *c == '/',
            Node::AnyBytes | Node::SlashAnySlash => return true,
            Node::AnyChar | Node::Class { .. } => return false,
            Node::Star => {}
            Node::Either(branches) => {
                if branches.iter().any(|branch| can_begin_with_slash(branch)) {
                    return true;
                }
                if !branches.iter().any(|branch| can_be_empty(branch)) {
                    return false;
                }
            }
        }
    }
    false
}

fn can_be_empty(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Star | Node::AnyBytes => true,
        Node::Either(branches) => branches.iter().any(|branch| can_be_empty(branch)),
        _ => false,
    })
}
