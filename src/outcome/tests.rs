//! METHOD section 5: every row, its boundaries, and its neighbours.

use accesstrail_parsers::record::Abort::{self, Cut, Whole};
use accesstrail_parsers::record::ByteSemantics::{self, BodyPlanned, BodyWritten, Unknown, WireWritten};
use proptest::prelude::*;

use super::*;

fn web(status: u16) -> Evidence {
    Evidence { status: Some(status), bytes: Some(1_000), ..Evidence::default() }
}
fn sized(semantics: ByteSemantics, bytes: u64, size: u64) -> Evidence {
    Evidence { bytes: Some(bytes), size: Some(size), semantics, ..web(200) }
}
fn part(start: u64, end: u64, total: Option<u64>) -> Option<Part> {
    Some(Part { start, end, total })
}

#[test]
fn row_1_a_server_side_copy_is_copied_whatever_method_and_bytes_say() {
    let copy = Evidence { operation: Operation::Copy, ..web(200) };
    assert_eq!(judge(&copy), Reason::ServerCopy);
    assert_eq!(judge(&Evidence { method_allowed: false, bytes: Some(0), ..copy }), Reason::ServerCopy);
    assert_eq!(judge(&Evidence { bytes: None, abort: Cut, ..copy }), Reason::ServerCopy);
    assert_eq!(judge(&Evidence { status: Some(206), requested: Some(1), ..copy }), Reason::ServerCopy);
    assert_eq!(judge(&Evidence { method: Method::Head, ..copy }), Reason::ServerCopy);
    assert_eq!(judge(&Evidence { operation: Operation::CopyWithin, ..copy }), Reason::CopiedWithin);
    assert_eq!(Reason::CopiedWithin.outcome(), Outcome::Learned);
}

#[test]
fn row_1_a_copy_that_failed_is_attempted() {
    let copy = Evidence { operation: Operation::Copy, ..web(403) };
    assert_eq!(judge(&copy), Reason::Status);
    assert_eq!(judge(&Evidence { status: Some(499), abort: Cut, ..copy }), Reason::Status);
    assert_eq!(judge(&Evidence { status: None, ..copy }), Reason::NoStatus);
    assert_eq!(judge(&Evidence { operation: Operation::CopyWithin, ..copy }), Reason::Status);
}

#[test]
fn row_2_head_is_learned_in_these_letters_only() {
    assert_eq!(judge(&Evidence { method: Method::read(Some(b"HEAD")), ..web(200) }), Reason::Head);
    assert_eq!(
        judge(&Evidence { method: Method::read(Some(b"HEAD")), method_allowed: false, ..web(299) }),
        Reason::Head
    );
    assert_eq!(judge(&Evidence { method: Method::read(Some(b"HEAD")), ..web(204) }), Reason::Head);
    assert_eq!(judge(&Evidence { method: Method::read(Some(b"HEAD")), ..web(404) }), Reason::Status);
    assert_eq!(judge(&Evidence { method: Method::read(Some(b"HEAD")), ..web(300) }), Reason::Status);
    assert_eq!(judge(&Evidence { method: Method::read(Some(b"head")), ..web(200) }), Reason::Default);
    assert_eq!(Method::read(None), Method::Other);
}

#[test]
fn row_2_not_modified_is_learned_whatever_else_the_line_says() {
    assert_eq!(judge(&web(304)), Reason::NotModified);
    assert_eq!(
        judge(&Evidence { bytes: Some(0), method_allowed: false, abort: Cut, ..web(304) }),
        Reason::NotModified
    );
    assert_eq!(judge(&web(303)), Reason::Status);
    assert_eq!(judge(&web(305)), Reason::Status);
}

#[test]
fn row_2_listings_and_metadata_are_learned_if_answered() {
    assert_eq!(judge(&Evidence { operation: Operation::List, ..web(200) }), Reason::Listing);
    assert_eq!(judge(&Evidence { operation: Operation::Learn, ..web(200) }), Reason::Metadata);
    assert_eq!(judge(&Evidence { operation: Operation::List, bytes: Some(0), ..web(200) }), Reason::Listing);
    assert_eq!(judge(&Evidence { operation: Operation::List, ..web(403) }), Reason::Status);
    assert_eq!(judge(&Evidence { operation: Operation::Learn, ..web(404) }), Reason::Status);
    assert_eq!(judge(&Evidence { operation: Operation::Read, ..web(200) }), Reason::Default);
}

#[test]
fn row_2_a_probe_is_a_206_of_one_or_two_bytes() {
    let two = Evidence { bytes: Some(2), semantics: BodyWritten, ..web(206) };
    assert_eq!(judge(&two), Reason::Probe);
    assert_eq!(judge(&Evidence { bytes: Some(1), semantics: Unknown, ..two }), Reason::Probe);
    assert_eq!(judge(&Evidence { bytes: Some(3), ..two }), Reason::Part);
    assert_eq!(judge(&Evidence { bytes: Some(0), ..two }), Reason::ZeroBody);
    assert_eq!(judge(&Evidence { status: Some(200), ..two }), Reason::Default);
    assert_eq!(judge(&Evidence { semantics: WireWritten, ..two }), Reason::Part);
}

#[test]
fn row_2_a_probe_is_a_206_of_a_logged_range_of_at_most_two_bytes() {
    let asked = Evidence { requested: Some(2), semantics: WireWritten, bytes: Some(412), ..web(206) };
    assert_eq!(judge(&asked), Reason::Probe);
    assert_eq!(judge(&Evidence { requested: Some(3), ..asked }), Reason::Part);
    assert_eq!(judge(&Evidence { bytes: None, ..asked }), Reason::Probe);
    assert_eq!(judge(&Evidence { status: Some(200), ..asked }), Reason::Default);
    assert_eq!(judge(&Evidence { part: part(0, 1, Some(900)), requested: None, ..asked }), Reason::Probe);
    assert_eq!(judge(&Evidence { part: part(0, 2, Some(900)), ..asked }), Reason::Part);
    assert_eq!(judge(&Evidence { method_allowed: false, ..asked }), Reason::Probe);
    assert_eq!(judge(&Evidence { semantics: BodyWritten, ..asked }), Reason::Part);
}

#[test]
fn row_3_a_method_that_is_not_counted_is_attempted_even_if_cut() {
    assert_eq!(judge(&Evidence { method_allowed: false, ..web(200) }), Reason::Method);
    assert_eq!(judge(&Evidence { method_allowed: false, abort: Cut, ..web(200) }), Reason::Method);
    assert_eq!(judge(&Evidence { method_allowed: false, abort: Cut, ..web(499) }), Reason::Method);
    assert_eq!(judge(&Evidence { method_allowed: false, ..web(404) }), Reason::Method);
}

#[test]
fn row_3_status_outside_200_to_299_is_attempted() {
    for status in [0, 100, 199, 300, 301, 400, 416, 499, 500, 999] {
        assert_eq!(judge(&web(status)), Reason::Status, "{status}");
    }
    for status in [200, 201, 203, 207, 226, 299] {
        assert_eq!(judge(&web(status)), Reason::Default, "{status}");
    }
    assert_eq!(judge(&Evidence { status: None, ..web(200) }), Reason::NoStatus);
    assert_eq!(judge(&Evidence { status: None, abort: Cut, ..web(200) }), Reason::NoStatus);
}

#[test]
fn row_3_204_and_205_have_no_body_to_count_or_to_cut() {
    assert_eq!(judge(&web(204)), Reason::NoContent);
    assert_eq!(judge(&Evidence { abort: Cut, ..web(205) }), Reason::NoContent);
    assert_eq!(judge(&Evidence { bytes: None, ..web(204) }), Reason::NoContent);
    assert_eq!(judge(&Evidence { bytes: Some(0), ..web(204) }), Reason::NoContent);
}

#[test]
fn row_3_a_logged_count_of_zero_is_attempted_and_an_unlogged_one_is_not() {
    assert_eq!(judge(&Evidence { bytes: Some(0), ..web(200) }), Reason::ZeroBody);
    assert_eq!(judge(&Evidence { bytes: Some(0), abort: Cut, ..web(200) }), Reason::ZeroBody);
    assert_eq!(judge(&Evidence { bytes: Some(0), ..sized(BodyWritten, 0, 0) }), Reason::ZeroBody);
    assert_eq!(judge(&Evidence { bytes: None, ..web(200) }), Reason::BytesUnlogged);
    assert_eq!(judge(&Evidence { bytes: Some(1), ..web(200) }), Reason::Default);
}

#[test]
fn row_3_a_cut_transfer_that_carried_bytes_is_partial_for_499_and_000_too() {
    for status in [200, 206, 299, 499, 0] {
        assert_eq!(judge(&Evidence { abort: Cut, ..web(status) }), Reason::AbortMark, "{status}");
        let reset = Evidence { abort: Cut, mark: Mark::ClientReset, ..web(status) };
        assert_eq!(judge(&reset), Reason::ClientReset, "{status}");
    }
    for status in [404, 302, 500, 498] {
        assert_eq!(judge(&Evidence { abort: Cut, ..web(status) }), Reason::Status, "{status}");
    }
    for status in [499, 0] {
        assert_eq!(
            judge(&Evidence { abort: Cut, bytes: Some(0), ..web(status) }),
            Reason::Status,
            "{status}"
        );
        assert_eq!(judge(&Evidence { abort: Cut, bytes: None, ..web(status) }), Reason::Status, "{status}");
        assert_eq!(judge(&Evidence { abort: Whole, ..web(status) }), Reason::Status, "{status}");
        let unverified = Evidence { abort: Cut, mark: Mark::Unverified, ..web(status) };
        assert_eq!(judge(&unverified), Reason::Status, "{status}");
    }
}

#[test]
fn row_4_an_abort_mark_goes_before_any_size() {
    assert_eq!(judge(&Evidence { abort: Cut, ..sized(BodyWritten, 500, 500) }), Reason::AbortMark);
    assert_eq!(judge(&Evidence { abort: Cut, bytes: None, ..web(200) }), Reason::AbortMark);
    assert_eq!(judge(&Evidence { abort: Whole, ..sized(BodyWritten, 500, 500) }), Reason::FullSize);
}

#[test]
fn m5_4_an_unverified_mark_is_probable_unless_the_bytes_show_a_part() {
    let mark = |evidence| Evidence { abort: Cut, mark: Mark::Unverified, ..evidence };
    assert_eq!(judge(&mark(web(200))), Reason::AbortMarkUnverified);
    assert_eq!(judge(&mark(sized(BodyWritten, 500, 500))), Reason::AbortMarkUnverified);
    assert_eq!(judge(&mark(sized(BodyWritten, 499, 500))), Reason::ShortOfSize);
    assert_eq!(judge(&mark(web(206))), Reason::Part);
    assert_eq!(judge(&mark(Evidence { bytes: None, ..web(200) })), Reason::AbortMarkUnverified);
}

#[test]
fn row_5_a_206_is_partial_unless_it_covers_the_whole() {
    let all =
        Evidence { part: part(0, 499, Some(500)), bytes: Some(500), semantics: BodyWritten, ..web(206) };
    assert_eq!(judge(&all), Reason::CoversAll);
    assert_eq!(judge(&Evidence { part: part(0, 498, Some(500)), ..all }), Reason::Part);
    assert_eq!(judge(&Evidence { part: part(1, 499, Some(500)), ..all }), Reason::Part);
    assert_eq!(judge(&Evidence { part: part(0, 499, None), ..all }), Reason::Part);
    assert_eq!(judge(&Evidence { part: part(0, 499, None), size: Some(500), ..all }), Reason::CoversAll);
    assert_eq!(judge(&Evidence { part: part(0, u64::MAX, None), size: Some(500), ..all }), Reason::CoversAll);
    assert_eq!(judge(&Evidence { bytes: Some(499), ..all }), Reason::ShortOfSize);
    assert_eq!(
        judge(&Evidence { semantics: WireWritten, bytes: Some(900), ..all }),
        Reason::CoversAllByRange
    );
    assert_eq!(judge(&Evidence { semantics: WireWritten, bytes: Some(499), ..all }), Reason::ShortOfSize);
    assert_eq!(judge(&Evidence { semantics: BodyPlanned, ..all }), Reason::CoversAllByRange);
    assert_eq!(judge(&Evidence { bytes: None, ..all }), Reason::CoversAllByRange);
    assert_eq!(judge(&Evidence { part: part(9, 3, Some(500)), ..all }), Reason::Part);
}

#[test]
fn row_5_without_a_range_only_a_body_of_exactly_the_full_size_covers_it() {
    let s3 = Evidence { status: Some(206), operation: Operation::Read, ..sized(BodyWritten, 500, 500) };
    assert_eq!(judge(&s3), Reason::CoversAll);
    assert_eq!(judge(&Evidence { bytes: Some(499), ..s3 }), Reason::Part);
    assert_eq!(judge(&Evidence { bytes: Some(501), ..s3 }), Reason::Part);
    assert_eq!(judge(&Evidence { semantics: BodyPlanned, ..s3 }), Reason::Part);
    assert_eq!(judge(&Evidence { semantics: Unknown, ..s3 }), Reason::Part);
    assert_eq!(judge(&Evidence { size: None, ..s3 }), Reason::Part);
    assert_eq!(judge(&Evidence { requested: Some(500), semantics: BodyPlanned, ..s3 }), Reason::Part);
}

#[test]
fn row_6_body_bytes_against_the_full_size_decide() {
    assert_eq!(judge(&sized(BodyWritten, 500, 500)), Reason::FullSize);
    assert_eq!(judge(&sized(BodyWritten, 501, 500)), Reason::FullSize);
    assert_eq!(judge(&sized(BodyWritten, 499, 500)), Reason::ShortOfSize);
    assert_eq!(judge(&sized(BodyWritten, 6_616_308, 422_868_123_111)), Reason::ShortOfSize);
    assert_eq!(judge(&Evidence { status: Some(203), ..sized(BodyWritten, 500, 500) }), Reason::FullSize);
}

#[test]
fn row_6_wire_bytes_can_show_a_part_and_never_the_whole() {
    assert_eq!(judge(&sized(WireWritten, 499, 500)), Reason::ShortOfSize);
    assert_eq!(judge(&sized(WireWritten, 500, 500)), Reason::Default);
    assert_eq!(judge(&sized(WireWritten, 9_000, 500)), Reason::Default);
}

#[test]
fn row_7_planned_and_unknown_bytes_stay_probable_below_and_above_the_size() {
    for semantics in [BodyPlanned, Unknown] {
        for bytes in [1, 499, 500, 501] {
            assert_eq!(judge(&sized(semantics, bytes, 500)), Reason::Default);
        }
    }
    assert_eq!(judge(&Evidence { bytes: None, ..sized(BodyWritten, 0, 500) }), Reason::BytesUnlogged);
    assert_eq!(judge(&Evidence { semantics: BodyWritten, ..web(200) }), Reason::Default);
}

#[test]
fn reasons_and_outcomes_read_back_from_their_numbers_and_have_distinct_words() {
    let mut words: Vec<_> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    for (number, reason) in (0u8..).zip(Reason::ALL) {
        assert_eq!(*reason as u8, number);
        assert_eq!(Reason::from_u8(number), Some(*reason));
    }
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), 23);
    assert_eq!(Reason::from_u8(23), None);
    for (number, outcome) in (0u8..).zip(Outcome::ALL) {
        assert_eq!((outcome as u8, Outcome::from_u8(number)), (number, Some(outcome)));
    }
    assert_eq!(Outcome::from_u8(6), None);
    assert_eq!(Outcome::ALL.map(Outcome::is_served), [true, true, true, true, false, false]);
}

fn status() -> impl Strategy<Value = Option<u16>> {
    prop_oneof![
        Just(None),
        prop::sample::select(vec![0u16, 200, 204, 205, 206, 304, 404, 499]).prop_map(Some),
        any::<u16>().prop_map(Some)
    ]
}
fn small() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![Just(None), (0u64..6).prop_map(Some), any::<u64>().prop_map(Some)]
}
prop_compose! {
    fn evidence()(
        head: bool, method_allowed: bool, status in status(), bytes in small(),
        abort in prop::sample::select(vec![Abort::Unlogged, Whole, Cut]),
        mark in prop::sample::select(vec![Mark::Verified, Mark::ClientReset, Mark::Unverified]),
        semantics in prop::sample::select(vec![BodyWritten, WireWritten, BodyPlanned, Unknown]),
        ends in prop::option::of((0u64..3, 0u64..6)), total in small(), requested in small(), size in small(),
        operation in prop::sample::select(vec![
            Operation::Web, Operation::Read, Operation::Learn, Operation::List, Operation::Copy, Operation::CopyWithin]),
    ) -> Evidence {
        let method = if head { Method::Head } else { Method::Other };
        let part = ends.map(|(start, end)| Part { start, end, total });
        Evidence { method, method_allowed, status, bytes, abort, mark, semantics, part, requested, size, operation }
    }
}

/// The table again, written as one list of conditions on outcomes rather than as a chain of rows.
fn table(e: &Evidence) -> Outcome {
    let ok = e.status.is_some_and(|s| (200..300).contains(&s));
    let size = e.part.and_then(|p| p.total).or(e.size);
    let is_copy = matches!(e.operation, Operation::Copy | Operation::CopyWithin);
    let body = matches!(e.semantics, BodyWritten | BodyPlanned);
    let length = e.part.map(|p| if p.end < p.start { 0 } else { p.end - p.start + 1 }).or(e.requested);
    let probe = e.status == Some(206)
        && ((e.bytes.is_some_and(|b| b == 1 || b == 2) && e.semantics != WireWritten)
            || (length.is_some_and(|l| l <= 2) && !(body && e.bytes.is_some_and(|b| b > 2))));
    let cut = e.abort == Cut && e.mark != Mark::Unverified;
    let whole_part = size.is_some_and(|s| {
        s > 0
            && match e.part {
                Some(p) => p.start == 0 && p.end >= s - 1,
                None => e.semantics == BodyWritten && e.bytes == Some(s),
            }
    });
    let short =
        size.zip(e.bytes).is_some_and(|(s, b)| b < s) && matches!(e.semantics, BodyWritten | WireWritten);
    let full = size.zip(e.bytes).is_some_and(|(s, b)| b >= s) && e.semantics == BodyWritten;
    let rows = [
        (ok && e.operation == Operation::Copy, Outcome::Copied),
        (ok && e.operation == Operation::CopyWithin, Outcome::Learned),
        (e.status == Some(304), Outcome::Learned),
        (
            ok && (e.method == Method::Head || matches!(e.operation, Operation::Learn | Operation::List)),
            Outcome::Learned,
        ),
        (probe, Outcome::Learned),
        (!e.method_allowed || matches!(e.status, Some(204 | 205)), Outcome::Attempted),
        (!is_copy && cut && e.bytes > Some(0) && matches!(e.status, Some(499 | 0)), Outcome::Partial),
        (!ok || e.bytes == Some(0), Outcome::Attempted),
        (cut, Outcome::Partial),
        (e.status == Some(206) && !whole_part, Outcome::Partial),
        (short, Outcome::Partial),
        (full && e.abort != Cut, Outcome::Complete),
        (true, Outcome::Probable),
    ];
    rows.iter().find(|row| row.0).unwrap().1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn every_evidence_has_the_outcome_of_the_table(evidence in evidence()) {
        prop_assert_eq!(judge(&evidence).outcome(), table(&evidence), "{:?} {:?}", evidence, judge(&evidence));
    }

    #[test]
    fn disallowing_a_method_moves_a_request_to_attempted_or_nowhere(evidence in evidence()) {
        let allowed = judge(&Evidence { method_allowed: true, ..evidence });
        let not = judge(&Evidence { method_allowed: false, ..evidence });
        prop_assert!(not == allowed || not == Reason::Method, "{:?} {:?}", allowed, not);
    }

    #[test]
    fn only_a_2xx_or_a_cut_499_or_000_is_served(evidence in evidence()) {
        if judge(&evidence).outcome().is_served() {
            prop_assert!(matches!(evidence.status, Some(200..=299 | 499 | 0)));
            prop_assert_ne!((evidence.bytes, judge(&evidence)), (Some(0), Reason::Default));
        }
    }
}
