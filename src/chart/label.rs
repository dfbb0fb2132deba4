//! Text from the case or from logs, made fit to be drawn: cleaned, shortened, wrapped.
//!
//! Cleaning is the escape room's: control, bidirectional and invisible characters become visible text.
//! `<`, `&` and quotes stay as they are; plotters escapes them when it writes XML.

use super::font::room;

/// No label needs more; it bounds the work a hostile case file can cause.
const MAX_CHARS: usize = 600;

/// One line of text that can hold no control character.
pub(super) fn clean(untrusted: &str) -> String {
    let mut head: String = untrusted.chars().take(MAX_CHARS).collect();
    if head.len() < untrusted.len() {
        head.push('…');
    }
    crate::escape::svg(&head).trim().to_owned()
}

/// The text, or as much of its beginning as fits with an ellipsis.
pub(super) fn shorten(text: &str, em_px: i32, max_px: i32) -> String {
    if room(text, em_px) <= max_px {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let shorter = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if room(&shorter, em_px) <= max_px {
            return shorter;
        }
    }
    "…".to_owned()
}

/// The text in at most `max_lines` lines, broken at spaces; the last one is shortened.
pub(super) fn wrap(text: &str, em_px: i32, max_px: i32, max_lines: usize) -> Vec<String> {
    let mut words = text.split(' ').filter(|w| !w.is_empty()).peekable();
    let mut lines = Vec::new();
    while words.peek().is_some() {
        if lines.len() + 1 >= max_lines {
            let rest: Vec<&str> = words.by_ref().collect();
            lines.push(shorten(&rest.join(" "), em_px, max_px));
            break;
        }
        let mut line = words.next().unwrap_or_default().to_owned();
        while let Some(word) = words.peek() {
            let longer = format!("{line} {word}");
            if room(&longer, em_px) > max_px {
                break;
            }
            line = longer;
            words.next();
        }
        lines.push(shorten(&line, em_px, max_px));
    }
    lines
}

/// Pieces that each stay whole, joined by ` · ` into as many lines as they need.
pub(super) fn flow(pieces: &[String], em_px: i32, max_px: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        let piece = shorten(piece, em_px, max_px);
        let longer = lines.last().map(|line| format!("{line} · {piece}"));
        match (lines.last_mut(), longer) {
            (Some(line), Some(longer)) if room(&longer, em_px) <= max_px => *line = longer,
            _ => lines.push(piece),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_ends_in_an_ellipsis_and_fits() {
        let short = shorten(&"personal data ".repeat(40), 30, 500);
        assert!(short.ends_with('…') && room(&short, 30) <= 500, "{short}");
        assert_eq!(shorten("short", 30, 500), "short");
    }

    #[test]
    fn a_title_wraps_at_spaces_and_a_word_without_spaces_is_shortened() {
        let lines = wrap("one two three four five six seven eight nine ten eleven", 30, 260, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
        let lines = wrap(&"x".repeat(300), 30, 260, 3);
        assert!(lines.iter().all(|line| room(line, 30) <= 260));
    }

    #[test]
    fn no_control_or_bidi_character_survives() {
        let text = clean("a\u{202e}b\u{0}c\nd\u{1b}[31m\u{7f}");
        assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'), "{text}");
    }
}
