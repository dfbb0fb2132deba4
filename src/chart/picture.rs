//! Composes the page: header, event flags, two panels on one time axis, legend, key, foot.
//!
//! Two panels and not two scales in one, because a bar and a line on different scales invite a comparison
//! that means nothing. Heights are summed up from what there is to say; the upper panel takes what is left
//! of the least height.

use super::bands::{self, Interval};
use super::frame::{self, MARGIN_PX, Sample};
use super::label::clean;
use super::scale::{CountScale, TimeScale};
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};
use super::zone::{self, Dates};
use super::{MIN_HEIGHT_PX, WIDTH_PX, bars, count_axis, cumulative, events, flags, silences, time_axis};
use crate::finding::timeline::Timeline;

const UPPER_LEAST_PX: i32 = 400;
const LOWER_PX: i32 = 290;
const BETWEEN_PX: i32 = 34;
const AXIS_PX: i32 = 166;

const NOT_ADDITIVE: &str = "Distinct addresses of several windows must not be added up: the same address can \
     appear in many windows and is counted once in the running total.";
const NOT_ZERO: &str = "Hatched spans have no log: nothing is known there, which is not zero. Zero is shown \
     as a baseline without a bar.";
const SHARED: &str = "There are more windows than pixels: each column shows the greatest of the windows that \
     share it, not their sum.";

/// The whole picture.
pub(super) fn compose(timeline: &Timeline) -> Sheet {
    match (timeline.bins.first(), timeline.bins.last()) {
        (Some(first), Some(last)) if first.start_us < last.end_us => {
            charted(timeline, (first.start_us, last.end_us))
        }
        _ => without_windows(timeline),
    }
}

fn charted(timeline: &Timeline, domain: Interval) -> Sheet {
    let mut sheet = Sheet::default();
    let bins = &timeline.bins;
    let dates = Dates::within(timeline.zone, domain.0, domain.1);
    let greatest =
        |count: fn(&crate::finding::timeline::Bin) -> u64| bins.iter().map(count).max().unwrap_or(0);
    let upper_top = count_axis::top(greatest(|b| b.served.max(b.clients)));
    let lower_top = count_axis::top(greatest(|b| b.cumulative_clients));
    let labels = count_axis::label_room(upper_top).max(count_axis::label_room(lower_top));
    let x0 = MARGIN_PX + 96 + labels;
    let scale = TimeScale { start_us: domain.0, end_us: domain.1, x0, x1: WIDTH_PX as i32 - MARGIN_PX - 10 };

    let spans = |spans: &[crate::finding::timeline::Span]| {
        spans.iter().map(|s| (s.start_us, s.end_us)).collect::<Vec<_>>()
    };
    let uncovered = bins.iter().filter(|b| !b.covered).map(|b| (b.start_us, b.end_us));
    let no_log = bands::merge(spans(&timeline.silences).into_iter().chain(uncovered), domain);
    let logged = bands::complement(&no_log, domain);
    let outages = bands::merge(spans(&timeline.outages), domain);
    let columns = bars::columns(bins, &scale);
    let flags = flags::plan(&events::events(timeline, domain, dates), &scale);

    let window = clean(&timeline.window_label);
    let legend = legend(&window, no_log.len(), !outages.is_empty());
    let mut notes = vec![NOT_ADDITIVE];
    notes.extend((!no_log.is_empty()).then_some(NOT_ZERO));
    notes.extend(columns.iter().any(|c| c.shared).then_some(SHARED));
    let foot = frame::foot_lines(timeline, &notes);

    // Below the plot, measured on a sheet that is thrown away.
    let below = |sheet: &mut Sheet, y: i32| {
        let y = frame::draw_legend(sheet, y, &legend);
        let y = frame::draw_key(sheet, y, &flags.key);
        frame::draw_foot(sheet, y + 16, &foot)
    };
    let head_y = frame::draw_header(&mut sheet, timeline) + flags.height_px().max(20);
    let least = head_y + UPPER_LEAST_PX + BETWEEN_PX + LOWER_PX + AXIS_PX + below(&mut Sheet::default(), 0);
    let height = least.max(MIN_HEIGHT_PX as i32);
    sheet.height_px = height as u32;

    let upper = Rect::new(x0, head_y, scale.x1, head_y + UPPER_LEAST_PX + height - least);
    let lower = Rect::new(x0, upper.y1 + BETWEEN_PX, scale.x1, upper.y1 + BETWEEN_PX + LOWER_PX);
    let upper_y = CountScale { top: upper_top, y_zero: upper.y1, y_top: upper.y0 };
    let lower_y = CountScale { top: lower_top, y_zero: lower.y1, y_top: lower.y0 };
    let ticks = time_axis::ticks(timeline.zone, &scale);

    for (panel, y, title) in [(upper, upper_y, per_window(&window)), (lower, lower_y, running_total())] {
        // Closing an outage of less than a pixel would hide it: every span keeps two pixels.
        let across = |(from, to): &Interval| {
            let (from, to) = (scale.x(*from).min(panel.x1 - 2), scale.x(*to));
            Rect::new(from, panel.y0, to.max(from + 2), panel.y1)
        };
        outages.iter().for_each(|span| bands::draw_outage(&mut sheet, across(span)));
        no_log.iter().for_each(|span| bands::draw_no_log(&mut sheet, across(span)));
        time_axis::draw_grid(&mut sheet, panel, &scale, &ticks);
        count_axis::draw(&mut sheet, panel, y, &title, MARGIN_PX + 12);
    }
    flags.draw_poles(&mut sheet, &[upper, lower]);
    bars::draw(&mut sheet, &columns, upper_y, &logged, &scale);
    cumulative::draw_baseline(&mut sheet, lower);
    let total = cumulative::draw(&mut sheet, bins, &scale, lower_y);
    flags.draw(&mut sheet, upper.y0);
    total.into_iter().for_each(|text| sheet.backed_text(text));
    let peak = bars::peak(bins, upper, &scale, upper_y, dates);
    let peak = peak.unwrap_or_else(|| nothing_served(upper, no_log.is_empty()));
    silences::draw_labels(&mut sheet, timeline, upper, &scale, &columns, upper_y, peak.bounds());
    sheet.backed_text(peak);
    let zone_text = format!("local time, {}", zone::describe(timeline.zone, domain.0, domain.1));
    time_axis::draw(&mut sheet, lower.y1 + 2, &scale, &ticks, &zone_text);
    below(&mut sheet, lower.y1 + AXIS_PX);
    sheet
}

fn per_window(window: &str) -> Vec<String> {
    vec!["responses, addresses".to_owned(), format!("per {window}")]
}

fn running_total() -> Vec<String> {
    vec!["distinct addresses,".to_owned(), "running total".to_owned()]
}

fn legend(window: &str, silences: usize, outages: bool) -> Vec<(Sample, String)> {
    let mut entries = vec![
        (Sample::Served, format!("responses with data per {window}")),
        (Sample::Clients, format!("distinct addresses per {window}")),
        (Sample::Running, "distinct addresses, running total".to_owned()),
    ];
    if silences > 0 {
        let spans = if silences == 1 { "1 span".to_owned() } else { format!("{silences} spans") };
        entries.push((Sample::NoLog, format!("no log ({spans})")));
    }
    if outages {
        entries.push((Sample::Outage, "outage (as stated)".to_owned()));
    }
    entries
}

fn nothing_served(panel: Rect, complete: bool) -> Text {
    let text = if complete {
        "No response in this window carried data."
    } else {
        "The logs show no response that carried data."
    };
    let middle = (i32::midpoint(panel.x0, panel.x1), i32::midpoint(panel.y0, panel.y1));
    Text::new(middle, text, 34, Anchor::Middle)
}

/// The page for a timeline without any window: it says so, and still names events and provenance.
fn without_windows(timeline: &Timeline) -> Sheet {
    let mut sheet = Sheet { height_px: MIN_HEIGHT_PX, ..Sheet::default() };
    let dates = Dates::within(timeline.zone, i64::MIN, i64::MAX);
    let key = flags::key(&events::events(timeline, (i64::MIN, i64::MAX), dates));
    let foot = frame::foot_lines(timeline, &[]);
    let below = |sheet: &mut Sheet, y: i32| {
        let y = frame::draw_key(sheet, y, &key);
        frame::draw_foot(sheet, y + 16, &foot)
    };
    let head_y = frame::draw_header(&mut sheet, timeline);
    let least = head_y + UPPER_LEAST_PX + below(&mut Sheet::default(), 0);
    let height = least.max(MIN_HEIGHT_PX as i32);
    sheet.height_px = height as u32;
    let end_y = head_y + UPPER_LEAST_PX + height - least;
    sheet.fill(Rect::new(MARGIN_PX, head_y, WIDTH_PX as i32 - MARGIN_PX, head_y + 2), Shade::GRID);
    let said = "There is nothing to chart: no request of the evidence falls into this question.";
    let middle = (WIDTH_PX as i32 / 2, i32::midpoint(head_y, end_y));
    sheet.text(Text::new(middle, said, 34, Anchor::Middle));
    below(&mut sheet, end_y);
    sheet
}
