use proptest::prelude::*;

use super::*;

fn holes(paths: &[&str]) -> Vec<(String, String)> {
    let names: Vec<Name<'_>> = paths.iter().map(|path| Name { path, member: None }).collect();
    let found = series(&names);
    found.iter().flat_map(|s| s.holes().into_iter().map(|hole| (s.shown.clone(), hole.to_string()))).collect()
}

fn hole(set: &str, what: &str) -> Vec<(String, String)> {
    vec![(set.to_owned(), what.to_owned())]
}

/// METHOD M6.9.
#[test]
fn rotated_files_share_a_stem_and_different_logs_do_not() {
    for path in ["access.log", "access.log.1", "access.log.2.gz", "access.log-20220627.gz"] {
        assert_eq!(stem(&format!("logs/{path}")), "logs/access.log", "{path}");
    }
    for ending in ["gz", "GZ", "bz2", "xz", "zst", "lz4", "zip", "Zip", "ZST"] {
        assert_eq!(stem(&format!("logs/access.log.12.{ending}")), "logs/access.log", "{ending}");
    }
    assert_eq!(stem("logs/access.2022_06_27_00_00_00.log"), stem("logs/access.2022_06_28_00_00_00.log"));
    assert_eq!(stem("u_ex220627.log"), stem("u_ex220628.log"));
    assert_ne!(stem("web1.log"), stem("web2.log"));
    assert_ne!(stem("front/access.log"), stem("back/access.log"));
    assert_ne!(stem("logs/front-access.log"), stem("logs/access.log"));
    assert_eq!(stem(".gz"), ".gz");
}

#[test]
fn m2_5_a_number_between_two_that_are_there_is_missing() {
    let four = ["access.log", "access.log.1", "access.log.2.gz", "access.log.4.gz"];
    assert_eq!(holes(&four), hole("access.log", "number 3"));
    assert_eq!(holes(&["l/access.log", "l/access.log.2"]), hole("l/access.log", "number 1"));
    assert_eq!(holes(&["access.1.log", "access.4.log"]), hole("access.log", "numbers 2 and 3"));
    assert_eq!(holes(&["a.log.001", "a.log.002.GZ", "a.log.004"]), hole("a.log", "number 3"));
}

#[test]
fn m2_5_before_the_first_and_after_the_last_nothing_is_known_to_be_missing() {
    assert_eq!(holes(&["access.log.3", "access.log.4"]), []);
    assert_eq!(holes(&["access.log.9"]), []);
    assert_eq!(holes(&["access.log"]), []);
    assert_eq!(holes(&["access.log", "access.log.0", "access.log.1"]), []);
}

#[test]
fn m2_5_the_same_number_twice_is_no_gap() {
    assert_eq!(holes(&["access.log.1", "access.log.2", "access.log.2.gz", "access.log.3"]), []);
}

#[test]
fn m2_5_files_of_other_folders_and_other_names_fill_no_gap() {
    let names = ["a/x.log.1", "a/x.log.3", "b/x.log.2", "a/y.log.2"];
    assert_eq!(holes(&names), hole("a/x.log", "number 2"));
}

#[test]
fn m2_5_numbers_far_apart_name_something_else_than_turns() {
    assert_eq!(holes(&["access.80.log", "access.443.log"]), []);
    assert_eq!(holes(&["access.log", "access.2022.log", "access.2023.log"]), []);
    assert_eq!(holes(&["web1.log", "web2.log", "web4.log"]), []);
    assert_eq!(holes(&["a.log.0", "a.log.100"]), hole("a.log", "numbers 1 to 99"));
    assert_eq!(holes(&["a.log.1700000000", "a.log.1700086400"]), []);
}

#[test]
fn m2_5_members_of_one_archive_are_a_series_of_their_own() {
    let member = |path, member| Name { path, member: Some(member) };
    let names = [member("a.zip", "x/l.log.1"), member("a.zip", "x/l.log.3"), member("b.zip", "x/l.log.2")];
    let found = series(&names);
    let shown: Vec<_> = found.iter().map(|s| (s.shown.as_str(), s.holes())).collect();
    assert_eq!(shown, [("a.zip › x/l.log", vec![Lacking::Numbers(2, 2)]), ("b.zip › x/l.log", Vec::new())]);
    let names = [member("a.zip", "l.log"), member("a.zip", "l.log.2")];
    assert_eq!(series(&names)[0].holes(), [Lacking::Numbers(1, 1)]);
}

#[test]
fn m2_5_a_day_is_missing_only_where_nearly_all_steps_are_days() {
    let days = |days: &[&str]| {
        let names: Vec<String> = days.iter().map(|day| format!("access.log-202401{day}.gz")).collect();
        holes(&names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(days(&["01", "02", "03", "05"]), hole("access.log", "the day 2024-01-04"));
    assert_eq!(days(&["01", "02", "03", "05", "05"]), hole("access.log", "the day 2024-01-04"));
    assert_eq!(
        days(&["01", "02", "03", "04", "07"]),
        hole("access.log", "the days 2024-01-05 and 2024-01-06")
    );
    // Two steps of three, and not less.
    assert_eq!(days(&["01", "02", "04"]), []);
    assert_eq!(days(&["01", "08", "15", "29"]), []);
    assert_eq!(days(&["01", "04"]), []);
}

#[test]
fn m2_5_dates_are_read_in_the_spellings_of_rotation() {
    let month_end = [
        "a-2024-02-27.log",
        "a-2024-02-28.log",
        "a-2024-02-29.log.1",
        "a-2024-02-29.log.3",
        "a-2024-03-02.log",
    ];
    assert_eq!(holes(&month_end), hole("a.log", "the day 2024-03-01"));
    let with_time = ["27_00", "28_00", "28_12", "29_00"].map(|t| format!("access.2022_06_{t}_00_00.log"));
    let mut names: Vec<&str> = with_time.iter().map(String::as_str).collect();
    names.push("access.2022_07_01_00_00_00.log");
    assert_eq!(holes(&names), hole("access.log", "the day 2022-06-30"));
    let hours =
        ["a.log.2024010100", "a.log.2024010112", "a.log.2024010200", "a.log.2024010300", "a.log.2024010500"];
    assert_eq!(holes(&hours), hole("a.log", "the day 2024-01-04"));
    assert_eq!(holes(&["a-2024-13-01.log", "a-2024-13-02.log"]), []);
}

#[test]
fn m2_5_week_ends_without_files_are_a_habit() {
    // 1 January 2024 is a Monday.
    let names: Vec<String> = (1..=26)
        .filter(|day| ![6, 7, 13, 14, 20, 21, 24].contains(day))
        .map(|day| format!("a-2024-01-{day:02}.log"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(holes(&names), hole("a.log", "the day 2024-01-24"));
}

#[test]
fn m2_5_the_gap_lies_between_the_neighbours_whichever_way_the_numbers_run() {
    let names = ["a.log.1", "a.log.3", "a.log.4"].map(|path| Name { path, member: None });
    let found = series(&names);
    let span = |start_us, end_us| Some(Span { start_us, end_us });
    let hole = found[0].holes()[0];
    let gap = |one, three, four| found[0].gap(hole, &[one, three, four]);
    assert_eq!(gap(span(50, 60), span(20, 30), span(0, 10)), span(30, 50));
    assert_eq!(gap(span(20, 30), span(50, 60), span(70, 80)), span(30, 50));
    // A neighbour without records says nothing: the next one does.
    assert_eq!(gap(span(50, 60), None, span(0, 10)), span(10, 50));
    // Neighbours that meet leave no gap.
    assert_eq!(gap(span(25, 60), span(20, 30), span(0, 10)), None);
    assert_eq!(gap(span(30, 60), span(20, 30), span(0, 10)), None);
    assert_eq!(gap(None, span(20, 30), None), None);
}

proptest! {
    #[test]
    fn m2_5_a_file_taken_out_of_a_complete_series_is_the_one_that_is_missing(
        last in 2i64..60,
        out in 1i64..60,
        style in 0usize..4,
        packed in proptest::collection::vec(any::<bool>(), 60),
    ) {
        let out = 1 + (out - 1) % (last - 1);
        let names: Vec<String> = (0..=last)
            .filter(|n| *n != out)
            .map(|n| {
                let ending = if packed[n as usize] { ".gz" } else { "" };
                match (style, n) {
                    (0 | 1, 0) => format!("d/access.log{ending}"),
                    (0, n) => format!("d/access.log.{n}{ending}"),
                    (1, n) => format!("d/access.{n:03}.log{ending}"),
                    (2, n) => format!("d/x-{n}.log{ending}"),
                    (_, n) => format!("d/access_{n:04}{ending}"),
                }
            })
            .collect();
        let found = holes(&names.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].1, &format!("number {out}"));
    }

    #[test]
    fn m2_5_a_day_taken_out_of_a_month_is_the_one_that_is_missing(out in 2i64..27) {
        let names: Vec<String> =
            (1..=28).filter(|day| *day != out).map(|day| format!("a.log-202402{day:02}")).collect();
        let found = holes(&names.iter().map(String::as_str).collect::<Vec<_>>());
        prop_assert_eq!(found, hole("a.log", &format!("the day 2024-02-{out:02}")));
    }

    #[test]
    fn any_name_has_a_stem_and_a_place(name in "\\PC{0,20}") {
        prop_assert!(stem(&name).len() <= name.len());
        let names = [Name { path: &name, member: None }];
        prop_assert!(series(&names).iter().all(|s| s.holes().is_empty()));
    }
}
