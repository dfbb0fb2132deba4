use proptest::prelude::*;

use super::*;

const MIN: i64 = 60 * 1_000_000;

/// The order of records `(time, ambiguous)` that are cut into blocks after the given ones; blocks come in any order.
fn told(records: &[(i64, bool)], cuts: &[usize], backward: bool) -> Told {
    let mut parts = Vec::new();
    let mut part = Order::default();
    let mut begin = 0;
    for (index, (us, ambiguous)) in records.iter().enumerate() {
        part.insert(*us, *ambiguous, at(index));
        if cuts.contains(&index) || index + 1 == records.len() {
            part.end_block(begin);
            parts.push(std::mem::take(&mut part));
            begin = 100 * (index as u64 + 1);
        }
    }
    if backward {
        parts.reverse();
    }
    let mut all = Order::default();
    parts.iter().for_each(|part| all.merge(part));
    all.told()
}

fn at(index: usize) -> At {
    At { offset: 100 * index as u64, line: index as u64 }
}

/// The rules, word by word.
fn by_the_rules(records: &[(i64, bool)]) -> Told {
    let mut told = Told::default();
    told.folds.extend(records.iter().filter(|(_, twice)| *twice).map(|(us, _)| us.div_euclid(ONE_FOLD_US)));
    for (index, pair) in records.windows(2).enumerate() {
        let ((before, was), (us, is)) = (pair[0], pair[1]);
        let here = index + 1;
        told.earlier += u64::from(us < before);
        told.greatest_us = told.greatest_us.max(before - us);
        if before - us >= JUMP_US && was && is {
            let near = |turn: &Turn| (turn.to_us - us).abs() < ONE_FOLD_US;
            if !told.turns.iter().any(near) {
                told.turns.push(Turn { offset: at(here).offset, to_us: us });
            }
        }
        let both_later = index > 0 && records[index - 1].0 - us >= JUMP_US && before - us >= JUMP_US;
        let following = records[here..].iter().take(STAY);
        let stays = following.clone().count() == STAY && following.clone().all(|(t, _)| *t < before);
        if both_later && stays {
            told.jumps += 1;
            told.jump = told.jump.or(Some(Jump { at: at(here), from_us: before, to_us: us }));
        }
    }
    told
}

fn minutes(minutes: impl IntoIterator<Item = i64>) -> Vec<(i64, bool)> {
    minutes.into_iter().map(|m| (m * MIN, false)).collect()
}

#[test]
fn m2_1_records_in_order_tell_nothing() {
    assert_eq!(told(&minutes([1, 2, 2, 3, 900]), &[], false), Told::default());
}

#[test]
fn m2_1_a_clock_set_back_is_a_jump_at_which_the_file_stays() {
    let told = told(&minutes((100..120).chain(80..95)), &[], false);
    let jump = Jump { at: at(20), from_us: 119 * MIN, to_us: 80 * MIN };
    assert_eq!((told.jump, told.jumps, told.earlier, told.greatest_us), (Some(jump), 1, 1, 39 * MIN));
}

#[test]
fn m2_1_a_late_line_and_a_wild_time_are_no_jump() {
    let late = minutes((100..120).chain([60]).chain(120..140));
    let wild = minutes((100..120).chain([9_000]).chain(120..140));
    for (records, greatest) in [(late, 59), (wild, 8_880)] {
        let told = told(&records, &[], false);
        assert_eq!((told.jump, told.earlier, told.greatest_us), (None, 1, greatest * MIN));
    }
}

#[test]
fn m2_1_a_file_that_ends_before_ten_records_shows_no_stay() {
    for (after, jumps) in [(9, 0), (10, 1)] {
        assert_eq!(told(&minutes((100..120).chain(50..50 + after)), &[], false).jumps, jumps);
    }
    // The ninth record after it is as late as the one before it.
    assert_eq!(told(&minutes((100..120).chain(50..58).chain([119, 120, 121])), &[], false).jumps, 0);
}

#[test]
fn m2_3_only_readings_that_come_twice_turn() {
    let fold = |minutes: &[i64]| minutes.iter().map(|m| (m * MIN, true)).collect::<Vec<_>>();
    let turn = |offset, minute| vec![Turn { offset, to_us: minute * MIN }];
    assert_eq!(told(&fold(&[10, 50, 20, 55]), &[], false).turns, turn(200, 20));
    assert_eq!(told(&fold(&[10, 50, 21, 55]), &[], false).turns, Vec::new());
    assert_eq!(told(&minutes([10, 50, 20, 55]), &[], false).turns, Vec::new());
    // The first of a fold counts, and another year has a fold of its own.
    let year = 365 * 1_440;
    let turns = told(&fold(&[10, 50, 10, 50, 10, year + 10, year + 50, year + 5]), &[2], false).turns;
    assert_eq!(turns, [turn(200, 10), turn(700, year + 5)].concat());
    assert!(turns[0].reaches(200, 55 * MIN) && !turns[0].reaches(199, 55 * MIN));
    assert!(!turns[0].reaches(500, (year + 10) * MIN));
}

proptest! {
    #[test]
    fn m2_1_the_order_is_that_of_the_rules_however_the_file_is_cut_and_whatever_comes_first(
        steps in proptest::collection::vec((0i64..12, -70i64..70, any::<bool>()), 0..80),
        cuts in proptest::collection::vec(0usize..80, 0..12),
        backward in any::<bool>(),
    ) {
        // Mostly forward, now and then a step of any size.
        let mut now = 0;
        let records: Vec<(i64, bool)> = steps
            .iter()
            .map(|(rare, step, ambiguous)| {
                now += if *rare == 0 { *step } else { step.abs() % 3 };
                (now * MIN, *ambiguous)
            })
            .collect();
        prop_assert_eq!(told(&records, &cuts, backward), by_the_rules(&records));
    }
}
