//! The curves as the project draws: for each cause a panel of time and a panel of memory.

use accesstrail::chart::{Curve, Growth, Panel, growth_png, growth_svg};
use anyhow::Result;

use crate::figures;

/// The page as SVG.
pub(crate) fn svg(growth: &figures::Growth) -> Result<String> {
    Ok(growth_svg(&page(growth))?)
}

/// The same page as PNG.
pub(crate) fn png(growth: &figures::Growth) -> Result<Vec<u8>> {
    Ok(growth_png(&page(growth))?)
}

fn page(growth: &figures::Growth) -> Growth {
    let machine = &growth.machine;
    Growth {
        title: "How time and memory of accesstrail count grow".to_owned(),
        subtitle: "Each row varies one cause and holds the others. Both axes are logarithmic: a curve that is steeper than the dashed line grows faster than its cause.".to_owned(),
        panels: growth.series.iter().flat_map(|s| [panel(s, true), panel(s, false)]).collect(),
        foot: vec![
            growth.version.clone(),
            machine.cpu.clone(),
            format!("{} cores", machine.cores),
            format!("{} GiB", machine.memory_gib),
            format!("Linux {}", machine.kernel),
            machine.date.clone(),
        ],
    }
}

fn panel(series: &figures::Series, time: bool) -> Panel {
    let cost = |p: &figures::Point| {
        if time { p.figure.wall_s } else { p.figure.peak_kib.unwrap_or_default().div_ceil(1024) as f64 }
    };
    let curve = |c: &figures::Curve| Curve {
        label: c.label.clone(),
        points: c.points.iter().map(|p| (p.cause, cost(p))).collect(),
    };
    Panel {
        title: format!("{} against {}", if time { "Time" } else { "Peak memory" }, series.cause),
        x_title: series.title(),
        y_title: if time { "seconds" } else { "MiB" }.to_owned(),
        curves: series.curves.iter().map(curve).collect(),
    }
}
