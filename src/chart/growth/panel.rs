//! One panel: title, legend, axes, the line of linear growth, curves, and the values of their points where there is room.

use super::super::label::{clean, shorten};
use super::super::sheet::{Anchor, Point, Rect, Shade, Sheet, Text};
use super::axis::{Axis, drawable, precise};
use super::{Curve, Panel};

const TITLE_EM_PX: i32 = 33;
const LEGEND_EM_PX: i32 = 26;
const TICK_EM_PX: i32 = 26;
const VALUE_EM_PX: i32 = 24;
const SAMPLE_PX: i32 = 52;

/// Left of the plot: the axis' title and the widest tick.
const LEFT_PX: i32 = 160;
/// Below the plot: ticks and the axis' title.
const BELOW_PX: i32 = 100;

/// Draws a panel into `place`.
pub(super) fn draw(sheet: &mut Sheet, place: Rect, panel: &Panel) {
    let title = shorten(&clean(&panel.title), TITLE_EM_PX, place.width());
    sheet.text(Text::new((place.x0, place.y0 + 34), title, TITLE_EM_PX, Anchor::Start));
    let legend_y = place.y0 + 86;
    let plot = Rect::new(place.x0 + LEFT_PX, legend_y + 40, place.x1 - 20, place.y1 - BELOW_PX);
    let points = || panel.curves.iter().flat_map(|c| c.points.iter()).copied().filter(is_drawable);
    // Room at both sides, so that the first and the last point are not cut by the frame.
    let x = Axis::new(points().map(|p| p.0), plot.x0 + 40, plot.x1 - 60);
    let y = Axis::new(points().map(|p| p.1), plot.y1 - 20, plot.y0);
    legend(sheet, (place.x0, legend_y), place.x1, panel);
    axes(sheet, plot, x, y, panel);
    let mut taken = Vec::new();
    if let Some(first) = points().next() {
        reference(sheet, plot, x, y, first);
    }
    for (curve, rank) in panel.curves.iter().zip(0..) {
        let at: Vec<Point> =
            curve.points.iter().filter(|p| is_drawable(p)).map(|p| pixel(x, y, *p)).collect();
        if at.len() > 1 {
            sheet.line(at.clone(), 5, shade(rank));
        }
        for point in &at {
            mark(sheet, *point, rank);
            taken.push(around(*point));
        }
    }
    for curve in &panel.curves {
        values(sheet, plot, x, y, curve, &mut taken);
    }
}

fn is_drawable(point: &(f64, f64)) -> bool {
    drawable(point.0) && drawable(point.1)
}

fn pixel(x: Axis, y: Axis, point: (f64, f64)) -> Point {
    (x.px(point.0), y.px(point.1))
}

fn shade(rank: usize) -> Shade {
    if rank == 0 { Shade::DARK } else { Shade::LIGHT }
}

/// The first curve has dots, every other one squares.
fn mark(sheet: &mut Sheet, (x, y): Point, rank: usize) {
    if rank == 0 {
        sheet.dot((x, y), 10, shade(rank));
    } else {
        sheet.fill(Rect::new(x - 10, y - 10, x + 10, y + 10), Shade::DARK);
        sheet.fill(Rect::new(x - 7, y - 7, x + 7, y + 7), shade(rank));
    }
}

fn around((x, y): Point) -> Rect {
    Rect::new(x - 11, y - 11, x + 11, y + 11)
}

fn legend(sheet: &mut Sheet, (mut x, y): Point, end: i32, panel: &Panel) {
    let named = panel.curves.iter().map(|c| clean(&c.label)).enumerate();
    let entries = named.map(|(rank, label)| (Some(rank), label)).chain([(None, "linear growth".to_owned())]);
    for (rank, label) in entries {
        let line = vec![(x, y - 9), (x + SAMPLE_PX, y - 9)];
        match rank {
            Some(rank) => {
                sheet.line(line, 5, shade(rank));
                mark(sheet, (x + SAMPLE_PX / 2, y - 9), rank);
            }
            None => dashes(sheet, (x, y - 9), (x + SAMPLE_PX, y - 9)),
        }
        let text = shorten(&label, LEGEND_EM_PX, (end - x - SAMPLE_PX - 14).max(0));
        let text = Text::new((x + SAMPLE_PX + 14, y), text, LEGEND_EM_PX, Anchor::Start);
        x = text.bounds().x1 + 30;
        sheet.text(text);
    }
}

fn axes(sheet: &mut Sheet, plot: Rect, x: Axis, y: Axis, panel: &Panel) {
    for (value, text) in y.ticks() {
        let at = y.px(value);
        sheet.fill(Rect::new(plot.x0, at - 1, plot.x1, at + 1), Shade::GRID);
        let place = (plot.x0 - 16, at + TICK_EM_PX * 36 / 100);
        sheet.text(Text::new(place, text, TICK_EM_PX, Anchor::End));
    }
    let mut free = i32::MIN;
    for (value, text) in x.ticks() {
        let at = x.px(value);
        sheet.fill(Rect::new(at - 1, plot.y0, at + 1, plot.y1), Shade::GRID);
        let text = Text::new((at, plot.y1 + 38), text, TICK_EM_PX, Anchor::Middle);
        // A tick whose label would touch the one before it goes without.
        if text.bounds().x0 > free {
            free = text.bounds().x1;
            sheet.text(text);
        }
    }
    sheet.fill(Rect::new(plot.x0 - 1, plot.y0, plot.x0 + 2, plot.y1), Shade::INK);
    sheet.fill(Rect::new(plot.x0, plot.y1 - 1, plot.x1, plot.y1 + 2), Shade::INK);
    let middle = (i32::midpoint(plot.x0, plot.x1), plot.y1 + 84);
    let title = shorten(&clean(&panel.x_title), TICK_EM_PX, plot.width());
    sheet.text(Text::new(middle, title, TICK_EM_PX, Anchor::Middle).quiet());
    let upright = (plot.x0 - LEFT_PX + 26, i32::midpoint(plot.y0, plot.y1));
    let title = shorten(&clean(&panel.y_title), TICK_EM_PX, plot.height());
    sheet.text(Text::new(upright, title, TICK_EM_PX, Anchor::Middle).upright().quiet());
}

/// Growth in step with the cause, from the first point to where it leaves the plot.
fn reference(sheet: &mut Sheet, plot: Rect, x: Axis, y: Axis, (cause, cost): (f64, f64)) {
    let most = (x.high() / cause).min(y.high() / cost);
    let to = pixel(x, y, (cause * most, cost * most));
    if to.1 >= plot.y0 && to.0 <= plot.x1 {
        dashes(sheet, pixel(x, y, (cause, cost)), to);
    }
}

fn dashes(sheet: &mut Sheet, from: Point, to: Point) {
    const DASH_PX: i32 = 12;
    let (dx, dy) = (i64::from(to.0 - from.0), i64::from(to.1 - from.1));
    let long = i64::from((dx.pow(2) + dy.pow(2)).isqrt() as i32);
    let on = |at: i64| {
        let at = at.min(long);
        let along = |d: i64| i32::try_from(d * at / long.max(1)).unwrap_or(0);
        (from.0 + along(dx), from.1 + along(dy))
    };
    for start in (0..long).step_by(2 * DASH_PX as usize) {
        sheet.line(vec![on(start), on(start + i64::from(DASH_PX))], 3, Shade::HATCH);
    }
}

/// Writes the cost beside each point: above it, below it, or not at all where another text or point is.
fn values(sheet: &mut Sheet, plot: Rect, x: Axis, y: Axis, curve: &Curve, taken: &mut Vec<Rect>) {
    for point in curve.points.iter().filter(|p| is_drawable(p)) {
        let (px, py) = pixel(x, y, *point);
        let free = [py - 22, py + 38].into_iter().find_map(|baseline| {
            let text = Text::new((px, baseline), precise(point.1), VALUE_EM_PX, Anchor::Middle);
            let b = text.bounds();
            let inside = b.x0 > plot.x0 && b.x1 < plot.x1 && b.y0 > plot.y0 - 30 && b.y1 < plot.y1;
            (inside && !taken.iter().any(|t| t.overlaps(&b))).then_some(text)
        });
        if let Some(text) = free {
            taken.push(text.bounds());
            sheet.backed_text(text);
        }
    }
}
