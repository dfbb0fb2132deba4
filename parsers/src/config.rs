//! Templates declared in a server's configuration: `LogFormat` and `CustomLog` of `httpd.conf`,
//! `log_format` of `nginx.conf`.
//!
//! Continuation lines are joined, comments skipped, the escapes of the configuration file undone (`\"`).
//! Nothing is resolved: a nickname that is declared twice (one per virtual host) is listed twice, in file
//! order, and variables of the configuration stay as written.
//!
//! Sources: httpd manual, "Configuration Files" (Syntax), mod_log_config (`LogFormat`, `CustomLog`);
//! nginx, ngx_http_log_module (`log_format`) and its reader (`ngx_conf_read_token`: `\"`, `\'`, `\\`, `\t`,
//! `\r`, `\n`).

use crate::format::Server;

/// A template found in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The name it is declared under; [`None`] for the default `LogFormat` and an inline `CustomLog`.
    pub nickname: Option<String>,
    /// Whose template it is.
    pub server: Server,
    /// The text for [`crate::template::Template`]; for nginx with `escape=…` in front where declared.
    pub template: String,
    /// 1-based line where the declaration begins.
    pub line: usize,
}

/// Every template that a configuration text declares, in order.
#[must_use]
pub fn log_formats(text: &str) -> Vec<Declared> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, first)) = lines.next() {
        let mut statement = first.trim_start().to_owned();
        if statement.starts_with('#') {
            continue;
        }
        let line = at + 1;
        if keyword(&statement).eq_ignore_ascii_case("log_format") {
            let mut joined = tokens(&statement);
            while !joined.ended {
                let Some((_, more)) = lines.next() else { break };
                statement.push('\n');
                statement.push_str(more);
                joined = tokens(&statement);
            }
            found.extend(nginx(&joined.words, line));
            continue;
        }
        while let Some(open) = statement.strip_suffix('\\') {
            let Some((_, more)) = lines.next() else { break };
            statement = format!("{open}{more}");
        }
        found.extend(apache(&statement, line));
    }
    found
}

fn keyword(statement: &str) -> &str {
    statement.split_whitespace().next().unwrap_or_default()
}

/// `LogFormat "…" [nick]`, or `CustomLog target "…"` with the format in place.
fn apache(statement: &str, line: usize) -> Option<Declared> {
    let words = arguments(statement);
    let mut words = words.iter();
    let directive = words.next()?.text.as_str();
    let (format, nickname) = match directive {
        _ if directive.eq_ignore_ascii_case("LogFormat") => {
            // A `LogFormat` with one argument that is a nickname only picks a default.
            let format = words.next().filter(|word| word.quoted || word.text.contains('%'))?;
            (format, words.next().map(|word| word.text.clone()))
        }
        _ if directive.eq_ignore_ascii_case("CustomLog") => {
            (words.nth(1).filter(|word| word.text.contains('%'))?, None)
        }
        _ => return None,
    };
    Some(Declared { nickname, server: Server::Apache, template: format.text.clone(), line })
}

/// `log_format name [escape=…] 'a' 'b' …;`.
fn nginx(words: &[Word], line: usize) -> Option<Declared> {
    let (name, parts) = words.get(1..)?.split_first()?;
    let (escape, parts) = match parts.split_first() {
        Some((first, rest)) if !first.quoted && first.text.starts_with("escape=") => {
            (format!("{} ", first.text), rest)
        }
        _ => (String::new(), parts),
    };
    let text: String = parts.iter().map(|word| word.text.as_str()).collect();
    (!text.is_empty()).then(|| Declared {
        nickname: Some(name.text.clone()),
        server: Server::Nginx,
        template: escape + &text,
        line,
    })
}

/// One argument of a statement.
struct Word {
    text: String,
    quoted: bool,
}

/// Apache's arguments: in double or single quotes, where a backslash keeps a quote or a backslash; or bare.
fn arguments(statement: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut letters = statement.chars().peekable();
    while let Some(first) = letters.next() {
        if first.is_whitespace() {
            continue;
        }
        let quoted = matches!(first, '"' | '\'');
        let mut text = if quoted { String::new() } else { first.to_string() };
        while let Some(letter) = letters.next() {
            let ends = if quoted { letter == first } else { letter.is_whitespace() };
            match letters.peek() {
                _ if ends => break,
                Some(next) if quoted && letter == '\\' && *next == first => {
                    text.extend(letters.next());
                }
                _ => text.push(letter),
            }
        }
        words.push(Word { text, quoted });
    }
    words
}

/// nginx's tokens up to the `;`.
struct Tokens {
    words: Vec<Word>,
    ended: bool,
}

fn tokens(statement: &str) -> Tokens {
    let mut words = Vec::new();
    let mut letters = statement.chars().peekable();
    while let Some(first) = letters.next() {
        match first {
            ';' => return Tokens { words, ended: true },
            '#' => while letters.next_if(|letter| *letter != '\n').is_some() {},
            _ if first.is_whitespace() => {}
            '"' | '\'' => {
                let mut text = String::new();
                let mut closed = false;
                while let Some(letter) = letters.next() {
                    match letter {
                        '\\' => text.push_str(&escaped(letters.next())),
                        _ if letter == first => {
                            closed = true;
                            break;
                        }
                        _ => text.push(letter),
                    }
                }
                words.push(Word { text, quoted: true });
                if !closed {
                    return Tokens { words, ended: false };
                }
            }
            _ => {
                let mut text = first.to_string();
                while let Some(letter) = letters.next_if(|next| !next.is_whitespace() && *next != ';') {
                    text.push(letter);
                }
                words.push(Word { text, quoted: false });
            }
        }
    }
    Tokens { words, ended: false }
}

/// What nginx makes of a backslash and the letter behind it.
fn escaped(letter: Option<char>) -> String {
    match letter {
        Some('t') => "\t".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('n') => "\n".to_owned(),
        Some(kept @ ('"' | '\'' | '\\')) => kept.to_string(),
        Some(other) => format!("\\{other}"),
        None => "\\".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(found: &[Declared]) -> Vec<(Option<&str>, &str, usize)> {
        found.iter().map(|d| (d.nickname.as_deref(), d.template.as_str(), d.line)).collect()
    }

    #[test]
    fn logformats_are_unescaped_and_continued() {
        let text = "# LogFormat \"%a\" no\nlogformat \"%h \\\"%r\\\" \\\n%>s\" nick\n  LogFormat \"%h\"\nLogFormat nick\n";
        let wanted = [(Some("nick"), "%h \"%r\" %>s", 2), (None, "%h", 4)];
        assert_eq!(short(&log_formats(text)), wanted);
    }

    #[test]
    fn a_backslash_that_escapes_no_quote_stays() {
        let text = r#"LogFormat "%h\t%r \\ \"" tab"#;
        assert_eq!(short(&log_formats(text)), [(Some("tab"), r#"%h\t%r \\ ""#, 1)]);
    }

    #[test]
    fn a_nickname_declared_per_virtual_host_is_listed_twice() {
        let text =
            "LogFormat \"%h\" common\n<VirtualHost *:80>\n    LogFormat \"%v %h\" common\n</VirtualHost>\n";
        assert_eq!(short(&log_formats(text)), [(Some("common"), "%h", 1), (Some("common"), "%v %h", 3)]);
    }

    #[test]
    fn a_customlog_declares_a_template_only_in_place() {
        let text = "CustomLog \"logs/a b\" common\nCustomLog logs/c '%h \"%r\"' env=!img\nCustomLog \"|/bin/rotate %Y\" combined\n";
        assert_eq!(short(&log_formats(text)), [(None, "%h \"%r\"", 2)]);
    }

    #[test]
    fn nginx_strings_are_joined_over_lines() {
        let text = "http {\n    log_format main escape=json '$remote_addr; ' # \"quoted\" comment\n        \"\\\"$request\\\" \"\n        $status;\n    log_format x '$a';}\n";
        let wanted =
            [(Some("main"), "escape=json $remote_addr; \"$request\" $status", 2), (Some("x"), "$a", 5)];
        assert_eq!(short(&log_formats(text)), wanted);
        assert_eq!(log_formats(text)[0].server, Server::Nginx);
    }

    #[test]
    fn a_configuration_cut_short_gives_what_it_has() {
        assert_eq!(log_formats("log_format"), []);
        assert_eq!(log_formats("log_format a"), []);
        assert_eq!(log_formats("LogFormat \"%h \\"), log_formats("LogFormat \"%h \\\n"));
        assert_eq!(short(&log_formats("log_format a '$b")), [(Some("a"), "$b", 1)]);
    }
}
