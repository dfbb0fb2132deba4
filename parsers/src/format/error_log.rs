//! Web servers' error logs: recognised, so that a file of them is not taken for a broken access log, and
//! so that messages between access lines (one container stream for both) are no faults.
//!
//! Every well-formed message is a [`Unit::Directive`]: it states no request that could be counted. The
//! second and later lines of a message over several lines have no form of their own and fault.
//!
//! Sources: httpd manual, core, `ErrorLogFormat` (the formats of 2.2 and 2.4); nginx, `ngx_log_error_core`:
//! `2016/10/25 14:49:34 [error] 54053#0: *1 message`.

use super::{Family, Format, Named, Origin, Split, Unit};
use crate::fault::Fault;
use crate::record::{Escape, Meaning};
use crate::token::calendar::{Civil, Part};
use crate::token::time::{TimeCache, clock, fraction};
use crate::token::{Leaf, Wrong, misshapen, number, reason};
use nom::Parser;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::digit1;
use nom::sequence::delimited;
use std::sync::Arc;

pub(super) const FORMATS: &[Named] = &[
    Named::own(
        "apache_error",
        Family::ERROR_LOG,
        Origin::Seen,
        "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.7] File does not exist: /a",
        || Arc::new(ErrorLog::Apache),
    ),
    Named::own(
        "nginx_error",
        Family::ERROR_LOG,
        Origin::Seen,
        r#"2016/10/25 14:49:34 [error] 54053#0: *1 open() "/a" failed, client: 192.0.2.7, server: localhost"#,
        || Arc::new(ErrorLog::Nginx),
    ),
];

/// The error log of one server.
#[derive(Debug, Clone, Copy)]
enum ErrorLog {
    Apache,
    Nginx,
}

impl Format for ErrorLog {
    fn name(&self) -> &str {
        match self {
            Self::Apache => "apache_error",
            Self::Nginx => "nginx_error",
        }
    }

    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        Meaning::UNKNOWN.escaped(Escape::Backslash)
    }

    fn states_time(&self) -> bool {
        false
    }

    fn parse<'a>(&'a self, unit: &'a [u8], _cache: &mut TimeCache) -> Unit<'a> {
        let read = match self {
            Self::Apache => apache(unit),
            Self::Nginx => nginx(unit),
        };
        match read.map_err(reason) {
            Ok(_) => Unit::Directive,
            Err(Wrong { kind, expected, at }) => {
                Unit::Fault(Fault::at(kind, "message", expected, unit, unit.len() - at.len()))
            }
        }
    }
}

/// `[Mon Dec 26 16:22:08.103522 2016] [core:error] …`; 2.2 has no fraction and no module.
fn apache(i: &[u8]) -> Leaf<'_, ()> {
    const WANTED: &str = "a time such as `[Mon Dec 26 16:22:08 2016]`";
    let mut cache = TimeCache::default();
    let mut civil = Civil::default();
    let mut rest = i.strip_prefix(b"[").map_or_else(|| misshapen(WANTED, i), |rest| Ok((rest, ())))?.0;
    for part in [Part::WeekdayName, Part::MonthName, Part::Day] {
        rest = civil.read(part, rest, &mut cache)?.0;
        rest = space(rest)?.0;
    }
    rest = clock(rest)?.0;
    if let Some(tail) = rest.strip_prefix(b".") {
        rest = fraction(tail)?.0;
    }
    rest = space(rest)?.0;
    rest = civil.read(Part::Year, rest, &mut cache)?.0;
    let level =
        delimited(tag(&b"] ["[..]), take_while1(|byte| !matches!(byte, b']' | b' ')), tag(&b"] "[..]));
    worded("a level such as `[error]`", rest, { level }.parse(rest).map(|(rest, _)| (rest, ())))
}

/// `2016/10/25 14:49:34 [error] 54053#0: …`.
fn nginx(i: &[u8]) -> Leaf<'_, ()> {
    const WANTED: &str = "a time such as `2016/10/25 14:49:34`";
    let slash =
        |i| worded(WANTED, i, tag::<_, &[u8], Wrong<'_>>(&b"/"[..]).parse(i).map(|(rest, _)| (rest, ())));
    let (rest, _) = worded(WANTED, i, number::unsigned(i).map(|(rest, _)| (rest, ())))?;
    let (rest, ()) = slash(rest)?;
    let (rest, _) = number::unsigned(rest)?;
    let (rest, ()) = slash(rest)?;
    let (rest, _) = number::unsigned(rest)?;
    let (rest, _) = clock(space(rest)?.0)?;
    let level =
        delimited(tag(&b" ["[..]), take_while1(|byte: u8| byte.is_ascii_lowercase()), tag(&b"] "[..]));
    let process = (digit1, tag(&b"#"[..]), digit1, tag(&b": "[..]));
    worded("a level and a process such as `[error] 1#0: `", rest, {
        (level, process).parse(rest).map(|(rest, _)| (rest, ()))
    })
}

fn space(i: &[u8]) -> Leaf<'_, ()> {
    i.strip_prefix(b" ").map_or_else(|| misshapen("a space", i), |rest| Ok((rest, ())))
}

/// Puts what was wanted in words, for leaves that have none of their own.
fn worded<'a>(wanted: &'static str, at: &'a [u8], read: Leaf<'a, ()>) -> Leaf<'a, ()> {
    read.or_else(|_| misshapen(wanted, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_message(name: &str, line: &[u8]) -> bool {
        crate::format::named(name, None).unwrap().parse(line, &mut TimeCache::default()) == Unit::Directive
    }

    #[test]
    fn messages_of_both_apache_generations_are_directives() {
        assert!(is_message(
            "apache_error",
            b"[Mon Dec 26 16:22:08 2016] [error] [client 1.2.3.4] File does not exist"
        ));
        assert!(is_message("apache_error", b"[Thu Apr 04 10:39:46.719636 2017] [php7:notice] [pid 17] x"));
        assert!(is_message("apache_error", b"[Thu Apr  4 10:39:46 2017] [:error] x"));
    }

    #[test]
    fn an_access_line_is_no_message() {
        let line = br#"1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
        assert!(!is_message("apache_error", line) && !is_message("nginx_error", line));
        assert!(!is_message("apache_error", b"[10/Oct/2000:13:55:36 -0700] 1.2.3.4 TLSv1.2 X \"GET /\" 5"));
    }

    #[test]
    fn an_nginx_message_has_a_level_and_a_process() {
        assert!(is_message("nginx_error", b"2016/10/25 14:49:34 [error] 54053#0: *1 open() failed"));
        assert!(is_message("nginx_error", b"2016/10/25 14:49:34 [notice] 1#1: start worker processes"));
        assert!(!is_message("nginx_error", b"2016/10/25 14:49:34 [error] open() failed"));
        assert!(!is_message("nginx_error", b"2016/10/25 25:49:34 [error] 1#1: x"));
    }
}
