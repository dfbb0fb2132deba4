//! One line of a Tableau Server gateway log, 2020.1 generation (Apache httpd):
//! `%V %h %u %{%Y-%m-%dT%X}t.%{msec_frac}t "%{%z}t" %p "%r" "%{X-Forwarded-For}i" %>s %b
//! "%{Content-Length}i" %D %{UNIQUE_ID}e` and four `tableau_*` response headers.

use crate::clock::Moment;

/// The columns of one line. Text is raw; [`GatewayLine::text`] escapes it as httpd ≥ 2.0.46 does.
#[derive(Debug, Clone)]
pub struct GatewayLine<'a> {
    /// `%V`, the host asked for.
    pub host: &'a str,
    /// `%h`, the peer.
    pub peer: &'a str,
    /// `%u`, or `-`.
    pub login: &'a str,
    /// When the request was received.
    pub at: Moment,
    /// `%z` as this server prints it: a Windows zone name, or an offset.
    pub zone: &'a str,
    /// `%r`.
    pub request: &'a str,
    /// `X-Forwarded-For`, or `-`.
    pub forwarded: &'a str,
    /// `%>s`.
    pub status: &'a str,
    /// `%b`: 0 prints as `-`.
    pub bytes: u64,
    /// The request's own `Content-Length`, or `-`.
    pub upload: &'a str,
    /// `%D`.
    pub took_us: i64,
    /// `UNIQUE_ID`.
    pub id: &'a str,
    /// The four `tableau_*` columns.
    pub error: &'a str,
}

impl GatewayLine<'_> {
    /// The line, without its ending.
    #[must_use]
    pub fn text(&self) -> String {
        let bytes = if self.bytes == 0 { "-".to_owned() } else { self.bytes.to_string() };
        format!(
            "{} {} {} {} \"{}\" 80 \"{}\" \"{}\" {} {bytes} \"{}\" {} {} {}",
            self.host,
            self.peer,
            escaped(self.login),
            self.at.tableau(),
            self.zone,
            escaped(self.request),
            escaped(self.forwarded),
            self.status,
            escaped(self.upload),
            self.took_us,
            self.id,
            self.error,
        )
    }
}

/// httpd's escaping of a logged string: `\"`, `\\`, and `\xhh` for what can't be printed.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(character),
            // The drawn text is Latin-1: one character, one byte.
            _ => out.push_str(&format!("\\x{:02x}", u32::from(character))),
        }
    }
    out
}
