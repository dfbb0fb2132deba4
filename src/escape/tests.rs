//! What each door lets through, and what it never does.

use super::visible::is_hidden;
use super::{csv, html, json, markdown, svg, terminal};
use proptest::prelude::*;

/// Bytes an attacker would log: text of any kind mixed with raw bytes.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let nasty = prop::sample::select(vec![
        "\u{1b}]0;owned\u{7}",
        "\u{1b}[2J",
        "\u{9b}31m",
        "\u{90}q",
        "\r",
        "\n",
        "\t",
        "\u{8}",
        "\u{7f}",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{feff}",
        "\u{2028}",
        "\u{61c}",
        "</script>",
        "<img onerror=x>",
        "=cmd|' /C calc'!A0",
        "'",
        "\"",
        "&amp;",
        "`",
        "| a |",
        "[x](http://e)",
        "-",
        "＝1",
        "\u{301}\u{301}\u{301}\u{301}\u{301}",
        "東京",
        "🗂",
        "a",
    ]);
    let piece = prop_oneof![
        nasty.prop_map(|s| s.as_bytes().to_vec()),
        ".{0,4}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_terminal_sees_the_code_instead_of_the_character() {
    for (bytes, shown) in [
        (b"\x1b]0;owned\x07".as_slice(), r"\x1B]0;owned\x07"),
        (b"a\rb\x08c\td\n", r"a\x0Db\x08c\x09d\x0A"),
        (b"\x7f", r"\x7F"),
        ("\u{9b}31m".as_bytes(), r"\u{009B}31m"),
        (b"\x9b31m", r"\x9B31m"),
        ("exe.\u{202e}fdp".as_bytes(), r"exe.\u{202E}fdp"),
        (
            "\u{feff}a\u{200b}b\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}".as_bytes(),
            r"\u{FEFF}a\u{200B}b\u{2066}\u{2069}\u{200E}\u{200F}\u{061C}",
        ),
        ("\u{2028}\u{2029}\u{85}\u{a0}".as_bytes(), r"\u{2028}\u{2029}\u{0085}\u{00A0}"),
        ("\u{e0041}\u{e0100}\u{1ffff}".as_bytes(), r"\u{E0041}\u{E0100}\u{1FFFF}"),
        (b"caf\xe9 \xff\xfe", r"caf\xE9 \xFF\xFE"),
        (b"\xed\xa0\x80", r"\xED\xA0\x80"),
        (b"\xc0\xaf", r"\xC0\xAF"),
        (b"", ""),
    ] {
        assert_eq!(terminal(bytes), shown);
    }
}

#[test]
fn printable_text_of_all_scripts_stays() {
    for text in ["DOJ\\staff", "/naïve/路径/файл/ملف?q=1&r=2", "e\u{301}", "🗂 100 %", "กำ", "\u{3000}"]
    {
        assert_eq!(terminal(text.as_bytes()), text);
        assert_eq!(svg(text), text);
    }
}

#[test]
fn a_mark_never_sits_on_what_was_printed_before_and_never_piles_up() {
    assert_eq!(terminal("\u{301}x".as_bytes()), r"\u{0301}x");
    assert_eq!(terminal("a\u{301}\u{302}\u{303}\u{304}b".as_bytes()), "a\u{301}\u{302}\u{303}\\u{0304}b");
}

#[test]
fn markup_is_shown_not_obeyed() {
    assert_eq!(
        html(b"</script><img src=x onerror='a(\"&\")'>"),
        "&lt;/script&gt;&lt;img src=x onerror=&#39;a(&quot;&amp;&quot;)&#39;&gt;"
    );
    assert_eq!(html("a\u{202e}\u{0}".as_bytes()), r"a\u{202E}\x00");
    assert_eq!(svg("<a & b>\u{1b}"), r"<a & b>\x1B");
    assert_eq!(markdown(b"*x* [y](http://z) | <b> 1. #"), r"\*x\* \[y\]\(http\:\/\/z\) \| \<b\> 1\. \#");
    assert_eq!(markdown(b"    code  "), "&#32;&#32;&#32;&#32;code&#32;&#32;");
    assert_eq!(markdown(b"   "), "&#32;&#32;&#32;");
    assert_eq!(markdown(b"a\nb"), r"a\\x0Ab");
}

#[test]
fn the_csv_rule_cell_by_cell() {
    for (bytes, cell, changed) in [
        (b"=cmd|' /C calc'!A0".as_slice(), "'=cmd|' /C calc'!A0", true),
        (b"+1", "'+1", true),
        (b"+", "'+", true),
        (b"@SUM(A1)", "'@SUM(A1)", true),
        (b"\tx", "'\tx", true),
        (b"\rx", "'\rx", true),
        (b"\nx", "'\nx", true),
        (b"-", "-", false),
        (b"--", "'--", true),
        (b"-1", "'-1", true),
        ("＝1".as_bytes(), "'＝1", true),
        ("＋1".as_bytes(), "'＋1", true),
        ("－1".as_bytes(), "'－1", true),
        ("＠x".as_bytes(), "'＠x", true),
        ("－".as_bytes(), "'－", true),
        ("！=1".as_bytes(), "！=1", false),
        (b"a=1", "a=1", false),
        (b" =1", " =1", false),
        (b"'=1", "'=1", false),
        (b"", "", false),
        (b"/a\x1bb", "/a\x1bb", false),
        ("\u{202e}x".as_bytes(), "\u{202e}x", false),
        (b"caf\xe9", r"caf\xE9", true),
        (b"=\xff", r"'=\xFF", true),
        (b"\xff=1", r"\xFF=1", true),
        (b"\xef\xbc", r"\xEF\xBC", true),
    ] {
        assert_eq!(csv(bytes), (cell.to_owned(), changed), "{bytes:?}");
    }
}

#[test]
fn json_is_exact_and_shows_what_is_hidden() {
    let shown = json("a\u{7f}\u{9b}\u{202e}\u{2028}\u{e0041}東");
    assert_eq!(shown, r"a\u007f\u009b\u202e\u2028\udb40\udc41東");
    let back: String = serde_json::from_str(&format!("\"{shown}\"")).unwrap();
    assert_eq!(back, "a\u{7f}\u{9b}\u{202e}\u{2028}\u{e0041}東");
}

proptest! {
    #[test]
    fn nothing_hidden_leaves_by_a_door_that_is_read_by_people(bytes in hostile()) {
        let text = String::from_utf8(bytes.iter().copied().filter(u8::is_ascii).collect()).unwrap();
        for shown in [terminal(&bytes), html(&bytes), markdown(&bytes), svg(&text)] {
            prop_assert!(!shown.chars().any(is_hidden), "{:?}", shown);
            prop_assert!(!shown.as_bytes().contains(&0x1b));
        }
    }

    #[test]
    fn printable_ascii_is_unchanged(text in "[ -~]*") {
        prop_assert_eq!(&terminal(text.as_bytes()), &text);
        prop_assert_eq!(&svg(&text), &text);
    }

    #[test]
    fn a_second_pass_changes_nothing(bytes in hostile()) {
        let once = terminal(&bytes);
        prop_assert_eq!(&terminal(once.as_bytes()), &once);
        prop_assert_eq!(&svg(&once), &once);
        let (cell, _) = csv(&bytes);
        prop_assert_eq!(csv(cell.as_bytes()), (cell, false));
    }

    #[test]
    fn html_text_holds_no_markup_and_unescapes_to_what_a_terminal_shows(bytes in hostile()) {
        let shown = html(&bytes);
        prop_assert!(!shown.contains(['<', '>', '"', '\'']));
        let back = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"")
            .replace("&#39;", "'").replace("&amp;", "&");
        prop_assert_eq!(back, terminal(&bytes));
    }

    #[test]
    fn no_csv_cell_starts_a_formula(bytes in hostile()) {
        let (cell, changed) = csv(&bytes);
        prop_assert_eq!(changed, cell.as_bytes() != bytes.as_slice());
        let first = cell.chars().next();
        prop_assert!(!matches!(first, Some('=' | '+' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')));
        prop_assert!(first != Some('-') || cell.len() == 1);
    }

    #[test]
    fn markdown_without_its_backslashes_is_what_a_terminal_shows(bytes in hostile()) {
        let shown = markdown(&bytes).replace("&#32;", " ");
        let mut back = String::new();
        let mut chars = shown.chars();
        while let Some(c) = chars.next() {
            prop_assert!(c == '\\' || !c.is_ascii_punctuation(), "{}", shown);
            back.extend(if c == '\\' { chars.next() } else { Some(c) });
        }
        prop_assert_eq!(back, terminal(&bytes));
    }
}
