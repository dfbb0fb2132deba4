//! The shapes that other programs read (PRODUCT, "Output that other programs read"), and what may never stand in
//! an output whatever a log holds. A change of anything here is a breaking change.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::evidence::{Folder, from_agent, june};
use crate::program::{count, root, run};

/// The tree of keys. `n` whole number, `n?` that or null, `t` text, `t?` text or null, `time` and `time?` RFC 3339
/// in UTC with `Z`, `hash` 64 hex digits (`hash?` or null), `b` truth value; a list holds elements of one shape.
const SHAPE: &str = r#"{
 "tool": {"name": "t", "version": "t"},
 "profile": {"name": "t", "sha256": "hash", "count": "n"},
 "ledger": {"files": "n", "bytes": "n", "lines": "n", "records": "n", "directives": "n", "blank": "n", "faults": "n",
  "unreadable_files": "n", "duplicate_files": "n", "duplicate_records": "n", "out_of_window": "n",
  "not_sensitive": "n", "in_scope": "n"},
 "sources": [{"path": "t", "member": "t?", "source": "t", "state": "t", "sha256": "hash?",
  "content_sha256": "hash?", "vantage": "t", "format": "t", "bytes": "n", "lines": "n", "records": "n",
  "directives": "n", "blank": "n", "faults": "n", "first_utc": "time?", "last_utc": "time?"}],
 "primary_vantage": "t",
 "counts": {"requests": "n", "served": "n", "retrievals": "n", "complete_or_probable_retrievals": "n",
  "complete_retrievals": "n?", "completeness_unknown": "n"},
 "exposure": {"from_utc": "time?", "until_utc": "time?", "covered_seconds": "n"},
 "outcomes": {"complete": "n?", "probable": "n", "partial": "n", "copied": "n", "learned": "n", "attempted": "n"},
 "clients": {"ip": "n", "ip4": "n", "ip6_128": "n", "ip6_64": "n", "ip6_56": "n", "ip6_48": "n", "name": "n",
  "unknown_requests": "n", "ip_ua": "n", "principal": "n", "credential": "n"},
 "bytes_served": {"total": "n", "body_written": "n", "wire_written": "n", "body_planned": "n", "unknown": "n",
  "unlogged_responses": "n"},
 "first_served_utc": "time?", "last_served_utc": "time?",
 "resources": [{"name": "t", "requests": "n", "served": "n", "retrievals": "n", "complete_retrievals": "n?",
  "clients_ip": "n", "objects": "n", "subjects": "n?", "subject_unknown": "n", "also_matches": "n",
  "bytes_served": "n", "first_served_utc": "time?", "last_served_utc": "time?"}],
 "windows": [{"start_utc": "time", "end_utc": "time", "covered": "b", "covered_seconds": "n", "requests": "n",
  "served": "n", "clients_ip": "n", "bytes_served": "n"}],
 "parties": [{"name": "t", "kind": "t?", "served": "n", "clients_ip": "n", "objects": "n", "subjects": "n?",
  "bytes_served": "n"}],
 "vantages": [{"name": "t", "requests": "n", "served": "n"}],
 "findings": [{"id": "t", "source": "t?", "text": "t"}],
 "caveats": [{"id": "t", "text": "t"}]
}"#;

/// `inspect --json`.
const INSPECTION: &str = r#"{
 "tool": {"name": "t", "version": "t"},
 "ledger": {"files": "n", "bytes": "n", "lines": "n", "records": "n", "directives": "n", "blank": "n", "faults": "n",
  "unreadable_files": "n", "duplicate_files": "n", "duplicate_records": "n", "out_of_window": "n",
  "not_sensitive": "n", "in_scope": "n"},
 "files": [{"path": "t", "member": "t?", "state": "t", "format": "t", "scores": "t", "bytes": "n", "lines": "n",
  "records": "n", "directives": "n", "blank": "n", "faults": "n", "first_utc": "time?", "last_utc": "time?",
  "clients": "n?", "zone": "t", "gaps": "n", "sha256": "hash?"}],
 "sources": [{"name": "t", "files": ["t"], "format": "t", "records": "n", "faults": "n", "first_utc": "time?",
  "last_utc": "time?", "clients": "n?", "verdict": "t", "proposals": [{"flag": "t", "value": "t", "reason": "t"}]}],
 "findings": [{"id": "t", "source": "t?", "text": "t"}]
}"#;

const GROUPS: &str = r#"[{"key": [{"by": "t", "value": "t"}], "requests": "n", "served": "n", "retrievals": "n",
 "clients_ip": "n", "bytes_served": "n"}]"#;

/// What differs from the shape, by path.
fn differs(path: &str, shape: &Value, found: &Value, out: &mut Vec<String>) {
    match (shape, found) {
        (Value::Object(shape), Value::Object(found)) => {
            for (key, inner) in shape {
                match found.get(key) {
                    Some(value) => differs(&format!("{path}.{key}"), inner, value, out),
                    None => out.push(format!("{path}.{key} is missing")),
                }
            }
            let extra = found.keys().filter(|key| !shape.contains_key(*key));
            out.extend(extra.map(|key| format!("{path}.{key} is not in the contract")));
        }
        (Value::Array(shape), Value::Array(found)) => {
            for (place, value) in found.iter().enumerate() {
                differs(&format!("{path}[{place}]"), &shape[0], value, out);
            }
        }
        (Value::String(kind), found) if is_a(kind, found) => {}
        _ => out.push(format!("{path} is {found}, not {shape}")),
    }
}

fn is_a(kind: &str, found: &Value) -> bool {
    if found.is_null() {
        return kind.ends_with('?');
    }
    match kind.trim_end_matches('?') {
        "n" => found.is_u64(),
        "b" => found.is_boolean(),
        "t" => found.is_string(),
        "time" => found.as_str().is_some_and(is_time),
        "hash" => found.as_str().is_some_and(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit())),
        other => panic!("no kind `{other}`"),
    }
}

fn is_time(text: &str) -> bool {
    text.ends_with('Z') && text.as_bytes()[10] == b'T' && text.parse::<DateTime<Utc>>().is_ok()
}

#[track_caller]
fn assert_shape(shape: &str, found: &Value) {
    let mut out = Vec::new();
    differs("", &serde_json::from_str(shape).unwrap(), found, &mut out);
    assert!(out.is_empty(), "{}", out.join("\n"));
}

fn plain_folder() -> Folder {
    Folder::of([
        from_agent("192.0.2.1", &june("10:00:00"), "GET /data.csv", 200, "100", "a"),
        from_agent("2001:db8::1", &june("10:00:01"), "GET /data.csv", 206, "50", "b"),
        from_agent("host.example", &june("11:30:00"), "POST /data.csv", 200, "7", "c"),
        "torn".to_owned(),
    ])
}

#[test]
fn the_json_of_count_has_exactly_the_keys_of_the_contract() {
    let folder = plain_folder();
    assert_shape(SHAPE, &count(folder.path(), ["access.log", "-r", "data=/data.csv"]));
    assert_shape(SHAPE, &count(folder.path(), ["access.log"]));
    // Nothing matches, nothing is in the window: the same shape, and nulls only where the contract has them.
    assert_shape(SHAPE, &count(folder.path(), ["access.log", "-r", "/nothing"]));
    let early = ["access.log", "--from", "2001-01-01T00:00:00Z", "--until", "2001-01-02T00:00:00Z"];
    assert_shape(SHAPE, &count(folder.path(), early));
}

#[test]
fn the_json_of_inspect_has_exactly_the_keys_of_the_contract() {
    let folder = plain_folder();
    folder.lines("prose.txt", ["dear diary"]);
    folder.bytes("empty.log", "");
    assert_shape(INSPECTION, &run(folder.path(), ["inspect", ".", "--json"]).exits(3).json());
}

#[test]
fn groups_come_only_with_by_and_have_their_shape() {
    let folder = plain_folder();
    let mut answer = count(folder.path(), ["access.log", "--by", "client,status"]);
    let groups = answer.as_object_mut().unwrap().remove("groups").unwrap();
    assert_shape(SHAPE, &answer);
    assert_shape(GROUPS, &groups);
    assert_eq!(groups.as_array().unwrap().len(), 3);
    assert_eq!(groups[0]["key"][0]["by"], "client");
    assert_eq!(groups[0]["key"][1]["by"], "status");
}

#[test]
fn the_summary_of_a_report_has_the_shape_of_count() {
    let folder = Folder::new();
    let case = root().join("samples/incidents/doj-dashboard/case.toml");
    let output = folder.at("out");
    run(folder.path(), [Path::new("report"), &case, Path::new("-o"), &output]).exits(3);
    let text = std::fs::read_to_string(output.join("summary.json")).unwrap();
    assert!(text.ends_with("}\n"));
    assert_shape(SHAPE, &serde_json::from_str(&text).unwrap());
}

const HEADINGS: [(&str, &str); 8] = [
    (
        "client_windows.csv",
        "resource,client,window_start_utc,window_end_utc,requests,served,retrievals,bytes_served,party",
    ),
    ("windows.csv", "start_utc,end_utc,covered,covered_seconds,requests,served,clients_ip,bytes_served"),
    (
        "clients.csv",
        "client,kind,party,requests,served,retrievals,objects,bytes_served,first_served_utc,last_served_utc",
    ),
    (
        "resources.csv",
        "name,requests,served,retrievals,complete_retrievals,clients_ip,objects,subjects,subject_unknown,\
         also_matches,bytes_served,first_served_utc,last_served_utc",
    ),
    ("parties.csv", "name,kind,served,clients_ip,objects,subjects,bytes_served"),
    (
        "events.csv",
        "time_utc,client,peer,principal,agent,method,host,target,status,bytes,resource,outcome,reason,party,\
         retrieval,vantage,source,member,line,offset,changed_columns",
    ),
    ("faults.csv", "source,member,line,offset,fault,field,expected,found,changed_columns"),
    (
        "ledger.csv",
        "row,source,path,member,state,vantage,format,sha256,files,unreadable_files,duplicate_files,bytes,lines,\
         records,directives,blank,faults,duplicate_records,out_of_window,not_sensitive,in_scope",
    ),
];

fn tables(folder: &Folder, arguments: &[&str]) -> BTreeMap<String, String> {
    let all = ["count", "access.log", "--csv", "out"].iter().chain(arguments);
    run(folder.path(), all).exits(3);
    let entries = std::fs::read_dir(folder.at("out")).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn the_tables_have_exactly_their_headings_and_every_row() {
    let folder = plain_folder();
    let tables = tables(&folder, &["-r", "data=/data.csv", "--window", "1h", "--top", "1"]);
    let found: BTreeMap<&str, &str> =
        tables.iter().map(|(name, text)| (name.as_str(), text.lines().next().unwrap())).collect();
    assert_eq!(found, BTreeMap::from(HEADINGS));
    assert_eq!(
        tables["client_windows.csv"],
        format!(
            "{}\n\
             data,192.0.2.1,2022-06-01T10:00:00Z,2022-06-01T11:00:00Z,1,1,1,100,unattributed\n\
             data,2001:db8::1,2022-06-01T10:00:00Z,2022-06-01T11:00:00Z,1,1,1,50,unattributed\n\
             data,host.example,2022-06-01T11:00:00Z,2022-06-01T11:30:00.000001Z,1,0,0,0,\n",
            HEADINGS[0].1
        )
    );
    assert_eq!(tables["events.csv"].lines().count(), 1 + 3);
    assert_eq!(tables["faults.csv"].lines().count(), 1 + 1);
    assert_eq!(tables["windows.csv"].lines().count(), 1 + 2);
    assert!(tables.values().all(|text| text.ends_with('\n') && !text.contains('\r')));
}

/// METHOD M1.3: sums that must hold in any answer.
#[test]
fn the_sums_of_the_ledger_and_the_nested_counts_hold_in_the_incident() {
    let folder = Folder::new();
    let case = root().join("samples/incidents/doj-dashboard/case.toml");
    let output = folder.at("out");
    run(folder.path(), [Path::new("report"), &case, Path::new("-o"), &output]).exits(3);
    let a: Value = serde_json::from_slice(&std::fs::read(output.join("summary.json")).unwrap()).unwrap();
    let n = |path: &str| crate::json::number(&a, path);
    let l = |name: &str| n(&format!("ledger.{name}"));
    let sum = |block: &str, field: &str| -> u64 {
        a[block].as_array().unwrap().iter().map(|e| e[field].as_u64().unwrap()).sum()
    };
    assert_eq!(l("lines"), l("records") + l("directives") + l("blank") + l("faults"));
    assert_eq!(
        l("records"),
        l("duplicate_records") + l("out_of_window") + l("not_sensitive") + l("in_scope")
    );
    assert_eq!(l("files"), a["sources"].as_array().unwrap().len() as u64);
    assert_eq!(l("bytes"), sum("sources", "bytes"));
    assert_eq!(l("in_scope"), sum("vantages", "requests"));
    let [requests, served] = [n("counts.requests"), n("counts.served")];
    for block in ["resources", "windows"] {
        assert_eq!([sum(block, "requests"), sum(block, "served")], [requests, served], "{block}");
        assert_eq!(sum(block, "bytes_served"), n("bytes_served.total"), "{block}");
    }
    assert_eq!(sum("parties", "served"), served);
    assert_eq!(sum("parties", "bytes_served"), n("bytes_served.total"));
    let o = |name: &str| a["outcomes"][name].as_u64().unwrap_or(0);
    let carried = o("complete") + o("probable") + o("partial") + o("copied");
    assert_eq!(served, carried);
    assert_eq!(requests, carried + o("learned") + o("attempted"));
    assert_eq!(n("clients.ip"), n("clients.ip4") + n("clients.ip6_128"));
    let parts = ["body_written", "wire_written", "body_planned", "unknown"];
    assert_eq!(n("bytes_served.total"), parts.iter().map(|p| n(&format!("bytes_served.{p}"))).sum::<u64>());
    assert_ledger_adds_up(&output.join("tables/ledger.csv"), &a);
    let nested = ["complete_or_probable_retrievals", "retrievals", "served", "requests"];
    assert!(nested.map(|name| n(&format!("counts.{name}"))).is_sorted());
}

/// METHOD M1.3 holds for each file too, and the files add up to the total.
fn assert_ledger_adds_up(path: &Path, answer: &Value) {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for row in csv::Reader::from_path(path).unwrap().deserialize() {
        let row: BTreeMap<String, String> = row.unwrap();
        let n = |name: &str| row[name].parse::<u64>().unwrap_or(0);
        assert_eq!(n("lines"), n("records") + n("directives") + n("blank") + n("faults"), "{row:?}");
        let went = ["duplicate_records", "out_of_window", "not_sensitive", "in_scope"].map(n);
        assert_eq!(n("records"), went.iter().sum::<u64>(), "{row:?}");
        for (name, total) in answer["ledger"].as_object().unwrap() {
            match row["row"].as_str() {
                "file" => *sums.entry(name.clone()).or_default() += n(name),
                "total" => assert_eq!(n(name), total.as_u64().unwrap(), "{name}"),
                other => panic!("a row `{other}`"),
            }
        }
    }
    for (name, sum) in sums {
        assert_eq!(answer["ledger"][&name], sum, "{name}");
    }
}

// ------------------------------------------------------------------------------------------ hostile evidence

const FORMULA: &str = "=cmd|' /C calc'!A0";

/// Lines that a terminal, a spreadsheet and a browser would each obey.
fn hostile() -> Folder {
    let folder = Folder::new();
    let mut bytes = Vec::new();
    for agent in [
        FORMULA,
        "+1+1",
        "@SUM(A1)",
        "-2+3",
        "<script>alert(1)</script>",
        "</script><img src=x onerror=alert(2)>",
        "\u{1b}[2J\u{1b}]0;owned\u{7}",
        "\u{9b}31m \u{202e}gnp.exe \u{200b}",
        "a\rb",
        "\u{ff1d}HYPERLINK(1)",
    ] {
        let line = from_agent("192.0.2.1", &june("10:00:00"), "GET /data.csv?x=<script>", 200, "9", agent);
        bytes.extend(line.into_bytes());
        bytes.push(b'\n');
    }
    let named = from_agent("=evil|host", &june("10:00:01"), "GET /data.csv", 200, "9", "x");
    bytes.extend(named.into_bytes());
    bytes.extend(b"\n\x1b[31mno line at all \xff\xfe <script>\n");
    folder.bytes("access.log", bytes);
    folder
}

/// Nothing that a terminal obeys: C0 but newline, DEL, C1, bidirectional and zero-width marks, BOM.
fn obeyed(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| {
            (c.is_control() && *c != '\n')
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        })
        .collect()
}

#[test]
fn no_byte_of_a_hostile_log_reaches_the_terminal_as_a_command() {
    let folder = hostile();
    for arguments in [
        &["count", "access.log"][..],
        &["count", "access.log", "-r", "/data.csv", "--by", "agent,client"],
        &["inspect", "access.log"],
    ] {
        let ran = run(folder.path(), arguments).exits(3);
        assert_eq!(obeyed(ran.text()), [], "{}", ran.text());
        assert_eq!(obeyed(&ran.stderr), []);
    }
}

#[test]
fn a_hostile_name_in_an_argument_or_a_path_is_shown_escaped_too() {
    let folder = Folder::new();
    folder.bytes("\u{1b}[2J\u{202e}.log", "no record\n");
    for arguments in [
        &["count", "\u{1b}[2J\u{202e}.log"][..],
        &["count", "."],
        &["count", "\u{1b}[31mmissing"],
        &["count", "x", "--zone", "\u{1b}]0;x\u{7}"],
        &["inspect", "."],
        &["report", "\u{9b}case.toml", "-o", "out"],
    ] {
        let ran = run(folder.path(), arguments);
        assert_eq!(obeyed(&ran.stderr), [], "{arguments:?}");
        assert_eq!(obeyed(ran.text()), [], "{arguments:?}");
    }
}

/// PRODUCT: a text cell gets a leading `'` where a spreadsheet would run it; `events.csv` names the columns.
#[test]
fn cells_that_a_spreadsheet_would_run_begin_with_an_apostrophe() {
    let tables = tables(&hostile(), &[]);
    let mut reader = csv::Reader::from_reader(tables["events.csv"].as_bytes());
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let agents: Vec<&str> = rows.iter().map(|r| r["agent"].as_str()).collect();
    for wanted in [
        "'=cmd|' /C calc'!A0",
        "'+1+1",
        "'@SUM(A1)",
        "'-2+3",
        "'\u{ff1d}HYPERLINK(1)",
        "<script>alert(1)</script>",
    ] {
        assert!(agents.contains(&wanted), "{wanted} is not in {agents:?}");
    }
    for row in &rows {
        assert_eq!(row["agent"].starts_with('\''), row["changed_columns"].contains("agent"), "{row:?}");
    }
    assert!(rows.iter().any(|r| r["client"] == "'=evil|host"));
    for (name, text) in &tables {
        for record in csv::Reader::from_reader(text.as_bytes()).records().map(Result::unwrap) {
            for cell in &record {
                let run_by_spreadsheet = cell.starts_with(['=', '+', '@', '\t', '\r', '\n', '\u{ff1d}'])
                    || (cell.starts_with('-') && cell.len() > 1);
                assert!(!run_by_spreadsheet, "{name}: {cell:?}");
            }
        }
    }
}

#[test]
fn json_keeps_hostile_text_exact_and_without_raw_control_bytes() {
    let ran = run(hostile().path(), ["count", "access.log", "--json", "--by", "agent"]).exits(3);
    assert_eq!(obeyed(ran.text()), []);
    let groups = &ran.json()["groups"];
    assert!(groups.as_array().unwrap().iter().any(|g| g["key"][0]["value"] == FORMULA));
}

#[test]
fn the_page_of_a_report_holds_hostile_text_as_text_only() {
    let folder = hostile();
    folder.bytes(
        "case.toml",
        "[case]\nid = \"x\"\ntitle = \"<script>alert('title')</script>\"\nzone = \"UTC\"\n\
         [[source]]\nname = \"<img src=x onerror=alert(3)>\"\npaths = [\"access.log\"]\n\
         [[resource]]\nname = \"data\"\nlabel = \"</script><b>\"\nmatch = [\"/data.csv\"]\n",
    );
    run(folder.path(), ["report", "case.toml", "-o", "out"]).exits(3);
    let page = std::fs::read_to_string(folder.at("out/report.html")).unwrap();
    let lower = page.to_ascii_lowercase();
    for markup in ["<script>alert", "<img src=x", "onerror=alert(3)>", "</script><b>", "javascript:"] {
        assert!(!lower.contains(markup), "{markup}");
    }
    assert!(page.contains("default-src &#39;none&#39;;"), "the page has no content policy");
    assert!(!lower.contains("src=\"http") && !lower.contains("url(http"), "the page loads from elsewhere");
    assert_eq!(obeyed(&page.replace('\t', " ")), []);
    let chart = std::fs::read_to_string(folder.at("out/charts/timeline.svg")).unwrap();
    assert!(
        !chart.contains("<script") && chart.contains("&lt;script&gt;"),
        "the title is text in the picture"
    );
}

/// PRODUCT: stdout carries data only.
#[test]
fn data_goes_to_stdout_and_messages_to_stderr() {
    let folder = plain_folder();
    let ran = run(folder.path(), ["count", "access.log", "--json"]).exits(3);
    assert_eq!(ran.stderr, "accesstrail: answered (exit 3), and: 1 line could not be read\n");
    assert!(ran.text().starts_with("{\n") && ran.text().ends_with("}\n"));
    let quiet = run(folder.path(), ["count", "access.log", "--json", "--quiet"]).exits(3);
    assert_eq!((quiet.stdout, quiet.stderr), (ran.stdout, String::new()));
}

#[test]
fn a_quiet_report_prints_nothing_and_writes_everything() {
    let folder = Folder::new();
    let case = root().join("samples/incidents/doj-dashboard/case.toml");
    let output = folder.at("out");
    let all = [Path::new("report"), &case, Path::new("-o"), &output, Path::new("--quiet")];
    let ran = run(folder.path(), all).exits(3);
    assert_eq!((ran.text(), ran.stderr.as_str()), ("", ""));
    assert!(output.join("report.html").is_file());
}

#[test]
fn colour_comes_only_when_asked_for() {
    let folder = plain_folder();
    let has_colour = |arguments: &[&str]| run(folder.path(), arguments).exits(3).stdout.contains(&0x1b);
    assert!(!has_colour(&["count", "access.log"]), "a pipe is no terminal");
    assert!(has_colour(&["count", "access.log", "--color", "always"]));
    assert!(!has_colour(&["count", "access.log", "--color", "never"]));
    assert!(!has_colour(&["count", "access.log", "--json", "--color", "always"]));
}

#[test]
fn help_and_version_are_answers() {
    let folder = Folder::new();
    let version = run(folder.path(), ["--version"]).exits(0);
    assert_eq!(version.text(), format!("accesstrail {}\n", env!("CARGO_PKG_VERSION")));
    for command in ["inspect", "count", "report"] {
        let help = run(folder.path(), [command, "--help"]).exits(0);
        assert!(help.text().contains("Usage: accesstrail") && help.stderr.is_empty());
    }
    assert!(
        run(folder.path(), ["--help"]).exits(0).text().contains("Exit status: 0 answered; 3 answered, and")
    );
}
