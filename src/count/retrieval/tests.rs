//! METHOD M6.2 to M6.4, rule by rule, and against a slow second reading of the same text.

use proptest::prelude::*;

use std::collections::HashMap;

use super::*;

const MINUTE: i64 = 60_000_000;
const GAP: i64 = DEFAULT_GAP_US;

fn nothing(time_us: i64) -> Served {
    Served {
        time_us,
        whole: false,
        complete: false,
        probable: false,
        copied: None,
        credit: Credit::None,
        full_size: Some(100),
        full_size_firm: true,
        semantics: ByteSemantics::BodyWritten,
    }
}
fn complete(time_us: i64) -> Served {
    Served { whole: true, complete: true, ..nothing(time_us) }
}
fn probable(time_us: i64) -> Served {
    Served { whole: true, probable: true, ..nothing(time_us) }
}
fn part(time_us: i64, start: u64, end: u64) -> Served {
    Served { credit: Credit::Span { start, end, validator: 1 }, ..nothing(time_us) }
}
fn unplaced(time_us: i64, bytes: u64) -> Served {
    Served { credit: Credit::Bytes(bytes), ..nothing(time_us) }
}
fn copied(time_us: i64, kind: CopyKind) -> Served {
    Served { copied: Some(kind), ..nothing(time_us) }
}

/// Which retrieval an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Label {
    retrieval: u32,
    opens: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Folded {
    /// One label per event, in the order given.
    labels: Vec<Label>,
    /// Retrievals in order of opening.
    retrievals: Vec<Retrieval>,
}

/// Events of several keys, each key through a [`Fold`] of its own.
fn fold(events: impl Iterator<Item = (u8, Served)>, gap_us: i64) -> Folded {
    let mut folded = Folded::default();
    let mut keys: HashMap<u8, (Fold<u32>, [u32; 3])> = HashMap::new();
    let mut done = Vec::new();
    for (key, served) in events {
        let (fold, numbers) = keys.entry(key).or_default();
        let next = folded.labels.iter().filter(|label| label.opens).count() as u32;
        let opens = fold.take(next, &served, gap_us, |number, retrieval| done.push((number, retrieval)));
        let number = &mut numbers[slot(served.copied)];
        if opens {
            *number = next;
        }
        folded.labels.push(Label { retrieval: *number, opens });
    }
    for (fold, _) in keys.into_values() {
        fold.end(|number, retrieval| done.push((number, retrieval)));
    }
    done.sort_by_key(|(number, _)| *number);
    assert!(done.iter().map(|(number, _)| *number).eq(0..done.len() as u32), "each is given back once");
    folded.retrievals = done.into_iter().map(|(_, retrieval)| retrieval).collect();
    folded
}

fn folded(events: &[Served]) -> Folded {
    fold(events.iter().map(|served| (0, *served)), GAP)
}
/// Which retrieval each event is in.
fn groups(events: &[Served]) -> Vec<u32> {
    folded(events).labels.iter().map(|label| label.retrieval).collect()
}

#[test]
fn m6_3_i_a_distance_equal_to_the_gap_joins_and_one_microsecond_more_opens() {
    assert_eq!(groups(&[part(0, 0, 1), part(GAP, 1, 2)]), [0, 0]);
    assert_eq!(groups(&[part(0, 0, 1), part(GAP + 1, 1, 2)]), [0, 1]);
}

#[test]
fn m6_3_i_the_gap_runs_from_the_previous_request_not_from_the_first() {
    assert_eq!(groups(&[part(0, 0, 1), part(20 * MINUTE, 1, 2), part(40 * MINUTE, 2, 3)]), [0, 0, 0]);
}

#[test]
fn m6_3_ii_a_second_whole_response_opens_a_second_retrieval() {
    assert_eq!(groups(&[complete(0), complete(0)]), [0, 1]);
    assert_eq!(groups(&[probable(0), probable(1), complete(2)]), [0, 1, 2]);
    assert_eq!(groups(&[part(0, 0, 1), complete(1), part(2, 0, 1), complete(3)]), [0, 0, 0, 1]);
}

#[test]
fn m6_3_ii_a_probable_206_is_not_whole() {
    let covering = Served { probable: true, ..part(1, 0, 100) };
    assert_eq!(groups(&[complete(0), covering]), [0, 0]);
}

#[test]
fn m6_3_iii_a_part_after_the_full_size_was_reached_opens_a_second_retrieval() {
    assert_eq!(groups(&[part(0, 0, 60), part(1, 60, 100), part(2, 0, 10), part(3, 10, 20)]), [0, 0, 1, 1]);
    assert_eq!(groups(&[part(0, 0, 60), part(1, 60, 99), part(2, 0, 10)]), [0, 0, 0]);
    assert_eq!(
        groups(&[part(0, 0, 60), part(1, 0, 60), part(2, 0, 60)]),
        [0, 0, 0],
        "a part fetched again adds nothing"
    );
}

#[test]
fn m6_3_iii_a_modal_size_and_unplaced_bytes_count_for_it() {
    let modal = |served| Served { full_size_firm: false, ..served };
    assert_eq!(groups(&[modal(part(0, 0, 100)), modal(part(1, 0, 1))]), [0, 1]);
    assert_eq!(groups(&[unplaced(0, 60), unplaced(1, 40), unplaced(2, 5)]), [0, 0, 1]);
    assert_eq!(groups(&[unplaced(0, 60), unplaced(1, 39), unplaced(2, 5)]), [0, 0, 0]);
    assert_eq!(
        groups(&[unplaced(0, 60), part(1, 0, 60), part(2, 60, 90)]),
        [0, 0, 0],
        "unplaced and placed don't add up"
    );
    let unknown = |served| Served { full_size: None, ..served };
    assert_eq!(
        groups(&[unknown(unplaced(0, 600)), unknown(part(1, 0, 900)), unknown(part(2, 0, 900))]),
        [0, 0, 0]
    );
}

#[test]
fn m6_3_iii_a_whole_response_has_no_credit_so_parts_after_it_join() {
    assert_eq!(groups(&[complete(0), part(1, 0, 50), part(2, 50, 100), part(3, 0, 50)]), [0, 0, 0, 1]);
}

#[test]
fn m6_3_a_cut_response_and_its_resumption_are_one_complete_retrieval() {
    let cut = Served { credit: Credit::cut(Some(30), 1), ..nothing(0) };
    let rest = Served { credit: Credit::part(30, 99, Some(70), 1), ..nothing(MINUTE) };
    let found = folded(&[cut, rest]);
    assert_eq!(found.labels, [Label { retrieval: 0, opens: true }, Label { retrieval: 0, opens: false }]);
    assert_eq!(
        found.retrievals,
        [Retrieval {
            first_us: 0,
            last_us: MINUTE,
            events: 2,
            complete: true,
            complete_or_probable: true,
            over_24h: false,
            unresolved_partial: false
        }]
    );
}

#[test]
fn m6_4_a_part_is_credited_with_no_more_than_was_sent_or_asked_for() {
    assert_eq!(Credit::part(10, 19, Some(4), 7), Credit::Span { start: 10, end: 14, validator: 7 });
    assert_eq!(Credit::part(10, 19, Some(400), 7), Credit::Span { start: 10, end: 20, validator: 7 });
    assert_eq!(Credit::part(10, 19, None, 7), Credit::Span { start: 10, end: 20, validator: 7 });
    assert_eq!(Credit::part(0, u64::MAX, None, 7), Credit::Span { start: 0, end: u64::MAX, validator: 7 });
    assert_eq!(
        Credit::part(u64::MAX, u64::MAX, None, 7),
        Credit::Span { start: u64::MAX, end: u64::MAX, validator: 7 }
    );
    assert_eq!(Credit::part(10, 9, Some(4), 7), Credit::None);
    assert_eq!(Credit::part(10, 19, Some(0), 7), Credit::None);
    assert_eq!((Credit::cut(Some(0), 7), Credit::cut(None, 7)), (Credit::None, Credit::None));
    assert_eq!(Credit::unlogged_range(Some(9)), Credit::Bytes(9));
    assert_eq!(Credit::unlogged_range(None), Credit::None);
}

#[test]
fn m6_4_parts_of_two_versions_are_never_united() {
    let other = |time_us, start, end| Served {
        credit: Credit::Span { start, end, validator: 2 },
        ..nothing(time_us)
    };
    let found = folded(&[part(0, 0, 50), other(1, 50, 100), part(2, 50, 99)]);
    assert_eq!((found.retrievals.len(), found.retrievals[0].complete_or_probable), (1, false));
    assert!(folded(&[part(0, 0, 50), other(1, 50, 100), part(2, 50, 100)]).retrievals[0].complete);
}

#[test]
fn m6_4_a_union_of_bytes_that_were_not_shown_to_be_sent_is_probable_at_most() {
    let planned = |served| Served { semantics: ByteSemantics::BodyPlanned, ..served };
    let found = folded(&[planned(part(0, 0, 50)), part(1, 50, 100)]).retrievals[0];
    assert_eq!((found.complete, found.complete_or_probable), (false, true));
}

#[test]
fn m6_4_a_union_that_reaches_only_a_modal_size_is_probable_at_most() {
    let found = folded(&[Served { full_size_firm: false, ..part(0, 0, 100) }]).retrievals[0];
    assert_eq!((found.complete, found.complete_or_probable), (false, true));
    assert!(folded(&[part(0, 0, 100)]).retrievals[0].complete);
    assert!(!folded(&[Served { full_size: Some(0), ..part(0, 0, 100) }]).retrievals[0].complete_or_probable);
}

#[test]
fn m6_4_bytes_without_ranges_stay_unresolved_even_if_they_add_up() {
    let found = folded(&[unplaced(0, 60), unplaced(1, 40)]).retrievals[0];
    assert_eq!((found.complete, found.complete_or_probable, found.unresolved_partial), (false, false, true));
    let found = folded(&[unplaced(0, 60), complete(1)]).retrievals[0];
    assert_eq!((found.complete, found.complete_or_probable, found.unresolved_partial), (true, true, false));
}

#[test]
fn m6_2_object_copies_are_each_a_complete_retrieval_and_join_nothing() {
    let object = |time_us| copied(time_us, CopyKind::Object);
    let found = folded(&[part(0, 0, 1), object(1), object(1), part(2, 1, 2)]);
    assert_eq!(found.labels.iter().map(|label| label.retrieval).collect::<Vec<_>>(), [0, 1, 2, 0]);
    assert!(found.retrievals[1].complete && found.retrievals[2].complete_or_probable);
    assert_eq!(found.retrievals[0].events, 2);
}

#[test]
fn m6_2_copied_parts_within_the_gap_are_one_probable_retrieval() {
    let parts = |time_us| copied(time_us, CopyKind::Part);
    let found = folded(&[complete(0), parts(1), part(2, 0, 1), parts(GAP + 1), parts(2 * GAP + 2)]);
    assert_eq!(found.labels.iter().map(|label| label.retrieval).collect::<Vec<_>>(), [0, 1, 0, 1, 2]);
    assert_eq!((found.retrievals[1].complete, found.retrievals[1].complete_or_probable), (false, true));
    assert_eq!(
        (found.retrievals[1].first_us, found.retrievals[1].last_us, found.retrievals[1].events),
        (1, GAP + 1, 2)
    );
}

#[test]
fn cnt_10_a_retrieval_longer_than_a_day_is_marked() {
    let every = |minutes: i64, n: i64| (0..=n).map(|i| part(i * minutes * MINUTE, 0, 1)).collect::<Vec<_>>();
    assert!(!folded(&every(30, 48)).retrievals[0].over_24h, "exactly 24 h is not longer");
    assert!(folded(&every(30, 49)).retrievals[0].over_24h);
    assert_eq!(folded(&every(30, 49)).retrievals.len(), 1);
}

#[test]
fn absurd_times_and_sizes_do_not_overflow() {
    let huge = |time_us| Served { full_size: Some(u64::MAX), ..unplaced(time_us, u64::MAX) };
    assert_eq!(groups(&[huge(i64::MIN), huge(i64::MAX), huge(i64::MAX)]), [0, 1, 2]);
    assert!(folded(&[part(i64::MIN, 0, 1), part(i64::MAX, 0, 1)]).retrievals.len() == 2);
}

// ---- the same text read a second time, slowly -------------------------------------------------------------

const SIZES: u64 = 8;

type Spans = Vec<(u64, u64)>;

fn holds(spans: &[(u64, u64)], size: u64) -> bool {
    size > 0 && (0..size).all(|byte| spans.iter().any(|(start, end)| (*start..*end).contains(&byte)))
}
/// Spans of one version among these events, the sizes stated with them, and whether each was body bytes.
fn version(events: &[Served], validator: u64) -> (Spans, Spans, Option<u64>, Option<u64>) {
    let mine: Vec<_> = events
        .iter()
        .filter_map(|e| match e.credit {
            Credit::Span { start, end, validator: v } if v == validator => Some((e, (start, end))),
            _ => None,
        })
        .collect();
    let size =
        |firm| mine.iter().filter(|(e, _)| e.full_size_firm == firm).filter_map(|(e, _)| e.full_size).max();
    let body = mine
        .iter()
        .filter(|(e, _)| e.semantics == ByteSemantics::BodyWritten)
        .map(|(_, span)| *span)
        .collect();
    (mine.iter().map(|(_, span)| *span).collect(), body, size(true), size(true).or(size(false)))
}
fn unplaced_of(events: &[Served]) -> (u64, Option<u64>) {
    let mine: Vec<_> = events.iter().filter(|e| matches!(e.credit, Credit::Bytes(_))).collect();
    let size = |firm| mine.iter().filter(|e| e.full_size_firm == firm).filter_map(|e| e.full_size).max();
    let sum = mine.iter().map(|e| if let Credit::Bytes(n) = e.credit { n } else { 0 }).sum();
    (sum, size(true).or(size(false)))
}
fn prefixes(events: &[Served]) -> impl Iterator<Item = &[Served]> {
    (1..=events.len()).map(|n| &events[..n])
}
fn naive_probable_union(events: &[Served]) -> bool {
    prefixes(events).any(|p| {
        (0..3).any(|v| {
            let (any, _, _, best) = version(p, v);
            best.is_some_and(|s| holds(&any, s))
        })
    })
}
fn naive_reached(events: &[Served]) -> bool {
    naive_probable_union(events)
        || prefixes(events).any(|p| {
            let (sum, size) = unplaced_of(p);
            size.is_some_and(|s| s > 0 && sum >= s)
        })
}
fn naive_complete(events: &[Served]) -> bool {
    events.iter().any(|e| e.complete)
        || prefixes(events).any(|p| {
            (0..3).any(|v| {
                let (_, body, firm, _) = version(p, v);
                firm.is_some_and(|s| holds(&body, s))
            })
        })
}
fn naive(events: &[(u8, Served)], gap: i64) -> Folded {
    let mut groups: Vec<(u8, Option<CopyKind>, Vec<Served>)> = Vec::new();
    let mut labels = Vec::new();
    for (key, served) in events {
        let open =
            groups.iter().rposition(|(k, copied, _)| k == key && *copied == served.copied).filter(|at| {
                let held = &groups[*at].2;
                served.time_us - held[held.len() - 1].time_us <= gap
                    && match served.copied {
                        Some(CopyKind::Object) => false,
                        Some(CopyKind::Part) => true,
                        None if served.whole => !held.iter().any(|e| e.whole),
                        None => !naive_reached(held),
                    }
            });
        labels.push(Label { retrieval: open.unwrap_or(groups.len()) as u32, opens: open.is_none() });
        match open {
            Some(at) => groups[at].2.push(*served),
            None => groups.push((*key, served.copied, vec![*served])),
        }
    }
    let retrievals = groups.iter().map(|(_, copied, held)| {
        let (first_us, last_us) = (held[0].time_us, held[held.len() - 1].time_us);
        let (complete, probable) = match copied {
            Some(kind) => (*kind == CopyKind::Object, true),
            None => (
                naive_complete(held),
                naive_complete(held) || held.iter().any(|e| e.probable) || naive_probable_union(held),
            ),
        };
        let unplaced = copied.is_none() && unplaced_of(held).0 > 0;
        Retrieval {
            first_us,
            last_us,
            events: held.len() as u64,
            complete,
            complete_or_probable: probable,
            over_24h: last_us - first_us > DAY_US,
            unresolved_partial: unplaced && !probable,
        }
    });
    Folded { labels, retrievals: retrievals.collect() }
}

fn credit() -> impl Strategy<Value = Credit> {
    prop_oneof![
        1 => Just(Credit::None),
        1 => (1u64..SIZES).prop_map(Credit::Bytes),
        3 => (0u64..SIZES, 1u64..SIZES, 0u64..3).prop_map(|(start, n, validator)| Credit::Span { start, end: start + n, validator }),
    ]
}
prop_compose! {
    fn event()(
        key in 0u8..3, step in prop::sample::select(vec![0, 0, 1, GAP / 2, GAP, GAP + 1]), kind in 0u8..12,
        credit in credit(), full_size in prop::option::weighted(0.8, 3u64..SIZES), full_size_firm: bool, written: bool,
    ) -> (u8, i64, Served) {
        let semantics = if written { ByteSemantics::BodyWritten } else { ByteSemantics::Unknown };
        let copied = match kind { 0 => Some(CopyKind::Object), 1 => Some(CopyKind::Part), _ => None };
        let (whole, complete, probable) = match kind { 2 => (true, true, false), 3 => (true, false, true), 4 => (false, false, true), _ => (false, false, false) };
        (key, step, Served { time_us: 0, whole, complete, probable, copied, credit, full_size, full_size_firm, semantics })
    }
}
fn run() -> impl Strategy<Value = Vec<(u8, Served)>> {
    prop::collection::vec(event(), 0..24).prop_map(|events| {
        let mut now = 0;
        let timed = events.into_iter().map(|(key, step, served)| {
            now += step;
            (key, Served { time_us: now, ..served })
        });
        timed.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn m6_3_the_fold_agrees_with_the_slow_reading(events in run()) {
        prop_assert_eq!(fold(events.iter().copied(), GAP), naive(&events, GAP));
    }

    #[test]
    fn m6_1_counts_are_nested_and_every_event_is_in_one_retrieval(events in run()) {
        let found = fold(events.iter().copied(), GAP);
        let complete = found.retrievals.iter().filter(|r| r.complete).count();
        let probable = found.retrievals.iter().filter(|r| r.complete_or_probable).count();
        prop_assert!(complete <= probable && probable <= found.retrievals.len() && found.retrievals.len() <= events.len());
        prop_assert!(found.retrievals.iter().all(|r| r.complete_or_probable || !r.complete));
        prop_assert_eq!(found.labels.iter().filter(|label| label.opens).count(), found.retrievals.len());
        prop_assert_eq!(found.retrievals.iter().map(|r| r.events).sum::<u64>(), events.len() as u64);
    }

    #[test]
    fn m6_2_keys_are_independent(events in run()) {
        let together = fold(events.iter().copied(), GAP);
        let mut alone: Vec<Retrieval> = (0..3)
            .flat_map(|key| fold(events.iter().copied().filter(|(k, _)| *k == key), GAP).retrievals)
            .collect();
        let mut all = together.retrievals;
        let order = |r: &Retrieval| (r.first_us, r.last_us, r.events, r.complete, r.complete_or_probable, r.unresolved_partial);
        alone.sort_by_key(order);
        all.sort_by_key(order);
        prop_assert_eq!(alone, all);
    }

    #[test]
    fn m6_3_shifting_all_times_shifts_the_retrievals_and_nothing_else(events in run(), shift in -1_000_000_000_000_000i64..1_000_000_000_000_000) {
        let found = fold(events.iter().copied(), GAP);
        let moved = fold(events.iter().map(|(k, s)| (*k, Served { time_us: s.time_us + shift, ..*s })), GAP);
        prop_assert_eq!(&found.labels, &moved.labels);
        for (a, b) in found.retrievals.iter().zip(&moved.retrievals) {
            prop_assert_eq!(Retrieval { first_us: a.first_us + shift, last_us: a.last_us + shift, ..*a }, *b);
        }
    }
}
