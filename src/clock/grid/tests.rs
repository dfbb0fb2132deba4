//! METHOD M2.4: bins on the days when clocks change, and everywhere else.

use chrono_tz::{Africa, America, Asia, Australia, Pacific};
use proptest::prelude::*;

use super::*;

const HOUR: i64 = 3_600 * US;

/// `2022-03-13 02:30` in UTC.
fn at(text: &str) -> i64 {
    let (date, time) = text.split_once(' ').unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    let date: NaiveDate = date.parse().unwrap();
    date.and_hms_opt(hour.parse().unwrap(), minute.parse().unwrap(), 0).unwrap().and_utc().timestamp_micros()
}
fn grid(tz: Tz, width: Width, from: &str, until: &str) -> Grid {
    Grid::new(tz, width, at(from), at(until)).unwrap()
}
fn lengths_min(grid: &Grid) -> Vec<i64> {
    grid.bins().iter().map(|bin| (bin.1 - bin.0) / US / 60).collect()
}

#[test]
fn m2_4_days_of_23_and_25_hours_have_so_many_hours() {
    let hours = Width::Seconds(3_600);
    let spring = grid(America::Los_Angeles, hours, "2022-03-13 08:00", "2022-03-14 07:00");
    assert_eq!(lengths_min(&spring), [60; 23]);
    let autumn = grid(America::Los_Angeles, hours, "2022-11-06 07:00", "2022-11-07 08:00");
    assert_eq!(lengths_min(&autumn), [60; 25]);
    let days = grid(America::Los_Angeles, Width::Days(1), "2022-11-05 07:00", "2022-11-08 08:00");
    assert_eq!(lengths_min(&days), [1_440, 1_500, 1_440]);
    let days = grid(America::Los_Angeles, Width::Days(1), "2022-03-12 08:00", "2022-03-15 07:00");
    assert_eq!(lengths_min(&days), [1_440, 1_380, 1_440]);
}

#[test]
fn m2_4_the_last_bin_of_a_day_is_cut_at_the_next_midnight() {
    let spring = grid(America::Los_Angeles, Width::Seconds(7_200), "2022-03-13 08:00", "2022-03-14 09:00");
    assert_eq!(lengths_min(&spring), [120, 120, 120, 120, 120, 120, 120, 120, 120, 120, 120, 60, 120]);
    let autumn = grid(America::Los_Angeles, Width::Seconds(43_200), "2022-11-06 07:00", "2022-11-07 08:00");
    assert_eq!(lengths_min(&autumn), [720, 720, 60]);
    let whole = grid(America::Los_Angeles, Width::Seconds(86_400), "2022-11-06 07:00", "2022-11-07 08:00");
    assert_eq!(lengths_min(&whole), [1_440, 60], "24 h elapsed is not a local date");
}

#[test]
fn m2_4_a_day_without_a_midnight_begins_with_its_first_instant() {
    let sao_paulo = grid(America::Sao_Paulo, Width::Days(1), "2018-11-03 03:00", "2018-11-06 02:00");
    assert_eq!(lengths_min(&sao_paulo), [1_440, 1_380, 1_440]);
    assert_eq!(sao_paulo.bins()[1].0, at("2018-11-04 03:00"));
    let cairo = grid(Africa::Cairo, Width::Seconds(3_600), "2023-04-27 22:00", "2023-04-28 21:00");
    assert_eq!((cairo.bins().len(), cairo.bins()[0].0), (23, at("2023-04-27 22:00")));
    assert_eq!(lengths_min(&cairo), [60; 23]);
}

#[test]
fn m2_4_a_midnight_that_comes_twice_counts_the_first_time() {
    // Cairo put its clocks back from 00:00 to 23:00 at the end of 2023-10-26, Azores from 01:00 to 00:00.
    let cairo = grid(Africa::Cairo, Width::Days(1), "2023-10-25 21:00", "2023-10-27 22:00");
    assert_eq!(lengths_min(&cairo), [1_500, 1_440]);
    let azores = grid(Tz::Atlantic__Azores, Width::Days(1), "2022-10-29 00:00", "2022-11-01 01:00");
    assert_eq!(lengths_min(&azores), [1_440, 1_500, 1_440]);
    // St John's went from 00:01 back to 23:01: the first minute of the day came an hour before the rest.
    let st_johns = grid(America::St_Johns, Width::Days(1), "2010-11-06 02:30", "2010-11-08 03:30");
    assert_eq!(lengths_min(&st_johns), [1_440, 1_500]);
    let inside = grid(America::St_Johns, Width::Days(1), "2010-11-07 03:00", "2010-11-08 03:30");
    assert_eq!(inside.bins(), [(at("2010-11-07 03:00"), at("2010-11-08 03:30"))]);
}

#[test]
fn m2_4_a_date_that_never_was_has_no_bin() {
    let apia = grid(Pacific::Apia, Width::Days(1), "2011-12-29 10:00", "2011-12-31 10:00");
    assert_eq!(
        apia.bins(),
        [(at("2011-12-29 10:00"), at("2011-12-30 10:00")), (at("2011-12-30 10:00"), at("2011-12-31 10:00"))]
    );
}

#[test]
fn m2_4_zones_off_the_hour_are_anchored_at_their_own_midnight() {
    let kolkata = grid(Asia::Kolkata, Width::Seconds(3_600), "2022-06-27 00:00", "2022-06-27 02:00");
    assert_eq!(lengths_min(&kolkata), [30, 60, 30]);
    let kathmandu = grid(Asia::Kathmandu, Width::Days(1), "2022-06-27 00:00", "2022-06-28 00:00");
    assert_eq!(
        kathmandu.bins(),
        [(at("2022-06-27 00:00"), at("2022-06-27 18:15")), (at("2022-06-27 18:15"), at("2022-06-28 00:00"))]
    );
    let lord_howe = grid(Australia::Lord_Howe, Width::Seconds(3_600), "2022-04-02 13:00", "2022-04-03 13:30");
    assert_eq!((lord_howe.bins().len(), lengths_min(&lord_howe)[24]), (25, 30));
}

#[test]
fn m2_4_a_window_off_the_grid_cuts_the_first_and_the_last_bin() {
    let found = Grid::new(Tz::UTC, Width::Seconds(3_600), at("2022-06-27 10:20"), at("2022-06-27 12:10") + 1)
        .unwrap();
    let (ten, eleven, twelve) = (at("2022-06-27 10:20"), at("2022-06-27 11:00"), at("2022-06-27 12:00"));
    assert_eq!(found.bins(), [(ten, eleven), (eleven, twelve), (twelve, at("2022-06-27 12:10") + 1)]);
    assert_eq!(found.index(ten - 1), None);
    assert_eq!(found.index(ten), Some(0));
    assert_eq!(found.index(eleven - 1), Some(0));
    assert_eq!(found.index(eleven), Some(1));
    assert_eq!(found.index(twelve), Some(2));
    assert_eq!(found.index(at("2022-06-27 12:10")), Some(2));
    assert_eq!(found.index(at("2022-06-27 12:10") + 1), None);
}

#[test]
fn m2_4_several_days_count_from_the_local_date_of_the_windows_start() {
    let weeks = grid(America::Los_Angeles, Width::Days(7), "2022-11-02 12:00", "2022-11-20 00:00");
    assert_eq!(
        weeks.bins(),
        [
            (at("2022-11-02 12:00"), at("2022-11-09 08:00")),
            (at("2022-11-09 08:00"), at("2022-11-16 08:00")),
            (at("2022-11-16 08:00"), at("2022-11-20 00:00")),
        ]
    );
}

#[test]
fn m2_4_widths_that_do_not_divide_a_day_and_windows_without_measure_are_refused() {
    for width in [
        Width::Seconds(0),
        Width::Seconds(7),
        Width::Seconds(86_401),
        Width::Seconds(172_800),
        Width::Days(0),
    ] {
        assert_eq!(Grid::new(Tz::UTC, width, 0, HOUR), Err(GridError::Width(width)));
    }
    assert_eq!(Grid::new(Tz::UTC, Width::Seconds(1), 0, 1_000_001 * US), Err(GridError::TooMany(1_000_001)));
    assert_eq!(
        Grid::new(Tz::UTC, Width::Seconds(1), 0, 1_000_000 * US).map(|g| g.bins().len()),
        Ok(1_000_000)
    );
    assert_eq!(Grid::new(Tz::UTC, Width::Days(1), i64::MIN, i64::MAX), Err(GridError::TooMany(213_503_982)));
    assert_eq!(Grid::new(Tz::UTC, Width::Days(1), i64::MAX - HOUR, i64::MAX), Err(GridError::Calendar));
    assert_eq!(
        GridError::TooMany(5).to_string(),
        "the window has about 5 bins of this width; at most 1000000 can be listed"
    );
    assert_eq!(GridError::Width(Width::Seconds(7)).to_string(), "a bin of 7 s does not divide 24 h");
    let wide = Grid::new(Tz::UTC, Width::Days(u32::MAX), 0, HOUR).unwrap();
    assert_eq!((wide.bins(), wide.index(5)), (&[(0, HOUR)][..], Some(0)));
}

#[test]
fn m2_4_an_empty_window_has_no_bins() {
    let none = Grid::new(Tz::UTC, Width::Days(1), 5, 5).unwrap();
    assert_eq!((none.bins(), none.index(5)), (&[][..], None));
    assert_eq!(Grid::new(Tz::UTC, Width::Days(1), 6, 5).unwrap().bins(), []);
}

const ZONES: [Tz; 8] = [
    America::Los_Angeles,
    America::Sao_Paulo,
    America::St_Johns,
    Australia::Lord_Howe,
    Africa::Cairo,
    Pacific::Apia,
    Asia::Kathmandu,
    Tz::America__Havana,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn m2_4_bins_fill_the_window_without_holes_and_index_finds_them(
        zone in 0usize..ZONES.len(), width in prop::sample::select(vec![Width::Seconds(900), Width::Seconds(3_600), Width::Seconds(28_800), Width::Days(1), Width::Days(3)]),
        from in 1_000_000_000i64..1_900_000_000, length in 1i64..2_000_000, probes in prop::collection::vec(0i64..2_000_000, 1..20),
    ) {
        let (from_us, until_us) = (from * US, (from + length) * US + 1);
        let grid = Grid::new(ZONES[zone], width, from_us, until_us).unwrap();
        let bins = grid.bins();
        prop_assert_eq!((bins[0].0, bins[bins.len() - 1].1), (from_us, until_us));
        prop_assert!(bins.windows(2).all(|pair| pair[0].1 == pair[1].0) && bins.iter().all(|bin| bin.0 < bin.1));
        for us in probes.into_iter().map(|probe| from_us + probe * US).chain(bins.iter().flat_map(|bin| [bin.0, bin.1 - 1])) {
            let want = bins.iter().position(|bin| (bin.0..bin.1).contains(&us)).map(|at| at as u32);
            prop_assert_eq!(grid.index(us), want);
        }
    }

    #[test]
    fn m2_4_inner_edges_are_local_midnights_or_whole_steps_after_one(
        zone in 0usize..ZONES.len(), from in 1_000_000_000i64..1_900_000_000, length in 1i64..2_000_000,
    ) {
        let tz = ZONES[zone];
        let days = Grid::new(tz, Width::Days(1), from * US, (from + length) * US).unwrap();
        for pair in days.bins().windows(2) {
            let edge = pair[0].1;
            let show = |us: i64| us + i64::from(offset_s(tz, us)) * US;
            // Clocks pass midnight here: they show a later date than the microsecond before.
            prop_assert!(show(edge).div_euclid(24 * HOUR) > show(edge - 1).div_euclid(24 * HOUR), "{}", edge);
        }
        let hours = Grid::new(tz, Width::Seconds(3_600), from * US, (from + length) * US).unwrap();
        for bin in hours.bins().iter().skip(1) {
            let day = days.bins().iter().rev().find(|day| day.0 <= bin.0).unwrap().0;
            prop_assert!(day == from * US || (bin.0 - day) % HOUR == 0);
        }
    }
}
