//! The matrix: one log, handed over in every way, gives the same figures, byte for byte (METHOD M1.5, M9.4).
//!
//! What tells the ways apart (files, hashes, bytes, findings) is not left out of the comparison: each row of the table
//! says what it must be, made from the bytes handed over, and everything the row does not name must equal the plain run.

mod drawn;
mod pack;
mod wrap;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::evidence::Folder;
use crate::json::{number, text};
use crate::program::run_with;
use drawn::{Drawn, LINES, drawn, utc};

/// The blocks that must not differ by a byte.
const FIGURES: [&str; 11] = [
    "counts",
    "outcomes",
    "clients",
    "bytes_served",
    "exposure",
    "first_served_utc",
    "last_served_utc",
    "resources",
    "windows",
    "parties",
    "vantages",
];

const QUESTION: [&str; 8] =
    ["--json", "-r", "data=/data/**", "-r", "export=/export", "--window", "1h", "--quiet"];

/// One way to hand the log over.
#[derive(Default)]
struct Row {
    /// Written into the folder.
    files: Vec<(String, Vec<u8>)>,
    /// Given to `count`.
    arguments: Vec<String>,
    stdin: Vec<u8>,
    /// One for each row of `sources` to come.
    sources: Vec<Source>,
    /// Ids that come to the findings of the plain run, which all stay.
    added: &'static [&'static str],
    /// Findings keep their words; not so where they may name another file or a member.
    words: bool,
}

/// What a row of `sources` must say beside what it says in the plain run.
struct Source {
    path: String,
    member: Option<String>,
    /// As handed over.
    file: Vec<u8>,
    /// Decompressed.
    content: Vec<u8>,
    /// First and last second.
    span: [i64; 2],
    lines: usize,
    duplicate: bool,
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn span(lines: &[Drawn]) -> [i64; 2] {
    let seconds = || lines.iter().map(|line| line.second);
    [seconds().min().unwrap(), seconds().max().unwrap()]
}

impl Source {
    fn of(path: &str, member: Option<&str>, file: &[u8], content: Vec<u8>, lines: &[Drawn]) -> Self {
        let (path, member) = (path.to_owned(), member.map(str::to_owned));
        Self {
            path,
            member,
            file: file.to_vec(),
            content,
            span: span(lines),
            lines: lines.len(),
            duplicate: false,
        }
    }

    fn json(&self, plain: &Value) -> Value {
        let mut row = plain.clone();
        let mut set = |key: &str, value: Value| row[key] = value;
        set("path", self.path.clone().into());
        set("member", self.member.clone().into());
        set("sha256", sha256(&self.file).into());
        set("content_sha256", sha256(&self.content).into());
        if self.duplicate {
            set("state", "duplicate".into());
        }
        set("bytes", self.framed(self.content.len()).into());
        set("lines", self.framed(self.lines).into());
        set("records", self.framed(self.lines).into());
        for (key, second) in ["first_utc", "last_utc"].into_iter().zip(self.span) {
            set(key, (!self.duplicate).then(|| utc(second)).into());
        }
        row
    }

    /// METHOD M6.6: all but the first of equal files are not framed.
    fn framed(&self, n: usize) -> usize {
        if self.duplicate { 0 } else { n }
    }
}

/// One file `access.log`, whatever is in it: its name never says what it is.
fn one(file: Vec<u8>, content: Vec<u8>) -> Row {
    let (lines, _) = drawn();
    Row {
        sources: vec![Source::of("access.log", None, &file, content, &lines)],
        files: vec![("access.log".to_owned(), file)],
        arguments: vec!["access.log".to_owned()],
        words: true,
        ..Row::default()
    }
}

fn plain() -> Row {
    one(log(), log())
}

fn log() -> Vec<u8> {
    drawn::bytes(&drawn().0)
}

fn packed(pack: impl Fn(Vec<u8>) -> Vec<u8>) -> Row {
    one(pack(log()), log())
}

/// Two compressed parts, one after the other; the cut is in the middle of a line.
fn packed_in_two(pack: impl Fn(&[u8]) -> Vec<u8>) -> Row {
    let log = log();
    let (first, second) = log.split_at(log.len() / 2);
    one([pack(first), pack(second)].concat(), log.clone())
}

fn wrapped(wrap: impl Fn(&[Drawn]) -> Vec<u8>) -> Row {
    let content = wrap(&drawn().0);
    one(content.clone(), content)
}

fn prefixed(wrap: impl Fn(&[Drawn]) -> Vec<u8>) -> Row {
    Row { added: &["prefixed-lines"], ..wrapped(wrap) }
}

/// The log in three, named as rotation names them, oldest first.
fn thirds() -> Vec<(&'static str, Vec<Drawn>)> {
    let mut rest = drawn().0;
    let mut second = rest.split_off(LINES / 3);
    let third = second.split_off(LINES / 3);
    vec![("access.log.2", rest), ("access.log.1", second), ("access.log", third)]
}

fn split() -> Row {
    let mut row = Row::default();
    for (name, lines) in thirds() {
        let bytes = drawn::bytes(&lines);
        row.sources.push(Source::of(name, None, &bytes, bytes.clone(), &lines));
        row.files.push((name.to_owned(), bytes));
        row.arguments.push(name.to_owned());
    }
    row
}

/// The three as members of one archive `logs`.
fn archived(
    member: impl Fn(Vec<u8>) -> Vec<u8>,
    ending: &str,
    pack: impl Fn(&[(String, Vec<u8>)]) -> Vec<u8>,
) -> Row {
    let members: Vec<(String, Vec<u8>)> = thirds()
        .iter()
        .map(|(name, lines)| (format!("var/log/{name}{ending}"), member(drawn::bytes(lines))))
        .collect();
    let archive = pack(&members);
    let sources = thirds()
        .iter()
        .zip(&members)
        .map(|((_, lines), (name, _))| Source::of("logs", Some(name), &archive, drawn::bytes(lines), lines))
        .collect();
    Row {
        files: vec![("logs".to_owned(), archive)],
        arguments: vec!["logs".to_owned()],
        sources,
        ..Row::default()
    }
}

fn tarred(pack: impl Fn(Vec<u8>) -> Vec<u8>) -> Row {
    archived(|bytes| bytes, "", |members| pack(pack::tar(members)))
}

/// As `cat access.log access.log.1 access.log.2` joins them: the newest first.
fn joined_newest_first() -> Row {
    let content: Vec<u8> = thirds().iter().rev().flat_map(|(_, lines)| drawn::bytes(lines)).collect();
    Row { added: &["clock-jump", "out-of-order"], words: false, ..one(content.clone(), content) }
}

fn with_a_copy() -> Row {
    let mut row = plain();
    let mut copy = Source::of("copy.log", None, &log(), log(), &drawn().0);
    copy.duplicate = true;
    row.sources.push(copy);
    row.files.push(("copy.log".to_owned(), log()));
    row.arguments.push("copy.log".to_owned());
    row.added = &["duplicate-file"];
    row
}

fn named_twice() -> Row {
    let mut row = plain();
    row.arguments = ["access.log", "./access.log", "access.log"].map(str::to_owned).to_vec();
    // Of two spellings the first in the order of bytes, so that the order of arguments decides nothing.
    row.sources[0].path = "./access.log".to_owned();
    row
}

fn through_stdin(file: Vec<u8>) -> Row {
    let mut row = one(file.clone(), log());
    row.files.clear();
    row.arguments = vec!["-".to_owned()];
    row.stdin = file;
    row.sources[0].path = "-".to_owned();
    row.words = false;
    row
}

fn reversed(mut row: Row) -> Row {
    row.arguments.reverse();
    row
}

fn with(mut row: Row, options: &[&str]) -> Row {
    row.arguments.extend(options.iter().map(|o| (*o).to_owned()));
    row
}

fn output(row: &Row) -> String {
    let folder = Folder::new();
    for (name, bytes) in &row.files {
        folder.bytes(name, bytes);
    }
    let arguments = ["count"].into_iter().map(str::to_owned).chain(row.arguments.iter().cloned());
    let ran = run_with(folder.path(), arguments.chain(QUESTION.map(str::to_owned)), &row.stdin);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran.text().to_owned()
}

/// The answer's outermost blocks, as written.
fn blocks(answer: &str) -> BTreeMap<&str, &str> {
    let body = answer.strip_prefix("{\n  \"").unwrap().strip_suffix("\n}\n").unwrap();
    body.split(",\n  \"").map(|block| block.split_once("\": ").unwrap()).collect()
}

fn finding(found: &Value, words: bool) -> String {
    if words { found.to_string() } else { text(found, "id").to_owned() }
}

/// Everything that is not as the row says.
fn differences(row: &Row, out: &str) -> Vec<String> {
    let usual = output(&plain());
    let (usual_blocks, blocks) = (blocks(&usual), blocks(out));
    let mut wrong: Vec<String> = FIGURES
        .iter()
        .filter(|name| usual_blocks[**name] != blocks[**name])
        .map(|name| format!("{name}: {} instead of {}", blocks[*name], usual_blocks[*name]))
        .collect();
    let usual: Value = serde_json::from_str(&usual).unwrap();
    let answer: Value = serde_json::from_str(out).unwrap();
    let mut wanted = usual.clone();
    let sum = |pick: fn(&Source) -> usize| row.sources.iter().map(|s| s.framed(pick(s))).sum::<usize>();
    for (key, value) in [
        ("files", row.sources.len()),
        ("duplicate_files", row.sources.iter().filter(|s| s.duplicate).count()),
        ("bytes", sum(|s| s.content.len())),
        ("lines", sum(|s| s.lines)),
        ("records", sum(|s| s.lines)),
    ] {
        wanted["ledger"][key] = value.into();
    }
    wanted["sources"] = row.sources.iter().map(|s| s.json(&usual["sources"][0])).collect();
    for (key, value) in wanted.as_object().unwrap() {
        if key != "findings" && answer[key] != *value {
            wrong.push(format!("{key}: {} instead of {value}", answer[key]));
        }
    }
    // Of what is added only the id is the row's to say; words of what the plain run finds stay.
    let list = |answer: &Value| answer["findings"].as_array().unwrap().clone();
    let is_added = |f: &Value| row.added.contains(&text(f, "id"));
    let mut wanted: Vec<String> = list(&usual).iter().map(|f| finding(f, row.words)).collect();
    wanted.extend(row.added.iter().map(|id| (*id).to_owned()));
    let mut found: Vec<String> =
        list(&answer).iter().map(|f| finding(f, row.words && !is_added(f))).collect();
    wanted.sort();
    found.sort();
    if wanted != found {
        wrong.push(format!("findings: {found:?} instead of {wanted:?}"));
    }
    wrong
}

#[track_caller]
fn as_the_table_says(row: &Row) {
    let wrong = differences(row, &output(row));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A test for each row, so that each way is told by name.
macro_rules! rows {
    ($($name:ident: $row:expr,)*) => {
        $(#[test]
        fn $name() {
            as_the_table_says(&$row);
        })*
    };
}

rows! {
    plain_again: plain(),
    gzip_of_one_member: packed(pack::gzip),
    gzip_of_two_members: packed_in_two(|part| pack::gzip(part)),
    zstd_of_one_frame: packed(pack::zstd),
    zstd_of_two_frames: packed_in_two(|part| pack::zstd(part)),
    bzip2_of_one_stream: packed(pack::bzip2),
    bzip2_of_two_streams: packed_in_two(|part| pack::bzip2(part)),
    xz_of_one_stream: packed(pack::xz),
    xz_of_two_streams: packed_in_two(|part| pack::xz(part)),
    lz4_of_one_frame: packed(pack::lz4),
    lz4_of_two_frames: packed_in_two(|part| pack::lz4(part)),
    zip_stored: archived(|bytes| bytes, "", |members| pack::zip(members, pack::Kept::Stored)),
    zip_deflated: archived(|bytes| bytes, "", |members| pack::zip(members, pack::Kept::Deflated)),
    tar_plain: tarred(|bytes| bytes),
    tar_in_gzip: tarred(pack::gzip),
    tar_in_zstd: tarred(pack::zstd),
    tar_in_bzip2: tarred(pack::bzip2),
    tar_in_xz: tarred(pack::xz),
    tar_in_lz4: tarred(pack::lz4),
    tar_of_gzip_members: archived(pack::gzip, ".gz", pack::tar),
    split_in_three: split(),
    split_in_three_and_compressed: {
        let mut row = split();
        for (file, source) in row.files.iter_mut().zip(&mut row.sources) {
            file.1 = pack::gzip(&file.1);
            source.file.clone_from(&file.1);
        }
        row
    },
    joined_with_the_newest_first: joined_newest_first(),
    lines_that_end_in_crlf: wrapped(wrap::crlf),
    utf_16le: Row { added: &["decoded-text"], ..wrapped(wrap::utf_16le) },
    behind_syslog_3164: prefixed(wrap::syslog_3164),
    behind_syslog_3164_without_priority: prefixed(wrap::syslog_3164_without_priority),
    behind_syslog_5424: prefixed(wrap::syslog_5424),
    behind_syslog_with_an_iso_time: prefixed(wrap::syslog_iso),
    behind_docker_json_file: prefixed(wrap::docker_json_file),
    behind_cri: prefixed(wrap::cri),
    behind_cri_in_parts: Row {
        words: false,
        added: &["joined-lines", "prefixed-lines"],
        ..wrapped(wrap::cri_in_parts)
    },
    behind_compose: prefixed(wrap::compose),
    behind_compose_with_a_time: prefixed(wrap::compose_with_time),
    behind_journald: prefixed(wrap::journald),
    behind_docker_in_gzip: {
        let content = wrap::docker_json_file(&drawn().0);
        Row { added: &["prefixed-lines"], ..one(pack::gzip(&content), content) }
    },
    in_quotes_as_they_were: prefixed(wrap::quoted_raw),
    in_quotes_doubled: prefixed(wrap::quoted_doubled),
    in_quotes_behind_backslashes: prefixed(wrap::quoted_backslashed),
    with_a_copy_beside_it: with_a_copy(),
    named_three_times: named_twice(),
    with_a_copy_named_first: reversed(with_a_copy()),
    split_and_given_in_reversed_order: reversed(split()),
    on_one_thread: with(plain(), &["--threads", "1"]),
    on_two_threads: with(plain(), &["--threads", "2"]),
    on_eight_threads: with(plain(), &["--threads", "8"]),
    through_standard_input: through_stdin(log()),
    through_standard_input_compressed: through_stdin(pack::gzip(log())),
}

#[test]
fn the_order_of_arguments_and_the_number_of_threads_change_no_byte_at_all() {
    for row in [plain as fn() -> Row, split, with_a_copy] {
        let usual = output(&row());
        assert_eq!(usual, output(&reversed(row())));
        for threads in ["1", "2", "8"] {
            assert_eq!(usual, output(&with(row(), &["--threads", threads])));
        }
    }
}

/// The rows above compare answers with an answer; this one compares it with what was drawn.
#[test]
fn the_plain_run_says_what_was_drawn() {
    let (lines, truth) = drawn();
    let answer: Value = serde_json::from_str(&output(&plain())).unwrap();
    let at = |path: &str| number(&answer, path);
    assert_eq!([at("ledger.lines"), at("ledger.records"), at("ledger.faults")], [3000, 3000, 0]);
    assert_eq!([at("counts.requests"), at("counts.served")], [truth.requests, truth.served]);
    let outcomes = ["probable", "partial", "learned", "attempted"].map(|o| at(&format!("outcomes.{o}")));
    assert_eq!(outcomes, [truth.probable, truth.partial, truth.learned, truth.attempted]);
    assert_eq!(at("bytes_served.total"), truth.bytes);
    assert_eq!(at("clients.ip4"), truth.ip4.len() as u64);
    assert_eq!([at("clients.ip6_128"), at("clients.ip6_64")], [truth.ip6.len() as u64, 3]);
    for (name, served) in &truth.by_resource {
        assert_eq!(at(&format!("resources[name={name}].served")), *served);
    }
    let ends = [text(&answer, "first_served_utc"), text(&answer, "last_served_utc")];
    assert_eq!(ends, [utc(truth.first_second), utc(truth.last_second)]);
    // The log holds what a matrix is for: one silence, both kinds of address, lines out of order.
    assert!(truth.ip4.len() > 30 && truth.ip6.len() > 5 && truth.partial > 100);
    assert!(lines.windows(2).any(|two| two[0].second > two[1].second));
    let gaps = answer["findings"].as_array().unwrap().iter().filter(|f| f["id"] == json!("log-gap"));
    assert_eq!(gaps.count(), 1);
}

/// A table that lets every row pass proves nothing: a row with other lines is seen to differ in every block it must.
#[test]
fn a_row_that_differs_is_told() {
    let (mut lines, _) = drawn();
    lines.truncate(LINES - 500);
    let short = drawn::bytes(&lines);
    let row = one(short.clone(), short);
    let wrong = differences(&row, &output(&row)).join("\n");
    for block in ["counts", "outcomes", "bytes_served", "last_served_utc", "resources", "windows", "sources"]
    {
        assert!(wrong.contains(&format!("{block}: ")), "{block} is not told");
    }
    let silent = Row { added: &["prefixed-lines"], ..plain() };
    assert_eq!(differences(&silent, &output(&silent)).len(), 1);
}
