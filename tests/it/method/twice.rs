//! Sections 6.7 and 6.9: the same lines in several files, the same requests in several logs.

use crate::evidence::{Folder, get, joined};
use crate::json::number;
use crate::program::{Ran, run};

/// `n` requests from `first` on, two seconds apart, by clients of their own.
fn requests(first: u32, n: u32) -> Vec<String> {
    (first..first + n)
        .map(|i| get(&format!("192.0.2.{}", 1 + i % 200), &format!("10:{:02}:{:02}", i * 2 / 60, i * 2 % 60)))
        .collect()
}

fn count(folder: &Folder, paths: &[&str]) -> Ran {
    let mut arguments = vec!["count"];
    arguments.extend(paths);
    arguments.extend(["--json", "--quiet"]);
    run(folder.path(), arguments)
}

/// METHOD M6.7: what a file shares with a third is its container's too, and is counted once.
#[test]
fn m6_7_a_contained_file_does_not_undo_the_overlap_of_a_third() {
    let folder = Folder::new();
    folder.lines("x.log", requests(0, 100));
    folder.lines("x.log.1", requests(50, 50));
    folder.lines("x.log.2", requests(80, 60));
    let answer = count(&folder, &["x.log", "x.log.1", "x.log.2"]).exits(0).json();
    assert_eq!(number(&answer, "counts.served"), 140);
    assert_eq!(number(&answer, "ledger.duplicate_records"), 50 + 20);
}

/// METHOD M6.7: the copy of a growing log ends inside a line that its successor has whole.
#[test]
fn m6_7_an_earlier_copy_of_a_growing_log_is_contained_in_it_though_its_last_line_is_torn() {
    let folder = Folder::new();
    folder.lines("access.log", requests(0, 100));
    let copy = joined(requests(0, 70));
    folder.bytes("access.log.1", &copy.as_bytes()[..copy.len() - 20]);
    let answer = count(&folder, &["access.log", "access.log.1"]).exits(3).json();
    assert_eq!(number(&answer, "counts.served"), 100);
    assert_eq!((number(&answer, "ledger.faults"), number(&answer, "ledger.duplicate_records")), (1, 69));
}

/// METHOD M6.7: what is removed is a record that the other file has whole. One that a container runtime wrote in two
/// parts, of which the other file has the first alone, is nobody else's.
#[test]
fn m6_7_a_record_in_parts_is_removed_only_where_the_other_file_has_all_of_them() {
    let all = requests(0, 100);
    let cri = |flag: &str, text: &str| format!("2022-06-01T10:00:01.1Z stdout {flag} {text}");
    let whole = |lines: &[String]| lines.iter().map(|l| cri("F", l)).collect::<Vec<_>>();
    let (first, rest) = all[60].split_at(40);
    for (parts_in_older, served, removed) in [(1, 100, 30), (2, 100, 31)] {
        let parts = [cri("P", first), cri("F", rest)];
        let folder = Folder::new();
        folder.lines("0.log.1", whole(&all[..60]).into_iter().chain(parts[..parts_in_older].to_vec()));
        folder.lines("0.log", [whole(&all[30..60]), parts.to_vec(), whole(&all[61..])].concat());
        let answer = count(&folder, &["."]).json();
        assert_eq!(number(&answer, "counts.served"), served, "{parts_in_older} parts");
        assert_eq!(number(&answer, "ledger.duplicate_records"), removed);
    }
}

fn utf16(lines: &[String]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(joined(lines).encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

fn docker(line: &str) -> String {
    let log = serde_json::to_string(&format!("{line}\n")).unwrap();
    format!("{{\"log\":{log},\"stream\":\"stdout\",\"time\":\"2022-06-01T10:00:01.1Z\"}}")
}

/// METHOD M6.7: what is compared is the line that was read, not how it is written down.
#[test]
fn m6_7_a_copy_in_another_encoding_or_behind_a_prefix_is_counted_once() {
    let syslog = |line: &String| format!("<190>Jun  1 10:00:02 web nginx: {line}");
    for (from, removed) in [(0, 100), (40, 60)] {
        // The whole log once more, or its later part with what came after.
        let other = requests(from, 100 + from);
        let served = 200 - 100 + u64::from(from) * 2;
        let forms: [Vec<u8>; 3] = [
            utf16(&other),
            joined(other.iter().map(syslog).collect::<Vec<_>>()).into_bytes(),
            joined(other.iter().map(|l| docker(l)).collect::<Vec<_>>()).into_bytes(),
        ];
        for (form, bytes) in forms.iter().enumerate() {
            let folder = Folder::new();
            folder.lines("access.log.1", requests(0, 100));
            folder.bytes("access.log", bytes);
            let answer = count(&folder, &["."]).exits(0).json();
            assert_eq!(number(&answer, "ledger.duplicate_records"), removed, "form {form} from {from}");
            assert_eq!(number(&answer, "counts.served"), served, "form {form} from {from}");
        }
        let folder = Folder::new();
        folder.bytes("access.log.1", joined(requests(0, 100).iter().map(syslog).collect::<Vec<_>>()));
        folder.bytes("access.log", &forms[2]);
        assert_eq!(number(&count(&folder, &["."]).json(), "counts.served"), served, "two prefixes");
    }
}

/// METHOD M6.7: the time of a prefix tells lines apart.
#[test]
fn m6_7_equal_lines_collected_at_two_moments_are_two() {
    let at = |second: u32| {
        move |line: String| format!("2022-06-01T10:30:{second:02}+00:00 web{second} nginx: {line}")
    };
    let folder = Folder::new();
    // An excerpt of nine lines needs no least length to be contained.
    folder.lines("access.log.1", requests(0, 60).into_iter().map(at(1)));
    folder.lines("access.log", requests(10, 9).into_iter().map(at(2)));
    let answer = count(&folder, &["."]).json();
    assert_eq!(number(&answer, "ledger.duplicate_records"), 0);
    folder.lines("access.log", requests(10, 9).into_iter().map(at(1)));
    let answer = count(&folder, &["."]).json();
    assert_eq!(number(&answer, "ledger.duplicate_records"), 9);
}

/// METHOD M6.9: a narrow window does not make two logs of the same requests addable.
#[test]
fn m6_9_the_refusal_does_not_depend_on_the_window() {
    let folder = Folder::new();
    folder.lines("front.log", requests(0, 40));
    // The backend writes another referrer, so the files differ and are no duplicates.
    folder.lines("back.log", requests(0, 40).iter().map(|l| l.replacen("\"-\"", "\"/page\"", 1)));
    for window in [&[][..], &["--until", "2022-06-01T10:00:09Z"]] {
        let mut arguments = vec!["count", "front.log", "back.log", "--json"];
        arguments.extend(window);
        let ran = run(folder.path(), arguments).exits(2);
        assert!(
            ran.stderr.contains("show the same requests (40 of 40 in the span they share)"),
            "{}",
            ran.stderr
        );
    }
}

/// METHOD M6.9: servers of one pool are added to each other, not to what stands before them.
#[test]
fn m6_9_a_pool_is_not_added_to_the_log_of_its_load_balancer() {
    let folder = Folder::new();
    let all = requests(0, 60);
    let half =
        |keep: usize| all.iter().enumerate().filter(move |(i, _)| i % 2 == keep).map(|(_, l)| l.clone());
    folder.lines("lb.log", all.clone());
    folder.lines("wa.log", half(0));
    folder.lines("wb.log", half(1));
    let source =
        |name: &str, more: &str| format!("[[source]]\nname = \"{name}\"\npaths = [\"{name}.log\"]\n{more}");
    let head = "[case]\nid = \"x\"\ntitle = \"x\"\nzone = \"UTC\"\n";
    let data = "[[resource]]\nname = \"data\"\nmatch = [\"/data.csv\"]\n";
    let pool = source("wa", "replicas = true\n") + &source("wb", "replicas = true\n");
    folder.bytes("pool.toml", format!("{head}{pool}{data}"));
    run(folder.path(), ["report", "pool.toml", "-o", "pool"]).exits(0);
    folder.bytes("all.toml", format!("{head}{}{pool}{data}", source("lb", "")));
    let ran = run(folder.path(), ["report", "all.toml", "-o", "all"]).exits(2);
    assert!(ran.stderr.contains("show the same requests (30 of 30"), "{}", ran.stderr);
}

/// METHOD M6.9: `access-1.log` and `access-2.log` bear the names of one rotation and may be two servers for all that.
#[test]
fn m6_9_two_files_of_one_name_that_run_side_by_side_are_compared_like_sets() {
    let back = |lines: Vec<String>| lines.iter().map(|l| l.replace("probe/1.0", "-")).collect::<Vec<_>>();
    let folder = Folder::new();
    folder.lines("access-1.log", requests(0, 300));
    folder.lines("access-2.log", back(requests(0, 300)));
    let ran = count(&folder, &["."]).exits(2);
    assert!(ran.stderr.contains("show the same requests (300 of 300"), "{}", ran.stderr);
    // Servers that share the work are added, and it is said.
    let half = |keep: usize| requests(0, 300).into_iter().skip(keep).step_by(2);
    folder.lines("access-1.log", half(0));
    folder.lines("access-2.log", half(1));
    let answer = count(&folder, &["."]).exits(0).json();
    assert_eq!(number(&answer, "counts.served"), 300);
    assert!(answer["findings"].to_string().contains("side-by-side"));
    // Parts that follow one another share no more than their border.
    folder.lines("access-1.log", requests(0, 160));
    folder.lines("access-2.log", back(requests(150, 150)));
    let answer = count(&folder, &["."]).exits(0).json();
    assert_eq!(number(&answer, "counts.served"), 310);
    assert!(!answer["findings"].to_string().contains("side-by-side"));
}
