//! The axis of time: ticks at round local times, midnights with their date, labels that never touch.

use chrono::Datelike;
use chrono_tz::Tz;

use super::WIDTH_PX;
use super::calendar::{STEPS, Step, round_instants};
use super::font::room;
use super::scale::TimeScale;
use super::sheet::{Anchor, Rect, Shade, Sheet, Text};
use super::zone::{date, local, time};

/// Size of tick labels.
const EM_PX: i32 = 30;

/// Least distance between two labels.
const APART_PX: i32 = 22;

/// No axis needs more; it spares measuring what can't fit.
const MOST_TICKS: i64 = 120;

/// One tick: a time of day or a date, and below it the date or year it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tick {
    pub(super) at_us: i64,
    pub(super) upper: String,
    pub(super) lower: Option<String>,
    /// A new day among hours, a new year among days.
    pub(super) strong: bool,
}

/// The finest ticks whose labels do not touch. A span without any round time is labelled at its ends.
pub(super) fn ticks(zone: Tz, scale: &TimeScale) -> Vec<Tick> {
    let span_s = (scale.end_us.saturating_sub(scale.start_us)) / 1_000_000;
    for step in STEPS {
        if span_s / step.about_s() > MOST_TICKS {
            continue;
        }
        let mut ticks = labelled(zone, *step, &round_instants(zone, *step, scale.start_us, scale.end_us));
        if let [first, rest @ ..] = ticks.as_mut_slice()
            && !first.strong
        {
            let crowded =
                rest.iter().find(|t| t.lower.is_some()).is_some_and(|next| touch(scale, [&*first, next]));
            if crowded {
                first.lower = None;
            }
        }
        let apart = |rows: fn(&Tick) -> Option<&str>| {
            let labels: Vec<Rect> =
                ticks.iter().filter_map(|t| rows(t).map(|s| place(scale, t.at_us, s))).collect();
            labels.windows(2).all(|pair| matches!(pair, [a, b] if a.x1 + APART_PX <= b.x0))
        };
        if apart(|t| Some(&t.upper)) && apart(|t| t.lower.as_deref()) && !ticks.is_empty() {
            return ticks;
        }
    }
    let end =
        |at_us| Tick { at_us, upper: time(zone, at_us), lower: Some(date(zone, at_us, true)), strong: false };
    if span_s > 0 || scale.end_us > scale.start_us {
        vec![end(scale.start_us), end(scale.end_us)]
    } else {
        vec![end(scale.start_us)]
    }
}

fn touch(scale: &TimeScale, pair: [&Tick; 2]) -> bool {
    let [a, b] = pair.map(|t| place(scale, t.at_us, t.lower.as_deref().unwrap_or_default()));
    a.x1 + APART_PX > b.x0
}

/// Where a label centred under its tick lies, moved inside the page.
fn place(scale: &TimeScale, at_us: i64, text: &str) -> Rect {
    let wide = room(text, EM_PX);
    let x0 = (scale.x(at_us) - wide / 2).min(WIDTH_PX as i32 - 16 - wide);
    Rect::new(x0, 0, x0 + wide, 1)
}

fn labelled(zone: Tz, step: Step, at: &[i64]) -> Vec<Tick> {
    let mut previous = None;
    let mut ticks = Vec::with_capacity(at.len());
    for &at_us in at {
        let t = local(zone, at_us);
        let here = match step {
            Step::Seconds(_) => t.num_days_from_ce(),
            _ => t.year(),
        };
        let began = match step {
            Step::Seconds(_) => local(zone, at_us.saturating_sub(1)).num_days_from_ce(),
            _ => local(zone, at_us.saturating_sub(1)).year(),
        } != here;
        let upper = match step {
            Step::Seconds(_) => time(zone, at_us),
            Step::Days(_) => date(zone, at_us, false),
            Step::Months(_) => t.format("%b").to_string(),
            Step::Years(_) => t.year().to_string(),
        };
        let lower = match step {
            _ if previous == Some(here) => None,
            Step::Seconds(_) => Some(date(zone, at_us, true)),
            Step::Years(_) => None,
            _ => Some(here.to_string()),
        };
        ticks.push(Tick { at_us, upper, lower, strong: began && !matches!(step, Step::Years(_)) });
        previous = Some(here);
    }
    ticks
}

/// Faint lines where a day or a year begins, behind everything else of a panel.
pub(super) fn draw_grid(sheet: &mut Sheet, panel: Rect, scale: &TimeScale, ticks: &[Tick]) {
    for tick in ticks.iter().filter(|t| t.strong) {
        let x = scale.x(tick.at_us);
        sheet.fill(Rect::new(x - 1, panel.y0, x + 1, panel.y1), Shade::GRID);
    }
}

/// Ticks and labels below `y`, and the zone's description below them.
pub(super) fn draw(sheet: &mut Sheet, y: i32, scale: &TimeScale, ticks: &[Tick], zone_text: &str) {
    for tick in ticks {
        let x = scale.x(tick.at_us);
        let long = if tick.strong { 20 } else { 12 };
        sheet.fill(Rect::new(x - 1, y, x + 2, y + long), Shade::INK);
        for (text, below) in [(Some(&tick.upper), 52), (tick.lower.as_ref(), 92)] {
            if let Some(text) = text {
                let place = place(scale, tick.at_us, text);
                let middle = i32::midpoint(place.x0, place.x1);
                sheet.text(Text::new((middle, y + below), text.clone(), EM_PX, Anchor::Middle));
            }
        }
    }
    let middle = i32::midpoint(scale.x0, scale.x1);
    sheet.text(Text::new((middle, y + 140), zone_text, EM_PX * 9 / 10, Anchor::Middle).quiet());
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn scale(start: &str, end: &str) -> TimeScale {
        let us = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros();
        TimeScale { start_us: us(start), end_us: us(end), x0: 200, x1: 2330 }
    }

    fn uppers(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|t| t.upper.as_str()).collect()
    }

    #[test]
    fn a_day_has_two_hour_ticks_and_midnight_says_the_date() {
        let ticks =
            ticks(chrono_tz::America::Los_Angeles, &scale("2022-06-27T19:00:00Z", "2022-06-28T19:00:00Z"));
        assert_eq!(ticks.len(), 13);
        assert_eq!(ticks[0].upper, "12:00");
        assert_eq!(ticks[0].lower.as_deref(), Some("27 Jun 2022"));
        let midnight = ticks.iter().find(|t| t.strong).unwrap();
        assert_eq!((midnight.upper.as_str(), midnight.lower.as_deref()), ("00:00", Some("28 Jun 2022")));
    }

    #[test]
    fn ticks_stay_on_round_local_times_when_clocks_go_back() {
        let zone = chrono_tz::America::Los_Angeles;
        let day = ticks(zone, &scale("2022-11-06T07:00:00Z", "2022-11-07T08:00:00Z"));
        assert_eq!(uppers(&day)[..3], ["00:00", "02:00", "04:00"]);
        let hours: Vec<i64> = day.windows(2).map(|t| (t[1].at_us - t[0].at_us) / 3_600_000_000).collect();
        assert_eq!(hours[0], 3, "00:00 to 02:00 took three hours that night");
        assert!(hours[1..].iter().all(|h| *h == 2));
        let night = ticks(zone, &scale("2022-11-06T07:00:00Z", "2022-11-06T12:00:00Z"));
        assert!(uppers(&night).contains(&"01:00 PDT") && uppers(&night).contains(&"01:00 PST"), "{night:?}");
    }

    #[test]
    fn a_midnight_that_does_not_exist_is_the_first_instant_of_its_day() {
        let ticks =
            ticks(chrono_tz::America::Sao_Paulo, &scale("2017-10-14T15:00:00Z", "2017-10-15T15:00:00Z"));
        let strong: Vec<&Tick> = ticks.iter().filter(|t| t.strong).collect();
        assert_eq!(strong.len(), 1);
        assert_eq!((strong[0].upper.as_str(), strong[0].lower.as_deref()), ("01:00", Some("15 Oct 2017")));
    }

    #[test]
    fn three_months_have_weekly_ticks_and_years_have_years() {
        let zone = chrono_tz::Europe::London;
        let weeks = ticks(zone, &scale("2022-09-01T00:00:00Z", "2022-12-01T00:00:00Z"));
        assert_eq!(weeks[0].upper, "5 Sep");
        assert_eq!(weeks[0].lower.as_deref(), Some("2022"));
        let years = ticks(zone, &scale("1990-03-01T00:00:00Z", "2024-12-01T00:00:00Z"));
        assert!(uppers(&years).contains(&"2000"), "{years:?}");
    }

    #[test]
    fn labels_never_touch_whatever_the_span() {
        let start = 1_656_356_437_123_456;
        for zone in [
            chrono_tz::UTC,
            chrono_tz::America::Los_Angeles,
            chrono_tz::Asia::Kathmandu,
            chrono_tz::Australia::Lord_Howe,
        ] {
            let mut span: i64 = 1;
            while span < 9_000_000_000_000_000 {
                let scale = TimeScale { start_us: start, end_us: start + span, x0: 230, x1: 2330 };
                let ticks = ticks(zone, &scale);
                assert!(!ticks.is_empty(), "{span}");
                for row in [
                    ticks.iter().map(|t| (t.at_us, Some(&t.upper))).collect::<Vec<_>>(),
                    ticks.iter().map(|t| (t.at_us, t.lower.as_ref())).collect(),
                ] {
                    let boxes: Vec<Rect> =
                        row.iter().filter_map(|(at, s)| s.map(|s| place(&scale, *at, s))).collect();
                    assert!(boxes.windows(2).all(|b| b[0].x1 <= b[1].x0), "{zone} {span} {ticks:?}");
                }
                span = span * 3 / 2 + 1;
            }
        }
    }
}
