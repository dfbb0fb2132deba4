//! METHOD M4.3 row by row, the errors, and agreement with a naive matcher.

use proptest::prelude::*;

use super::*;

fn route(glob: &str, path: &[u8]) -> bool {
    Glob::parse(glob, Kind::Route).unwrap().compile(false).unwrap().is_match(path)
}

fn party(glob: &str, text: &[u8]) -> bool {
    Glob::parse(glob, Kind::Party).unwrap().compile(false).unwrap().is_match(text)
}

#[test]
fn m4_3_each_row_matches_what_it_says() {
    let rows: &[(&str, &[&str], &[&str])] = &[
        (
            "/views/Permits/**.csv",
            &["/views/Permits/a.csv", "/views/Permits/x/a.csv", "/views/Permits/.csv"],
            &["/views/Permits/a.csvx", "/x/views/Permits/a.csv", "/views/permits/a.csv", "/views/Permits"],
        ),
        ("/a/**/b", &["/a/b", "/a/x/b", "/a/x/y/b", "/a//b"], &["/ab", "/a/xb", "/a/bx", "/ax/b"]),
        ("/a/**/**/b", &["/a/b", "/a/x/y/b"], &["/ab"]),
        ("/a/**", &["/a/", "/a/x", "/a/x/y"], &["/a", "/ab"]),
        ("**/b", &["/b", "/a/b"], &["/ab"]),
        ("**", &["", "/", "/a/b\n"], &[]),
        ("/a/***/b", &["/a//b", "/a/x/b"], &["/a/b"]),
        ("/a*b", &["/ab", "/axxb", "/a\nb"], &["/a/b", "/a"]),
        ("/a?b", &["/axb", "/aéb", "/a\nb"], &["/a/b", "/ab", "/axxb"]),
        ("/[ab]", &["/a", "/b"], &["/c", "/", "/ab"]),
        ("/[a-c0-9]", &["/b", "/5"], &["/d", "/-"]),
        ("/[!a-c]", &["/d", "/é"], &["/a", "//", "/"]),
        ("/[^a-c]", &["/d"], &["/a", "//"]),
        ("/[é-ü]", &["/é", "/ö"], &["/e"]),
        ("/[]a]", &["/]", "/a"], &["/b"]),
        ("/[!]a]", &["/b"], &["/]", "/a"]),
        ("/[a-]", &["/a", "/-"], &["/b"]),
        (r"/[\]\-]", &["/]", "/-"], &["/\\"]),
        ("/x[a/]y", &["/xay"], &["/x/y"]),
        ("/x[+-9]y", &["/x5y", "/x.y"], &["/x/y"]),
        ("/{a,b}", &["/a", "/b"], &["/c", "/a,b", "/{a,b}"]),
        ("/{a,b{c,d}e,}x", &["/ax", "/bcex", "/bdex", "/x"], &["/bx", "/cx"]),
        ("/{*.csv,**.json}", &["/a.csv", "/a/b.json"], &["/a/b.csv"]),
        (r"/\*\?\[\{\\", &[r"/*?[{\"], &["/a"]),
        ("/a,b", &["/a,b"], &["/a"]),
        ("/a.b+c(d)|^$", &["/a.b+c(d)|^$"], &["/axb+c(d)|^$"]),
        ("/é", &["/é"], &["/É"]),
    ];
    for (glob, yes, no) in rows {
        for path in *yes {
            assert!(route(glob, path.as_bytes()), "{glob} must match {path:?}");
        }
        for path in *no {
            assert!(!route(glob, path.as_bytes()), "{glob} must not match {path:?}");
        }
    }
}

#[test]
fn a_byte_that_is_no_utf_8_is_one_character() {
    assert!(route("/a?b", b"/a\xE9b"));
    assert!(route("/a*b", b"/a\xE9\xFFb"));
    assert!(route("/[!a]", b"/\xE9"));
    assert!(!route("/[!\u{e9}]", b"/\xE9"), "a class that names wide characters knows no lone bytes");
}

#[test]
fn case_is_folded_in_ascii_only() {
    let folded = |glob: &str, path: &str| {
        Glob::parse(glob, Kind::Route).unwrap().compile(true).unwrap().is_match(path.as_bytes())
    };
    assert!(folded("/Views/[A-C]/*.CSV", "/views/b/x.csv"));
    assert!(folded("/[a-z]", "/Q"));
    assert!(!folded("/[!k]", "/K"));
    assert!(!folded("/é", "/É"));
    assert!(!folded("/[a-z]", "/\u{212A}"), "the Kelvin sign is no k");
    assert!(!folded("/k", "/\u{212A}"));
}

#[test]
fn m7_1_in_party_globs_a_backslash_and_a_slash_are_plain() {
    assert!(party(r"DOJ\*", r"DOJ\ann".as_bytes()));
    assert!(!party(r"DOJ\*", b"DOJ*"));
    assert!(party("*HealthCheck*", b"Mozilla/5.0 (HealthCheck/2)"));
    assert!(party("a?b", b"a/b"));
    assert!(party("a[!x]b", b"a/b"));
    assert!(party("a[/]b", b"a/b"));
    assert!(party("a[*]b", b"a*b"));
    assert!(!party("a[*]b", b"axb"));
    assert!(party("{curl,wget}/*", b"curl/8.0\n"));
}

#[test]
fn an_error_points_into_the_glob() {
    for (glob, sentence, at, len) in [
        ("/a[b", "`[` is never closed: quote it or close it with `]`", 2, 1),
        ("/a[]", "`[` is never closed: quote it or close it with `]`", 2, 1),
        ("/[a-", "`[` is never closed: quote it or close it with `]`", 1, 1),
        ("/é{a,b", "`{` is never closed: quote it or close it with `}`", 3, 1),
        ("/a}b", "`}` closes nothing: quote it or open it with `{`", 2, 1),
        ("/[z-a]", "the range runs backwards", 2, 3),
        (r"/a\", r"`\` at the end quotes nothing: write `\\` for a backslash", 2, 1),
        ("{{{{{{{{{{{{{{{{{", "braces are nested more than 16 deep", 16, 1),
    ] {
        let error = Glob::parse(glob, Kind::Route).unwrap_err();
        assert_eq!((error.sentence.as_str(), error.at, error.len), (sentence, at, len), "{glob}");
    }
    let error = Glob::parse("a[", Kind::Party).unwrap_err();
    assert_eq!(error.sentence, "`[` is never closed: write it in a class or close it with `]`");
}

#[test]
fn only_a_glob_that_can_begin_with_a_slash_can_match_a_path() {
    for (glob, can) in [
        ("/a", true),
        ("**.csv", true),
        ("{a,/b}", true),
        ("{,a}/b", true),
        ("*/a", true),
        ("/**/", true),
        ("*.csv", false),
        ("a", false),
        ("?a", false),
        ("[!a]b", false),
        ("{a,b}/c", false),
        ("", false),
        ("*", false),
    ] {
        assert_eq!(Glob::parse(glob, Kind::Route).unwrap().can_match_path(), can, "{glob}");
    }
}

/// A matcher that follows METHOD M4.3 by trying everything, slowly.
fn naive(nodes: &[Node], text: &[u8], kind: Kind) -> bool {
    let Some((node, rest)) = nodes.split_first() else { return text.is_empty() };
    let plain = |byte: u8| kind == Kind::Party || byte != b'/';
    let any = |allowed: &dyn Fn(u8) -> bool, text: &[u8]| {
        let run = text.iter().take_while(|b| allowed(**b)).count();
        (0..=run).any(|n| naive(rest, &text[n..], kind))
    };
    match node {
        Node::Char(c) => {
            text.strip_prefix(c.to_string().as_bytes()).is_some_and(|after| naive(rest, after, kind))
        }
        Node::Star => any(&plain, text),
        Node::AnyBytes => any(&|_| true, text),
        Node::SlashAnySlash => {
            text.first() == Some(&b'/')
                && (1..=text.len()).any(|n| text[n - 1] == b'/' && naive(rest, &text[n..], kind))
        }
        Node::AnyChar => {
            let (byte, wide) = first(text);
            byte.is_some_and(|b| b >= 0x80 && naive(rest, &text[1..], kind))
                || wide.is_some_and(|c| {
                    (kind == Kind::Party || c != '/') && naive(rest, &text[c.len_utf8()..], kind)
                })
        }
        Node::Class { negated, ranges } => {
            let (byte, wide) = first(text);
            let listed = |c: char| ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
            let ascii = ranges.iter().all(|(_, high)| high.is_ascii());
            (*negated && ascii && byte.is_some_and(|b| b >= 0x80 && naive(rest, &text[1..], kind)))
                || wide.is_some_and(|c| {
                    listed(c) != *negated
                        && (kind == Kind::Party || c != '/')
                        && naive(rest, &text[c.len_utf8()..], kind)
                })
        }
        Node::Either(branches) => {
            branches.iter().any(|branch| naive(&[branch.as_slice(), rest].concat(), text, kind))
        }
    }
}

fn first(text: &[u8]) -> (Option<u8>, Option<char>) {
    let wide = (1..=4).find_map(|n| std::str::from_utf8(text.get(..n)?).ok()?.chars().next());
    (text.first().copied(), wide)
}

fn globs() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b", "/", "*", "**", "/**/", "?", "[ab]", "[!a]", "[!é]", "[é-ü]", "{a,b}", "{,a/}", "{*,b?}",
        "é", ".", "[!-~]",
    ]);
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![b"a", b"b", b"/", b".", "é".as_bytes(), b"\xE9", b"\n", b"A"];
    prop::collection::vec(prop::sample::select(pieces), 0..7).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_regex_and_the_naive_matcher_agree(glob in globs(), text in texts(), dialect in any::<bool>()) {
        let kind = if dialect { Kind::Route } else { Kind::Party };
        let glob = Glob::parse(&glob, kind).unwrap();
        prop_assert_eq!(glob.compile(false).unwrap().is_match(&text), naive(&glob.nodes, &text, kind));
    }

    #[test]
    fn any_text_is_a_glob_or_an_error_inside_it(text in ".{0,20}") {
        for kind in [Kind::Route, Kind::Party] {
            match Glob::parse(&text, kind) {
                Ok(glob) => prop_assert!(glob.compile(true).is_ok()),
                Err(e) => prop_assert!(e.at < text.len() && e.len >= 1),
            }
        }
    }
}
