//! The page as a whole: well formed, deterministic, deaf to hostile text, with every figure in it.

use super::{CaseEvent, ReportInput, html};
use crate::finding::answer::Answer;
use crate::finding::table::Tables;
use crate::report::fixture;
use chrono_tz::America::Los_Angeles;
use std::collections::BTreeSet;

const CHART: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 60\"><rect x=\"0\" y=\"58\" width=\"900\" height=\"2\" fill=\"#1b1f24\"/></svg>";

fn input<'a>(answer: &'a Answer, tables: &'a Tables) -> ReportInput<'a> {
    let event = |at: &str, until: Option<&str>, kind: &str, label: &str| CaseEvent {
        at: at.to_owned(),
        until: until.map(str::to_owned),
        kind: kind.to_owned(),
        label: label.to_owned(),
    };
    ReportInput {
        answer,
        tables,
        case_id: "2022-DOJ-01".to_owned(),
        case_title: "Permit dashboard exposure".to_owned(),
        zone: Los_Angeles,
        from: "2022-06-27T12:00:00-07:00".to_owned(),
        until: "2022-06-28T12:00:00-07:00".to_owned(),
        charts: vec![CHART],
        evidence_sha256: "c0ffee41d07be85566a1f0c2d4e69b83a7750d1be2c94f6087a3d5b1c6e8f902",
        events: vec![
            event("2022-06-27T12:00:00-07:00", None, "published", "Dashboard published"),
            event(
                "2022-06-27T18:41:00-07:00",
                Some("2022-06-27T21:30:00-07:00"),
                "outage",
                "Site down under load",
            ),
            event("2022-06-27T21:30:00-07:00", None, "restored", "Site brought back"),
            event("2022-06-28T12:00:00-07:00", None, "closed", "Switched off"),
        ],
        command: "accesstrail report case.toml -o report".to_owned(),
        notes: Vec::new(),
    }
}

/// All start tags closed in order; gives back the tags. Attribute values never hold `<` or `>` (the door sees to it).
fn well_formed(page: &str) -> Vec<String> {
    const VOID: [&str; 3] = ["meta", "br", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, after) = after.split_once('>').unwrap();
        rest = after;
        let name = tag.split([' ', '/']).next().unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "at </{name}>");
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
        assert!(!tag.contains('<'), "{tag}");
        tags.push(tag.to_owned());
    }
    assert!(open.is_empty(), "{open:?} left open");
    tags
}

#[test]
fn the_page_is_well_formed_and_its_ids_are_its_own() {
    let (answer, tables) = (fixture::answer(), fixture::tables());
    let page = html(&input(&answer, &tables)).unwrap();
    if let Some(path) = std::env::var_os("WRITE_REPORT") {
        std::fs::write(path, &page).unwrap();
    }
    let tags = well_formed(&page);
    let ids: Vec<&str> =
        tags.iter().filter_map(|tag| tag.split_once(" id=\"")?.1.split('"').next()).collect();
    let distinct: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), distinct.len());
    assert!(ids.len() > 150, "{}", ids.len());
    for id in ["counts-served", "clients-ip", "window-4-served", "resource-1-subjects", "bytes-wire-written"]
    {
        assert!(distinct.contains(id), "{id}");
    }
}

#[test]
fn figures_carry_their_exact_value() {
    let (answer, tables) = (fixture::answer(), fixture::tables());
    let page = html(&input(&answer, &tables)).unwrap();
    for piece in [
        "2,734 responses that carried data, in 2,518 retrievals",
        "<data id=\"counts-served\" value=\"2734\">2,734</data>",
        "<data id=\"clients-ip\" value=\"507\">507</data>",
        "<data id=\"counts-complete\" value=\"\">–</data>",
        "<b>This format can&#39;t show it.</b>".replace("&#39;", "'").as_str(),
        "logs cover 21 h 11 min of it, 88 %",
        "<td class=\"nolog\">no log</td>",
        "would be 2,748 by 509 addresses. <span class=\"soft\">(CNT-11)</span></p>",
        "12 of 12 clients that were served",
        "The first 20; all are in <code>faults.csv</code>",
    ] {
        assert!(page.contains(piece), "{piece}");
    }
    assert!(!page.contains("download"));
}

#[test]
fn the_same_input_gives_the_same_page() {
    let (answer, tables) = (fixture::answer(), fixture::tables());
    assert_eq!(html(&input(&answer, &tables)).unwrap(), html(&input(&answer, &tables)).unwrap());
}

#[test]
fn hostile_text_adds_no_tag_and_hides_nothing() {
    let mut tables = fixture::tables();
    for client in &mut tables.top_clients {
        client.client = fixture::HOSTILE.to_owned();
        client.party = fixture::HOSTILE.to_owned();
        client.first_served_utc = fixture::HOSTILE.to_owned();
    }
    for fault in &mut tables.faults {
        fault.source = fixture::HOSTILE.to_owned();
        fault.fault = fixture::HOSTILE.to_owned();
        fault.found = fixture::HOSTILE.as_bytes().to_vec();
    }
    let answer = fixture::hostile_answer();
    let mut hostile = input(&answer, &tables);
    hostile.case_title = fixture::HOSTILE.to_owned();
    hostile.case_id = fixture::HOSTILE.to_owned();
    hostile.from = fixture::HOSTILE.to_owned();
    hostile.evidence_sha256 = fixture::HOSTILE;
    hostile.command = fixture::HOSTILE.to_owned();
    hostile.notes = vec![fixture::HOSTILE.to_owned()];
    hostile.events = vec![CaseEvent { label: fixture::HOSTILE.to_owned(), ..CaseEvent::default() }];
    let page = html(&hostile).unwrap();
    let names = |page: &str| -> BTreeSet<String> {
        well_formed(page).iter().map(|tag| tag.split([' ', '/']).next().unwrap().to_owned()).collect()
    };
    assert!(!names(&page).contains("img") && !names(&page).contains("script"));
    assert!(!page.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{200b}', '\r']));
    assert!(page.contains(r"\u{202E}fdp.exe"));
    // A hash shorter than 12 characters, or cut inside a character, is no reason to fail.
    hostile.evidence_sha256 = "ä";
    html(&hostile).unwrap();
}

#[test]
fn secrets_in_urls_are_not_handed_round() {
    let (answer, tables) = (fixture::answer(), fixture::tables());
    let page = html(&input(&answer, &tables)).unwrap();
    assert!(page.contains("GET /x?sig=[redacted] \\x1B[2J&lt;/script&gt;\\xFF"), "redacted and escaped");
    assert!(!page.contains("SECRET"));
}

#[test]
fn nothing_in_the_page_is_fetched_or_run() {
    let (answer, tables) = (fixture::answer(), fixture::tables());
    let page = html(&input(&answer, &tables)).unwrap();
    for word in ["<script", "href=", "src=", " style=", "url(", "@import", "javascript:"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-"));
}

#[test]
fn an_empty_answer_is_a_page_too() {
    let (answer, tables) = (Answer::default(), Tables::default());
    let mut empty = input(&answer, &tables);
    empty.charts = Vec::new();
    empty.events.clear();
    let page = html(&empty).unwrap();
    well_formed(&page);
    assert!(page.contains("No response that carried data, in 0 requests"));
}

#[test]
fn of_a_great_many_windows_the_empty_ones_are_left_to_the_table() {
    let (mut answer, tables) = (fixture::answer(), fixture::tables());
    answer.windows = (0..20).flat_map(|_| fixture::answer().windows).collect();
    let page = html(&input(&answer, &tables)).unwrap();
    assert!(page.contains("80 further windows are covered by the logs and hold no request"));
    assert!(page.contains("id=\"window-480-served\"") && !page.contains("id=\"window-15-served\""));
}
