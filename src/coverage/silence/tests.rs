//! METHOD M2.5 and the covered part of M2.4.

use chrono::NaiveDate;
use chrono_tz::America::New_York;
use chrono_tz::UTC;
use proptest::prelude::*;

use super::*;

fn seconds(list: impl IntoIterator<Item = i64>) -> Seconds {
    let mut seconds = Seconds::default();
    list.into_iter().for_each(|second| seconds.insert(second * US));
    seconds
}
fn gap(start: i64, end: i64) -> Gap {
    Gap { start_us: start * US, end_us: end * US }
}
fn at(day: u32, hour: u32, minute: u32) -> i64 {
    NaiveDate::from_ymd_opt(2022, 6, day).unwrap().and_hms_opt(hour, minute, 0).unwrap().and_utc().timestamp()
}

#[test]
fn m2_5_a_silence_of_ten_minutes_is_no_gap_and_of_one_second_more_is() {
    let busy = |then: i64| seconds((0..200).chain([199 + then]));
    assert_eq!(busy(600).gaps(UTC).gaps, []);
    assert_eq!(busy(601).gaps(UTC).gaps, [gap(200, 800)]);
    assert_eq!((busy(601).gaps(UTC).p99_s, busy(601).gaps(UTC).threshold_s), (1, 600));
}

#[test]
fn m2_5_ten_times_the_99th_percentile_raises_the_threshold() {
    let slow = |then: i64| seconds((0..200).map(|n| n * 100).chain([19_900 + then]));
    assert_eq!((slow(1_000).gaps(UTC).p99_s, slow(1_000).gaps(UTC).threshold_s), (100, 1_000));
    assert_eq!(slow(1_000).gaps(UTC).gaps, []);
    assert_eq!(slow(1_001).gaps(UTC).gaps, [gap(19_901, 20_901)]);
}

#[test]
fn m2_5_the_percentile_is_nearest_rank_and_records_of_one_second_are_times_of_zero() {
    let steps = |list: &[u64]| {
        list.iter().fold(BTreeMap::new(), |mut steps, step| {
            *steps.entry(*step).or_default() += 1;
            steps
        })
    };
    assert_eq!(percentile_99(101, &steps(&[5])), 0, "rank 99 of 100, of which 99 are 0");
    assert_eq!(percentile_99(100, &steps(&[5])), 5, "rank 99 of 99: the longest");
    assert_eq!(percentile_99(102, &steps(&[5, 7])), 5, "rank 100 of 101");
    assert_eq!(percentile_99(2, &steps(&[5])), 5);
    assert_eq!(percentile_99(1, &steps(&[])), 0);
    assert_eq!(percentile_99(0, &steps(&[])), 0);
    let mut many = seconds([0; 1_000]);
    many.insert(9 * US);
    assert_eq!((many.records(), many.gaps(UTC).p99_s), (1_001, 0));
}

#[test]
fn m2_5_few_records_have_no_gaps_but_two_far_apart_set_their_own_pace() {
    assert_eq!(
        Seconds::default().gaps(UTC),
        Silence { p99_s: 0, threshold_s: 600, gaps: vec![], rhythms: vec![] }
    );
    assert_eq!(seconds([5]).gaps(UTC).gaps, []);
    assert_eq!(seconds([0, 86_400]).gaps(UTC).gaps, []);
}

fn with_nights(nights: &[(i64, i64)], from: i64, until: i64) -> Seconds {
    seconds((from..until).step_by(30).filter(|s| !nights.iter().any(|(a, b)| (*a..*b).contains(s))))
}

#[test]
fn m2_5_a_gap_at_the_same_local_hours_on_three_days_is_rhythm_and_on_two_is_gaps() {
    let night = |day: u32, minute: u32| (at(day, 22, minute), at(day + 1, 5, minute));
    let three = with_nights(&[night(6, 10), night(7, 20), night(8, 40)], at(6, 0, 0), at(10, 0, 0)).gaps(UTC);
    assert_eq!(three.gaps, []);
    let hours = |r: &Rhythm| (r.start_hour, r.end_hour, r.midnights, r.days, r.spans.len());
    assert_eq!(three.rhythms.iter().map(hours).collect::<Vec<_>>(), [(22, 5, 1, 3, 3)]);
    let one_hour_off =
        with_nights(&[night(6, 10), night(7, 20), (at(8, 23, 10), at(9, 5, 10))], at(6, 0, 0), at(10, 0, 0));
    assert_eq!((one_hour_off.gaps(UTC).gaps.len(), one_hour_off.gaps(UTC).rhythms.len()), (3, 0));
    let two = with_nights(&[night(6, 10), night(7, 20)], at(6, 0, 0), at(10, 0, 0)).gaps(UTC);
    assert_eq!((two.gaps.len(), two.rhythms.len()), (2, 0));
}

#[test]
fn m2_5_an_outage_of_days_is_no_rhythm_though_it_begins_and_ends_at_the_hours_of_the_nights() {
    let nights =
        [(at(6, 22, 10), at(7, 5, 10)), (at(7, 22, 10), at(8, 5, 10)), (at(8, 22, 10), at(9, 5, 10))];
    let outage = (at(10, 22, 10), at(13, 5, 10));
    let all: Vec<_> = nights.into_iter().chain([outage]).collect();
    let found = with_nights(&all, at(6, 0, 0), at(14, 0, 0)).gaps(UTC);
    assert_eq!(
        found.rhythms.iter().map(|r| (r.start_hour, r.end_hour, r.midnights, r.days)).collect::<Vec<_>>(),
        [(22, 5, 1, 3)]
    );
    assert_eq!(found.gaps, [Gap { start_us: (outage.0 - 30 + 1) * US, end_us: outage.1 * US }]);
}

#[test]
fn m2_5_rhythm_goes_by_the_hours_of_the_given_zone() {
    // 03:10–09:40 UTC before the change of 2022-03-13 and 02:10–08:40 UTC after it are the same hours in New York.
    let day = |d: u32, h: u32, m: u32| {
        NaiveDate::from_ymd_opt(2022, 3, d).unwrap().and_hms_opt(h, m, 0).unwrap().and_utc().timestamp()
    };
    let nights = [
        (day(11, 3, 10), day(11, 9, 40)),
        (day(12, 3, 10), day(12, 9, 40)),
        (day(15, 2, 10), day(15, 8, 40)),
    ];
    let log = with_nights(&nights, day(10, 0, 0), day(17, 0, 0));
    assert_eq!((log.gaps(New_York).gaps.len(), log.gaps(New_York).rhythms.len()), (0, 1));
    assert_eq!((log.gaps(UTC).gaps.len(), log.gaps(UTC).rhythms.len()), (3, 0));
}

#[test]
fn absurd_times_cost_no_more_than_their_number() {
    let year_9999 = 253_402_300_799;
    let mut log = seconds([0, year_9999, -62_135_596_800]);
    log.insert(i64::MAX);
    log.insert(i64::MIN);
    assert_eq!((log.records(), log.chunks.len()), (5, 5));
    assert_eq!(log.gaps(UTC).gaps.len(), 0);
    let one_stray = seconds((0..1_000).chain([year_9999]).map(|s| s + 1_656_000_000 * i64::from(s < 1_000)));
    assert_eq!(one_stray.gaps(UTC).gaps, [gap(1_656_001_000, year_9999)]);
}

#[test]
fn a_chunk_that_fills_up_keeps_every_second() {
    let full = seconds((0..70_000).rev());
    assert!(full.chunks.values().any(|chunk| matches!(chunk, Chunk::Bits(_))));
    let mut count = 0;
    full.each_step(|from, to| {
        assert_eq!(to, from + 1);
        count += 1;
    });
    assert_eq!((count, full.span()), (69_999, Some((0, 69_999 * US))));
}

proptest! {
    #[test]
    fn m2_5_merging_is_commutative_associative_and_the_same_as_one_pass(
        a in prop::collection::vec(-200_000i64..200_000, 0..40),
        b in prop::collection::vec(-200_000i64..200_000, 0..40),
        c in prop::collection::vec(0i64..60, 0..40),
    ) {
        let at_once = seconds(a.iter().chain(&b).chain(&c).copied());
        let (a, b, c) = (seconds(a), seconds(b), seconds(c));
        let merged = |x: &Seconds, y: &Seconds| { let mut sum = x.clone(); sum.merge(y); sum };
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&merged(&c, &a), &b).gaps(UTC), at_once.gaps(UTC));
        prop_assert_eq!(merged(&merged(&c, &a), &b), at_once);
    }

    #[test]
    fn m2_5_gaps_and_percentile_are_those_of_the_sorted_times(mut list in prop::collection::vec(0i64..90_000, 2..60)) {
        let found = seconds(list.iter().copied()).gaps(UTC);
        list.sort_unstable();
        let mut steps: Vec<i64> = list.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let silent: Vec<Gap> = list.windows(2).filter(|pair| (pair[1] - pair[0]) as u64 > found.threshold_s).map(|pair| gap(pair[0] + 1, pair[1])).collect();
        steps.sort_unstable();
        let rank = (steps.len() * 99).div_ceil(100);
        prop_assert_eq!(found.p99_s, steps[rank - 1] as u64);
        prop_assert_eq!(found.threshold_s, (found.p99_s * 10).max(600));
        let mut all: Vec<Gap> = found.gaps.into_iter().chain(found.rhythms.into_iter().flat_map(|rhythm| rhythm.spans)).collect();
        all.sort_unstable();
        prop_assert_eq!(all, silent);
    }
}

proptest! {
    #[test]
    fn m2_5_what_is_silent_within_a_stretch_is_what_no_second_holds(
        held in proptest::collection::vec(0i64..200_000, 0..40),
        start in 0i64..200_000,
        length in 0i64..200_000,
    ) {
        let all = seconds(held.iter().copied());
        let end = start + length;
        let mut held: Vec<i64> = held.into_iter().filter(|s| (start..end).contains(s)).collect();
        held.sort_unstable();
        let begins = std::iter::once(start).chain(held.iter().map(|s| s + 1));
        let ends = held.iter().copied().chain([end]);
        let silent: Vec<Gap> = begins.zip(ends).filter(|(a, b)| a < b).map(|(a, b)| gap(a, b)).collect();
        prop_assert_eq!(all.silent_within(start * US, end * US), silent);
    }
}
