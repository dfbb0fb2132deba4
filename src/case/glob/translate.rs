//! Glob nodes → the source of a bytes regex with Unicode mode off.

use super::{Kind, Node};

/// Any bytes, newlines too.
const ANY: &str = r"[\x00-\xFF]*";
/// Any bytes but `/`.
const ANY_BUT_SLASH: &str = r"[^/]*";

/// The source without its anchors. With `ignore_case` it must stand where the `i` flag is on: literal text is
/// left to that flag, which folds ASCII only with Unicode mode off; a class, which needs Unicode mode, folds itself.
pub(super) fn translate(nodes: &[Node], kind: Kind, ignore_case: bool) -> String {
    let mut source = String::new();
    for node in nodes {
        match (node, kind) {
            (Node::Char(c), _) => source.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
            (Node::AnyChar, Kind::Route) => source.push_str(r"(?:(?u:[^/])|[\x80-\xFF])"),
            (Node::AnyChar, Kind::Party) => source.push_str(r"(?:(?su:.)|[\x80-\xFF])"),
            (Node::Star, Kind::Route) => source.push_str(ANY_BUT_SLASH),
            (Node::Star, Kind::Party) | (Node::AnyBytes, _) => source.push_str(ANY),
            (Node::SlashAnySlash, _) => {
                source.push_str("/(?:");
                source.push_str(ANY);
                source.push_str("/)?");
            }
            (Node::Class { negated, ranges }, _) => {
                source.push_str(&class(*negated, ranges, kind, ignore_case))
            }
            (Node::Either(branches), _) => {
                let branches: Vec<String> =
                    branches.iter().map(|b| translate(b, kind, ignore_case)).collect();
                source.push_str("(?:");
                source.push_str(&branches.join("|"));
                source.push(')');
            }
        }
    }
    source
}

/// A class. A single byte above 0x7F is outside every class of characters, so it is in the negated ones,
/// unless the class names characters that such bytes are parts of.
fn class(negated: bool, ranges: &[(char, char)], kind: Kind, ignore_case: bool) -> String {
    let ranges = if ignore_case { folded(ranges) } else { ranges.to_vec() };
    let listed: String = ranges.iter().map(|(low, high)| format!("{}-{}", code(*low), code(*high))).collect();
    let slash = kind == Kind::Route;
    match (negated, slash) {
        (false, false) => format!("(?u-i:[{listed}])"),
        (false, true) => format!("(?u-i:[[{listed}]--/])"),
        (true, _) => {
            let bytes = if ranges.iter().all(|(_, high)| high.is_ascii()) { r"|[\x80-\xFF]" } else { "" };
            format!("(?:(?u-i:[^{listed}{}]){bytes})", if slash { "/" } else { "" })
        }
    }
}

/// The ranges and their ASCII letters in the other case.
fn folded(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut all = ranges.to_vec();
    for &(low, high) in ranges {
        for (first, last) in [('a', 'z'), ('A', 'Z')] {
            let (from, to) = (low.max(first), high.min(last));
            if from <= to {
                let swap =
                    |c: char| if first == 'a' { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                all.push((swap(from), swap(to)));
            }
        }
    }
    all
}

fn code(c: char) -> String {
    format!(r"\x{{{:X}}}", u32::from(c))
}
