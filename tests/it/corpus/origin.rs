//! The origin's own answers: Elastic's Filebeat keeps, beside the log, what its pipelines make of each line.
//!
//! Client, time, status, bytes, target, path and query of every expected event are compared with what the parsers read
//! there. Where the two do not agree, the disagreement is listed with its reason; nothing else may differ, and no listed
//! disagreement may vanish unseen.

use std::collections::{BTreeMap, BTreeSet};

use accesstrail_parsers::format::Unit;
use accesstrail_parsers::record::{Bytes, Record, Zone};
use chrono::DateTime;
use serde_json::Value;

use super::under::each_line;
use super::{corpus_dir, files_below};

/// Directives of logs that the origin cut out without theirs; the columns are those of its pipeline.
const HEADS: [(&str, &str); 4] = [
    (
        "iis/access/test/test-iis-7.2.log",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n",
    ),
    (
        "iis/access/test/test-x-forward-for.log",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken X-Forwarded-For\n",
    ),
    (
        "iis/access/test/test-x-forward-for-extended.log",
        "#Fields: date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken X-Forwarded-For\n",
    ),
    (
        "iis/error/test/iis_error_url.log",
        "#Fields: date time c-ip c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\n",
    ),
];

/// Where the parsers and the pipelines do not agree: file, lines, column, and why.
const DISAGREEMENTS: [(&str, &[usize], &str, &str); 11] = [
    ("apache/access/test/darwin-2.4.23.log", &[3], "bytes", ZERO),
    ("apache/access/test/ssl-request.log", &[2], "bytes", ZERO),
    ("apache/access/test/test.log", &[3], "bytes", ZERO),
    ("haproxy/log/test/default.log", &[1], "record", "a notice that somebody connected; no request"),
    ("haproxy/log/test/tcplog.log", &[1], "record", "a connection in TCP mode; no request"),
    ("iis/error/test/ipv6_zone_id.log", &[5], "record", "a connection that ended idle; no request"),
    ("iis/error/test/test.log", &[8], "record", "a connection that was dropped before it asked for anything"),
    ("iis/access/test/test-iis-7.5.log", &[5], "source.address", MARKDOWN),
    ("iis/access/test/test.log", &[16, 17], "record", OTHER_COLUMNS),
    ("nginx/access/test/test.log", &[1, 3, 5, 6, 10], "source.address", FIRST_PUBLIC),
    ("nginx/access/test/test-with-host.log", &[1, 3, 5, 6, 10], "source.address", FIRST_PUBLIC),
];

/// Apache documents `%b` so; the pipeline has no number.
const ZERO: &str = "`-` in `%b` is no body: 0 bytes";
/// The sample was pasted from a page: `[10.100.118.31](http://10.100.118.31)`.
const MARKDOWN: &str = "no server writes such a column; it is kept as written and not repaired";
/// Two lines of another site were put under the header of the last one.
const OTHER_COLUMNS: &str = "the header in force names other columns, and the pipeline looks at no header";
/// The list of addresses is the same on both sides.
const FIRST_PUBLIC: &str = "the pipeline takes the first public address of what the client wrote (METHOD M3.2); here the column stays whole";

fn text(field: Option<&[u8]>) -> Option<String> {
    field.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.escape_ascii().to_string()))
}

/// `%hh` undone; with `+` a space, as some of the pipelines have it in queries.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex {
            Some(value) if *byte == b'%' => {
                out.push(value);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The columns of a line that are compared, by their names in the origin's answers.
type Columns = BTreeMap<&'static str, String>;

fn put(columns: &mut Columns, name: &'static str, value: Option<String>) {
    if let Some(value) = value {
        columns.insert(name, value);
    }
}

/// The addresses of the forwarded header and of the client column, in the order of the line.
fn addresses(record: &Record<'_>) -> String {
    let lists = [record.x_forwarded_for.or(record.forwarded), record.client];
    let words = lists.into_iter().flatten().flat_map(|list| list.split(|byte| matches!(byte, b',' | b' ')));
    let words = words.filter(|word| !word.is_empty()).map(|word| text(Some(word)).unwrap());
    words.collect::<Vec<_>>().join(" ")
}

fn of_record(record: &Record<'_>) -> Columns {
    let mut columns = Columns::new();
    put(&mut columns, "source.address", text(record.client));
    columns.insert("remote_ip_list", addresses(record));
    // A log without a zone, as HAProxy's: the origin takes it for two hours behind UTC.
    let east = if let Zone::Offset(east) = record.time.zone { east } else { -7200 };
    columns.insert("@timestamp", (record.time.local_us / 1000 - i64::from(east) * 1000).to_string());
    put(&mut columns, "http.response.status_code", record.status.map(|status| status.to_string()));
    if let Bytes::Logged(bytes) = record.bytes {
        columns.insert("bytes", bytes.to_string());
    }
    put(&mut columns, "raw_request_line", text(record.request));
    let target = text(record.target);
    if let Some(target) = &target {
        let (path, query) =
            target.split_once('?').map_or((&**target, None), |(path, query)| (path, Some(query)));
        columns.insert("url.path", decoded(path));
        let query = text(record.query).or(query.map(str::to_owned));
        put(&mut columns, "url.query", query.map(|query| decoded(&query.replace('+', " "))));
    }
    put(&mut columns, "url.original", target);
    columns
}

fn of_answer(answer: &Value) -> Columns {
    let string = |key: &str| answer[key].as_str().map(str::to_owned);
    let number = |key: &str| answer[key].as_u64().map(|number| number.to_string());
    let list = |key: &str| {
        let list = answer[key].as_array()?.iter().map(|word| word.as_str().unwrap());
        Some(list.collect::<Vec<_>>().join(" "))
    };
    let mut columns = Columns::new();
    // Where HAProxy's request is there, its client column is address and port.
    let port = number("source.port").filter(|_| answer["haproxy.http.request.raw_request_line"].is_string());
    let address = string("source.address").or(string("source.ip"));
    let with_port = |address: String| port.map_or(address.clone(), |port| format!("{address}:{port}"));
    put(&mut columns, "source.address", address.map(with_port));
    let lists = ["nginx.access.remote_ip_list", "nginx.ingress_controller.remote_ip_list"];
    put(&mut columns, "remote_ip_list", lists.into_iter().find_map(list));
    let time = string("@timestamp").map(|time| DateTime::parse_from_rfc3339(&time).unwrap());
    put(&mut columns, "@timestamp", time.map(|time| time.timestamp_millis().to_string()));
    put(&mut columns, "http.response.status_code", number("http.response.status_code"));
    put(&mut columns, "bytes", number("http.response.body.bytes").or(number("http.response.bytes")));
    put(&mut columns, "raw_request_line", string("haproxy.http.request.raw_request_line"));
    put(&mut columns, "url.path", string("url.path"));
    put(&mut columns, "url.query", string("url.query").map(|query| query.replace('+', " ")));
    put(&mut columns, "url.original", string("url.original"));
    columns
}

/// What the origin may leave out without saying anything: it lists addresses for nginx alone, and takes targets apart with
/// a parser that gives up on some.
const OPTIONAL: [&str; 5] = ["remote_ip_list", "raw_request_line", "url.path", "url.query", "@timestamp"];

/// Line, column, ours, theirs.
type Difference = (usize, &'static str, Option<String>, Option<String>);

/// How many events were compared, and what differs.
fn compare(log: &[u8], head: &str, answers: &[Value]) -> (usize, Vec<Difference>) {
    let whole = [head.as_bytes(), log].concat();
    let mut ours = BTreeMap::new();
    each_line(&whole, |begin, unit| {
        if let Unit::Record(record) = unit {
            ours.insert(begin - head.len(), of_record(record));
        }
    });
    let mut found = Vec::new();
    for answer in answers {
        let offset = usize::try_from(answer["log.offset"].as_u64().unwrap()).unwrap();
        let line = 1 + log[..offset].iter().filter(|byte| **byte == b'\n').count();
        let theirs = of_answer(answer);
        let Some(mut ours) = ours.remove(&offset) else {
            found.push((line, "record", None, Some("an event".to_owned())));
            continue;
        };
        // HAProxy's pipeline takes no target out of the request.
        if theirs.contains_key("raw_request_line") {
            ours.remove("url.original");
        }
        let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).copied().collect();
        for name in names {
            let (ours, theirs) = (ours.get(name), theirs.get(name));
            if ours != theirs && !(theirs.is_none() && OPTIONAL.contains(&name)) {
                found.push((line, name, ours.cloned(), theirs.cloned()));
            }
        }
    }
    for (offset, ours) in ours {
        let line = 1 + log[..offset].iter().filter(|byte| **byte == b'\n').count();
        found.push((line, "event", Some(format!("{ours:?}")), None));
    }
    (answers.len(), found)
}

#[test]
fn every_event_that_the_origin_expects_is_read_with_the_same_columns() {
    let Some(corpus) = corpus_dir("the origin's own answers") else { return };
    let (mut events, mut logs, mut wrong) = (0, 0, Vec::new());
    let mut listed = BTreeSet::new();
    for path in files_below(&corpus) {
        let name = path.to_str().unwrap().to_owned();
        let Some(log) = name.strip_suffix("-expected.json") else { continue };
        // Error logs are no access logs; HTTPERR is one of requests.
        if log.contains("/apache/error/") || log.contains("/nginx/error/") {
            continue;
        }
        let head = HEADS.iter().find(|(suffix, _)| log.ends_with(suffix)).map_or("", |(_, head)| head);
        let answers: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let (compared, found) = compare(&std::fs::read(log).unwrap(), head, &answers);
        events += compared;
        logs += 1;
        for (line, column, ours, theirs) in found {
            let known = DISAGREEMENTS.iter().position(|(suffix, lines, name, _)| {
                log.ends_with(suffix) && lines.contains(&line) && *name == column
            });
            match known {
                Some(at) => drop(listed.insert((at, line))),
                None => wrong.push(format!("{log}:{line} {column}: {ours:?}, and the origin has {theirs:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let wanted: usize = DISAGREEMENTS.iter().map(|(_, lines, ..)| lines.len()).sum();
    assert_eq!(listed.len(), wanted, "a listed disagreement is gone: {listed:?}");
    assert_eq!([logs, events], [22, 132]);
}
