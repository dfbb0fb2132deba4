//! METHOD M4.2 step by step as a table, the query rules of M4.3, and what must hold for any bytes.

use proptest::prelude::*;

use super::*;

fn web(target: &[u8], escape: Escape) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut buffer = Buffer::default();
    let normal = normalise(target, escape, TargetKind::Web, &mut buffer);
    (normal.path.to_vec(), normal.query.map(<[u8]>::to_vec))
}

fn path(target: &str) -> String {
    web(target.as_bytes(), Escape::None).0.escape_ascii().to_string()
}

#[test]
fn ordinary_targets_are_plain_up_to_their_query() {
    for (target, path) in [("/", "/"), ("/a/b.csv", "/a/b.csv"), ("/a?b=%20;c//d", "/a"), ("/a#/../b", "/a")]
    {
        assert_eq!(plain(target.as_bytes(), Escape::Backslash), Some(path.as_bytes()), "{target}");
    }
    for target in ["", "*", "a", "//a", "/a//b", "/.a", "/a;b", "/%61", "/\\x61", "http://h/a"] {
        assert_eq!(plain(target.as_bytes(), Escape::Backslash), None, "{target}");
    }
}

#[test]
fn m4_2_step_1_undoes_the_writers_escape_and_nothing_else() {
    for (written, escape, normal) in [
        (r"/a\x41b", Escape::Backslash, "/aAb"),
        (r"/a\xe9", Escape::Backslash, "/a\\xe9"),
        (r"/a\x22b\x5Cc", Escape::Backslash, "/a\\\"b\\\\c"),
        (r#"/a\"b\\c"#, Escape::Backslash, "/a\\\"b\\\\c"),
        (r"/a\nb", Escape::Backslash, "/a\\nb"),
        (r"/a\qb\", Escape::Backslash, "/a\\\\qb\\\\"),
        (r"/a\x4", Escape::Backslash, "/a\\\\x4"),
        (r"/a\x3Fb", Escape::Backslash, "/a"),
        (r"/a\x2541", Escape::Backslash, "/aA"),
        (r"/a\u0041\u00e9\/b", Escape::Json, "/aA\\xc3\\xa9/b"),
        (r"/\ud83d\ude00", Escape::Json, "/\\xf0\\x9f\\x98\\x80"),
        (r"/\ud83dx", Escape::Json, "/\\\\ud83dx"),
        (r"/a\x41b", Escape::None, "/a\\\\x41b"),
        (r"/a\x41b", Escape::Json, "/a\\\\x41b"),
    ] {
        assert_eq!(
            web(written.as_bytes(), escape).0.escape_ascii().to_string(),
            normal,
            "{written} {escape:?}"
        );
    }
}

#[test]
fn m4_2_steps_2_to_4_as_a_table() {
    for (target, normal) in [
        // 2: authority
        ("http://data.example/a/b", "/a/b"),
        ("HTTPS://u:p@data.example:443/a", "/a"),
        ("http://data.example", "/"),
        ("http://data.example?x=1", "/"),
        ("//data.example/a", "/data.example/a"),
        ("/r/http://x/y", "/r/http:/x/y"),
        ("://x/y", ":/x/y"),
        // 3: query and fragment
        ("/a?b?c", "/a"),
        ("/a#b?c", "/a"),
        ("/a?b#c", "/a"),
        ("/a%3Fb%23c", "/a?b#c"),
        // 4: segments
        ("/", "/"),
        ("", ""),
        ("/a/b/", "/a/b/"),
        ("/a//b", "/a/b"),
        ("//", "/"),
        ("/a///", "/a/"),
        ("/./a/./b", "/a/b"),
        ("/a/.", "/a"),
        ("/a/./", "/a/"),
        ("/a/../b", "/b"),
        ("/a/b/..", "/a"),
        ("/a/b/../", "/a/"),
        ("/../../a", "/a"),
        ("/..", "/"),
        ("/a/..", "/"),
        ("/a/...", "/a/..."),
        ("/.well-known/a", "/.well-known/a"),
        ("/%41%20b", "/A b"),
        ("/a%2fb%2Fc", "/a%2Fb%2Fc"),
        ("/a%2F..%2Fb", "/a%2F..%2Fb"),
        ("/a/%2e%2E/b", "/b"),
        ("/a/%2e/b", "/a/b"),
        ("/%2541", "/%41"),
        ("/100%", "/100%"),
        ("/a%zz%4", "/a%zz%4"),
        ("/a%00b", "/a\\x00b"),
        // `;`
        ("/a;jsessionid=1/b;x=2", "/a/b"),
        ("/a.csv;v=1", "/a.csv"),
        ("/a/;v=1", "/a/"),
        ("/a/..;/b", "/b"),
        ("/a%3Bb", "/a;b"),
        // no leading `/`
        ("*", "*"),
        ("data.example:443", "data.example:443"),
        ("a/../b", "b"),
        ("..", ""),
    ] {
        assert_eq!(path(target), normal, "{target}");
    }
}

#[test]
fn m4_2_object_columns_skip_steps_2_to_4() {
    for (key, normal) in [
        ("scans/1.jpg", "/scans/1.jpg"),
        ("/scans/1.jpg", "//scans/1.jpg"),
        ("a//b/../c?x#y;z%41", "/a//b/../c?x#y;z%41"),
        ("http://a/b", "/http://a/b"),
        ("", "/"),
    ] {
        let mut buffer = Buffer::default();
        let normalised = normalise(key.as_bytes(), Escape::None, TargetKind::ObjectColumn, &mut buffer);
        assert_eq!(normalised, Target { path: normal.as_bytes(), query: None }, "{key}");
    }
}

#[test]
fn the_query_is_what_follows_the_first_question_mark() {
    for (target, query) in [
        ("/a", None),
        ("/a?", Some("")),
        ("/a?b?c", Some("b?c")),
        ("/a?x=1#top", Some("x=1")),
        ("http://h?x=1", Some("x=1")),
    ] {
        assert_eq!(web(target.as_bytes(), Escape::None).1, query.map(|q| q.as_bytes().to_vec()), "{target}");
    }
}

#[test]
fn m4_3_query_values_are_split_then_decoded_once() {
    for (query, values) in [
        ("sheet=ccw", vec!["ccw"]),
        ("x=1&sheet=a&sheet=b&y", vec!["a", "b"]),
        ("sheet=a=b", vec!["a=b"]),
        ("sheet=a+b%20c%2Bd", vec!["a b c+d"]),
        ("sheet=%2541", vec!["%41"]),
        ("sheet=%zz%4", vec!["%zz%4"]),
        ("sheet=a%26sheet%3Db", vec!["a&sheet=b"]),
        ("%73heet=1", vec!["1"]),
        ("sheet", vec![""]),
        ("sheet=", vec![""]),
        ("sheets=1&Sheet=2&&=3", vec![]),
        ("", vec![]),
    ] {
        let found: Vec<String> =
            query_values(query.as_bytes(), b"sheet", false).map(|v| v.escape_ascii().to_string()).collect();
        assert_eq!(found, values, "{query}");
    }
    assert_eq!(query_values(b"Sheet=2", b"sheet", true).count(), 1);
}

/// Bytes that look like targets more often than chance would have it.
fn targets() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"/".to_vec()),
        Just(b".".to_vec()),
        Just(b"..".to_vec()),
        Just(b"%2e".to_vec()),
        Just(b"%2F".to_vec()),
        Just(b"%".to_vec()),
        Just(b";".to_vec()),
        Just(b"?".to_vec()),
        Just(b"#".to_vec()),
        Just(b"\\x2e".to_vec()),
        Just(b"\\u002e".to_vec()),
        Just(b"http://h".to_vec()),
        Just(b"a".to_vec()),
        any::<u8>().prop_map(|b| vec![b]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

proptest! {
    #[test]
    fn a_normal_path_has_no_empty_dot_or_dotdot_segment(
        target in targets(),
        escape in prop_oneof![Just(Escape::None), Just(Escape::Backslash), Just(Escape::Json)],
    ) {
        let (path, _) = web(&target, escape);
        prop_assert!(!holds(&path, b"//"));
        prop_assert!(!holds(&path, b"/./"));
        prop_assert!(path.split(|b| *b == b'/').all(|segment| segment != b".." && segment != b"."));
    }

    #[test]
    fn what_is_normal_stays_so(target in targets()) {
        let (path, _) = web(&target, Escape::None);
        // Decoding may bring out bytes that mean something when read again; such paths are read once only.
        let plain = !path.iter().any(|b| b"%;?#:".contains(b));
        if plain {
            prop_assert_eq!(web(&path, Escape::None).0, path);
        }
    }

    #[test]
    fn the_short_cut_for_normal_paths_changes_nothing(target in targets()) {
        let (rest, had_authority) = cut_authority(&target);
        let raw = before_fragment(rest.split(|b| *b == b'?').next().unwrap_or_default());
        let mut slow = Vec::new();
        segments(raw, 0, &mut slow);
        if raw.is_empty() && had_authority {
            slow = b"/".to_vec();
        }
        prop_assert_eq!(web(&target, Escape::None).0, slow);
    }

    /// The whole of `plain`: what it gives is the path that all steps give.
    #[test]
    fn a_plain_path_is_the_normalised_one(
        target in targets(),
        escape in prop_oneof![Just(Escape::None), Just(Escape::Backslash), Just(Escape::Json)],
    ) {
        if let Some(path) = plain(&target, escape) {
            prop_assert_eq!(web(&target, escape).0, path);
        }
    }

    #[test]
    fn query_values_never_panic(query in prop::collection::vec(any::<u8>(), 0..40), key in prop::collection::vec(any::<u8>(), 0..3)) {
        let _ = query_values(&query, &key, true).count();
    }
}

/// Each writer's own escape, and nothing else (METHOD M4.2, step 1).
#[test]
fn m4_2_step_1_of_w3c_cloudfront_csv_azure_and_haproxy() {
    use super::unescape;
    for (escape, text, wanted) in [
        (Escape::Plus, "a+b%2B", "a b%2B"),
        (Escape::Percent, "a%2520b%zz%4", "a%20b%zz%4"),
        (Escape::Doubled, "a\"\"b\"", "a\"b\""),
        (Escape::Entities, "a&amp;b&#x41;&#66;&lt;&nope;&", "a&bAB<&nope;&"),
        (Escape::Hash, "/a#23b#22#zz#2", "/a#b\"#zz#2"),
    ] {
        let mut out = Vec::new();
        assert_eq!(unescape(text.as_bytes(), escape, &mut out), wanted.as_bytes(), "{escape:?}");
        let mut other = Vec::new();
        assert_eq!(unescape(b"plain", escape, &mut other), b"plain");
    }
}
