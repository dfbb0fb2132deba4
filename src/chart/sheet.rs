//! The picture as data: shapes in drawing order, in whole pixels of a page [`WIDTH_PX`] wide.

#[cfg(doc)]
use super::WIDTH_PX;
use super::font::room;

/// A point: right, down.
pub(super) type Point = (i32, i32);

/// A colour. All differ in lightness, so that a grey print says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shade(pub(super) u8, pub(super) u8, pub(super) u8);

impl Shade {
    /// The page.
    pub(super) const PAPER: Self = Self(255, 255, 255);
    /// Text, axes.
    pub(super) const INK: Self = Self(26, 26, 26);
    /// Secondary text.
    pub(super) const QUIET: Self = Self(84, 84, 84);
    /// Grid lines.
    pub(super) const GRID: Self = Self(222, 222, 222);
    /// Bars of what was served.
    pub(super) const LIGHT: Self = Self(150, 176, 204);
    /// Bars of clients, and the cumulative line.
    pub(super) const DARK: Self = Self(20, 52, 92);
    /// Hatch of spans without a log.
    pub(super) const HATCH: Self = Self(140, 140, 140);
    /// Ground of outages.
    pub(super) const TINT: Self = Self(241, 238, 231);
    /// Dots of outages.
    pub(super) const STIPPLE: Self = Self(150, 142, 126);
    /// Poles of event flags.
    pub(super) const POLE: Self = Self(70, 70, 70);
}

/// A rectangle, `x1` and `y1` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x0: i32,
    pub(super) y0: i32,
    pub(super) x1: i32,
    pub(super) y1: i32,
}

impl Rect {
    pub(super) fn new(x0: i32, y0: i32, x1: i32, y1: i32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.x0 < other.x1 && other.x0 < self.x1 && self.y0 < other.y1 && other.y0 < self.y1
    }

    pub(super) fn width(&self) -> i32 {
        self.x1 - self.x0
    }

    pub(super) fn height(&self) -> i32 {
        self.y1 - self.y0
    }
}

/// Which end of a text its point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text. `at` is on the baseline; `upright` text runs from bottom to top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) em_px: i32,
    pub(super) shade: Shade,
    pub(super) anchor: Anchor,
    pub(super) upright: bool,
}

impl Text {
    pub(super) fn new(at: Point, text: impl Into<String>, em_px: i32, anchor: Anchor) -> Self {
        Self { at, text: text.into(), em_px, shade: Shade::INK, anchor, upright: false }
    }

    pub(super) fn quiet(self) -> Self {
        Self { shade: Shade::QUIET, ..self }
    }

    pub(super) fn upright(self) -> Self {
        Self { upright: true, ..self }
    }

    /// The place the text takes, with room for a wider font.
    pub(super) fn bounds(&self) -> Rect {
        let room = room(&self.text, self.em_px);
        let before = match self.anchor {
            Anchor::Start => 0,
            Anchor::Middle => room / 2,
            Anchor::End => room,
        };
        let (x, y) = self.at;
        let (above, below) = (self.em_px * 4 / 5, self.em_px / 4);
        if self.upright {
            Rect::new(x - above, y - room + before, x + below, y + before)
        } else {
            Rect::new(x - before, y - above, x - before + room, y + below)
        }
    }
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Fill(Rect, Shade),
    Line { points: Vec<Point>, width_px: u32, shade: Shade },
    Dot { at: Point, radius_px: i32, shade: Shade },
    Text(Text),
}

/// A page under construction.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) height_px: u32,
    pub(super) shapes: Vec<Shape>,
}

impl Sheet {
    pub(super) fn fill(&mut self, rect: Rect, shade: Shade) {
        self.shapes.push(Shape::Fill(rect, shade));
    }

    pub(super) fn line(&mut self, points: Vec<Point>, width_px: u32, shade: Shade) {
        self.shapes.push(Shape::Line { points, width_px, shade });
    }

    pub(super) fn dot(&mut self, at: Point, radius_px: i32, shade: Shade) {
        self.shapes.push(Shape::Dot { at, radius_px, shade });
    }

    pub(super) fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }

    /// Text on a piece of paper of its own, so that no line runs through it.
    pub(super) fn backed_text(&mut self, text: Text) {
        let b = text.bounds();
        self.fill(Rect::new(b.x0 - 4, b.y0 - 2, b.x1 + 4, b.y1 + 2), Shade::PAPER);
        self.text(text);
    }
}
