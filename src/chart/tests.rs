//! The room as a whole: what the files hold, that they are the same every time, and that they are safe.

use chrono_tz::Tz;

use super::sheet::{Rect, Shape};
use super::*;
use crate::finding::timeline::{Bin, Mark, Span};

const HOUR_US: i64 = 3_600_000_000;

/// 2022-06-27 12:00 in Los Angeles.
const NOON_US: i64 = 1_656_356_400_000_000;

fn timeline(served: &[u64], width_us: i64) -> Timeline {
    let mut cumulative_clients = 0;
    let bins = served.iter().zip(0_i64..).map(|(served, i)| {
        let clients = served.div_ceil(3);
        cumulative_clients += clients / 2;
        let start_us = NOON_US + i * width_us;
        Bin {
            start_us,
            end_us: start_us + width_us,
            served: *served,
            clients,
            cumulative_clients,
            covered: true,
        }
    });
    Timeline {
        title: "Permit data exposed on the open data portal".to_owned(),
        subtitle: "2,734 responses carried personal data to 507 addresses".to_owned(),
        zone: chrono_tz::America::Los_Angeles,
        profile: "served".to_owned(),
        window_label: "1 h".to_owned(),
        evidence_hash: "0123456789ab".to_owned(),
        version: "0.1.0".to_owned(),
        bins: bins.collect(),
        marks: Vec::new(),
        silences: Vec::new(),
        outages: Vec::new(),
    }
}

fn mark(hours: i64, label: &str) -> Mark {
    Mark { at_us: NOON_US + hours * HOUR_US, label: label.to_owned(), kind: "note".to_owned() }
}

fn incident() -> Timeline {
    let mut t = timeline(
        &[12, 80, 220, 401, 390, 310, 260, 120, 0, 3, 90, 71, 44, 20, 12, 9, 4, 0, 0, 7, 30, 60, 80, 2],
        HOUR_US,
    );
    t.marks = vec![mark(0, "Published"), mark(9, "Site brought back"), mark(24, "Switched off")];
    t.outages = vec![Span {
        start_us: NOON_US + 7 * HOUR_US,
        end_us: NOON_US + 9 * HOUR_US,
        label: "Site down".to_owned(),
    }];
    t.silences = vec![Span {
        start_us: NOON_US + 17 * HOUR_US,
        end_us: NOON_US + 19 * HOUR_US,
        label: "log-gap".to_owned(),
    }];
    for bin in t.bins.iter_mut().skip(17).take(2) {
        bin.covered = false;
    }
    t
}

/// Every text of the page has its own place, with room for a wider font, and is on the page.
fn proves_legible(t: &Timeline) {
    let sheet = picture::compose(t);
    let texts: Vec<&super::sheet::Text> =
        sheet.shapes.iter().filter_map(|s| if let Shape::Text(t) = s { Some(t) } else { None }).collect();
    let page = Rect::new(0, 0, WIDTH_PX as i32, sheet.height_px as i32);
    for (i, a) in texts.iter().enumerate() {
        let r = a.bounds();
        assert!(r.x0 >= page.x0 && r.x1 <= page.x1 && r.y0 >= 0 && r.y1 <= page.y1, "off the page: {a:?}");
        for b in texts.iter().skip(i + 1) {
            assert!(!r.overlaps(&b.bounds()), "`{}` overlaps `{}`", a.text, b.text);
        }
    }
}

#[test]
fn the_same_timeline_gives_the_same_bytes() {
    let t = incident();
    assert_eq!(timeline_svg(&t).unwrap(), timeline_svg(&t).unwrap());
    assert_eq!(timeline_png(&t).unwrap(), timeline_png(&t).unwrap());
}

#[test]
fn the_picture_names_title_zone_window_profile_and_evidence() {
    let svg = timeline_svg(&incident()).unwrap();
    for said in [
        "Permit data exposed on the open data portal",
        "America/Los_Angeles (UTC−07:00)",
        "profile served",
        "evidence sha256 0123456789ab",
        "2022-06-27 12:00 to 2022-06-28 12:00",
        "accesstrail 0.1.0",
        "no log (1 span)",
        "must not be added up",
        "19:00–21:00 · Site down",
        "28 Jun 12:00 · Switched off",
    ] {
        assert!(svg.contains(said), "{said}\n{svg}");
    }
    proves_well_formed(&svg);
}

#[test]
fn png_has_the_promised_size() {
    for t in [incident(), timeline(&[], HOUR_US)] {
        let png = timeline_png(&t).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (WIDTH_PX, MIN_HEIGHT_PX));
    }
}

#[test]
fn hostile_text_stays_text() {
    let hostile = "</text><script>alert(1)</script>\u{202e}gnp.\u{0}\u{1b}[2J\u{fffe}\n\"'&lt; ]]>";
    let mut t = incident();
    for field in [
        &mut t.title,
        &mut t.subtitle,
        &mut t.profile,
        &mut t.window_label,
        &mut t.evidence_hash,
        &mut t.version,
    ] {
        *field = hostile.to_owned();
    }
    t.marks.push(Mark { at_us: NOON_US, label: hostile.to_owned(), kind: hostile.to_owned() });
    t.outages.push(Span { start_us: NOON_US, end_us: NOON_US + 1, label: hostile.to_owned() });
    t.silences.push(Span { start_us: NOON_US, end_us: NOON_US + 1, label: hostile.to_owned() });
    let svg = timeline_svg(&t).unwrap();
    proves_well_formed(&svg);
    assert!(!svg.contains("<script") && !svg.contains("</script"));
    assert!(svg.contains("&lt;script&gt;"));
    timeline_png(&t).unwrap();
    proves_legible(&t);
}

#[test]
fn texts_never_overlap() {
    proves_legible(&incident());
    proves_legible(&timeline(&[1], HOUR_US));
    proves_legible(&timeline(&[], HOUR_US));
    proves_legible(&timeline(&[0, 0, 0], HOUR_US));
    proves_legible(&timeline(&[1_000_000_000, 1, 0], 24 * HOUR_US));
    proves_legible(&timeline(&[u64::MAX, u64::MAX, 5], 24 * HOUR_US));
    let rising: Vec<u64> = (0..10_000).map(|i| i % 97).collect();
    proves_legible(&timeline(&rising, HOUR_US / 4));
    let mut crowded = incident();
    crowded.title = "A very long title of a case ".repeat(20);
    crowded.subtitle = "with a long subtitle ".repeat(30);
    crowded.zone = chrono_tz::America::Argentina::ComodRivadavia;
    crowded.marks = (0..12).map(|i| mark(i * 2, "An event with a label of ordinary length")).collect();
    proves_legible(&crowded);
    crowded.marks = (0..90).map(|i| mark(i % 5, "An event with a long label ".repeat(9).trim())).collect();
    proves_legible(&crowded);
    crowded.marks =
        (0..3000).map(|i| Mark { at_us: NOON_US + i * 28_800_000, ..mark(0, "one of very many") }).collect();
    proves_legible(&crowded);
    crowded.marks = vec![mark(-500, "long before"), mark(900, "long after"), mark(3, "")];
    proves_legible(&crowded);
}

#[test]
fn a_zero_has_a_baseline_and_a_span_without_log_has_none() {
    let mut t = incident();
    let baseline = |t: &Timeline| {
        let sheet = picture::compose(t);
        let ink = |s: &&Shape| matches!(s, Shape::Fill(r, super::sheet::Shade::INK) if r.width() > 100 && r.height() == 4);
        sheet
            .shapes
            .iter()
            .filter(ink)
            .map(|s| if let Shape::Fill(r, _) = s { r.width() } else { 0 })
            .sum::<i32>()
    };
    let with_gap = baseline(&t);
    t.silences.clear();
    t.bins.iter_mut().for_each(|b| b.covered = true);
    let whole = baseline(&t);
    assert!(with_gap < whole * 23 / 24, "{with_gap} of {whole}");
}

#[test]
fn an_empty_timeline_says_so() {
    assert!(timeline_svg(&timeline(&[], HOUR_US)).unwrap().contains("nothing to chart"));
    assert!(timeline_svg(&timeline(&[0, 0], HOUR_US)).unwrap().contains("No response in this window"));
}

#[test]
fn both_files_fill_the_same_pixels() {
    let mut sheet = super::sheet::Sheet { height_px: 10, ..Default::default() };
    sheet.fill(Rect::new(5, 2, 8, 4), super::sheet::Shade(0, 0, 0));
    let png = paint::png(&sheet).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgb).unwrap();
    assert_eq!(rgb.chunks(3).filter(|p| *p == [0, 0, 0]).count(), 6);
    assert!(paint::svg(&sheet).unwrap().contains("x=\"5\" y=\"2\" width=\"3\" height=\"2\""));
}

#[test]
fn extreme_zones_and_times_do_not_panic() {
    for zone in chrono_tz::TZ_VARIANTS {
        let mut t = timeline(&[1, 2, 3], 24 * HOUR_US);
        t.zone = zone;
        picture::compose(&t);
    }
    let mut t = timeline(&[1], HOUR_US);
    for (start_us, end_us) in
        [(i64::MIN, i64::MAX), (i64::MAX - 1, i64::MAX), (i64::MIN, i64::MIN + 1), (5, 5), (9, 3)]
    {
        t.bins[0].start_us = start_us;
        t.bins[0].end_us = end_us;
        t.marks = vec![Mark { at_us: i64::MAX, label: String::new(), kind: String::new() }];
        proves_legible(&t);
    }
}

#[test]
fn the_zone_of_a_case_is_said_even_if_its_offset_is_odd() {
    let mut t = incident();
    t.zone = "Asia/Kathmandu".parse::<Tz>().unwrap();
    assert!(timeline_svg(&t).unwrap().contains("Asia/Kathmandu (UTC+05:45)"));
}

/// A reader of the little XML the chart uses: tags balance, text holds no markup and no forbidden
/// character.
fn proves_well_formed(svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("every tag is closed");
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name.to_owned()));
        } else if !tag.ends_with('/') && !tag.starts_with('?') && !tag.starts_with('!') {
            let name = tag.split_whitespace().next().unwrap().to_owned();
            assert!(["svg", "text"].contains(&name.as_str()), "{name}");
            open.push(name);
        }
        for entity in text.split('&').skip(1) {
            let (name, _) = entity.split_once(';').expect("every entity is closed");
            assert!(["lt", "gt", "amp", "quot", "apos"].contains(&name), "{name}");
        }
        let forbidden = |c: char| {
            (c.is_control() && c != '\n')
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{fffe}'..='\u{ffff}').contains(&c)
        };
        assert!(!text.chars().any(forbidden), "{text:?}");
    }
    assert!(open.is_empty());
}
