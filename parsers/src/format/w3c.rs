//! W3C extended log files: IIS, and what else writes `#Fields`.
//!
//! Sources: W3C, "Extended Log File Format" (WD-logfile-960323); Microsoft, "W3C Extended Log File Format (IIS 6.0)" and
//! "HTTP_LOG_FIELD_ constants"; Microsoft, "System Error Codes" (64 `ERROR_NETNAME_DELETED`, 995 `ERROR_OPERATION_ABORTED`,
//! 1236 `ERROR_CONNECTION_ABORTED`).
//!
//! * `iis`: columns are parted by one space. Two spaces have an empty column between them, or part two columns as one space
//!   does: logs of both kinds are met, and the number of columns tells. Text that a client sent has `+`
//!   for a space, and no quotes. Time is UTC, also where files roll over at local midnight. Which moment of a request it is,
//!   Microsoft does not say: unknown. `sc-bytes` is "bytes sent by the server", with headers or without is not said:
//!   unknown. It is not among the default columns; then no bytes are logged. `sc-win32-status` of a connection that the
//!   client reset marks the transfer; the body may have been whole.
//! * `iis-httperr`: requests that HTTP.sys refused or whose connection ended before there was a response. They are not in
//!   the access log. Where nothing was asked for (`Timer_ConnectionIdle`), a line is a directive. No record has a byte count.
//! * `iis-ftp`: `[7]RETR` and `[7]sent` are downloads; their statuses are FTP's (226). Other commands are no reads.
//! * `w3c`: anything else with such a header: proxies, Exchange, Incapsula, caches. Values may stand in quotes, runs of spaces
//!   or tabs part them. Zone and meaning of the columns are the writer's: unknown, and no zone unless `date` and `time` are
//!   UTC by the W3C's draft, which says "all times are specified in GMT"; `date-local` and `time-local` bear none.
//!
//! Without a `date` column the day is that of the last `#Date` directive, and a clock before the directive's is past
//! midnight. Under a header that has no time at all each line is a fault of kind `time`.
//!
//! What these logs cannot say: size of the object, ranges, and requests that were refused before they reached the site.

use super::fielded::{self, Col, Cut, Draft, Fielded, clock_us, columns, date, nothing};
use super::own::Is;
use super::{Family, Format, Head, Named, Origin, Split, Unit};
use crate::fault::{Fault, FaultKind};
use crate::record::{Escape, Meaning, Operation, Record, Zone};
use crate::token::cursor::{Read, all};
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::web_server("w3c");
const FTP: Family = Family::of("iis-ftp");

const IIS: &str = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status sc-bytes time-taken\n2021-04-01 00:00:21 198.51.100.1 GET /a.csv b=c 443 - 192.0.2.7 curl/7.79.1 - 200 0 0 2770 65";
const HTTPERR: &str = "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\n2021-04-01 00:00:21 192.0.2.7 2094 198.51.100.1 80 HTTP/1.1 GET /a.csv 503 - ConnLimit -";
const FTP_SAMPLE: &str = "#Date: 2021-04-01 00:00:00\n#Fields: time c-ip cs-method cs-uri-stem sc-status\n16:44:49 192.0.2.7 [2]RETR a.csv 226";
const OTHER: &str = "#Fields: date time c-ip cs-method cs-uri sc-status bytes cs(User-Agent)\n2001-10-31   00:00:18\t192.0.2.7 GET \"/a.csv\" 200  350 \"curl \"\"7\"\"\"";

pub(super) const FORMATS: &[Named] = &[
    Named::own("iis", FAMILY, Origin::Seen, IIS, || Arc::new(W3c::Iis)),
    Named::own("iis-httperr", FAMILY, Origin::Seen, HTTPERR, || Arc::new(W3c::HttpErr)),
    Named::own("w3c", FAMILY, Origin::Seen, OTHER, || Arc::new(W3c::Other)),
    Named::own("iis-ftp", FTP, Origin::Seen, FTP_SAMPLE, || Arc::new(W3c::Ftp)),
];

/// Who wrote it, as far as its header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum W3c {
    Iis,
    HttpErr,
    Ftp,
    Other,
}

/// The names of a `#Fields` directive.
pub(super) fn names(head: &Head) -> Option<impl Iterator<Item = &[u8]>> {
    fielded::names(head, b"#Fields:", b" \t")
}

impl W3c {
    /// Whose lines stand under this header.
    fn told(head: &Head) -> Option<Self> {
        let names: Vec<&[u8]> = names(head)?.collect();
        let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name.as_bytes()));
        let software = head.get(b"#Software:").unwrap_or_default();
        if names.iter().any(|name| name.starts_with(b"x-edge-"))
            || !(has("c-ip") || has("cs-method") || has("cs-uri-stem"))
        {
            return None;
        }
        // IIS 4 is a "Server", later ones are "Services"; the kernel's listener writes for them.
        let names_iis = [&b"Internet Information Ser"[..], b"Microsoft HTTP Server API"];
        let is_iis = software.is_empty()
            || names_iis.iter().any(|name| memchr::memmem::find(software, name).is_some());
        let is_http =
            (has("s-ip") || has("s-port")) && has("cs-uri-stem") && !has("date-local") && !has("cs-vid");
        Some(match () {
            () if has("s-reason") && has("s-queuename") => Self::HttpErr,
            () if has("x-session") || memchr::memmem::find(software, b"FTP").is_some() => Self::Ftp,
            () if is_iis && names == FTP_5 => Self::Ftp,
            () if is_iis && is_http => Self::Iis,
            () => Self::Other,
        })
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Iis => "iis",
            Self::HttpErr => "iis-httperr",
            Self::Ftp => "iis-ftp",
            Self::Other => "w3c",
        }
    }

    fn col(self, name: &str) -> Col {
        let lower = name.to_ascii_lowercase();
        match (lower.as_str(), self) {
            ("date" | "date-local", _) => Col::Date,
            ("time" | "time-local", _) => Col::Clock,
            ("c-ip", _) => Col::Client,
            ("x-forwarded-for" | "cs(x-forwarded-for)", _) => Col::ForwardedFor,
            ("cs-method", Self::Ftp) => Col::Operation,
            ("cs-method", _) => Col::Method,
            ("cs-uri-stem", _) => Col::Target,
            ("cs-uri", Self::HttpErr | Self::Other) => Col::Target,
            ("cs-uri-query", _) => Col::Query,
            ("cs-username" | "c-auth-id", _) => Col::Login,
            ("cs-version", _) => Col::Protocol,
            ("cs-host" | "cs(host)", _) => Col::Host,
            ("sc-status", _) => Col::Status,
            ("sc-win32-status", Self::Iis) => Col::Win32,
            ("sc-bytes" | "bytes", Self::Iis | Self::Other | Self::Ftp) => Col::Bytes,
            ("cs(user-agent)", _) => Col::Agent,
            ("cs(referer)" | "cs(referrer)", _) => Col::Referer,
            _ => Col::Skip,
        }
    }
}

/// The default columns of the FTP service up to IIS 6, which names itself as the web server does.
const FTP_5: [&[u8]; 5] = [b"time", b"c-ip", b"cs-method", b"cs-uri-stem", b"sc-status"];

impl Format for W3c {
    fn name(&self) -> &str {
        self.word()
    }

    fn split(&self) -> Split {
        Split::Header
    }

    fn meaning(&self) -> Meaning {
        let escape = if *self == Self::Other { Escape::Doubled } else { Escape::Plus };
        Meaning {
            escape,
            target: if *self == Self::Other { Escape::Doubled } else { Escape::None },
            ..Meaning::UNKNOWN
        }
    }

    fn leads(&self) -> &'static [&'static [u8]] {
        &[b"#"]
    }

    fn arm(&self, head: &Head) -> Option<Arc<dyn Format>> {
        if Self::told(head)? != *self {
            return None;
        }
        let columns = columns(names(head)?, |name| self.col(name));
        // What `#GMT-Offset` says of the clock, its writers do not tell: then no zone is taken for written.
        let is_local =
            columns.iter().any(|(name, _)| name.ends_with("-local")) || head.get(b"#GMT-Offset:").is_some();
        Some(Arc::new(Fielded {
            name: self.word(),
            meaning: self.meaning(),
            cut: if *self == Self::Other { Cut::Runs } else { Cut::Spaces },
            begun: begun(head),
            zone: if is_local { Zone::Absent } else { Zone::Offset(0) },
            columns,
            finish: match self {
                Self::Iis | Self::Other => nothing,
                Self::HttpErr => refused,
                Self::Ftp => transfer,
            },
            lead: b"#",
            unset: None,
        }))
    }

    fn parse<'a>(&'a self, unit: &'a [u8], _cache: &mut TimeCache) -> Unit<'a> {
        unarmed(unit)
    }
}

/// Lines of these names, for files that lost their header. Directives in them are passed over.
pub(super) fn of_names(names: &str) -> Option<Arc<dyn Format>> {
    let head = Head::of(format!("#Fields: {names}").as_bytes());
    super::cloudfront::CloudFront.arm(&head).or_else(|| W3c::told(&head)?.arm(&head))
}

/// Day and clock of the last `#Date`.
fn begun(head: &Head) -> Option<(i64, i64)> {
    let text = head.get(b"#Date:")?;
    let mut cache = TimeCache::default();
    let (day, clock) = match text.iter().position(|byte| matches!(byte, b' ' | b'\t')) {
        Some(at) => (text.get(..at)?, text.get(at..)?.trim_ascii()),
        None => (text, &b"00:00:00"[..]),
    };
    Some((all(day, |i| date(i, &mut cache)).ok()?, all(clock, clock_us).ok()?))
}

/// A line that no header names the columns of.
pub(super) fn unarmed(unit: &[u8]) -> Unit<'_> {
    if unit.starts_with(b"#") {
        return Unit::Directive;
    }
    Unit::Fault(Fault::at(
        FaultKind::Syntax,
        "#Fields",
        "a `#Fields` line before it that names its columns",
        unit,
        0,
    ))
}

/// HTTPERR: without a method and a target nothing was asked for.
fn refused<'a>(_draft: &Draft<'a>, record: &mut Record<'a>) -> Read<'a, Is> {
    Ok(if record.method.is_none() && record.target.is_none() { Is::Directive } else { Is::Request })
}

/// FTP: a command with the number of its session before it.
fn transfer<'a>(draft: &Draft<'a>, record: &mut Record<'a>) -> Read<'a, Is> {
    let word = draft.operation.unwrap_or_default();
    let command = match memchr::memchr(b']', word) {
        Some(at) if word.starts_with(b"[") => word.get(at + 1..).unwrap_or_default(),
        _ => word,
    };
    record.operation = match command {
        b"RETR" | b"sent" => Operation::Read,
        b"LIST" | b"NLST" | b"MLSD" => Operation::List,
        b"SIZE" | b"MDTM" | b"MLST" | b"STAT" => Operation::Learn,
        _ => Operation::Other,
    };
    Ok(Is::Request)
}

#[cfg(test)]
mod tests;
