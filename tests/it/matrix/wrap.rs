//! What other programs make of a line before it reaches a file, written from their own descriptions: RFC 3164, RFC 5424,
//! docker's json-file driver, the CRI logging format, docker compose, `journalctl -o json`. Shares no code with the parsers.

use chrono::DateTime;
use serde_json::json;

use super::drawn::Drawn;

/// The collector writes two seconds after the server.
fn stamp(line: &Drawn, format: &str) -> String {
    DateTime::from_timestamp(line.second + 2, 0).unwrap().format(format).to_string()
}

fn each(lines: &[Drawn], wrap: impl Fn(&Drawn) -> String) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{}\n", wrap(line)).into_bytes()).collect()
}

/// `<134>Jun  1 10:00:02 web1 httpd[4711]: …`
pub(super) fn syslog_3164(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("<134>{} web1 httpd[4711]: {}", stamp(l, "%b %e %H:%M:%S"), l.text))
}

/// The same in a file, where no priority is written.
pub(super) fn syslog_3164_without_priority(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("{} web1 httpd: {}", stamp(l, "%b %e %H:%M:%S"), l.text))
}

/// `<134>1 2022-06-01T10:00:02.250000+00:00 web1 httpd 4711 - [meta n="1"] …`
pub(super) fn syslog_5424(lines: &[Drawn]) -> Vec<u8> {
    let data = "[meta n=\"1\"][more@32473 a=\"x\\]y\"]";
    each(lines, |l| {
        format!("<134>1 {} web1 httpd 4711 - {data} {}", stamp(l, "%Y-%m-%dT%H:%M:%S.250000+00:00"), l.text)
    })
}

/// `<134>2022-06-01T10:00:02.250Z web1 httpd[4711]: …`
pub(super) fn syslog_iso(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("<134>{} web1 httpd[4711]: {}", stamp(l, "%Y-%m-%dT%H:%M:%S.250Z"), l.text))
}

/// `{"log":"…\n","stream":"stdout","time":"…"}`
pub(super) fn docker_json_file(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| {
        let time = stamp(l, "%Y-%m-%dT%H:%M:%S.123456789Z");
        json!({"log": format!("{}\n", l.text), "stream": "stdout", "time": time}).to_string()
    })
}

/// `2022-06-01T10:00:02.5Z stdout F …`
pub(super) fn cri(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("{} stdout F {}", stamp(l, "%Y-%m-%dT%H:%M:%S.5Z"), l.text))
}

/// Every fifth line in three parts.
pub(super) fn cri_in_parts(lines: &[Drawn]) -> Vec<u8> {
    let mut out = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let time = stamp(line, "%Y-%m-%dT%H:%M:%S.49495227Z");
        let parts = if n % 5 == 0 {
            vec![&line.text[..20], &line.text[20..50], &line.text[50..]]
        } else {
            vec![&line.text[..]]
        };
        let last = parts.len() - 1;
        for (at, part) in parts.into_iter().enumerate() {
            let tag = if at == last { 'F' } else { 'P' };
            out.extend(format!("{time} stdout {tag} {part}\n").into_bytes());
        }
    }
    out
}

/// `web-1  | …`
pub(super) fn compose(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("web-1  | {}", l.text))
}

/// `web-1  | 2022-06-01T10:00:02.123456789Z …`
pub(super) fn compose_with_time(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("web-1  | {} {}", stamp(l, "%Y-%m-%dT%H:%M:%S.123456789Z"), l.text))
}

/// One object a line, the text under `MESSAGE`, all values texts.
pub(super) fn journald(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| {
        let time = ((l.second + 2) * 1_000_000).to_string();
        json!({"__CURSOR": "s=1;i=2", "__REALTIME_TIMESTAMP": time, "_HOSTNAME": "web1", "PRIORITY": "6",
            "SYSLOG_IDENTIFIER": "httpd", "MESSAGE": l.text})
        .to_string()
    })
}

/// `"…"`, the quotes inside as they were.
pub(super) fn quoted_raw(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("\"{}\"", l.text))
}

/// `"…"`, every quote inside doubled.
pub(super) fn quoted_doubled(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("\"{}\"", l.text.replace('"', "\"\"")))
}

/// `"…"`, quotes and backslashes inside behind a backslash.
pub(super) fn quoted_backslashed(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("\"{}\"", l.text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Every line ends CR LF.
pub(super) fn crlf(lines: &[Drawn]) -> Vec<u8> {
    each(lines, |l| format!("{}\r", l.text))
}

/// UTF-16, little end first, behind its byte order mark.
pub(super) fn utf_16le(lines: &[Drawn]) -> Vec<u8> {
    let text = String::from_utf8(super::drawn::bytes(lines)).unwrap();
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}
