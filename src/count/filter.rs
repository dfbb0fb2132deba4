//! `--where`: a small grammar over the columns of an event.
//!
//! ```text
//! expression = any { "or" any } ;      any = one { "and" one } ;
//! one        = [ "not" ] ( "(" expression ")" | field operator value ) ;
//! operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "~" ;
//! value      = bare word | "quoted text" ;
//! ```
//! `in` takes a network in CIDR notation and goes with `client` only; `~` takes a glob (METHOD M4.3); `<` and `>`
//! go with `status` and `bytes`. A text comparison is byte by byte. A condition on a column that the log does not
//! have does not hold, and neither does its `!=`.

use std::net::IpAddr;

use ipnet::IpNet;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, multispace0};
use nom::combinator::value;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::client::Client;
use super::events::{Context, Event};
use crate::case::glob::{Glob, Kind, Matcher};
use crate::case::near;
use crate::table::lexicon::Column;

/// The columns by name.
pub const FIELDS: [(&str, Field); 13] = [
    ("client", Field::Client),
    ("status", Field::Status),
    ("method", Field::Method),
    ("path", Field::Path),
    ("target", Field::Target),
    ("host", Field::Host),
    ("agent", Field::Agent),
    ("principal", Field::Principal),
    ("resource", Field::Resource),
    ("outcome", Field::Outcome),
    ("party", Field::Party),
    ("source", Field::Source),
    ("bytes", Field::Bytes),
];

/// A column of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Canonical address or name.
    Client,
    /// Final status.
    Status,
    /// Method as written.
    Method,
    /// Normalised path.
    Path,
    /// Raw target.
    Target,
    /// Host as written.
    Host,
    /// User agent as written.
    Agent,
    /// Login as written.
    Principal,
    /// Resource name.
    Resource,
    /// Outcome word.
    Outcome,
    /// Party name, or `unattributed`.
    Party,
    /// Source name.
    Source,
    /// Response bytes.
    Bytes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Like,
}

#[derive(Debug)]
enum Test {
    Text(Vec<u8>),
    Number(u64),
    Net(IpNet),
    Address(IpAddr),
    Glob(Matcher),
}

#[derive(Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Is { field: Field, operator: Operator, test: Test },
}

/// A compiled `--where`.
#[derive(Debug)]
pub struct Filter {
    /// As typed.
    pub text: String,
    root: Node,
}

/// What a condition may look at.
pub struct View<'a> {
    /// The event.
    pub event: &'a Event,
    /// Names behind the numbers.
    pub context: &'a Context<'a>,
}

impl Filter {
    /// Compiles `text`.
    ///
    /// # Errors
    /// One sentence: what, where, what to do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Compiler { whole: text, depth: 0 };
        let (rest, root) = parser.any(text)?;
        if !rest.trim().is_empty() {
            return Err(parser.wrong(rest, "`and`, `or` or the end"));
        }
        Ok(Self { text: text.to_owned(), root })
    }

    /// Whether the event stays.
    #[must_use]
    pub fn keeps(&self, view: &View<'_>) -> bool {
        holds(&self.root, view)
    }
}

struct Compiler<'a> {
    whole: &'a str,
    depth: usize,
}

/// Brackets and `not`s inside each other.
const DEEPEST: usize = 64;

impl<'a> Compiler<'a> {
    fn wrong(&self, rest: &str, expected: &str) -> String {
        let at = self.whole.len() - rest.trim_start().len();
        let found = rest.trim_start();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
        format!("--where, character {}: expected {expected}, found {found}", at + 1)
    }

    fn any(&mut self, text: &'a str) -> Result<(&'a str, Node), String> {
        let (mut rest, first) = self.all(text)?;
        let mut nodes = vec![first];
        while let Ok((after, ())) = keyword("or")(rest) {
            let (next, node) = self.all(after)?;
            nodes.push(node);
            rest = next;
        }
        Ok((rest, Node::Any(nodes)))
    }

    fn all(&mut self, text: &'a str) -> Result<(&'a str, Node), String> {
        let (mut rest, first) = self.one(text)?;
        let mut nodes = vec![first];
        while let Ok((after, ())) = keyword("and")(rest) {
            let (next, node) = self.one(after)?;
            nodes.push(node);
            rest = next;
        }
        Ok((rest, Node::All(nodes)))
    }

    fn one(&mut self, text: &'a str) -> Result<(&'a str, Node), String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("--where: more than {DEEPEST} brackets or `not`s inside each other"));
        }
        let found = self.one_of(text);
        self.depth -= 1;
        found
    }

    fn one_of(&mut self, text: &'a str) -> Result<(&'a str, Node), String> {
        if let Ok((rest, ())) = keyword("not")(text) {
            let (rest, node) = self.one(rest)?;
            return Ok((rest, Node::Not(Box::new(node))));
        }
        if let Ok((rest, _)) = preceded(multispace0::<&str, nom::error::Error<&str>>, char('(')).parse(text) {
            let (rest, node) = self.any(rest)?;
            let closed: IResult<&str, char> = preceded(multispace0, char(')')).parse(rest);
            let (rest, _) = closed.map_err(|_no_bracket| self.wrong(rest, "`)`"))?;
            return Ok((rest, node));
        }
        self.condition(text)
    }

    fn condition(&mut self, text: &'a str) -> Result<(&'a str, Node), String> {
        let (rest, name) = word(text).map_err(|_no_word| self.wrong(text, "a field name"))?;
        let field = FIELDS.iter().find(|(n, _)| *n == name).map(|(_, f)| *f).ok_or_else(|| {
            let known = FIELDS.map(|(n, _)| n);
            let near = near(name, known).map_or_else(String::new, |n| format!("did you mean `{n}`? "));
            format!("--where: unknown field `{name}`\nhint: {near}Fields are: {}", known.join(", "))
        })?;
        let (rest, operator) =
            operator(rest).map_err(|_none| self.wrong(rest, "one of = != < <= > >= in ~"))?;
        let (after, raw) = text_value(rest).map_err(|_none| self.wrong(rest, "a value"))?;
        let test = test(field, operator, &raw, name)?;
        Ok((after, Node::Is { field, operator, test }))
    }
}

fn keyword<'a>(name: &'static str) -> impl FnMut(&'a str) -> IResult<&'a str, ()> {
    move |text| {
        let (rest, found) = word(text)?;
        if found == name {
            return Ok((rest, ()));
        }
        Err(nom::Err::Error(nom::error::Error::new(text, nom::error::ErrorKind::Tag)))
    }
}

fn word(text: &str) -> IResult<&str, &str> {
    preceded(multispace0, take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_')).parse(text)
}

fn operator(text: &str) -> IResult<&str, Operator> {
    let symbol = alt((
        value(Operator::NotEqual, tag("!=")),
        value(Operator::AtMost, tag("<=")),
        value(Operator::AtLeast, tag(">=")),
        value(Operator::Equal, tag("=")),
        value(Operator::Less, tag("<")),
        value(Operator::Greater, tag(">")),
        value(Operator::Like, tag("~")),
        value(Operator::In, keyword("in")),
    ));
    preceded(multispace0, symbol).parse(text)
}

fn text_value(text: &str) -> IResult<&str, String> {
    let quoted = delimited(char('"'), take_while(|c| c != '"'), char('"'));
    let bare = take_while1(|c: char| !c.is_whitespace() && c != ')' && c != '(');
    preceded(multispace0, alt((quoted, bare))).map(str::to_owned).parse(text)
}

fn test(field: Field, operator: Operator, raw: &str, name: &str) -> Result<Test, String> {
    let numeric = matches!(field, Field::Status | Field::Bytes);
    match operator {
        Operator::In if field == Field::Client => raw.parse().map(Test::Net).map_err(|_bad| {
            format!("--where: `{raw}` is not a network\nhint: write CIDR notation, as in `client in 203.0.113.0/24`")
        }),
        Operator::In => Err(format!("--where: `in` goes with `client` only, not with `{name}`")),
        Operator::Like if numeric => Err(format!("--where: `~` compares text; `{name}` is a number")),
        Operator::Like => Glob::parse(raw, Kind::Route)
            .and_then(|g| g.compile(false))
            .map(Test::Glob)
            .map_err(|e| format!("--where: {e}")),
        Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast if !numeric => {
            Err(format!("--where: `<` and `>` go with `status` and `bytes`, not with `{name}`"))
        }
        _ if numeric => {
            raw.parse().map(Test::Number).map_err(|_bad| format!("--where: `{raw}` is not a whole number"))
        }
        _ if field == Field::Client => Ok(crate::identity::spelling::read_ip(raw.as_bytes())
            .map_or_else(|| Test::Text(raw.to_ascii_lowercase().into_bytes()), Test::Address)),
        _ => Ok(Test::Text(raw.as_bytes().to_vec())),
    }
}

fn holds(node: &Node, view: &View<'_>) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|n| holds(n, view)),
        Node::Any(nodes) => nodes.iter().any(|n| holds(n, view)),
        Node::Not(inner) => !holds(inner, view),
        Node::Is { field, operator, test } => is(*field, *operator, test, view),
    }
}

fn is(field: Field, operator: Operator, test: &Test, view: &View<'_>) -> bool {
    match test {
        Test::Number(wanted) => number(field, view).is_some_and(|found| match operator {
            Operator::NotEqual => found != *wanted,
            Operator::Less => found < *wanted,
            Operator::AtMost => found <= *wanted,
            Operator::Greater => found > *wanted,
            Operator::AtLeast => found >= *wanted,
            _ => found == *wanted,
        }),
        Test::Net(net) => Client::of(&view.event.row).address().is_some_and(|ip| net.contains(&ip)),
        Test::Address(wanted) => match Client::of(&view.event.row).address() {
            Some(ip) => (ip == *wanted) == (operator == Operator::Equal),
            None => operator == Operator::NotEqual && text(field, view).is_some(),
        },
        Test::Glob(glob) => text(field, view).is_some_and(|t| glob.is_match(&t)),
        Test::Text(wanted) => {
            text(field, view).is_some_and(|t| (*t == **wanted) == (operator == Operator::Equal))
        }
    }
}

fn number(field: Field, view: &View<'_>) -> Option<u64> {
    match field {
        Field::Bytes => view.event.row.logged_bytes(),
        _ => (view.event.row.status != 0).then_some(u64::from(view.event.row.status)),
    }
}

fn text<'a>(field: Field, view: &View<'a>) -> Option<std::borrow::Cow<'a, [u8]>> {
    let words = view.context.frozen;
    let request = view.event.row.request;
    let column = |column| words.column(request, column).map(std::borrow::Cow::Borrowed);
    let borrowed = |id: u32| words.logged(id).map(std::borrow::Cow::Borrowed);
    match field {
        Field::Client => Some(std::borrow::Cow::Owned(Client::of(&view.event.row).text(words).into_bytes())),
        Field::Method => column(Column::Method),
        Field::Path => words.path(request).map(std::borrow::Cow::Borrowed),
        Field::Target => column(Column::Target),
        Field::Host => column(Column::Host),
        Field::Agent => borrowed(view.event.agent),
        Field::Principal => borrowed(view.event.principal),
        Field::Resource => {
            let name = view.context.resources.get(usize::from(view.event.resource))?;
            Some(std::borrow::Cow::Borrowed(name.as_bytes()))
        }
        Field::Outcome => Some(std::borrow::Cow::Borrowed(view.event.reason.outcome().word().as_bytes())),
        Field::Party => Some(std::borrow::Cow::Borrowed(
            view.context
                .party_names
                .get(view.event.party as usize)
                .map_or(&b"unattributed"[..], |p| p.as_bytes()),
        )),
        Field::Source => {
            let file = view.context.files.get(view.event.row.file as usize)?;
            Some(std::borrow::Cow::Borrowed(file.source.as_bytes()))
        }
        Field::Status | Field::Bytes => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_field_names_its_near_miss() {
        let error = Filter::parse("stauts=206").unwrap_err();
        assert!(
            error.starts_with("--where: unknown field `stauts`\nhint: did you mean `status`?"),
            "{error}"
        );
    }

    #[test]
    fn every_mistake_is_one_sentence_with_its_place() {
        for (text, sentence) in [
            ("", "--where, character 1: expected a field name, found the end"),
            ("status", "--where, character 7: expected one of = != < <= > >= in ~, found the end"),
            ("status =", "--where, character 9: expected a value, found the end"),
            ("(status=200", "--where, character 12: expected `)`, found the end"),
            (
                "status=200 client=x",
                "--where, character 12: expected `and`, `or` or the end, found `client=x`",
            ),
            ("status=20x", "--where: `20x` is not a whole number"),
            ("agent in 10.0.0.0/8", "--where: `in` goes with `client` only, not with `agent`"),
            ("agent < 5", "--where: `<` and `>` go with `status` and `bytes`, not with `agent`"),
            ("bytes ~ 5*", "--where: `~` compares text; `bytes` is a number"),
        ] {
            assert_eq!(Filter::parse(text).unwrap_err(), sentence, "{text}");
        }
        let net = Filter::parse("client in 10.0.0/8").unwrap_err();
        assert!(net.starts_with("--where: `10.0.0/8` is not a network\nhint: "), "{net}");
    }

    #[test]
    fn the_documented_example_compiles() {
        for text in [
            "status=206 and client in 203.0.113.0/24",
            "not (method = POST or path ~ /views/**) and agent != \"\"",
            "party=\"Department staff\"",
        ] {
            assert!(Filter::parse(text).is_ok(), "{text}");
        }
    }
}
