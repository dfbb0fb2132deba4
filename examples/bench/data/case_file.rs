//! Two case files about the same log with the same answer: one pattern and no party, or 200 patterns and 50 parties.

use std::fmt::Write;
use std::path::Path;

use super::requests::PATH;

const PATTERNS: usize = 200;
const PARTIES: usize = 50;

/// One resource with one pattern.
pub(crate) fn small(log: &Path) -> String {
    format!("{}match = [\"{PATH}\"]\n", head(log))
}

/// One resource with 200 patterns, of which one matches, and 50 parties with networks of which some occur.
pub(crate) fn large(log: &Path) -> String {
    let mut text = head(log);
    text.push_str("match = [\n");
    // The one that matches stands last, where a list that is tried in order would come to it last.
    for n in 1..PATTERNS {
        let glob = match n % 4 {
            0 => format!("/records/{n}/**.csv"),
            1 => format!("/reports/*/area-{n}.pdf"),
            2 => format!("/api/v{n}/applicants/*/download"),
            _ => format!("/assets-{n}/private-*.html"),
        };
        let _infallible = writeln!(text, "    \"{glob}\",");
    }
    let _infallible = writeln!(text, "    \"{PATH}\",\n]");
    for n in 0..PARTIES {
        let (kind, second, third) = (if n % 2 == 0 { "staff" } else { "monitor" }, n % 4, n * 5);
        let _infallible = writeln!(
            text,
            "\n[[party]]\nname = \"party {n}\"\nkind = \"{kind}\"\nnetworks = [\"10.{second}.{third}.0/28\", \"2001:db8:{n}::/48\"]"
        );
    }
    text
}

fn head(log: &Path) -> String {
    let log = toml::Value::String(log.display().to_string());
    format!(
        "[case]\nid = \"bench\"\ntitle = \"Bench\"\nzone = \"UTC\"\n\n[[source]]\nname = \"web\"\npaths = [{log}]\n\n[[resource]]\nname = \"applicants\"\n"
    )
}
