//! METHOD M2.3.

use chrono::NaiveDate;
use chrono_tz::{America, Australia, Europe, Pacific};
use proptest::prelude::*;

use super::*;

/// `2022-03-13 02:30` as µs of the written clock, or of UTC.
fn at(text: &str) -> i64 {
    let (date, time) = text.split_once(' ').unwrap();
    let date: NaiveDate = date.parse().unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    date.and_hms_opt(hour.parse().unwrap(), minute.parse().unwrap(), 0).unwrap().and_utc().timestamp_micros()
}
fn utc(text: &str) -> Resolved {
    Resolved::Utc(at(text))
}
fn zone(name: &str) -> Option<(Tz, Side)> {
    windows_zone(name.as_bytes()).map(|zone| (zone.tz, zone.side))
}
fn named(local: &str, name: &str) -> Resolved {
    windows_zone(name.as_bytes()).unwrap().to_utc(at(local))
}

#[test]
fn m2_3_a_reading_that_occurs_once_has_one_instant() {
    assert_eq!(to_utc(at("2022-06-27 12:00"), America::Los_Angeles), utc("2022-06-27 19:00"));
    assert_eq!(to_utc(at("2022-01-27 12:00"), America::Los_Angeles), utc("2022-01-27 20:00"));
    assert_eq!(to_utc(at("2022-06-27 12:00"), Tz::UTC), utc("2022-06-27 12:00"));
}

#[test]
fn m2_3_a_reading_that_occurs_twice_is_ambiguous_and_the_earlier_holds() {
    let found = to_utc(at("2022-11-06 01:30"), America::Los_Angeles);
    assert_eq!(found, Resolved::Ambiguous { earlier: at("2022-11-06 08:30"), later: at("2022-11-06 09:30") });
    assert_eq!(found.us(), at("2022-11-06 08:30"));
    assert_eq!(to_utc(at("2022-11-06 00:59"), America::Los_Angeles), utc("2022-11-06 07:59"));
    assert_eq!(to_utc(at("2022-11-06 02:00"), America::Los_Angeles), utc("2022-11-06 10:00"));
    let half_hour = to_utc(at("2022-04-03 01:45"), Australia::Lord_Howe);
    assert_eq!(
        half_hour,
        Resolved::Ambiguous { earlier: at("2022-04-02 14:45"), later: at("2022-04-02 15:15") }
    );
}

#[test]
fn m2_3_a_reading_that_never_occurred_is_shifted_by_the_gap() {
    assert_eq!(
        to_utc(at("2022-03-13 02:30"), America::Los_Angeles),
        Resolved::Gap { shifted: at("2022-03-13 10:30") }
    );
    assert_eq!(
        to_utc(at("2022-03-13 02:00"), America::Los_Angeles),
        Resolved::Gap { shifted: at("2022-03-13 10:00") }
    );
    assert_eq!(to_utc(at("2022-03-13 03:00"), America::Los_Angeles), utc("2022-03-13 10:00"));
    assert_eq!(
        to_utc(at("2018-11-04 00:30"), America::Sao_Paulo),
        Resolved::Gap { shifted: at("2018-11-04 03:30") }
    );
    assert_eq!(
        to_utc(at("2022-10-02 02:15"), Australia::Lord_Howe),
        Resolved::Gap { shifted: at("2022-10-01 15:45") }
    );
    assert_eq!(
        to_utc(at("2011-12-30 12:00"), Pacific::Apia),
        Resolved::Gap { shifted: at("2011-12-30 22:00") }
    );
}

#[test]
fn formats_11_windows_names_are_read() {
    assert_eq!(zone("Pacific Daylight Time"), Some((America::Los_Angeles, Side::Daylight)));
    assert_eq!(zone("Pacific Standard Time"), Some((America::Los_Angeles, Side::Standard)));
    assert_eq!(zone("Pacific Daylight Time (Mexico)"), Some((America::Tijuana, Side::Daylight)));
    assert_eq!(zone("Eastern Standard Time (Mexico)"), Some((America::Cancun, Side::Standard)));
    assert_eq!(zone("Eastern Daylight Time"), Some((America::New_York, Side::Daylight)));
    assert_eq!(zone("E. Australia Standard Time"), Some((Australia::Brisbane, Side::Standard)));
    assert_eq!(zone("GMT Daylight Time"), Some((Europe::London, Side::Daylight)));
    assert_eq!(zone("GMT Standard Time"), Some((Europe::London, Side::Standard)));
    assert_eq!(zone("Russia TZ 2 Standard Time"), Some((Europe::Moscow, Side::Standard)));
    assert_eq!(zone("Jerusalem Daylight Time"), Some((Tz::Asia__Jerusalem, Side::Daylight)));
    assert_eq!(zone("Malay Peninsula Standard Time"), Some((Tz::Asia__Singapore, Side::Standard)));
    assert_eq!(zone("w. europe standard time"), Some((Europe::Berlin, Side::Standard)));
    assert_eq!(zone("Russia Time Zone 11"), Some((Tz::Asia__Kamchatka, Side::Unsaid)));
    for name in ["Coordinated Universal Time", "UTC", "GMT", "Z", "utc", " UTC "] {
        assert_eq!(zone(name), Some((Tz::UTC, Side::Unsaid)), "{name}");
    }
    assert_eq!(zone("UTC+12"), Some((Tz::Etc__GMTMinus12, Side::Unsaid)));
    assert_eq!(zone("America/New_York"), Some((America::New_York, Side::Unsaid)));
}

#[test]
fn formats_11_names_with_no_one_meaning_are_not_guessed() {
    for name in [
        "CST",
        "IST",
        "EST",
        "PST",
        "BST",
        "MSK",
        "",
        "-",
        "Standard Time",
        "Daylight Time",
        "Pacific",
        "Pacific Time",
        "Nowhere Standard Time",
        "Mitteleuropäische Zeit",
        "E. Australia Standard Time (Mexico)",
        "Nowhere/City",
    ] {
        assert_eq!(zone(name), None, "{name}");
    }
    assert_eq!(windows_zone(b"\xff Standard Time"), None);
}

#[test]
fn formats_11_the_table_has_no_name_twice_and_every_zone_keeps_its_standard_side() {
    for (i, row) in SIDED.iter().enumerate() {
        assert!(SIDED.iter().skip(i + 1).all(|other| !other.0.eq_ignore_ascii_case(row.0)), "{}", row.0);
    }
    assert_eq!((SIDED.len(), PLAIN.len()), (145, 11));
}

#[test]
fn m2_3_daylight_and_standard_settle_a_reading_that_occurs_twice() {
    assert_eq!(named("2022-11-06 01:30", "Pacific Daylight Time"), utc("2022-11-06 08:30"));
    assert_eq!(named("2022-11-06 01:30", "Pacific Standard Time"), utc("2022-11-06 09:30"));
    assert_eq!(named("2022-10-30 01:30", "GMT Daylight Time"), utc("2022-10-30 00:30"));
    assert_eq!(named("2022-10-30 01:30", "GMT Standard Time"), utc("2022-10-30 01:30"));
    let unsaid = named("2022-11-06 01:30", "America/Los_Angeles");
    assert_eq!(
        unsaid,
        Resolved::Ambiguous { earlier: at("2022-11-06 08:30"), later: at("2022-11-06 09:30") }
    );
}

#[test]
fn m2_3_the_zones_rule_gives_the_offset_and_the_name_only_the_side() {
    assert_eq!(named("2022-01-27 12:00", "Pacific Daylight Time"), utc("2022-01-27 20:00"));
    assert_eq!(
        named("2022-03-13 02:30", "Pacific Daylight Time"),
        Resolved::Gap { shifted: at("2022-03-13 10:30") }
    );
    let disagrees = |name: &str, when: &str| windows_zone(name.as_bytes()).unwrap().disagrees(at(when));
    assert!(disagrees("Pacific Daylight Time", "2022-01-27 20:00"));
    assert!(disagrees("Pacific Standard Time", "2022-07-27 20:00"));
    assert!(!disagrees("Pacific Standard Time", "2022-01-27 20:00"));
    assert!(!disagrees("Pacific Daylight Time", "2022-07-27 20:00"));
    assert!(!disagrees("AUS Eastern Daylight Time", "2022-01-27 20:00"));
    assert!(!disagrees("E. Australia Standard Time", "2022-01-27 20:00"));
    assert!(
        disagrees("E. South America Daylight Time", "2022-12-27 20:00"),
        "Brazil gave up daylight time in 2019"
    );
    assert!(!disagrees("UTC", "2022-12-27 20:00"));
}

#[test]
fn m2_3_the_zone_in_the_record_goes_before_the_declared_one_and_that_before_utc() {
    let mut cache = ZoneCache::default();
    let declared = Some(ZoneRule::Zone(America::Los_Angeles));
    let stamp = |zone| Stamp { local_us: at("2022-06-27 12:00"), zone };
    assert_eq!(
        cache.stamp(&stamp(Zone::Offset(3_600)), declared),
        (utc("2022-06-27 11:00"), ZoneBasis::Stated)
    );
    assert_eq!(
        cache.stamp(&stamp(Zone::Name(b"Eastern Daylight Time")), declared),
        (utc("2022-06-27 16:00"), ZoneBasis::Named)
    );
    assert_eq!(
        cache.stamp(&stamp(Zone::Name(b"CST")), declared),
        (utc("2022-06-27 19:00"), ZoneBasis::Declared)
    );
    assert_eq!(cache.stamp(&stamp(Zone::Absent), declared), (utc("2022-06-27 19:00"), ZoneBasis::Declared));
    assert_eq!(cache.stamp(&stamp(Zone::Absent), None), (utc("2022-06-27 12:00"), ZoneBasis::Assumed));
    assert_eq!(cache.stamp(&stamp(Zone::Name(b"CST")), None), (utc("2022-06-27 12:00"), ZoneBasis::Assumed));
}

#[test]
fn absurd_readings_do_not_fail() {
    let mut cache = ZoneCache::default();
    for us in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
        assert_eq!(to_utc(us, America::Los_Angeles), Resolved::Utc(us));
        assert_eq!(cache.to_utc(us, America::Los_Angeles), Resolved::Utc(us));
        _ = ZoneRule::Offset(i32::MIN).to_utc(us);
        _ = windows_zone(b"Pacific Daylight Time").unwrap().disagrees(us);
    }
}

const ZONES: [Tz; 10] = [
    America::Los_Angeles,
    America::Sao_Paulo,
    America::St_Johns,
    Australia::Lord_Howe,
    Europe::Dublin,
    Tz::Africa__Casablanca,
    Tz::Africa__Cairo,
    Pacific::Apia,
    Tz::Asia__Kathmandu,
    Tz::Antarctica__Troll,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn m2_3_the_cache_gives_what_the_zone_gives(
        picks in prop::collection::vec((0usize..ZONES.len(), 946_684_800i64..2_000_000_000, -200i64..200), 1..20),
    ) {
        let mut cache = ZoneCache::default();
        for (zone, second, minutes) in picks {
            for local in [second * US, (second + minutes * 60) * US + 1] {
                prop_assert_eq!(cache.to_utc(local, ZONES[zone]), to_utc(local, ZONES[zone]));
            }
        }
    }

    #[test]
    fn m2_3_every_instant_is_among_the_readings_of_its_own_clock(zone in 0usize..ZONES.len(), second in 946_684_800i64..2_000_000_000) {
        let tz = ZONES[zone];
        let local = (second + i64::from(offset_s(tz, second * US))) * US;
        match to_utc(local, tz) {
            Resolved::Utc(us) => prop_assert_eq!(us, second * US),
            Resolved::Ambiguous { earlier, later } => prop_assert!(earlier == second * US || later == second * US),
            Resolved::Gap { .. } => prop_assert!(false, "a clock showed it"),
        }
    }
}

#[test]
fn m2_3_the_cache_is_right_at_every_quarter_of_an_hour_round_every_change() {
    for tz in ZONES {
        let mut cache = ZoneCache::default();
        for quarter in 0..(30 * 366 * 96) {
            let local = (946_684_800 + quarter * 900) * US;
            if offset_s(tz, local - 90_000 * US) != offset_s(tz, local + 90_000 * US) {
                assert_eq!(cache.to_utc(local, tz), to_utc(local, tz), "{tz} {local}");
            }
        }
    }
}
