//! One line of the nginx front: `combined` and one more quoted column, the `X-Forwarded-For` that the
//! client sent.

use crate::clock::Moment;

/// The columns of one line. Text is raw; [`FrontLine::text`] escapes it as nginx's default does.
#[derive(Debug, Clone)]
pub struct FrontLine<'a> {
    /// `$remote_addr`.
    pub client: &'a str,
    /// When the response was finished (`$time_local`).
    pub at: Moment,
    /// `$request`.
    pub request: &'a str,
    /// `$status`.
    pub status: u16,
    /// `$body_bytes_sent`.
    pub bytes: u64,
    /// `$http_user_agent`.
    pub agent: &'a str,
    /// `$http_x_forwarded_for`, or `-`.
    pub forwarded: &'a str,
}

impl FrontLine<'_> {
    /// The line, without its ending.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            "{} - - [{}] \"{}\" {} {} \"-\" \"{}\" \"{}\"",
            self.client,
            self.at.clf(),
            escaped(self.request),
            self.status,
            self.bytes,
            escaped(self.agent),
            escaped(self.forwarded),
        )
    }
}

/// nginx's default escaping: `\xHH` for `"`, `\` and what can't be printed. The drawn text is Latin-1:
/// one character, one byte.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, ' '..='~') && !matches!(character, '"' | '\\') {
            out.push(character);
        } else {
            out.push_str(&format!("\\x{:02X}", u32::from(character)));
        }
    }
    out
}
