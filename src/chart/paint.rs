//! Hands a sheet to plotters: once to the SVG backend, once to the bitmap backend.

use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Rectangle, Text as TextElement};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBColor, ShapeStyle, TextStyle};

use super::font::{self, FAMILY, SIZE_PER_EM};
use super::sheet::{Anchor, Shade, Shape, Sheet, Text};
use super::{ChartError, WIDTH_PX};

/// How far below its anchor each backend puts the baseline of text anchored at its top, in hundredths of
/// an em (plotters 0.3.7: `dy="0.76em"` in SVG; half the font size in the `ab_glyph` rasteriser).
#[derive(Clone, Copy)]
enum Drop {
    Svg = 76,
    Bitmap = 62,
}

/// The sheet as an SVG document. Its own size is half its user units, so that text has a natural size on
/// a screen; it scales without loss.
pub(super) fn svg(sheet: &Sheet) -> Result<String, ChartError> {
    let mut out = String::new();
    draw(sheet, &SVGBackend::with_string(&mut out, size(sheet)).into_drawing_area(), Drop::Svg)?;
    let (width, height) = size(sheet);
    let natural = format!("width=\"{}\" height=\"{}\"", width / 2, height / 2);
    Ok(out.replacen(&format!("width=\"{width}\" height=\"{height}\""), &natural, 1))
}

/// The sheet as PNG.
pub(super) fn png(sheet: &Sheet) -> Result<Vec<u8>, ChartError> {
    let (width, height) = size(sheet);
    let mut rgb = vec![u8::MAX; width as usize * height as usize * 3];
    draw(sheet, &BitMapBackend::with_buffer(&mut rgb, size(sheet)).into_drawing_area(), Drop::Bitmap)?;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(file)
}

fn size(sheet: &Sheet) -> (u32, u32) {
    (WIDTH_PX, sheet.height_px)
}

fn draw<B: DrawingBackend>(
    sheet: &Sheet,
    area: &DrawingArea<B, Shift>,
    drop: Drop,
) -> Result<(), ChartError> {
    font::register()?;
    area.fill(&rgb(Shade::PAPER)).map_err(refused)?;
    for shape in &sheet.shapes {
        match shape {
            Shape::Fill(r, shade) => {
                area.draw(&Rectangle::new([(r.x0, r.y0), (r.x1, r.y1)], rgb(*shade).filled()))
            }
            Shape::Line { points, width_px, shade } => {
                area.draw(&PathElement::new(points.clone(), stroke(*shade, *width_px)))
            }
            Shape::Dot { at, radius_px, shade } => {
                area.draw(&Circle::new(*at, *radius_px, rgb(*shade).filled()))
            }
            Shape::Text(text) => area.draw(&text_element(text, drop)),
        }
        .map_err(refused)?;
    }
    area.present().map_err(refused)
}

fn text_element(text: &Text, drop: Drop) -> TextElement<'static, (i32, i32), String> {
    let down = text.em_px * drop as i32 / 100;
    let (x, y) = text.at;
    let h_pos = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let font = (FAMILY, f64::from(text.em_px) * SIZE_PER_EM).into_font();
    let (at, font) = if text.upright {
        ((x - down, y), font.transform(FontTransform::Rotate270))
    } else {
        ((x, y - down), font)
    };
    let mut style = TextStyle::from(font);
    style.color = rgb(text.shade).to_backend_color();
    style.pos = Pos::new(h_pos, VPos::Top);
    TextElement::new(text.text.clone(), at, style)
}

fn rgb(shade: Shade) -> RGBColor {
    RGBColor(shade.0, shade.1, shade.2)
}

fn stroke(shade: Shade, width_px: u32) -> ShapeStyle {
    rgb(shade).stroke_width(width_px)
}

fn refused<E: std::fmt::Display>(error: E) -> ChartError {
    ChartError::Draw(error.to_string())
}
