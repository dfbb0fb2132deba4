//! Formats seen from outside: directives that change how lines are read, operations of object stores, kinds of logs that
//! are never added.

use std::collections::BTreeMap;

use crate::evidence::Folder;
use crate::json::{at, number, text, three};
use crate::program::{root, run};

/// The answer to `count FILES --json` in a folder, and the exit status.
fn counted(folder: &Folder, args: &[&str]) -> (serde_json::Value, i32) {
    let all = ["count", ".", "--json"].iter().chain(args);
    let ran = run(folder.path(), all);
    (ran.json(), ran.status)
}

/// A W3C log of several blocks whose columns change places again and again; each line says itself what it must be read as.
fn changing(lines: usize) -> (String, BTreeMap<String, u64>) {
    let headers = [
        "#Fields: date time s-ip cs-method cs-uri-stem s-port c-ip sc-status sc-bytes",
        "#Fields: date time c-ip s-port cs-method cs-uri-stem sc-bytes sc-status s-ip",
        "#Fields: sc-status date time cs-uri-stem cs-method s-port c-ip",
    ];
    let (mut text, mut served, mut draw) = (String::new(), BTreeMap::new(), 7_u64);
    let mut header = 0;
    for n in 0..lines {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        if n == 0 || (draw >> 33).is_multiple_of(4000) {
            header = (draw >> 40) as usize % headers.len();
            text.push_str("#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n");
            text.push_str(headers[header]);
            text.push_str("\r\n");
        }
        let client = format!("192.0.2.{}", (draw >> 45) % 200);
        let status = if (draw >> 50).is_multiple_of(3) { 404 } else { 200 };
        let time = format!("2021-04-01 00:{:02}:{:02}", n / 60 % 60, n % 60);
        let line = match header {
            0 => format!("{time} 10.0.0.1 GET /data.csv 443 {client} {status} 900"),
            1 => format!("{time} {client} 443 GET /data.csv 900 {status} 10.0.0.1"),
            _ => format!("{status} {time} /data.csv GET 443 {client}"),
        };
        text.push_str(&line);
        text.push_str("\r\n");
        if status == 200 {
            *served.entry(client).or_default() += 1;
        }
    }
    (text, served)
}

/// HOUSE: the directives in force at a block's begin travel with the block.
#[test]
fn a_header_holds_up_to_the_next_one_wherever_blocks_and_threads_part_the_stream() {
    let (log, wanted) = changing(80_000);
    assert!(log.len() > 4 << 20, "several blocks");
    let folder = Folder::new();
    folder.bytes("ex210401.log", &log);
    let mut first = None;
    for threads in ["1", "2", "5"] {
        let (answer, status) = counted(&folder, &["-r", "/data.csv", "--threads", threads]);
        assert_eq!(status, 0);
        assert_eq!(number(&answer, "counts.requests"), 80_000);
        assert_eq!(
            number(&answer, "ledger.directives"),
            log.lines().filter(|l| l.starts_with('#')).count() as u64
        );
        assert_eq!(*first.get_or_insert(answer.clone()), answer);
        let out = format!("out{threads}");
        run(folder.path(), ["count", "ex210401.log", "-r", "/data.csv", "--threads", threads, "--csv", &out])
            .exits(0);
        let mut rows = csv::Reader::from_path(folder.at(&format!("{out}/clients.csv"))).unwrap();
        let heads = rows.headers().unwrap().clone();
        let place = |name: &str| heads.iter().position(|head| head == name).unwrap();
        let (client, served) = (place("client"), place("served"));
        let found: BTreeMap<String, u64> = rows
            .records()
            .map(Result::unwrap)
            .map(|row| (row[client].to_owned(), row[served].parse().unwrap()))
            .collect();
        assert_eq!(found.into_iter().filter(|(_, served)| *served > 0).collect::<BTreeMap<_, _>>(), wanted);
        std::fs::remove_dir_all(folder.at(&out)).unwrap();
    }
}

/// As a text in UTF-16, which other tools save logs as.
#[test]
fn a_header_is_a_header_in_utf_16_too() {
    let (log, wanted) = changing(20_000);
    let folder = Folder::new();
    let bytes: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(log.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    folder.bytes("ex210401.log", bytes);
    let (answer, _) = counted(&folder, &["-r", "/data.csv"]);
    assert_eq!(number(&answer, "counts.requests"), 20_000);
    assert_eq!(number(&answer, "counts.served"), wanted.values().sum::<u64>());
}

/// Nothing tells what the columns of such lines are.
#[test]
fn lines_before_any_header_are_faults_and_not_guessed() {
    let (log, _) = changing(50);
    let folder = Folder::new();
    folder.bytes(
        "ex.log",
        format!("2021-04-01 00:00:00 10.0.0.1 GET /data.csv 443 192.0.2.7 200 900\r\n{log}"),
    );
    let (answer, status) = counted(&folder, &[]);
    assert_eq!((number(&answer, "ledger.faults"), number(&answer, "ledger.records"), status), (1, 50, 3));
}

fn s3(second: u32, client: &str, operation: &str, key: &str, request: &str, rest: &str) -> String {
    format!(
        "owner bkt [06/Feb/2019:00:00:{second:02} +0000] {client} - {second:016X} {operation} {key} {request} {rest} 41 28 \"-\" \"curl\" -"
    )
}

/// METHOD section 5 on the operations and sizes of S3's log; M4.1: the object's columns count, not the request line.
#[test]
fn m5_operations_and_sizes_of_a_store_decide_the_outcome() {
    let get = "\"GET /bkt/data/a%20b.csv HTTP/1.1\"";
    let folder = Folder::of([
        s3(0, "192.0.2.1", "REST.GET.OBJECT", "data/a%20b.csv", get, "200 - 900 900"),
        s3(1, "192.0.2.2", "REST.GET.OBJECT", "data/a%20b.csv", get, "200 - 400 900"),
        s3(2, "192.0.2.3", "REST.GET.OBJECT", "data/a%20b.csv", get, "206 - 900 900"),
        s3(
            3,
            "192.0.2.4",
            "REST.HEAD.OBJECT",
            "data/a%20b.csv",
            "\"HEAD /bkt/data/a%20b.csv HTTP/1.1\"",
            "200 - - 900",
        ),
        s3(4, "192.0.2.5", "REST.COPY.OBJECT_GET", "data/a%20b.csv", "\"PUT /x HTTP/1.1\"", "200 - 0 900"),
        s3(5, "192.0.2.6", "REST.GET.OBJECT", "data/a%20b.csv", get, "403 AccessDenied 243 -"),
        s3(
            6,
            "192.0.2.7",
            "REST.GET.ACL",
            "data/a%20b.csv",
            "\"GET /bkt/data/a%20b.csv?acl HTTP/1.1\"",
            "200 - 550 -",
        ),
        s3(
            7,
            "192.0.2.8",
            "REST.GET.OBJECT",
            "other/c.csv",
            "\"GET /bkt/data/a%20b.csv HTTP/1.1\"",
            "200 - 5 5",
        ),
        s3(8, "192.0.2.9", "REST.GET.OBJECT", "data/a%20b.csv", get, "200 - - 900"),
    ]);
    let (answer, _) = counted(&folder, &["-r", "/data/**"]);
    assert_eq!(number(&answer, "ledger.in_scope"), 8, "the request line of the key `other` does not count");
    let outcomes = ["complete", "partial", "copied", "learned", "attempted", "probable"];
    assert_eq!(outcomes.map(|name| number(&answer, &format!("outcomes.{name}"))), [2, 1, 1, 2, 2, 0]);
}

/// METHOD M6.2: a copied object is a retrieval of its own, the copied parts of one are one; a copy hands no bytes out.
#[test]
fn m6_2_copied_parts_of_one_object_are_one_retrieval_and_copied_objects_are_each_one() {
    let copy = |second: u32, word: &str| {
        s3(second, "192.0.2.1", word, "data/a.csv", "\"PUT /x HTTP/1.1\"", "200 - 0 900")
    };
    let mut lines: Vec<String> = (0..5).map(|n| copy(n, "REST.COPY.PART_GET")).collect();
    lines.extend((5..8).map(|n| copy(n, "REST.COPY.OBJECT_GET")));
    let (answer, _) = counted(&Folder::of(lines), &["-r", "/data/**"]);
    assert_eq!(three(&answer), [8, 8, 4]);
    assert_eq!((number(&answer, "outcomes.copied"), number(&answer, "bytes_served.total")), (8, 0));
    assert_eq!(number(&answer, "counts.complete_or_probable_retrievals"), 4);
}

/// METHOD M4.2, and M5.4: CloudFront undoes one layer more.
#[test]
fn m4_2_one_object_of_a_cdn_has_one_name_however_often_it_was_encoded() {
    let line = |second: u32, stem: &str, result: &str| {
        format!(
            "2024-01-16\t23:56:{second:02}\tX\t900\t192.0.2.7\tGET\td1.cloudfront.net\t{stem}\t200\t{result}"
        )
    };
    let folder = Folder::of([
        "#Version: 1.0".to_owned(),
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status x-edge-detailed-result-type".to_owned(),
        line(1, "/data/a%252Bb.csv", "Hit"),
        line(2, "/data/a%2Bb.csv", "Hit"),
        line(3, "/data/a+b.csv", "ClientCommError"),
    ]);
    let (answer, _) = counted(&folder, &["-r", "/data/a+b.csv"]);
    assert_eq!(number(&answer, "counts.requests"), 3);
    assert_eq!(number(&answer, "resources[0].objects"), 1);
    assert_eq!((number(&answer, "outcomes.probable"), number(&answer, "outcomes.partial")), (2, 1));
}

/// METHOD M6.9.
#[test]
fn m6_9_kinds_of_logs_given_together_are_vantages_and_never_added() {
    let folder = Folder::new();
    let web = |n: u32| {
        format!(
            "192.0.2.{n} - - [06/Feb/2019:00:00:00 +0000] \"GET /data/a.csv HTTP/1.1\" 200 900 \"-\" \"curl\""
        )
    };
    folder.lines("web.log", (1..=3).map(web));
    let stored = |n: u32| {
        s3(n, "192.0.2.1", "REST.GET.OBJECT", "data/a.csv", "\"GET /data/a.csv HTTP/1.1\"", "200 - 900 900")
    };
    folder.lines("s3.log", (1..=5).map(stored));
    let (answer, _) = counted(&folder, &["-r", "/data/**"]);
    assert_eq!(text(&answer, "primary_vantage"), "s3");
    assert_eq!(three(&answer)[..2], [5, 5]);
    assert_eq!(number(&answer, "vantages[name=web-server].served"), 3);
    assert!(at(&answer, "findings[id=several-vantages]").is_some());
    std::fs::remove_file(folder.at("s3.log")).unwrap();
    let (alone, _) = counted(&folder, &["-r", "/data/**"]);
    assert_eq!((text(&alone, "primary_vantage"), number(&alone, "counts.served")), ("origin", 3));
}

/// METHOD M4.1: what a store calls bucket and key can be asked for by these names.
#[test]
fn m4_1_a_resource_is_asked_for_by_bucket_and_key() {
    let folder = Folder::of([
        s3(1, "192.0.2.1", "REST.GET.OBJECT", "data/a.csv", "\"GET /x HTTP/1.1\"", "200 - 900 900"),
        s3(2, "192.0.2.2", "REST.GET.OBJECT", "data/b.txt", "\"GET /data/a.csv HTTP/1.1\"", "200 - 900 900"),
        s3(3, "192.0.2.3", "REST.GET.OBJECT", "data/a.csv", "\"GET /x HTTP/1.1\"", "200 - 900 900")
            .replace(" bkt ", " other "),
    ]);
    let case = "[case]\nid = \"m\"\ntitle = \"m\"\nzone = \"UTC\"\n[[source]]\nname = \"s\"\npaths = [\"access.log\"]\n\
        [[resource]]\nname = \"data\"\nmatch = [{ bucket = \"b*\", key = \"data/*.csv\" }]\n";
    folder.bytes("case.toml", case);
    run(folder.path(), ["report", "case.toml", "-o", "out"]).exits(0);
    let answer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.at("out/summary.json")).unwrap()).unwrap();
    assert_eq!((number(&answer, "counts.requests"), number(&answer, "counts.served")), (1, 1));
}

/// PRODUCT: `fields` says where the values of generic JSON lines are.
#[test]
fn a_map_of_fields_reads_json_lines_of_any_writer() {
    let folder = Folder::of([
        r#"{"@timestamp":"2022-06-27T10:00:00Z","remote":{"ip":"192.0.2.1"},"req":"GET /data.csv HTTP/1.1","status":200,"sent":900}"#,
        r#"{"@timestamp":"2022-06-27T10:00:01Z","remote":{"ip":"192.0.2.2"},"req":"GET /data.csv HTTP/1.1","status":"404","sent":9}"#,
        r#"{"level":"info","msg":"started"}"#,
    ]);
    let case = |more: &str| {
        format!(
            "[case]\nid = \"m\"\ntitle = \"m\"\nzone = \"UTC\"\n[[source]]\nname = \"app\"\npaths = [\"access.log\"]\n{more}\n\
             [[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\n"
        )
    };
    let fields = r#"fields = { client = "remote.ip", time = "@timestamp", request = "req", status = "status", bytes = "sent" }"#;
    folder.bytes("case.toml", case(fields));
    run(folder.path(), ["report", "case.toml", "-o", "out"]).exits(3);
    let answer: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.at("out/summary.json")).unwrap()).unwrap();
    assert_eq!((number(&answer, "counts.requests"), number(&answer, "counts.served")), (2, 1));
    assert_eq!((number(&answer, "ledger.faults"), number(&answer, "bytes_served.total")), (1, 900));
    for (wrong, said) in [
        (r#"fields = { client = "ip" }"#, "needs `time`"),
        (r#"fields = { client = "ip", time = "t", ip = "x" }"#, "ip"),
        (&*format!("format = \"combined\"\n{fields}"), "both `format` and `fields`"),
    ] {
        folder.bytes("case.toml", case(wrong));
        let ran = run(folder.path(), ["report", "case.toml", "-o", "out2"]).exits(2);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

/// `accesstrail formats`.
#[test]
fn the_list_names_every_format_and_a_test_names_the_line_and_the_column_that_failed() {
    let folder = Folder::of([
        r#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5 "-" "-""#,
        r#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 2000 5 "-" "-""#,
    ]);
    let listed = run(folder.path(), ["formats", "--json"]).exits(0).json();
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|row| text(row, "name")).collect();
    let known: Vec<&str> = accesstrail_parsers::format::catalogue().iter().map(|entry| entry.name).collect();
    assert_eq!(names, known);
    let one = run(folder.path(), ["formats", "s3"]).exits(0);
    assert!(one.text().contains("bucket") && one.text().contains("example-bucket"));
    let wrong = run(folder.path(), ["formats", "s4"]).exits(2);
    assert!(wrong.stderr.contains("did you mean `s3`?"), "{}", wrong.stderr);
    let tested = run(folder.path(), ["formats", "test", "access.log"]).exits(3);
    let row = tested.text().lines().find(|line| line.trim_start().starts_with("2 ")).unwrap();
    assert!(row.contains("%>s") && row.contains("three digits") && row.contains("2000 5"), "{row}");
    run(folder.path(), ["formats", "test", "no such file"]).exits(2);
}

/// CloudTrail's and Azure's delivery: one document, on one line or on many, in one block or in several.
#[test]
fn the_elements_of_a_document_are_what_lines_are_elsewhere() {
    let event = |n: u32| {
        format!(
            "{{\"eventVersion\":\"1.08\",\"eventTime\":\"2022-06-27T10:{:02}:{:02}Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"{}\",\
             \"eventCategory\":\"Data\",\"sourceIPAddress\":\"192.0.2.{}\",\"userAgent\":\"[aws-cli/2.0]\",\"requestID\":\"R{n}\",\"eventID\":\"E{n}\",\
             \"userIdentity\":{{\"type\":\"AWSAccount\",\"accountId\":\"anonymous\"}},\
             \"requestParameters\":{{\"bucketName\":\"bkt\",\"key\":\"data/{}.csv\"}},\"additionalEventData\":{{\"bytesTransferredOut\":900.0}}}}",
            n / 60 % 60,
            n % 60,
            if n.is_multiple_of(4) { "PutObject" } else { "GetObject" },
            n % 100,
            n % 7
        )
    };
    let events: Vec<String> = (0..8000).map(event).collect();
    let lines = Folder::of(&events);
    let (wanted, _) = counted(&lines, &["-r", "/data/**"]);
    assert_eq!((number(&wanted, "counts.requests"), number(&wanted, "counts.served")), (8000, 6000));
    let one = format!("{{\"Records\":[{}]}}", events.join(","));
    let many = format!(
        "{{\n  \"Records\": [\n{}\n  ]\n}}\n",
        events.join(",\n").replace(",\"eventSource", ",\n    \"eventSource")
    );
    let several: String =
        events.chunks(900).map(|part| format!("{{\"Records\":[{}]}}\n", part.join(","))).collect();
    assert!(one.len() > 2 << 20, "several blocks");
    for (name, text) in [("one", one), ("many", many), ("several", several)] {
        let folder = Folder::new();
        folder.bytes("access.log", text);
        for threads in ["1", "3"] {
            let (found, status) = counted(&folder, &["-r", "/data/**", "--threads", threads]);
            assert_eq!(status, 0, "{name}");
            for key in ["counts", "clients", "outcomes", "windows", "resources", "exposure"] {
                assert_eq!(found[key], wanted[key], "{name}: {key}");
            }
            assert_eq!(number(&found, "ledger.records"), 8000, "{name}");
        }
    }
}

/// The page on which a format is named.
fn page_of(name: &str) -> String {
    let marked = format!("`{name}`");
    let pages = std::fs::read_dir(root().join("docs/formats")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> = pages
        .filter(|page| {
            !page.ends_with("README.md") && std::fs::read_to_string(page).unwrap().contains(&marked)
        })
        .map(|page| page.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no page of docs/formats names `{name}`");
    // The page that bears its name, else the first.
    found.iter().find(|page| **page == format!("{name}.md")).unwrap_or(&found[0]).clone()
}

/// `docs/formats/README.md` is written by this test where `ACCESSTRAIL_WRITE_DOCS=1`, and compared otherwise.
#[test]
fn the_table_of_formats_is_what_the_program_says() {
    let mut table = String::from(
        "# Formats\n\nWhat each log can say. Generated from the formats themselves (`ACCESSTRAIL_WRITE_DOCS=1 cargo test --release --test it \
         the_table_of_formats`); `accesstrail formats` shows the same, `accesstrail formats NAME` takes a line apart.\n\n\
         *time* is the moment of a request that is logged; *bytes* are those of the body as sent, of all that was sent (wire), or of what was\n\
         planned; a dot says that the format's sample line has the column. Formats that are not *found* are used where they are named.\n\
         *documentation*: written from the vendor's pages and not yet seen in a real file.\n\n\
         | format | kind | found | time | bytes | size | range | login | agent | host | id | known from |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    let listed = run(root(), ["formats", "--json"]).exits(0).json();
    for row in listed.as_array().unwrap() {
        let name = text(row, "name");
        let tells: Vec<&str> = row["tells"].as_array().unwrap().iter().map(|t| t.as_str().unwrap()).collect();
        let dot = |names: &[&str]| if names.iter().any(|name| tells.contains(name)) { "•" } else { "" };
        table += &format!(
            "| [{name}]({}) | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            page_of(name),
            text(row, "kind"),
            if row["detected"].as_bool().unwrap() { "•" } else { "" },
            text(row, "time"),
            text(row, "bytes"),
            dot(&["size"]),
            dot(&["range asked for", "content range", "range answered"]),
            dot(&["login"]),
            dot(&["agent"]),
            dot(&["host"]),
            dot(&["request id"]),
            text(row, "known_from"),
        );
    }
    table += "\nBesides: [JSON lines by a map of fields](json.md), templates of one's own (`apache:…`, `nginx:…`, [clf.md](clf.md)), lost W3C headers\n\
              (`w3c:…`, [iis-and-w3c.md](iis-and-w3c.md)), and [prefixes](prefixes.md) that collectors put before any of them.\n";
    let path = root().join("docs/formats/README.md");
    if std::env::var_os("ACCESSTRAIL_WRITE_DOCS").is_some_and(|v| v == "1") {
        std::fs::write(&path, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), table);
}
