//! The catalogue as a whole.

use super::head::armed;
use super::{Family, Format, Head, Server, Unit, catalogue, named, parse_any};
use crate::fault::FaultKind;
use crate::record::{ByteSemantics, Record, TimeBasis};
use crate::token::time::TimeCache;
use std::sync::Arc;

fn meaning(name: &str, server: Option<Server>) -> (TimeBasis, ByteSemantics) {
    let meaning = named(name, server).unwrap().meaning();
    (meaning.time_basis, meaning.bytes)
}

/// What a format reads of a line, which must be a record.
pub(super) fn record(name: &str, line: &'static str) -> Record<'static> {
    match unit(name, line) {
        Unit::Record(record) => record,
        other => panic!("{name}: {other:?} for {line}"),
    }
}

/// Kind, column and expectation of a line that must be a fault.
pub(super) fn fault(name: &str, line: &'static str) -> (FaultKind, &'static str, &'static str) {
    match unit(name, line) {
        Unit::Fault(fault) => (fault.kind, fault.field, fault.expected),
        other => panic!("{name}: {other:?} for {line}"),
    }
}

/// A sample in which another text stands for the first `from`, which must be there.
pub(super) fn changed(sample: &str, from: &str, to: &str) -> &'static str {
    assert!(sample.contains(from), "{from}");
    Box::leak(sample.replacen(from, to, 1).into_boxed_str())
}

/// A sample in which another text stands for every `from`, which must be there.
pub(super) fn changed_throughout(sample: &str, from: &str, to: &str) -> &'static str {
    assert!(sample.contains(from), "{from}");
    Box::leak(sample.replace(from, to).into_boxed_str())
}

/// What a format makes of a line; directives that it needs stand on lines before.
pub(super) fn unit(name: &str, line: &'static str) -> Unit<'static> {
    let (format, line) = under_its_head(&named(name, None).unwrap(), line);
    let format: &'static Arc<dyn Format> = Box::leak(Box::new(format));
    format.parse(line.as_bytes(), &mut TimeCache::default())
}

/// A format under the directives that stand before a sample's last line, and that line.
pub(crate) fn under_its_head<'s>(format: &Arc<dyn Format>, sample: &'s str) -> (Arc<dyn Format>, &'s str) {
    let (directives, line) = sample.rsplit_once('\n').unwrap_or(("", sample));
    let mut head = Head::default();
    directives.lines().for_each(|line| head.take(line.as_bytes()));
    let armed = armed(std::slice::from_ref(format), &head);
    (armed.into_iter().next().unwrap(), line)
}

/// Formats whose lines are never requests.
const NO_REQUESTS: [&str; 2] = ["cloudtrail-lookup", "nlb-tls"];
/// Formats that have no column for the client; OpenSSH writes the address on another line.
const NO_CLIENT: [&str; 2] = ["envoy", "openssh-sftp"];

#[test]
fn every_synthetic_sample_is_read_by_its_format() {
    for entry in catalogue() {
        for server in [None, Some(Server::Apache), Some(Server::Nginx)] {
            let format = named(entry.name, server).unwrap();
            assert_eq!(format.name(), entry.name);
            let (format, line) = under_its_head(&format, entry.sample);
            let read = format.parse(line.as_bytes(), &mut TimeCache::default());
            match (entry.family, read) {
                (Family::ERROR_LOG, Unit::Directive) => {}
                (Family::ERROR_LOG, _) => panic!("{}: no message", entry.name),
                (_, Unit::Directive) if NO_REQUESTS.contains(&entry.name) => {}
                (_, Unit::Record(record)) => {
                    assert_eq!(record.client.is_none(), NO_CLIENT.contains(&entry.name), "{}", entry.name);
                    assert_eq!(record.time.local_us > 0, format.states_time(), "{}", entry.name);
                }
                (_, other) => panic!("{}: {other:?}", entry.name),
            }
        }
    }
}

/// A line that two shapes read would be counted by whichever happens to stand first.
#[test]
fn every_synthetic_sample_is_read_by_no_other_sniffed_shape() {
    for entry in catalogue().iter().filter(|entry| entry.sniffed) {
        for other in catalogue().iter().filter(|other| other.sniffed && other.name != entry.name) {
            let (format, line) = under_its_head(&named(other.name, None).unwrap(), entry.sample);
            let read = format.parse(line.as_bytes(), &mut TimeCache::default());
            assert!(matches!(read, Unit::Fault(_)), "{} reads the sample of {}", other.name, entry.name);
        }
    }
}

/// Declaring the server changes what columns mean, never which lines match or what is in them.
#[test]
fn both_texts_of_a_look_alike_read_the_same() {
    fn shown(record: &Record<'_>) -> String {
        format!("{record:?}")
    }
    for entry in catalogue().iter().filter(|entry| entry.look_alike) {
        let (apache, nginx) =
            (named(entry.name, Some(Server::Apache)), named(entry.name, Some(Server::Nginx)));
        for line in catalogue().iter().map(|other| other.sample.as_bytes()) {
            let mut cache = TimeCache::default();
            match (
                apache.as_ref().unwrap().parse(line, &mut cache),
                nginx.as_ref().unwrap().parse(line, &mut cache),
            ) {
                (Unit::Record(a), Unit::Record(n)) => assert_eq!(shown(&a), shown(&n), "{}", entry.name),
                (Unit::Fault(_), Unit::Fault(_)) => {}
                _ => panic!("{}: {}", entry.name, line.escape_ascii()),
            }
        }
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = catalogue().iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), catalogue().len());
}

/// METHOD M5.2: combined under `auto` is unknown; Debian writes `%O` where the manual has `%b`.
#[test]
fn look_alikes_are_unknown_until_a_server_is_declared() {
    const UNKNOWN: (TimeBasis, ByteSemantics) = (TimeBasis::Unknown, ByteSemantics::Unknown);
    assert_eq!(meaning("combined", None), UNKNOWN);
    assert_eq!(meaning("common", None), UNKNOWN);
    assert_eq!(meaning("combined", Some(Server::Apache)), (TimeBasis::Received, ByteSemantics::BodyPlanned));
    assert_eq!(meaning("combined", Some(Server::Nginx)), (TimeBasis::Completed, ByteSemantics::BodyWritten));
    for entry in catalogue().iter().filter(|entry| entry.look_alike) {
        let meaning = entry.compile(None, false).unwrap().meaning();
        assert_eq!((meaning.time_basis, meaning.bytes), UNKNOWN, "{}", entry.name);
        assert!(meaning.dash_is_zero, "{}", entry.name);
    }
}

#[test]
fn definite_names_mean_what_their_vendor_writes() {
    assert_eq!(meaning("apache-combined", None), (TimeBasis::Received, ByteSemantics::BodyPlanned));
    assert_eq!(meaning("debian-combined", None), (TimeBasis::Received, ByteSemantics::WireWritten));
    assert_eq!(meaning("vhost_combined", None), (TimeBasis::Received, ByteSemantics::WireWritten));
    assert_eq!(meaning("vhost_common", None), (TimeBasis::Received, ByteSemantics::BodyPlanned));
    assert_eq!(meaning("combinedio", None), (TimeBasis::Received, ByteSemantics::WireWritten));
    assert_eq!(meaning("nginx", None), (TimeBasis::Completed, ByteSemantics::BodyWritten));
    assert_eq!(meaning("nginx-xff", None), (TimeBasis::Completed, ByteSemantics::BodyWritten));
    assert_eq!(meaning("k8s-ingress-nginx", None), (TimeBasis::Completed, ByteSemantics::BodyWritten));
    assert_eq!(meaning("tableau-2018.2", None), (TimeBasis::Received, ByteSemantics::BodyPlanned));
}

#[test]
fn an_unknown_name_names_the_near_miss() {
    let error = named("combind", None).unwrap_err().to_string();
    assert_eq!(error, "no format is named `combind`\nhint: did you mean `combined`?");
    assert_eq!(named("zzzzzz", None).unwrap_err().to_string(), "no format is named `zzzzzz`");
    assert!(named("apache:%h %Y", None).is_err() && named("nginx:$remote_addr", None).is_ok());
}

/// FORMATS 11: the client is column 2 from 2018.2 on.
#[test]
fn tableau_host_and_client_change_places_in_2018() {
    let columns = |name: &str| {
        let entry = catalogue().iter().find(|entry| entry.name == name).unwrap();
        let format = named(name, None).unwrap();
        match format.parse(entry.sample.as_bytes(), &mut TimeCache::default()) {
            Unit::Record(record) => (record.host.map(<[u8]>::to_vec), record.client.map(<[u8]>::to_vec)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(columns("tableau-9"), (None, Some(b"192.0.2.7".to_vec())));
    assert_eq!(columns("tableau-2018.2"), (Some(b"tab.example.org".to_vec()), Some(b"192.0.2.7".to_vec())));
}

fn set(names: &[&str]) -> Vec<Arc<dyn Format>> {
    names.iter().map(|name| named(name, None).unwrap()).collect()
}

#[test]
fn the_first_format_that_reads_a_line_wins() {
    let formats = set(&["combined", "common"]);
    let line = br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    let (index, unit) = parse_any(&formats, line, &mut TimeCache::default());
    assert!(index == 1 && matches!(unit, Unit::Record(_)));
}

#[test]
fn a_line_that_all_refuse_has_the_fault_of_the_first() {
    let formats = set(&["combined", "common"]);
    let line = br#"a - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 20 5"#;
    let mut cache = TimeCache::default();
    let (index, unit) = parse_any(&formats, line, &mut cache);
    assert_eq!(index, 0);
    assert!(matches!(unit, Unit::Fault(fault) if fault.kind == FaultKind::Status && fault.field == "%>s"));
    assert!(matches!(parse_any(&[], line, &mut cache), (0, Unit::Fault(_))));
}

/// Four names before the bracket can be client, identd name and a login with a space, or host, client,
/// identd name and login. Where nothing tells which, the line is a fault.
#[test]
fn a_shifted_line_is_never_guessed() {
    let line = br#"one two three four [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
    let all: Vec<Arc<dyn Format>> = catalogue()
        .iter()
        .filter(|entry| entry.family == Family::CLF)
        .map(|entry| entry.compile(None, false).unwrap())
        .filter(|format| !matches!(format.name(), "apache-common" | "debian-common"))
        .collect();
    assert!(matches!(parse_any(&all, line, &mut TimeCache::default()).1, Unit::Fault(_)));
}
