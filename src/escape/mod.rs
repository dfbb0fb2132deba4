//! The doors through which untrusted bytes leave the program, exactly one for each kind of place.
//!
//! Logs are written by attackers: paths, user agents, logins, file names and even the text of a case file may
//! hold terminal escapes, markup, spreadsheet formulas or characters that turn the reading order round. Nothing
//! else in the crate writes such bytes to a terminal, HTML, SVG, CSV or Markdown.
//!
//! | door | shows hidden characters | also |
//! |---|---|---|
//! | [`terminal()`] | yes | |
//! | [`html()`] | yes | `& < > " '` as entities |
//! | [`svg()`] | yes | leaves `& < >`: the drawing crate escapes XML |
//! | [`csv()`] | no, valid UTF-8 stays exact | leading `'` before a formula |
//! | [`json()`] | yes, by JSON's own exact escape | |
//! | [`markdown()`] | yes | a backslash before all ASCII punctuation |
//!
//! What does *not* pass here: Parquet, which stays exact and is no text.
//!
//! **Twice through a door.** `terminal`, `svg` and `csv` may be applied again without a further change; `html` and
//! `markdown` may not (`&` would become `&amp;amp;`), so a text goes through them once, where it is written.
//! A backslash in the data stays a backslash, since logins (`DOJ\staff`) and servers' own escapes (`\x1B` in an
//! Apache log) are full of them. So the visible form is for reading, not for decoding: the byte 1B and the four
//! characters `\x1B` look alike, and the exact bytes are in Parquet and in JSON.

mod csv;
mod html;
mod json;
mod markdown;
mod svg;
mod terminal;
mod visible;

#[cfg(test)]
mod tests;

pub use self::csv::csv;
pub use self::html::html;
pub use self::json::json;
pub use self::markdown::markdown;
pub use self::svg::svg;
pub use self::terminal::terminal;
