//! Which characters a reader cannot see, or sees in the wrong place, and how they are written instead.
//!
//! All doors but CSV stand on this. The rule: what would move the cursor, change the reading order, take no room,
//! or look like an ordinary space without being one, is written as `\xHH` (bytes below 80, DEL, and bytes that are
//! no UTF-8) or `\u{HHHH}` (everything else), upper-case hex. Letters, digits, signs and emoji of all scripts stay.

use std::fmt::Write;

/// More marks than this on one letter would climb into the lines above and below.
const MARKS_KEPT: usize = 3;

/// Appends `bytes` to `out` with everything hidden made visible; `put` writes the characters that stay.
pub(super) fn write_visible(out: &mut String, bytes: &[u8], mut put: impl FnMut(&mut String, char)) {
    // A mark with nothing before it would sit on whatever was printed last.
    let mut marks = MARKS_KEPT;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            marks = if is_mark(c) { marks + 1 } else { 0 };
            if is_hidden(c) || marks > MARKS_KEPT {
                write_code(out, c);
            } else {
                put(out, c);
            }
        }
        for byte in chunk.invalid() {
            write_byte(out, *byte);
            marks = 0;
        }
    }
}

/// `\xHH`.
pub(super) fn write_byte(out: &mut String, byte: u8) {
    // Writing to a `String` cannot fail.
    let _ = write!(out, "\\x{byte:02X}");
}

/// `\xHH` for ASCII, `\u{HHHH}` for the rest.
fn write_code(out: &mut String, c: char) {
    if c.is_ascii() {
        let _ = write!(out, "\\x{:02X}", u32::from(c));
    } else {
        let _ = write!(out, "\\u{{{:04X}}}", u32::from(c));
    }
}

/// Characters that must never reach a reader as themselves.
///
/// Unicode 16: categories Cc, Zl, Zp and Cf, all `Default_Ignorable_Code_Point`s, non-characters, the blanks that
/// pass for a space (all of Zs but U+0020 and the double-width U+3000), and U+2800, a blank that counts as a sign.
pub(super) const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{A0}'          // C0, DEL, C1, no-break space
        | '\u{AD}' | '\u{34F}'                          // soft hyphen, grapheme joiner
        | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
        | '\u{115F}' | '\u{1160}' | '\u{1680}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{2000}'..='\u{200F}'                       // blanks, zero-width, LRM, RLM
        | '\u{2028}'..='\u{202F}'                       // line and paragraph separator, bidi, narrow blank
        | '\u{205F}'..='\u{206F}'                       // blank, word joiner, isolates
        | '\u{2800}' | '\u{3164}'                       // braille blank, Hangul filler
        | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}'                     // tags, variation selectors
    ) || (c as u32) & 0xFFFE == 0xFFFE
}

/// Marks that are drawn onto the letter before them: the blocks made of nothing else.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{610}'..='\u{61A}'
        | '\u{64B}'..='\u{65F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{302A}'..='\u{302F}' | '\u{3099}' | '\u{309A}' | '\u{FE20}'..='\u{FE2F}'
    )
}
