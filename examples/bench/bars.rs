//! The bars that the project has set itself: what was reached, what was wanted. Shown, never asserted: a slow day of a machine is
//! no fault of the program.

use crate::figures::Suite;
use crate::turns::Figure;

/// One bar.
pub(crate) struct Bar {
    pub(crate) what: &'static str,
    pub(crate) reached: f64,
    pub(crate) wanted: Wanted,
}

/// The limit.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    AtMost(f64),
    AtLeast(f64),
    Below(f64),
    Above(f64),
}

impl Bar {
    /// Whether it was reached.
    pub(crate) fn holds(&self) -> bool {
        match self.wanted {
            Wanted::AtMost(limit) => self.reached <= limit,
            Wanted::AtLeast(limit) => self.reached >= limit,
            Wanted::Below(limit) => self.reached < limit,
            Wanted::Above(limit) => self.reached > limit,
        }
    }
}

/// All bars whose figures were measured.
pub(crate) fn bars(suite: &Suite) -> Vec<Bar> {
    let wall = |id: &str| suite.of(id).map(|f| f.wall_s);
    let cpu = |id: &str| suite.of(id).map(|f| f.cpu_s);
    let peak_mib = |id: &str| suite.of(id).and_then(|f| f.peak_kib).map(|kib| kib as f64 / 1024.0);
    let over = |a: Option<f64>, b: Option<f64>| Some(a? / b?);
    let sum = |a: Option<f64>, b: Option<f64>| Some(a? + b?);
    let greater = |a: Option<f64>, b: Option<f64>| Some(a?.max(b?));
    let busy = |f: &Figure| f.cpu_s / (f.wall_s * suite.machine.cores.min(2) as f64);
    let floor = greater(wall("sha256"), sum(wall("newlines"), wall("split")));
    // The quicker the scan, the slower looks what comes after it, so that is held to the bar beside the scan itself.
    let allowed = floor.map(|floor| 1.3 * floor);
    let by_hand = |log: &str| {
        let floor = greater(wall(&format!("sha256-{log}")), wall(&format!("split-{log}")));
        over(wall(log), floor)
    };
    let unpacked = sum(sum(cpu("inflate-gzips"), cpu("sha256")), cpu("split")).map(|cpu| cpu / 2.0);
    let bars = [
        (
            "0.03 % in scope: wall / the greater of SHA-256 on one thread, and newline count + hand split on two",
            over(wall("combined"), floor),
            Wanted::AtMost(1.3),
        ),
        ("polars' regex scan / accesstrail", over(wall("polars"), wall("combined")), Wanted::AtLeast(2.5)),
        ("`sha256sum` / accesstrail", over(wall("sha256sum"), wall("combined")), Wanted::Above(1.0)),
        ("0.03 % in scope: peak, MiB", peak_mib("combined"), Wanted::AtMost(256.0)),
        (
            "every line in scope, `--memory 2GiB`: wall / that of 0.03 %",
            over(wall("all-2GiB"), wall("combined")),
            Wanted::AtMost(2.5),
        ),
        (
            "every line in scope, `--memory 512MiB`: wall / that of 0.03 %",
            over(wall("all-512MiB"), wall("combined")),
            Wanted::AtMost(5.0),
        ),
        (
            "every line in scope, `--memory 2GiB`: wall / what the first bar allows",
            over(wall("all-2GiB"), allowed),
            Wanted::AtMost(2.5),
        ),
        (
            "every line in scope, `--memory 512MiB`: wall / what the first bar allows",
            over(wall("all-512MiB"), allowed),
            Wanted::AtMost(5.0),
        ),
        (
            "every line in scope, `--memory 2GiB`: peak, MiB",
            peak_mib("all-2GiB"),
            Wanted::AtMost(2048.0 + 64.0),
        ),
        (
            "every line in scope, `--memory 512MiB`: peak, MiB",
            peak_mib("all-512MiB"),
            Wanted::AtMost(512.0 + 64.0),
        ),
        ("64 gzips: share of two cores that is busy", suite.of("gzips").map(busy), Wanted::AtLeast(0.9)),
        (
            "64 gzips: wall / half the CPU time of inflate + SHA-256 of the content + hand split",
            over(wall("gzips"), unpacked),
            Wanted::AtMost(1.25),
        ),
        (
            "one gzip: wall / the greater of inflate and SHA-256",
            over(wall("gzip"), greater(wall("inflate"), wall("sha256"))),
            Wanted::AtMost(1.15),
        ),
        (
            "200 patterns and 50 parties: wall / that of one pattern",
            over(wall("case-large"), wall("case-small")),
            Wanted::Below(1.3),
        ),
        (
            "S3: wall / the greater of SHA-256 on one thread, and the columns by hand on two",
            by_hand("s3"),
            Wanted::AtMost(1.6),
        ),
        (
            "CloudFront: wall / the greater of SHA-256 on one thread, and the columns by hand on two",
            by_hand("cloudfront"),
            Wanted::AtMost(1.6),
        ),
        (
            "IIS: wall / the greater of SHA-256 on one thread, and the columns by hand on two",
            by_hand("iis"),
            Wanted::AtMost(1.6),
        ),
        ("JSON lines: wall / SHA-256", over(wall("caddy"), wall("sha256-caddy")), Wanted::AtMost(3.0)),
        ("`accesstrail --version`: ms", wall("version").map(|s| s * 1e3), Wanted::AtMost(20.0)),
        ("`count` of a log of 1 MB: ms", wall("megabyte").map(|s| s * 1e3), Wanted::AtMost(60.0)),
    ];
    let measured = bars.into_iter().filter_map(|(what, reached, wanted)| Some((what, reached?, wanted)));
    measured.map(|(what, reached, wanted)| Bar { what, reached, wanted }).collect()
}
