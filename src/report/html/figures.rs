//! What the template can say about a number or a time.

use crate::escape;
use crate::report::moment::{moment, moment_bare};
use crate::report::number::{bytes_both, human_bytes, percent, thousands};
use chrono_tz::Tz;
use minijinja::{Environment, Value};

/// Adds the template's functions and filters.
///
/// | in the template | gives |
/// |---|---|
/// | `fig("counts-served", n)` | `<data id="counts-served" value="2734">2,734</data>`, `–` for none |
/// | `n \| thousands`, `n \| human`, `n \| bytes` | text |
/// | `t \| at`, `t \| at_bare` | a time in the zone of the report, with and without its name; `–` for none |
/// | `n \| share(of=m)` | whole percent |
pub(super) fn add(env: &mut Environment<'_>, zone: Tz) {
    env.add_function("fig", |id: &str, n: Option<u64>| Value::from_safe_string(figure(id, n)));
    env.add_filter("thousands", |n: u64| thousands(n));
    env.add_filter("human", |n: u64| human_bytes(n));
    env.add_filter("bytes", |n: u64| bytes_both(n));
    env.add_filter("at", move |t: Option<&str>| t.map_or_else(|| "–".to_owned(), |t| moment(t, zone)));
    env.add_filter("at_bare", move |t: Option<&str>| {
        t.map_or_else(|| "–".to_owned(), |t| moment_bare(t, zone))
    });
    env.add_filter("share", |n: u64, of: u64| percent(n, of));
}

/// A figure that a claim can point at: the exact integer is in `value`, whatever the text shows.
fn figure(id: &str, n: Option<u64>) -> String {
    let id = escape::html(id.as_bytes());
    match n {
        Some(n) => format!("<data id=\"{id}\" value=\"{n}\">{}</data>", thousands(n)),
        None => format!("<data id=\"{id}\" value=\"\">–</data>"),
    }
}
