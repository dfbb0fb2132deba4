//! One file of `samples/logs/` is one kind of damage; the `.expect.toml` beside it says what must become of it.
//!
//! ```toml
//! fact = "…"                # the sentence that holds if the sample passes
//! exit = 3                  # of `inspect`
//! findings = ["…"]          # ids, sorted; no others
//! [[file]]                  # one for each file or member, in canonical order; a key left out is not compared
//! member = "…"              # without the key: none
//! state = "truncated"       # without the key: "read"
//! format = "combined"
//! bytes = 1
//! lines = 1                 # and records, directives, blank
//! faults = [{ line = 3, kind = "torn" }]    # all of them, without the key: none
//! first_utc = "…"           # and last_utc
//! clients = 2
//! [count]                   # optional: what stands at these paths of `count --json`
//! "counts.served" = 3
//! ```
//! The numbers were counted by hand on lines made by hand; none was taken from what this program says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::corpus::files_below;
use crate::evidence::Folder;
use crate::json::{at, number, text};
use crate::program::{root, run};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    fact: String,
    exit: i32,
    findings: Vec<String>,
    #[serde(rename = "file")]
    files: Vec<File>,
    #[serde(default)]
    count: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    member: Option<String>,
    #[serde(default = "whole")]
    state: String,
    format: Option<String>,
    bytes: Option<u64>,
    lines: u64,
    records: u64,
    directives: u64,
    blank: u64,
    #[serde(default)]
    faults: Vec<Fault>,
    first_utc: Option<String>,
    last_utc: Option<String>,
    clients: Option<u64>,
}

#[derive(Deserialize, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Fault {
    line: u64,
    kind: String,
}

fn whole() -> String {
    "read".to_owned()
}

fn logs() -> PathBuf {
    root().join("samples/logs")
}

fn expected(sample: &str) -> Expected {
    let path = logs().join(format!("{sample}.expect.toml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What differs between one row of `inspect --json` and what is written down, in words.
fn differences(row: &Value, wanted: &File) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |what: &str, wanted: Value| {
        if row[what] != wanted {
            wrong.push(format!("{what} is {} and should be {wanted}", row[what]));
        }
    };
    same("member", wanted.member.clone().into());
    same("state", wanted.state.clone().into());
    for (what, number) in [
        ("lines", wanted.lines),
        ("records", wanted.records),
        ("directives", wanted.directives),
        ("blank", wanted.blank),
        ("faults", wanted.faults.len() as u64),
    ] {
        same(what, number.into());
    }
    for (what, number) in [("bytes", wanted.bytes), ("clients", wanted.clients)] {
        number.into_iter().for_each(|n| same(what, n.into()));
    }
    for (what, word) in
        [("format", &wanted.format), ("first_utc", &wanted.first_utc), ("last_utc", &wanted.last_utc)]
    {
        word.iter().for_each(|w| same(what, w.clone().into()));
    }
    wrong
}

/// Line and kind of every fault, by member.
fn faults(table: &Path) -> BTreeMap<String, Vec<Fault>> {
    let mut found: BTreeMap<String, Vec<Fault>> = BTreeMap::new();
    for row in csv::Reader::from_path(table).unwrap().records().map(Result::unwrap) {
        // A member's name may begin with what a spreadsheet would run; then it stands behind a quote.
        let member = row[1].strip_prefix('\'').unwrap_or(&row[1]).to_owned();
        let fault = Fault { line: row[2].parse().unwrap(), kind: row[4].to_owned() };
        found.entry(member).or_default().push(fault);
    }
    found
}

/// Everything that is wrong with one sample.
fn wrong(sample: &str) -> Vec<String> {
    let wanted = expected(sample);
    let folder = Folder::new();
    let name = Path::new(sample).file_name().unwrap().to_str().unwrap();
    folder.bytes(name, std::fs::read(logs().join(sample)).unwrap());
    let inspected = run(folder.path(), ["inspect", name, "--json"]);
    let mut wrong = Vec::new();
    if inspected.status != wanted.exit {
        wrong.push(format!("exit {} and should be {}: {}", inspected.status, wanted.exit, inspected.stderr));
    }
    let answer = inspected.json();
    let rows = answer["files"].as_array().unwrap();
    if rows.len() != wanted.files.len() {
        wrong.push(format!("{} files and should be {}", rows.len(), wanted.files.len()));
    }
    for (row, wanted) in rows.iter().zip(&wanted.files) {
        wrong.extend(differences(row, wanted));
    }
    let mut findings: Vec<&str> =
        answer["findings"].as_array().unwrap().iter().map(|f| text(f, "id")).collect();
    findings.sort_unstable();
    if findings != wanted.findings {
        wrong.push(format!("findings are {findings:?} and should be {:?}", wanted.findings));
    }
    let counted = run(folder.path(), ["count", name, "--json", "--csv", "out"]);
    if ![0, 3].contains(&counted.status) {
        wrong.push(format!("count ends with {}: {}", counted.status, counted.stderr));
        return wrong;
    }
    let found = faults(&folder.at("out/faults.csv"));
    for file in &wanted.files {
        let found = found.get(file.member.as_deref().unwrap_or_default());
        if found.map_or(&[][..], Vec::as_slice) != file.faults {
            wrong.push(format!("faults are {found:?} and should be {:?}", file.faults));
        }
    }
    let answer = counted.json();
    for (path, value) in &wanted.count {
        if at(&answer, path) != Some(value) {
            wrong.push(format!("count: {path} is {:?} and should be {value}", at(&answer, path)));
        }
    }
    let total: u64 = wanted.files.iter().map(|file| file.records).sum();
    if number(&answer, "ledger.records") != total {
        wrong.push(format!("count: ledger.records is not {total}"));
    }
    wrong
}

#[track_caller]
fn holds(sample: &str) {
    let wrong = wrong(sample);
    assert!(wrong.is_empty(), "{sample} ({}):\n  {}", expected(sample).fact, wrong.join("\n  "));
}

/// A test for each sample, so that each is told by name; the list is complete, or a test of its own fails.
macro_rules! samples {
    ($($module:ident { $($name:ident: $file:literal,)* })*) => {
        $(mod $module {
            $(#[test]
            fn $name() {
                super::holds(concat!(stringify!($module), "/", $file));
            })*
        })*
        const LISTED: &[&str] = &[$($(concat!(stringify!($module), "/", $file),)*)*];
    };
}

samples! {
    combined {
        big5_characters_whose_second_byte_is_a_backslash_break_no_column: "big5.log",
        blank_lines_are_counted_as_blank_and_are_no_faults: "blank-lines.log",
        a_line_that_begins_with_is_a_directive: "comment-lines.log",
        crlf_and_lf_may_alternate_and_one_client_keeps_one_user_agent: "crlf-mixed.log",
        crlf_ends_a_line_and_is_no_part_of_its_last_column: "crlf.log",
        a_line_that_was_cut_in_its_time_and_joined_to_the_next_is_one_fault: "cut-in-time-joined-to-next.log",
        a_line_that_was_cut_and_joined_to_the_next_is_one_fault_and_neither_half_is_guessed: "cut-line-joined-to-next.log",
        a_request_of_is_a_record_that_carried_nothing: "dash-requests.log",
        an_empty_request_is_a_record: "empty-requests.log",
        latin_1_bytes_in_a_target_and_a_user_agent_are_bytes: "latin-1.log",
        n29_february_of_a_leap_year_and_second_60_are_times: "leap-day-and-leap-second.log",
        a_line_without_its_identd_and_login_columns_is_a_fault: "missing-identd-and-login.log",
        every_offset_is_respected_and_that_there_are_several_is_told: "mixed-offsets.log",
        a_month_that_is_no_word_for_a_month_breaks_the_shape_of_the_line_syntax: "month-of-no-calendar.log",
        the_hole_that_copytruncate_leaves_faults_the_line_it_runs_into_and_no_other: "nul-hole-before-first-line.log",
        nul_bytes_inside_a_line_fault_that_line_and_no_other: "nul-run-in-a-line.log",
        a_tail_of_nul_is_one_fault_after_the_last_line: "nul-tail.log",
        one_client_is_one_client_however_it_is_spelt: "one-client-many-spellings.log",
        a_line_out_of_order_keeps_its_own_time_and_is_told: "out-of-order.log",
        a_line_of_1_mib_is_a_line_a_longer_one_is_one_fault_and_the_next_keeps_its_number: "over-long-line.log.gz",
        a_sound_log_has_no_fault_and_no_finding: "plain.log",
        raw_quotes_that_forge_columns_leave_two_readings_a_fault_never_guessed: "raw-quote-forged-columns.log",
        raw_quotes_in_a_request_that_leave_one_reading_are_a_request: "raw-quote-one-reading.log",
        a_sentence_as_the_first_line_is_one_fault: "sentence-first-line.log",
        the_bytes_of_smb_and_of_remote_desktop_are_records: "smb-apache.log",
        a_status_that_is_not_three_digits_is_a_status_fault: "status-not-a-number.log",
        control_and_bidirectional_characters_in_a_request_and_a_user_agent_are_bytes_like_others: "terminal-escapes.log",
        a_time_that_no_calendar_has_is_a_time_fault: "time-not-a-time.log",
        a_tls_hello_sent_to_a_plain_port_is_a_record_with_its_blanks_quotes_and_backslashes: "tls-hello-apache.log",
        a_last_line_cut_inside_its_status_is_torn_although_what_is_left_of_the_status_is_digits: "torn-in-status.log",
        a_last_line_cut_inside_a_column_is_a_torn_line_not_a_request: "torn-last-line.log",
        one_file_may_hold_two_formats_and_each_line_is_read_by_its_own: "two-formats.log",
        a_last_line_without_a_newline_that_reads_whole_is_a_record_and_is_told: "unterminated-last-line.log",
    }
    common {
        a_byte_count_of_is_a_record_that_carried_nothing: "bytes-minus.log",
        a_login_may_hold_a_blank_behind_an_identd_name_it_is_a_fault_for_the_words_could_be_of_several_columns: "login-with-blanks.log",
    }
    containers {
        an_archive_inside_an_archive_is_unreadable_and_takes_nothing_from_the_log_beside_it: "archive-in-archive.zip",
        a_stream_that_grows_beyond_every_measure_is_cut_told_and_counted_to_there: "bomb.log.zst",
        a_folder_in_a_zip_is_no_member_that_holds_lines: "deflated-with-a-folder.zip",
        bytes_behind_the_last_gzip_member_lose_nothing_before_them_and_are_told: "gzip-then-other-bytes.log.gz",
        members_of_a_tar_that_are_compressed_are_their_content: "members-in-gzip.tar",
        members_are_read_as_streams_whatever_their_names_say_and_a_link_is_not_followed: "names-that-climb.tar",
        a_file_of_lz4_is_its_content: "one-frame.log.lz4",
        a_file_of_zst_is_its_content: "one-frame.log.zst",
        a_gzip_file_is_its_content: "one-member.log.gz",
        a_file_of_bz2_is_its_content: "one-stream.log.bz2",
        a_file_of_xz_is_its_content: "one-stream.log.xz",
        a_gzip_file_that_breaks_off_in_its_second_member_gives_what_the_first_holds: "second-member-cut.log.gz",
        every_member_of_a_zip_is_a_source_of_its_own: "stored.zip",
        every_member_of_a_gzip_file_is_read_and_an_empty_one_ends_nothing: "three-members-one-empty.log.gz",
        a_gzip_file_whose_checksum_is_cut_off_is_truncated_and_its_lines_are_counted: "trailer-cut.log.gz",
        both_parts_of_a_file_of_lz4_are_read: "two-frames.log.lz4",
        both_parts_of_a_file_of_zst_are_read: "two-frames.log.zst",
        every_member_of_a_tar_in_bz2_is_a_source_of_its_own: "two-members.tar.bz2",
        every_member_of_a_tar_is_a_source_of_its_own: "two-members.tar",
        every_member_of_a_tar_in_gz_is_a_source_of_its_own: "two-members.tar.gz",
        every_member_of_a_tar_in_xz_is_a_source_of_its_own: "two-members.tar.xz",
        every_member_of_a_tar_in_zst_is_a_source_of_its_own: "two-members.tar.zst",
        both_parts_of_a_file_of_bz2_are_read: "two-streams.log.bz2",
        both_parts_of_a_file_of_xz_are_read: "two-streams.log.xz",
    }
    encodings {
        utf_16be_with_a_byte_order_mark_is_decoded: "utf-16be-bom.log",
        utf_16le_with_a_byte_order_mark_is_decoded: "utf-16le-bom.log",
        crlf_in_utf_16_ends_a_line: "utf-16le-crlf.log",
        a_lone_surrogate_faults_its_line_by_its_encoding_and_no_other_line: "utf-16le-lone-surrogate.log",
        a_byte_order_mark_of_utf_8_is_no_part_of_the_first_client: "utf-8-bom.log",
    }
    nginx {
        a_forwarded_header_of_a_peer_that_nobody_trusts_is_not_believed: "forged-forwarded-for.log",
        payloads_empty_and_absent_requests_444_and_499_are_records: "json-payload-as-request.log",
        tls_and_smb_bytes_as_nginx_escapes_them_are_records: "tls-hello-nginx.log",
    }
    prefixes {
        lines_of_docker_compose_lose_the_name_of_their_service_and_the_time: "compose-with-time.log",
        lines_of_docker_compose_lose_the_name_of_their_service: "compose.log",
        partial_lines_of_cri_are_joined_within_their_stream: "cri-partials.log",
        lines_of_cri_lose_their_prefix: "cri.log",
        lines_of_docker_s_json_file_are_unescaped: "docker-json-file.log",
        messages_of_a_journal_exported_as_json_are_requests: "journald-export.log",
        whole_lines_in_quotes_the_inner_ones_behind_a_backslash: "quoted-lines-backslashed.log",
        whole_lines_in_quotes_the_inner_ones_doubled_as_a_spreadsheet_writes_them: "quoted-lines-doubled.log",
        whole_lines_in_quotes_the_inner_ones_as_they_were: "quoted-lines-raw.log",
        a_syslog_file_has_no_priority_before_its_time: "syslog-3164-without-priority.log",
        lines_behind_a_syslog_prefix_of_rfc_3164_keep_the_time_of_their_request: "syslog-3164.log",
        rfc_5424_without_structured_data_and_two_blanks_before_the_message: "syslog-5424-without-data.log",
        rfc_5424_with_structured_data_that_holds_an_escaped_quote_and_a_bracket: "syslog-5424.log",
        syslog_with_an_iso_time_as_rsyslog_forwards_it: "syslog-iso.log",
        another_program_s_message_between_requests_is_a_fault_and_no_request_is_lost: "syslog-with-other-messages.log",
    }
    tableau {
        a_request_without_a_method_or_without_anything_is_a_record: "empty-request.log",
        month_13_and_30_february_are_time_faults: "month-13.log",
    }
}

#[test]
fn every_sample_has_an_expectation_and_a_test_and_the_reverse() {
    let mut samples = BTreeSet::new();
    let mut expectations = BTreeSet::new();
    for path in files_below(&logs()) {
        let name = path.strip_prefix(logs()).unwrap().to_str().unwrap().to_owned();
        match name.strip_suffix(".expect.toml") {
            Some(sample) => drop(expectations.insert(sample.to_owned())),
            // The script and the settings of git lie beside the folders, samples in them.
            None if !name.contains('/') => {}
            None => drop(samples.insert(name)),
        }
    }
    assert_eq!(samples, expectations);
    assert_eq!(samples, LISTED.iter().map(|s| (*s).to_owned()).collect());
}

/// An expectation that is not met must be seen to fail, whichever key it is.
#[test]
fn a_sample_that_comes_out_otherwise_is_refused_for_every_key() {
    let row = serde_json::json!({"member": null, "state": "read", "format": "combined", "bytes": 1, "lines": 4,
        "records": 1, "directives": 1, "blank": 1, "faults": 1, "first_utc": "a", "last_utc": "b", "clients": 1});
    let same = r#"lines = 4
        records = 1
        directives = 1
        blank = 1
        faults = [{ line = 1, kind = "nul" }]"#;
    assert_eq!(differences(&row, &toml::from_str(same).unwrap()), Vec::<String>::new());
    let other = r#"member = "m"
        state = "truncated"
        format = "common"
        bytes = 2
        lines = 5
        records = 2
        directives = 2
        blank = 2
        first_utc = "c"
        last_utc = "d"
        clients = 2"#;
    assert_eq!(differences(&row, &toml::from_str(other).unwrap()).len(), 12);
}

/// Addresses of samples belong to nobody (RFC 5737, RFC 3849).
#[test]
fn the_clients_of_samples_are_addresses_for_documentation() {
    let address = regex::bytes::Regex::new(r"\b(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}\b").unwrap();
    for path in files_below(&logs()).into_iter().filter(|p| p.extension().is_some_and(|e| e == "log")) {
        for found in address.find_iter(&std::fs::read(&path).unwrap()) {
            let text = found.as_bytes().escape_ascii().to_string();
            let allowed = ["192.0.2.", "198.51.100.", "203.0.113.", "10.", "0.0.0.0"];
            assert!(allowed.iter().any(|net| text.starts_with(net)), "{} in {}", text, path.display());
        }
    }
}
