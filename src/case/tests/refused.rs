//! Every refusal, word for word, with its place, its quoted line and its hint.
//!
//! `refused.txt` holds them as `case file`, `---`, `what is printed`, `===`. The lines `@head`, `@source` and
//! `@resource` stand for the least that a case needs.

use proptest::prelude::*;

use super::*;

const HEAD: &str = "[case]\nid = \"T-1\"\n";
const SOURCE: &str = "[[source]]\nname = \"web\"\npaths = [\"*.log\"]\n";
const RESOURCE: &str = "[[resource]]\nname = \"a\"\nmatch = [\"/a.csv\"]\n";

fn expanded(text: &str) -> String {
    let line = |line: &str| match line {
        "@head" => HEAD.to_owned(),
        "@source" => SOURCE.to_owned(),
        "@resource" => RESOURCE.to_owned(),
        other => format!("{other}\n"),
    };
    text.lines().map(line).collect()
}

fn refusal(text: &str) -> String {
    parse(text, Path::new("/case"), "case.toml").map_or_else(|e| e.to_string(), |_| "accepted".to_owned())
}

#[test]
fn each_refusal_points_at_its_line_in_these_words() {
    let golden = include_str!("refused.txt");
    let mut renewed = String::new();
    for (i, entry) in golden.split("===\n").enumerate() {
        let (text, said) = entry.split_once("---\n").expect("an entry has a `---`");
        let is = refusal(&expanded(text));
        let between = if i == 0 { "" } else { "===\n" };
        renewed.push_str(&format!("{between}{text}---\n{is}\n"));
        if std::env::var_os("RENEW").is_none() {
            assert_eq!(is, said.trim_end_matches('\n'), "for\n{text}");
        }
    }
    if std::env::var_os("RENEW").is_some() {
        std::fs::write("src/case/tests/refused.txt", renewed).expect("the golden file can be written");
    }
}

#[test]
fn place_and_hint_can_be_read_apart() {
    let error = with("tear = 1\n").unwrap_err();
    assert_eq!((error.line(), error.column()), (Some(9), Some(1)));
    assert_eq!(error.sentence(), "unknown key `tear` in `[[resource]]`");
    assert!(error.hint().is_some_and(|hint| hint.starts_with("known: name, label, match")));
}

#[test]
fn hidden_characters_of_the_file_reach_no_terminal() {
    assert_eq!(
        refusal("[case]\nid = \"a\"\n\"z\u{202e}\\u001bne\" = 1 # \u{200b}\t\u{202e}\n"),
        "case.toml:3:1: unknown key `z\\u{202E}\\x1Bne` in `[case]`\n 3 | \"z\\u{202E}\\u001bne\" = 1 # \\u{200B}\\x09\\u{202E}\n   | \
         ^^^^^^^^^^^^^^^^^^^\nhint: did you mean `zone`?"
    );
    assert_eq!(
        refusal("[case]\nid = \"a\\u001b[2J\"\n"),
        "case.toml:2:6: `id` in `[case]` holds a control character\n 2 | id = \"a\\u001b[2J\"\n   |      ^^^^^^^^^^^^"
    );
}

#[test]
fn columns_are_characters_and_carriage_returns_are_not_shown() {
    assert_eq!(
        refusal("[case]\r\nid = \"é\"\r\ntitle = \"é\" # é\r\nzone = \"ééé\"\r\n"),
        "case.toml:4:8: unknown zone `ééé`\n 4 | zone = \"ééé\"\n   |        ^^^^^\nhint: write a name of the IANA database: \
         `America/Los_Angeles`, `UTC`"
    );
}

#[test]
fn a_long_line_is_quoted_around_its_place() {
    let text = format!("[case]\nid = '{}' x = '{}'\n", "a".repeat(1_000), "b".repeat(1_000));
    let shown = refusal(&text);
    assert!(shown.starts_with("case.toml:2:1009: this is no TOML"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() < 140), "{shown}");
}

#[test]
fn a_byte_order_mark_is_no_text_of_the_case() {
    assert_eq!(refusal(&format!("\u{feff}{HEAD}{SOURCE}{RESOURCE}")), "accepted");
}

#[test]
fn a_file_that_cannot_be_read_says_so_without_a_place() {
    let missing = load(Path::new("/nonexistent/case.toml")).unwrap_err();
    assert!(missing.to_string().starts_with("/nonexistent/case.toml: the case file cannot be read: "));
    assert_eq!(missing.line(), None);
}

#[test]
fn an_error_found_later_points_at_the_line_too() {
    let case = with("").unwrap();
    let error =
        case.refuse(case.sources[0].paths_at[0], "`*.log` matches no file", Some("there is `web.log.gz`"));
    assert_eq!(
        error.to_string(),
        "case.toml:5:10: `*.log` matches no file\n 5 | paths = [\"*.log\"]\n   |          ^^^^^^^\nhint: there is `web.log.gz`"
    );
}

/// One change to a text: characters cut out at a place, others put there.
fn changed(text: &str, at: usize, cut: usize, put: &str) -> String {
    let at = at % (text.chars().count() + 1);
    let head = text.chars().take(at);
    head.chain(put.chars()).chain(text.chars().skip(at + cut)).collect()
}

proptest! {
    #[test]
    fn a_damaged_case_file_is_read_or_refused_with_a_place_inside_it(
        at in any::<prop::sample::Index>(),
        cut in 0_usize..40,
        put in prop::sample::select(vec!["", "\"", "'", "[", "]]", "{", "}", "=", "\n", "\\", "é", "-", "1", "*", ".", "\u{0}", "#", "a = 1\n"]),
        which in any::<bool>(),
    ) {
        let text = if which { include_str!("every_key.toml") } else { include_str!("example.toml") };
        let text = changed(text, at.index(text.len()), cut, put);
        if let Err(error) = parse(&text, Path::new(""), "case.toml") {
            let (line, column) = (error.line().unwrap(), error.column().unwrap());
            let quoted = text.split('\n').nth(line - 1).unwrap();
            prop_assert!(column <= quoted.chars().count() + 1, "{}", error);
            prop_assert!(error.to_string().lines().count() <= 4, "{}", error);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        prop_assert!(parse(&text, Path::new(""), "case.toml").is_err());
    }
}
