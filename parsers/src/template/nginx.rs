//! The grammar of nginx's `log_format`.
//!
//! `$name` or `${name}`, everything else is text. Any variable may be defined by a configuration or a
//! third-party module, so an unknown one is kept as a text column and reported, not refused.
//!
//! Sources: ngx_http_log_module (`log_format`, `escape=`), ngx_http_core_module "Embedded Variables"
//! (`$body_bytes_sent`, `$bytes_sent`, `$request_completion`: "OK" if a request has completed, or an empty
//! string otherwise), ngx_http_realip_module (`$realip_remote_addr`), ngx_http_upstream_module.

use super::column::{Column, Moment, Piece, Read, Sink};
use super::error::{Problem, TemplateError, Unknown, nearest};
use super::plan::Dialect;
use crate::record::{ByteSemantics, Escape, TimeBasis};
use crate::token::calendar::Part;
use crate::token::time::EpochUnit;

/// What nginx's columns mean (METHOD M2.2, M5.2): its times are those of the log's writing.
pub(super) const fn dialect(escape: Escape) -> Dialect {
    Dialect {
        escape,
        begin: TimeBasis::Completed,
        bytes: |name| match name.contains("body") {
            true => ByteSemantics::BodyWritten,
            false => ByteSemantics::WireWritten,
        },
        dash_is_zero: !matches!(escape, Escape::Json),
    }
}

/// A `log_format` text in its pieces.
pub(super) struct Parsed {
    pub(super) pieces: Vec<Piece>,
    pub(super) escape: Escape,
    pub(super) unknown: Vec<Unknown>,
}

/// Cuts a `log_format` text into its pieces.
pub(super) fn pieces(text: &str) -> Result<Parsed, TemplateError> {
    let (escape, mut rest) = escape(text)?;
    let mut parsed = Parsed { pieces: Vec::new(), escape, unknown: Vec::new() };
    while !rest.is_empty() {
        let at = text.len() - rest.len();
        let Some(tail) = rest.strip_prefix('$') else {
            let literal = rest.find('$').map_or(rest, |end| rest.split_at(end).0);
            parsed.pieces.push(Piece::Text(literal.as_bytes().to_vec()));
            rest = rest.strip_prefix(literal).unwrap_or_default();
            continue;
        };
        let (name, after) = name(tail, at)?;
        let written = rest.strip_suffix(after).unwrap_or(rest);
        if !is_known(name) {
            let near = nearest(name, KNOWN).map(|near| format!("${near}"));
            parsed.unknown.push(Unknown { offset: at, name: written.to_owned(), nearest: near });
        }
        parsed.pieces.push(Piece::Column(column(written, name, at)));
        rest = after;
    }
    Ok(parsed)
}

fn escape(text: &str) -> Result<(Escape, &str), TemplateError> {
    let Some(tail) = text.strip_prefix("escape=") else { return Ok((Escape::Backslash, text)) };
    let (word, rest) = tail.split_once(' ').unwrap_or((tail, ""));
    let escape = match word {
        "default" => Escape::Backslash,
        "json" => Escape::Json,
        "none" => Escape::None,
        _ => {
            let problem = Problem::UnknownEscape { found: word.to_owned() };
            return Err(TemplateError { offset: 0, problem });
        }
    };
    Ok((escape, rest))
}

/// The name behind a `$`, and what follows it.
fn name(tail: &str, at: usize) -> Result<(&str, &str), TemplateError> {
    let word =
        |text: &str| text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    if let Some(braced) = tail.strip_prefix('{') {
        let found = braced.split_once('}').filter(|(name, _)| !name.is_empty() && word(name) == name.len());
        let problem = || Problem::Unfinished { found: format!("${tail}") };
        return found.ok_or_else(|| TemplateError { offset: at, problem: problem() });
    }
    match tail.split_at(word(tail)) {
        ("", _) => Err(TemplateError { offset: at, problem: Problem::LoneDollar }),
        found => Ok(found),
    }
}

fn column(written: &str, name: &str, at: usize) -> Column {
    let (read, sink, rank) = match name {
        "remote_addr" => (Read::List, Sink::Client, 0),
        // ingress-nginx before 0.23: the address after its own real-ip step.
        "the_real_ip" => (Read::List, Sink::Client, 1),
        "realip_remote_addr" => (Read::List, Sink::Peer, 0),
        "http_x_forwarded_for" => (Read::List, Sink::ForwardedFor, 0),
        // The header with the peer appended: the walk of METHOD M3.2 begins at that peer.
        "proxy_add_x_forwarded_for" => (Read::List, Sink::ForwardedFor, 1),
        "http_forwarded" => (Read::Text, Sink::Forwarded, 0),
        "remote_user" => (Read::Text, Sink::Login, 0),
        "request" => (Read::Text, Sink::Request, 0),
        "request_method" => (Read::Word, Sink::Method, 0),
        "request_uri" => (Read::Text, Sink::Target, 0),
        "uri" | "document_uri" => (Read::Text, Sink::Target, 1),
        "args" | "query_string" => (Read::Text, Sink::Query, 0),
        "server_protocol" => (Read::Word, Sink::Protocol, 0),
        "host" => (Read::Word, Sink::Host, 0),
        "http_host" => (Read::Word, Sink::Host, 1),
        "server_name" => (Read::Word, Sink::Host, 2),
        "status" => (Read::Status, Sink::Status, 0),
        "body_bytes_sent" => (Read::Bytes, Sink::Bytes, 0),
        "bytes_sent" => (Read::Bytes, Sink::Bytes, 1),
        "http_user_agent" => (Read::Text, Sink::Agent, 0),
        "http_referer" => (Read::Text, Sink::Referer, 0),
        "request_id" => (Read::Word, Sink::RequestId, 0),
        "req_id" => (Read::Word, Sink::RequestId, 1),
        "http_range" => (Read::Text, Sink::Range, 0),
        "sent_http_content_range" => (Read::Text, Sink::ContentRange, 0),
        "request_completion" => (Read::Word, Sink::Completion, 0),
        "time_local" => return Column::time(written, at, Part::Clf, Moment::Begin),
        "time_iso8601" => return Column::time(written, at, Part::Iso8601, Moment::Begin),
        "msec" => return Column::time(written, at, Part::Epoch(EpochUnit::Seconds), Moment::Begin),
        "connection"
        | "connection_requests"
        | "request_length"
        | "request_time"
        | "server_port"
        | "remote_port" => (Read::Number, Sink::Drop, 0),
        "scheme"
        | "pipe"
        | "pid"
        | "hostname"
        | "server_addr"
        | "https"
        | "gzip_ratio"
        | "ssl_protocol"
        | "ssl_cipher"
        | "proxy_upstream_name"
        | "proxy_alternative_upstream_name" => (Read::Word, Sink::Drop, 0),
        _ if name.starts_with("upstream_") => (Read::Upstream, Sink::Drop, 0),
        _ => (Read::Text, Sink::Drop, 0),
    };
    Column::new(written, at, read, sink, rank)
}

fn is_known(name: &str) -> bool {
    const FAMILIES: [&str; 11] = [
        "arg_",
        "cookie_",
        "http_",
        "sent_http_",
        "sent_trailer_",
        "upstream_",
        "ssl_",
        "proxy_",
        "geoip_",
        "realip_",
        "jwt_",
    ];
    KNOWN.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family) && !near_field(name))
}

/// Whether a variable of a family is a misspelling of one that fills a field (`$http_refer`).
fn near_field(name: &str) -> bool {
    const FIELDS: [&str; 4] =
        ["http_referer", "http_user_agent", "http_x_forwarded_for", "sent_http_content_range"];
    !FIELDS.contains(&name) && nearest(name, FIELDS).is_some()
}

/// Variables of the modules that nginx is shipped with, and those that ingress-nginx sets.
const KNOWN: [&str; 77] = [
    "args",
    "binary_remote_addr",
    "body_bytes_sent",
    "bytes_received",
    "bytes_sent",
    "connection",
    "connection_requests",
    "connection_time",
    "connections_active",
    "content_length",
    "content_type",
    "date_gmt",
    "date_local",
    "document_root",
    "document_uri",
    "gzip_ratio",
    "host",
    "hostname",
    "http2",
    "http3",
    "http_forwarded",
    "http_host",
    "http_range",
    "http_referer",
    "http_user_agent",
    "http_x_forwarded_for",
    "https",
    "ingress_name",
    "is_args",
    "limit_rate",
    "limit_req_status",
    "memcached_key",
    "modern_browser",
    "msec",
    "msie",
    "namespace",
    "nginx_version",
    "pid",
    "pipe",
    "protocol",
    "proxy_add_x_forwarded_for",
    "proxy_alternative_upstream_name",
    "proxy_host",
    "proxy_port",
    "proxy_protocol_addr",
    "proxy_upstream_name",
    "query_string",
    "realip_remote_addr",
    "realip_remote_port",
    "realpath_root",
    "remote_addr",
    "remote_port",
    "remote_user",
    "req_id",
    "request",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_filename",
    "request_id",
    "request_length",
    "request_method",
    "request_time",
    "request_uri",
    "scheme",
    "sent_http_content_range",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "service_name",
    "service_port",
    "status",
    "the_real_ip",
    "time_iso8601",
    "time_local",
    "uri",
];
