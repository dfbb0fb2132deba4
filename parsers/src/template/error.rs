//! Why a template text does not compile: the place, the reason, the nearest thing that would.

use thiserror::Error;

/// A template text that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("byte {offset} of the template: {problem}")]
pub struct TemplateError {
    /// Byte offset in the template text.
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong with a template text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Problem {
    /// A directive that no documented Apache module defines.
    #[error("unknown directive `{found}`{}", suggestion(.nearest.as_deref()))]
    UnknownDirective {
        /// As written.
        found: String,
        /// The nearest known one.
        nearest: Option<String>,
    },
    /// The argument in braces of a known directive is not one it takes.
    #[error("`{found}` takes no such argument{}", suggestion(.nearest.as_deref()))]
    UnknownArgument {
        /// As written.
        found: String,
        /// The nearest known one.
        nearest: Option<String>,
    },
    /// A strftime conversion that is not defined, or whose text has no fixed shape.
    #[error("unknown time conversion `{found}`")]
    UnknownConversion {
        /// As written.
        found: String,
    },
    /// The text ends inside a directive or variable.
    #[error("`{found}` is not finished")]
    Unfinished {
        /// As written.
        found: String,
    },
    /// nginx: a `$` that begins no variable.
    #[error("`$` begins no variable")]
    LoneDollar,
    /// nginx: an `escape=` that is not `default`, `json` or `none`.
    #[error("unknown escape `{found}`; known are default, json and none")]
    UnknownEscape {
        /// As written.
        found: String,
    },
    /// Two columns with nothing between: no line says where one ends.
    #[error("`{left}` and `{right}` stand side by side with no text between: they cannot be told apart")]
    Adjacent {
        /// The column before.
        left: String,
        /// The column after.
        right: String,
    },
    /// There are pieces of a time, but no date or no clock among them.
    #[error("the time columns give no complete time: a record needs date, hour and minute")]
    IncompleteTime,
    /// The text has no column.
    #[error("the template has no column")]
    NoColumn,
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; the nearest known one is `{name}`")).unwrap_or_default()
}

/// A variable that nginx does not define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Byte offset in the template text.
    pub offset: usize,
    /// As written, with its `$`.
    pub name: String,
    /// The nearest variable that nginx defines, if one is near.
    pub nearest: Option<String>,
}

/// The nearest of `known` within two edits (one for names of up to four letters); the first of equals.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let limit = if name.chars().count() <= 4 { 1 } else { 2 };
    let near =
        known.into_iter().map(|other| (edits(name, other), other)).filter(|(edits, _)| *edits <= limit);
    near.min_by_key(|(edits, _)| *edits).map(|(_, other)| other)
}

/// Levenshtein distance, ASCII case ignored, one row at a time.
fn edits(left: &str, right: &str) -> usize {
    let lower = |text: &str| text.chars().map(|letter| letter.to_ascii_lowercase()).collect::<Vec<_>>();
    let (left, right) = (lower(left), lower(right));
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (n, a) in left.iter().enumerate() {
        let mut diagonal = n;
        let mut before = n + 1;
        let mut next = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            before = (diagonal + usize::from(a != b)).min(above + 1).min(before + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_as_levenshtein_counts_them() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("Combined", "combined"), 0);
    }

    #[test]
    fn only_near_names_are_suggested() {
        assert_eq!(nearest("combnied", ["common", "combined"]), Some("combined"));
        assert_eq!(nearest("zzz", ["common", "combined"]), None);
    }
}
