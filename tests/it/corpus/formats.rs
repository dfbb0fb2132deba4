//! Which format each file of the corpus is read as: pinned for every file, and told by its folder for the real ones.
//!
//! The pins are what the program said when somebody had looked at each of them. What they must not be wrong about is
//! asserted a second time from what the origin says of its files: `SOURCES.tsv`, the folder, the bytes themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use accesstrail_parsers::format::catalogue;
use serde_json::Value;

use super::{COLUMNS, all_wrong, columns, corpus_dir, files_below, inspect, pins};

/// `path,member,state,format,scores,records,directives,blank,faults` of every file that `pins.csv` does not hold. The
/// scores are the first three: the winner and who came next.
const FORMATS: &str = include_str!("formats.csv");

/// What lies in the corpus and is no log: it describes the others.
const ABOUT: [&str; 3] = [".gitattributes", "README.md", "SOURCES.tsv"];

/// A row of the pins, in the order of the members.
type Pin = Vec<String>;

fn formats() -> BTreeMap<String, Vec<Pin>> {
    let mut found: BTreeMap<String, Vec<Pin>> = BTreeMap::new();
    for row in csv::Reader::from_reader(FORMATS.as_bytes()).records().map(Result::unwrap) {
        let pin = row.iter().skip(1).map(str::to_owned).collect();
        found.entry(row[0].to_owned()).or_default().push(pin);
    }
    found
}

fn pin(row: &Value) -> Pin {
    let words = ["member", "state", "format", "scores"].map(|key| row[key].as_str().unwrap_or_default());
    words.map(str::to_owned).into_iter().chain(columns(row).map(|count| count.to_string())).collect()
}

/// A file as the origin describes it.
struct Source {
    path: String,
    kind: String,
    /// Lines after decoding and unpacking, counted by whoever collected the file.
    lines: u64,
    note: String,
}

impl Source {
    fn folder(&self) -> &str {
        self.path.split('/').next().unwrap()
    }

    /// Values were replaced, or not even that: the shape is the one that a server wrote.
    fn is_from_the_field(&self) -> bool {
        matches!(self.kind.as_str(), "REAL" | "SANITISED")
    }
}

fn sources(corpus: &Path) -> Vec<Source> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .quoting(false)
        .from_path(corpus.join("SOURCES.tsv"))
        .unwrap();
    let row = |row: csv::StringRecord| Source {
        path: row[0].to_owned(),
        lines: row[5].parse().unwrap(),
        kind: row[6].to_owned(),
        note: row[8].to_owned(),
    };
    let found: Vec<Source> = reader.records().map(|record| row(record.unwrap())).collect();
    assert!(found.len() >= 350, "only {} sources", found.len());
    found
}

fn below(corpus: &Path, path: &Path) -> String {
    path.strip_prefix(corpus).unwrap().to_str().unwrap().to_owned()
}

/// What `inspect --json` says of each row of a file.
fn rows(path: &Path) -> Vec<Value> {
    inspect(path).1["files"].as_array().unwrap().clone()
}

#[test]
fn every_file_of_the_other_families_has_its_format_runners_up_and_counts() {
    let Some(corpus) = corpus_dir("the pinned formats of 250 files") else { return };
    let pinned: Vec<(String, Vec<Pin>)> = formats().into_iter().collect();
    let wrong = all_wrong(&pinned, |(path, wanted)| {
        let mut found: Vec<Pin> = rows(&corpus.join(path)).iter().map(pin).collect();
        found.sort();
        let mut wanted = wanted.clone();
        wanted.sort();
        let gone = wanted.iter().filter(|row| !found.contains(row)).map(|row| format!("- {path} {row:?}"));
        let new = found.iter().filter(|row| !wanted.contains(row)).map(|row| format!("+ {path} {row:?}"));
        gone.chain(new).collect()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn no_file_of_the_corpus_is_without_a_pin_a_source_and_a_kind() {
    let Some(corpus) = corpus_dir("that each file is pinned") else { return };
    let files: BTreeSet<String> = files_below(&corpus).iter().map(|path| below(&corpus, path)).collect();
    let about = ABOUT.map(str::to_owned);
    let (pins, formats) = (pins(), formats());
    let twice: Vec<&String> = pins.keys().filter(|path| formats.contains_key(*path)).collect();
    assert!(twice.is_empty(), "pinned in both lists: {twice:?}");
    let pinned: BTreeSet<String> = pins.into_keys().chain(formats.into_keys()).chain(about.clone()).collect();
    let difference: Vec<&String> = files.symmetric_difference(&pinned).collect();
    assert!(difference.is_empty(), "without a pin, or pinned and gone: {difference:#?}");
    let known: BTreeSet<String> =
        sources(&corpus).into_iter().map(|source| source.path).chain(about).collect();
    let difference: Vec<&String> = files.symmetric_difference(&known).collect();
    assert!(difference.is_empty(), "without a source, or described and gone: {difference:#?}");
}

/// What the ledger leaves out of a file's lines, and says so: the 12 lines of a member that is the same as another, a
/// line of CRI that is the first part of a later one, and what stands on 107 lines of a document that are two elements.
const LEFT_OUT: [(&str, u64); 4] = [
    ("aws_cloudtrail/grafana+lambda-promtail/testdata/cloudtrail-log-file.json.gz", 105),
    ("broken_encodings/wvanbergen+request-log-analyzer/spec/fixtures/decompression.tar.gz", 12),
    ("broken_encodings/wvanbergen+request-log-analyzer/spec/fixtures/decompression.tgz", 12),
    ("cri_containerd/log2timeline+plaso/test_data/cri.log", 1),
];

#[test]
fn the_lines_of_every_file_are_those_that_its_collector_counted_packed_ones_included() {
    let Some(corpus) = corpus_dir("that no line of a real file is lost in unpacking") else { return };
    let wrong = all_wrong(&sources(&corpus), |source| {
        let left_out = LEFT_OUT.iter().find(|(path, _)| *path == source.path).map_or(0, |(_, lines)| *lines);
        let found: u64 =
            rows(&corpus.join(&source.path)).iter().map(|row| row["lines"].as_u64().unwrap()).sum();
        if found + left_out == source.lines {
            Vec::new()
        } else {
            vec![format!("{}: {found} of {}", source.path, source.lines)]
        }
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// The web servers' own error logs: the messages of some are known, and are directives. (`HTTPERR` is none of these: HTTP.sys
/// writes requests there that it refused.)
const ERROR_LOGS: [&str; 2] = ["apache_error", "nginx_error"];

#[test]
fn expected_outputs_configurations_and_error_logs_hold_no_request() {
    let Some(corpus) = corpus_dir("that what is no access log is not read as one") else { return };
    let no_logs: Vec<Source> = sources(&corpus)
        .into_iter()
        .filter(|source| {
            matches!(source.kind.as_str(), "EXPECTED" | "VENDOR-CONF")
                || ERROR_LOGS.contains(&source.folder())
        })
        .collect();
    let by_kind = |kind: &str| no_logs.iter().filter(|source| source.kind == kind).count();
    assert_eq!(["EXPECTED", "VENDOR-CONF", "SANITISED"].map(by_kind), [26, 2, 4]);
    let wrong = all_wrong(&no_logs, |source| {
        let is_error_log = source.is_from_the_field();
        let wrong = |row: &Value| {
            let format = row["format"].as_str().unwrap();
            let is_right =
                if is_error_log { family(format) == Some("error-log") } else { format == "unrecognised" };
            columns(row)[0] > 0 || !is_right
        };
        let rows = rows(&corpus.join(&source.path));
        rows.iter().filter(|row| wrong(row)).map(|row| format!("{}: {row}", source.path)).collect()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

fn family(format: &str) -> Option<&'static str> {
    catalogue().iter().find(|entry| entry.name == format).map(|entry| entry.family.name)
}

/// Which families may win in a folder: every format that is used must be of one of them. None: nothing in it is a request
/// that any format reads.
const FAMILIES: [(&str, &[&str]); 32] = [
    ("apache_combined", &["clf"]),
    ("apache_common", &["clf"]),
    ("apache_error", &["error-log"]),
    ("atlassian_access", &["atlassian", "bitbucket"]),
    ("aws_cloudfront", &["cloudfront"]),
    ("aws_cloudtrail", &["cloudtrail"]),
    ("aws_elb_alb", &["elb"]),
    ("aws_s3_access", &["s3"]),
    ("aws_waf_json", &["waf"]),
    ("azure_app_gateway_json", &["app-gateway"]),
    ("caddy_json", &["caddy"]),
    ("cloudflare_logpush", &["cloudflare"]),
    // The server behind the prefix writes neither status nor bytes: `… "GET /healthz HTTP/1.1" kube-probe/1.27`.
    ("cri_containerd", &[]),
    // The output of a shell.
    ("docker_json_file", &[]),
    ("fastly", &["fastly"]),
    ("gcp_cloud_logging", &["google-audit"]),
    ("gcs_usage_csv", &["gcs"]),
    ("haproxy", &["haproxy"]),
    ("iis_httperr", &["w3c"]),
    ("iis_w3c", &["w3c"]),
    ("k8s_ingress_nginx", &["clf"]),
    ("m365_unified_audit", &["m365"]),
    ("ncsa_large", &["clf"]),
    ("nextcloud_json", &["nextcloud"]),
    ("nginx_combined_extended", &["clf"]),
    ("nginx_error", &["error-log"]),
    ("squid_native", &["squid"]),
    // Messages of daemons: the prefix is known, what stands behind it is no request.
    ("syslog_prefixes", &[]),
    ("tableau_server", &["tableau"]),
    ("uwsgi", &["uwsgi"]),
    ("vsftpd", &["vsftpd"]),
    ("zeek_tsv", &["zeek"]),
];

/// Files that are read as something else than their folder says, and why that is right.
const EXCEPTIONS: [(&str, &[&str]); 13] = [
    // Syslog and free text, to try rotated names on.
    ("apache_combined/tstack+lnav/test/logfile_rollover.0", &[]),
    ("apache_combined/tstack+lnav/test/logfile_rollover.1", &[]),
    ("apache_combined/tstack+lnav/test/logfile_rollover.2", &[]),
    // Its lists of names were thinned out: no `x-edge-…` is left that would tell CloudFront from any other W3C log.
    (
        "aws_cloudfront/rust-lang+crates.io/crates/crates_io_cdn_logs/test_data/cloudfront/recoverable-errors.log",
        &["w3c"],
    ),
    // PyPI's own columns, no client among them.
    (
        "fastly/pypi+linehaul-cloud-function/fixtures/downloads-2021-01-07-20-55-2021-01-07T20-55-00.000-B8Hs_G6d6xN61En2ypwk.log.gz",
        &[],
    ),
    (
        "fastly/pypi+linehaul-cloud-function/fixtures/simple-2021-01-07-20-55-2021-01-07T20-55-00.000-3wuB00t9tqgbGLFI2fSI.log.gz",
        &[],
    ),
    // Cut out of their logs without the directives: nothing tells what the columns are.
    ("iis_httperr/ruflin+beats/filebeat/module/iis/error/test/iis_error_url.log", &[]),
    ("iis_w3c/ruflin+beats/filebeat/module/iis/access/test/test-iis-7.2.log", &[]),
    ("iis_w3c/ruflin+beats/filebeat/module/iis/access/test/test-x-forward-for-extended.log", &[]),
    ("iis_w3c/ruflin+beats/filebeat/module/iis/access/test/test-x-forward-for.log", &[]),
    // Of an FTP service.
    ("iis_w3c/tstack+lnav/test/logfile_w3c.2", &["iis-ftp"]),
    // Two requests without a time of their own behind a prefix without a year: told, and still no records.
    ("syslog_prefixes/tstack+lnav/test/logfile_syslog_with_access_log.0", &["clf"]),
    // Extracted from a test's text: lines without their directives.
    ("zeek_tsv/logstash-plugins+logstash-patterns-core/extracted/bro_spec.lines.log", &[]),
];

/// The lines of a plain file that begin so.
fn beginning(path: &Path, lead: &[u8]) -> usize {
    std::fs::read(path).unwrap().split(|byte| *byte == b'\n').filter(|line| line.starts_with(lead)).count()
}

fn wanted_of(corpus: &Path, source: &Source) -> &'static [&'static str] {
    if let Some((_, wanted)) = EXCEPTIONS.iter().find(|(path, _)| *path == source.path) {
        return wanted;
    }
    // Zeek's test suite keeps JSON here as well, and tables of which only some columns were printed, without directives.
    if source.folder() == "zeek_tsv" && beginning(&corpus.join(&source.path), b"#fields\t") == 0 {
        return &[];
    }
    let known = FAMILIES.iter().find(|(folder, _)| *folder == source.folder());
    known.unwrap_or_else(|| panic!("{}: no family is known", source.path)).1
}

#[test]
fn every_real_or_sanitised_file_is_read_as_its_folder_says() {
    let Some(corpus) = corpus_dir("that the right family wins") else { return };
    let sources: Vec<Source> = sources(&corpus).into_iter().filter(Source::is_from_the_field).collect();
    let folders: BTreeSet<&str> = sources.iter().map(Source::folder).collect();
    assert_eq!(folders, FAMILIES.iter().map(|(folder, _)| *folder).collect());
    let stale = EXCEPTIONS.iter().find(|(path, _)| !sources.iter().any(|source| source.path == *path));
    assert_eq!(stale, None);
    let wrong = all_wrong(&sources, |source| {
        let wanted = wanted_of(&corpus, source);
        let is_right = |row: &Value| match row["format"].as_str().unwrap() {
            "unrecognised" => wanted.is_empty() && columns(row)[0] == 0,
            used => {
                // Something of it is read, be it a message.
                let [records, directives, ..] = columns(row);
                records + directives > 0
                    && used.split('+').all(|name| family(name).is_some_and(|family| wanted.contains(&family)))
            }
        };
        let rows = rows(&corpus.join(&source.path));
        rows.iter()
            .filter(|row| !is_right(row))
            .map(|row| format!("{}: {wanted:?} {row}", source.path))
            .collect()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// Nobody's parser is needed to tell a directive of these logs from a row.
#[test]
fn in_logs_with_named_columns_directives_are_the_lines_that_begin_with_a_hash() {
    let Some(corpus) = corpus_dir("the directives of W3C, CloudFront and Zeek logs") else { return };
    let paths: Vec<PathBuf> = files_below(&corpus)
        .into_iter()
        .filter(|path| path.extension().is_none_or(|extension| extension != "gz"))
        .filter(|path| {
            let of = |family: &str| below(&corpus, path).starts_with(family);
            of("iis_w3c/") || of("aws_cloudfront/") || of("zeek_tsv/")
        })
        .collect();
    let looked_at = std::sync::atomic::AtomicUsize::new(0);
    let wrong = all_wrong(&paths, |path| {
        let [row] = &rows(path)[..] else { panic!("{}: one row", path.display()) };
        let is_named = |name: &str| ["iis", "iis-ftp", "w3c", "cloudfront", "zeek"].contains(&name);
        if !row["format"].as_str().unwrap().split('+').all(is_named) {
            return Vec::new();
        }
        looked_at.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let [records, directives, blank, faults] = columns(row);
        let hashes = beginning(path, b"#") as u64;
        // Zeek's other logs are known by their `#path`, and hold no request at all.
        let is_other = beginning(path, b"#path\t") > beginning(path, b"#path\thttp");
        let other = row["lines"].as_u64().unwrap() - hashes - blank;
        let wanted = if is_other { [0, hashes + other, 0] } else { [other, hashes, faults] };
        let found =
            if is_other { [records, directives, faults] } else { [records + faults, directives, faults] };
        if found == wanted { Vec::new() } else { vec![format!("{}: {row}", path.display())] }
    });
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(looked_at.into_inner(), 83);
}

/// The other columns of these lines are good; a record without a time would be worse than none.
#[test]
fn a_row_of_zeek_whose_time_is_masked_is_a_fault() {
    let Some(corpus) = corpus_dir("the masked times of zeek's test suite") else { return };
    let masked: Vec<Source> =
        sources(&corpus).into_iter().filter(|source| source.note.contains("ts is masked")).collect();
    assert_eq!(masked.len(), 64);
    let wrong = all_wrong(&masked, |source| {
        let rows = rows(&corpus.join(&source.path));
        let sum = |at: usize| rows.iter().map(|row| columns(row)[at]).sum::<u64>();
        let is_other =
            rows[0]["format"] == "zeek" && beginning(&corpus.join(&source.path), b"#path\thttp") == 0;
        let is_right = sum(0) == 0 && (sum(3) > 0) != is_other;
        if is_right {
            Vec::new()
        } else {
            vec![format!("{}: {:?}", source.path, COLUMNS.map(|name| &rows[0][name]))]
        }
    });
    assert!(wrong.is_empty(), "{wrong}");
}
