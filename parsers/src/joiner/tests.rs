//! Runs are joined per stream, and bounded.

use super::*;
use crate::format::named;
use crate::framing::lines;
use crate::prefix::peel;
use crate::unit::read_peeled;
use proptest::prelude::*;

const CAP: usize = 60;

/// What a block's lines become: payload, number of the first line, number of lines, end.
fn joined(block: &str) -> Vec<(String, usize, usize, End)> {
    joined_within(block, CAP)
}

fn joined_within(block: &str, cap: usize) -> Vec<(String, usize, usize, End)> {
    let mut joiner = Joiner::new(cap);
    let mut scratch = Vec::new();
    let mut out = Vec::new();
    let show = |joined: Joined<'_>| {
        (joined.payload.escape_ascii().to_string(), joined.index, joined.lines, joined.end)
    };
    for line in lines(block.as_bytes()) {
        let peeled = peel(line.bytes, &mut scratch);
        match joiner.feed(&line, peeled.as_ref()) {
            Fed::Alone => {
                let payload = peeled.map_or(line.bytes, |peeled| peeled.payload);
                out.push((payload.escape_ascii().to_string(), line.index, 1, End::Whole));
            }
            Fed::Held => {}
            Fed::Joined(joined) => out.push(show(joined)),
        }
    }
    out.extend(joiner.finish().map(show));
    assert!(joiner.open.is_empty());
    out
}

fn cri(stream: &str, flag: &str, payload: &str) -> String {
    format!("2024-04-16T06:21:39Z {stream} {flag} {payload}\n")
}

fn docker(payload: &str) -> String {
    format!("{{\"log\":\"{payload}\",\"stream\":\"stdout\",\"time\":\"2024-04-16T06:21:39Z\"}}\n")
}

/// METHOD M1.1; the ninth-nastiest line of the corpus: a partial line on one stream, then a full one on the other.
#[test]
fn parts_are_joined_to_the_full_line_of_their_own_stream() {
    let block = cri("stdout", "P", "a")
        + &cri("stderr", "F", "x")
        + "noise\n"
        + &cri("stdout", "P", "b")
        + &cri("stdout", "F", "c")
        + &cri("stdout", "F", "d");
    let wanted = [
        ("x".to_owned(), 1, 1, End::Whole),
        ("noise".to_owned(), 2, 1, End::Whole),
        ("abc".to_owned(), 0, 3, End::Whole),
        ("d".to_owned(), 5, 1, End::Whole),
    ];
    assert_eq!(joined(&block), wanted);
}

#[test]
fn docker_parts_are_full_buffers_and_end_with_what_is_none() {
    let part = "a".repeat(16_384);
    let block = docker(&part) + &docker("b\\n") + &docker("c\\n") + &docker("bye") + &docker("d\\n");
    let whole = |text: &str, index, lines| (text.to_owned(), index, lines, End::Whole);
    let wanted = [whole(&(part + "b"), 0, 2), whole("c", 2, 1), whole("bye", 3, 1), whole("d", 4, 1)];
    assert_eq!(joined_within(&block, 1 << 20), wanted);
}

/// METHOD M1.2, fault kind `torn`.
#[test]
fn a_run_that_the_block_leaves_open_is_torn() {
    let block = cri("stderr", "P", "a") + &cri("stdout", "P", "b") + &cri("stderr", "P", "c");
    let wanted = [("ac".to_owned(), 0, 2, End::Torn), ("b".to_owned(), 1, 1, End::Torn)];
    assert_eq!(joined(&block), wanted);
}

/// METHOD M1.2, fault kind `too-long`; HOSTILE: memory stays bounded.
#[test]
fn a_run_over_the_cap_keeps_its_head_and_is_too_long() {
    let part = "x".repeat(25);
    let block = cri("stdout", "P", &part).repeat(40) + &cri("stdout", "F", "end") + &cri("stdout", "F", "y");
    let wanted = [("x".repeat(CAP), 0, 41, End::TooLong), ("y".to_owned(), 41, 1, End::Whole)];
    assert_eq!(joined(&block), wanted);
    let fits = cri("stdout", "P", &"x".repeat(CAP)) + &cri("stdout", "F", "");
    assert_eq!(joined(&fits), [("x".repeat(CAP), 0, 2, End::Whole)]);
}

#[test]
fn a_joined_line_is_read_behind_its_prefix_and_a_torn_one_is_a_fault() {
    let formats = vec![named("common", None).unwrap()];
    let (head, tail) = ("192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] \"GET /", " HTTP/1.0\" 200 5");
    let block = cri("stdout", "P", head) + &cri("stderr", "P", head) + &cri("stdout", "F", tail);
    let (mut joiner, mut cache) = (Joiner::new(1 << 20), TimeCache::default());
    let mut words = Vec::new();
    let word = |read: Read<'_>| match read.unit {
        Unit::Record(record) => record.request.unwrap().escape_ascii().to_string(),
        Unit::Fault(fault) => fault.kind.word().to_owned(),
        Unit::Directive => "directive".to_owned(),
    };
    for line in lines(block.as_bytes()) {
        let mut scratch = Vec::new();
        let peeled = peel(line.bytes, &mut scratch);
        words.extend(match joiner.feed(&line, peeled.as_ref()) {
            Fed::Alone => Some(word(read_peeled(&formats, line.bytes, peeled, &mut cache))),
            Fed::Held => None,
            Fed::Joined(joined) => Some(word(joined.read(&formats, &mut cache))),
        });
    }
    words.extend(joiner.finish().map(|joined| word(joined.read(&formats, &mut cache))));
    assert_eq!(words, ["GET / HTTP/1.0", "torn"]);
}

proptest! {
    /// METHOD M1.1: every physical line belongs to exactly one unit, and no payload byte is lost below the cap.
    #[test]
    fn lines_of_all_units_add_up(flags in prop::collection::vec((any::<bool>(), any::<bool>()), 0..30)) {
        let block: String = flags.iter().map(|(out, full)| {
            cri(if *out { "stdout" } else { "stderr" }, if *full { "F" } else { "P" }, "x")
        }).collect();
        let units = joined(&block);
        prop_assert_eq!(units.iter().map(|unit| unit.2).sum::<usize>(), flags.len());
        prop_assert_eq!(units.iter().map(|unit| unit.0.len()).sum::<usize>(), flags.len());
        let full = flags.iter().filter(|(_, full)| *full).count();
        prop_assert_eq!(units.iter().filter(|unit| unit.3 == End::Whole).count(), full);
    }
}

/// METHOD M1.2: `nul` comes before `torn`.
#[test]
fn a_nul_in_a_part_is_the_fault_of_the_joined_line() {
    for end in [End::Whole, End::Torn] {
        let payload = b"a\0b";
        let joined =
            Joined { payload, offset: 0, index: 0, lines: 2, kind: Kind::DockerJson, time: None, end };
        let read = joined.read(&[], &mut TimeCache::default());
        assert!(matches!(read.unit, Unit::Fault(Fault { kind: FaultKind::Nul, offset: 1, .. })));
    }
}
