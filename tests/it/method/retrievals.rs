//! Section 6: how often.

use super::{NGINX, counted, reported};
use crate::evidence::{from_agent, get, got, june};
use crate::json::{number, three};

/// A part of 60 bytes.
fn part(client: &str, clock: &str) -> String {
    got(client, clock, 206, "60")
}

#[test]
fn m6_2_another_agent_login_or_address_is_another_retrieval_and_a_neighbour_in_the_64_is_not() {
    let at = june("10:00:00");
    let from = |client: &str, agent: &str| from_agent(client, &at, "GET /data.csv", 206, "60", agent);
    let login = from("192.0.2.1", "a").replace(" - - [", " - jane [");
    let lines = [from("192.0.2.1", "a"), from("192.0.2.1", "b"), from("192.0.2.2", "a"), login];
    assert_eq!(three(&counted(lines, &[])), [4, 4, 4]);
    let answer =
        counted([from("2001:db8::1", "a"), from("2001:db8::2", "a"), from("2001:db8:0:1::1", "a")], &[]);
    assert_eq!(three(&answer), [3, 3, 2]);
    assert_eq!(number(&answer, "clients.ip"), 3);
}

#[test]
fn m6_3_i_a_part_exactly_30_minutes_later_joins_and_one_second_more_opens() {
    let a = "192.0.2.1";
    assert_eq!(three(&counted([part(a, "10:00:00"), part(a, "10:30:00")], &[])), [2, 2, 1]);
    assert_eq!(three(&counted([part(a, "10:00:00"), part(a, "10:30:01")], &[])), [2, 2, 2]);
    // The time is measured from the previous part, not from the first.
    let chain = ["10:00:00", "10:30:00", "11:00:00", "11:30:00"].map(|clock| part(a, clock));
    assert_eq!(three(&counted(chain, &[])), [4, 4, 1]);
}

#[test]
fn m6_3_i_the_gap_of_the_case_is_the_one_that_counts() {
    let lines = [part("192.0.2.1", "10:00:00"), part("192.0.2.1", "10:10:00")];
    let case = format!("{NGINX}[counting]\ngap = \"5m\"\n").replace("size = 100\n", "");
    assert_eq!(number(&reported(&lines, &case), "counts.retrievals"), 2);
    assert_eq!(number(&reported(&lines, &case.replace("5m", "10m")), "counts.retrievals"), 1);
}

#[test]
fn m6_3_ii_a_whole_response_after_a_whole_one_opens_and_a_part_after_it_joins() {
    let a = "192.0.2.1";
    assert_eq!(three(&counted([get(a, "10:00:00"), get(a, "10:00:00")], &[])), [2, 2, 2]);
    assert_eq!(three(&counted([get(a, "10:00:00"), part(a, "10:00:01")], &[])), [2, 2, 1]);
    assert_eq!(three(&counted([part(a, "10:00:00"), get(a, "10:00:01")], &[])), [2, 2, 1]);
    assert_eq!(
        three(&counted([part(a, "10:00:00"), get(a, "10:00:01"), get(a, "10:00:02")], &[])),
        [3, 3, 2]
    );
}

#[test]
fn m6_3_iii_a_part_after_the_parts_that_reached_the_size_opens() {
    let lines = ["10:00:00", "10:00:01", "10:00:02"].map(|clock| part("192.0.2.1", clock));
    // 60 + 60 reach the declared 100; the third part begins anew.
    assert_eq!(three(&reported(&lines, NGINX)), [3, 3, 2]);
    assert_eq!(three(&reported(&lines, &NGINX.replace("size = 100", "size = 121"))), [3, 3, 1]);
    assert_eq!(three(&reported(&lines, &NGINX.replace("size = 100\n", ""))), [3, 3, 1]);
}

/// METHOD M5.1: the size of more than half of the 200s, seen from three addresses, serves here too.
#[test]
fn m6_3_iii_the_size_may_be_the_one_that_three_addresses_got() {
    let parts = ["10:00:00", "10:00:01", "10:00:02"].map(|clock| part("192.0.2.1", clock));
    let with = |others: &[&str]| {
        let lines = parts.iter().cloned().chain(others.iter().map(|client| get(client, "09:00:00")));
        three(&counted(lines, &[]))[2] - others.len() as u64
    };
    assert_eq!(with(&["192.0.2.7", "192.0.2.8"]), 1);
    assert_eq!(with(&["192.0.2.7", "192.0.2.8", "192.0.2.9"]), 2);
    // The modal size never decides an outcome.
    let lines = ["192.0.2.7", "192.0.2.8", "192.0.2.9"].map(|client| get(client, "09:00:00"));
    let short = [&lines[..], &[got("192.0.2.1", "10:00:00", 200, "50")]].concat();
    assert_eq!(number(&counted(short, &[]), "outcomes.probable"), 4);
}

/// METHOD M6.4: parts without logged ranges add up to nothing that can be called complete.
#[test]
fn m6_4_a_retrieval_of_parts_without_ranges_is_not_complete_or_probable() {
    let lines = ["10:00:00", "10:00:01"].map(|clock| part("192.0.2.1", clock));
    let answer = reported(&lines, NGINX);
    assert_eq!(number(&answer, "counts.retrievals"), 1);
    assert_eq!(number(&answer, "counts.complete_or_probable_retrievals"), 0);
    assert_eq!(number(&answer, "counts.complete_retrievals"), 0);
    assert!(super::caveat(&answer, "CNT-03").is_some());
}

#[test]
fn m6_3_retrievals_follow_time_and_not_the_order_of_lines() {
    let a = "192.0.2.1";
    let lines = [part(a, "11:00:00"), part(a, "10:00:00"), part(a, "10:30:00")];
    assert_eq!(three(&counted(lines, &[])), [3, 3, 1]);
}

#[test]
fn m6_3_only_events_in_the_window_open_or_join_and_those_that_it_cuts_are_reported() {
    let lines = [part("192.0.2.1", "09:50:00"), part("192.0.2.1", "10:05:00")];
    let answer = counted(&lines, &["--from", "2022-06-01T10:00:00Z", "--until", "2022-06-01T11:00:00Z"]);
    assert_eq!(three(&answer), [1, 1, 1]);
    let said = super::caveat(&answer, "TIM-02").expect("TIM-02 reports the retrieval that the edge cuts");
    assert_eq!(crate::json::numbers(said), [1]);
}

#[test]
fn m6_5_the_profile_chooses_the_figure_and_nothing_else() {
    let a = "192.0.2.1";
    let lines = [get(a, "10:00:00"), part(a, "10:00:01"), got(a, "10:00:02", 404, "9")];
    let mut answers =
        ["served", "retrievals", "requests"].map(|profile| counted(&lines, &["--profile", profile]));
    assert_eq!(answers.each_ref().map(|a| number(a, "profile.count")), [2, 1, 3]);
    for answer in &mut answers {
        answer.as_object_mut().unwrap().remove("profile").unwrap();
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}
