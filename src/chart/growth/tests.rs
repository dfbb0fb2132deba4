//! What the page holds, that it is the same every time, and that no text lies on another.

use super::super::sheet::Shape;
use super::axis::Axis;
use super::*;

fn page(points: &[(f64, f64)]) -> Growth {
    let curve = |label: &str, factor: f64| Curve {
        label: label.to_owned(),
        points: points.iter().map(|(x, y)| (*x, y * factor)).collect(),
    };
    let panel = Panel {
        title: "Time against size".to_owned(),
        x_title: "log, GB".to_owned(),
        y_title: "seconds".to_owned(),
        curves: vec![curve("0.03 % in scope", 1.0), curve("every line in scope", 1.4)],
    };
    Growth {
        title: "How time and memory grow".to_owned(),
        subtitle: "One machine, medians".to_owned(),
        panels: vec![panel.clone(), panel.clone(), panel],
        foot: vec!["accesstrail 0.1.0".to_owned()],
    }
}

fn proves_legible(growth: &Growth) {
    let sheet = compose(growth);
    let texts: Vec<&Text> =
        sheet.shapes.iter().filter_map(|s| if let Shape::Text(t) = s { Some(t) } else { None }).collect();
    let whole = Rect::new(0, 0, WIDTH_PX as i32, sheet.height_px as i32);
    for (i, a) in texts.iter().enumerate() {
        let r = a.bounds();
        assert!(r.x0 >= 0 && r.x1 <= whole.x1 && r.y0 >= 0 && r.y1 <= whole.y1, "off the page: {a:?}");
        for b in texts.iter().skip(i + 1) {
            assert!(!r.overlaps(&b.bounds()), "`{}` overlaps `{}`", a.text, b.text);
        }
    }
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    let growth = page(&[(0.1, 0.2), (1.0, 1.5), (10.0, 14.0)]);
    assert_eq!(growth_svg(&growth).unwrap(), growth_svg(&growth).unwrap());
    assert_eq!(growth_png(&growth).unwrap(), growth_png(&growth).unwrap());
}

#[test]
fn no_text_lies_on_another_over_few_and_over_many_decades() {
    proves_legible(&page(&[(0.1, 0.2), (1.0, 1.5), (10.0, 14.0)]));
    proves_legible(&page(&[(1e3, 1.1), (1e4, 1.2), (1e5, 1.2), (1e6, 2.0), (1e7, 9.0)]));
    proves_legible(&page(&[(1.0, 1.0)]));
    proves_legible(&page(&[(1.0, 1e-3), (1e9, 1e6)]));
    proves_legible(&page(&(1..60).map(|n| (f64::from(n), 100.0 + f64::from(n))).collect::<Vec<_>>()));
}

#[test]
fn what_a_logarithm_has_no_place_for_is_left_out() {
    for growth in [page(&[]), page(&[(0.0, 1.0), (1.0, f64::NAN), (f64::INFINITY, -1.0)])] {
        proves_legible(&growth);
        growth_png(&growth).unwrap();
    }
}

#[test]
fn a_logarithmic_axis_gives_each_decade_the_same_room_and_round_ticks() {
    let axis = Axis::new([1000.0, 9e6].into_iter(), 0, 400);
    assert_eq!([axis.px(1e3), axis.px(1e4), axis.px(1e5), axis.px(1e7)], [0, 100, 200, 400]);
    let ticks: Vec<String> = axis.ticks().into_iter().map(|(_, text)| text).collect();
    assert_eq!(ticks, ["1,000", "10,000", "100,000", "1,000,000", "10,000,000"]);
    let ticks = Axis::new([0.12, 0.9].into_iter(), 0, 400).ticks();
    assert_eq!(ticks.into_iter().map(|(_, text)| text).collect::<Vec<_>>(), ["0.1", "0.2", "0.5", "1"]);
}
