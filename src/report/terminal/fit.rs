//! How wide a text is on a screen, and how it is made to fit.
//!
//! Widths are of single characters (wide ones 2, marks 0), as terminals count them; texts here have passed the
//! terminal door, so no character joins others into one.

use unicode_width::UnicodeWidthChar;

/// Columns a text takes.
pub(in crate::report) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The longest head of at most `room` columns, and the rest.
fn split_at_width(text: &str, room: usize) -> (&str, &str) {
    let mut used = 0;
    let end = text
        .char_indices()
        .find(|(_, c)| {
            used += char_width(*c);
            used > room
        })
        .map_or(text.len(), |(i, _)| i);
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The longest tail of at most `room` columns.
fn tail_of_width(text: &str, room: usize) -> &str {
    let mut used = 0;
    let begin = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| {
            used += char_width(*c);
            used <= room
        })
        .last()
        .map_or(text.len(), |(i, _)| i);
    text.split_at_checked(begin).map_or("", |(_, tail)| tail)
}

/// The text, or its two ends round an `…`: the name of a file and the begin of its path both tell something. The
/// end gets twice the room of the begin.
pub(crate) fn cut_middle(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let kept = room.saturating_sub(1);
    let head = split_at_width(text, kept / 3).0;
    let tail = tail_of_width(text, kept - width(head));
    format!("{head}…{tail}")
}

/// Blanks to `room` columns, in front where `right`.
pub(in crate::report) fn pad(text: &str, room: usize, right: bool) -> String {
    let blanks = " ".repeat(room.saturating_sub(width(text)));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

/// Lines of at most `room` columns, broken at blanks; only a word that has no line of its own is broken inside.
pub(in crate::report) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(4);
    let mut rows: Vec<String> = Vec::new();
    let mut row = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !row.is_empty() && width(&row) + 1 + width(word) > room {
            rows.push(std::mem::take(&mut row));
        }
        if !row.is_empty() {
            row.push(' ');
        }
        let mut rest = word;
        while width(rest) > room {
            let (head, tail) = split_at_width(rest, room);
            rows.push(head.to_owned());
            rest = tail;
        }
        row.push_str(rest);
    }
    if !row.is_empty() {
        rows.push(row);
    }
    rows
}

/// Pieces in lines of at most `room` columns, broken between two pieces; only a piece that has no line of its own is
/// broken inside.
pub(in crate::report) fn flow(pieces: &[String], between: &str, room: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if width(row) + width(between) + width(piece) <= room => {
                row.push_str(between);
                row.push_str(piece);
            }
            _ => rows.extend(wrap(piece, room)),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_letters_take_two_columns_and_marks_none() {
        assert_eq!(width("東京"), 4);
        assert_eq!(width("e\u{301}"), 1);
    }

    #[test]
    fn a_long_path_keeps_both_ends() {
        assert_eq!(
            cut_middle("logs/gateway/2022/06/access_log-20220627.gz", 30),
            "logs/gate…cess_log-20220627.gz"
        );
        assert_eq!(cut_middle("short", 30), "short");
        for room in 1..30 {
            assert!(width(&cut_middle("東京/ログ/2022/access_log-20220627.gz", room)) <= room);
        }
    }

    #[test]
    fn words_are_broken_only_where_they_have_no_line_of_their_own() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("a abcdefghij b", 4), ["a", "abcd", "efgh", "ij b"]);
        assert!(wrap("", 10).is_empty());
    }
}
