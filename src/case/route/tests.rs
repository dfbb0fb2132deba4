//! METHOD M4.1, M4.3–M4.6: where a request belongs, row by row.

use std::path::Path;

use proptest::prelude::*;

use super::super::parse;
use super::*;

/// A router of these `[[resource]]` tables, read the way a case file is.
fn router(resources: &str) -> Router {
    router_with(resources, RouterOptions::default())
}

fn router_with(resources: &str, options: RouterOptions) -> Router {
    let text = format!("[case]\nid = \"t\"\n[[source]]\nname = \"s\"\npaths = [\"x\"]\n{resources}");
    let case = parse(&text, Path::new(""), "t.toml").unwrap_or_else(|e| panic!("{e}"));
    Router::new(&case.resources, options).unwrap()
}

fn ask<'a>(host: Option<&'a str>, target: &'a str) -> Query<'a> {
    Query {
        method: Some(b"GET"),
        host: host.map(str::as_bytes),
        target: target.as_bytes(),
        query: None,
        escape: Escape::None,
    }
}

fn get(router: &Router, target: &str) -> Option<Route> {
    router.route(&ask(None, target), &mut Scratch::default())
}

fn from(router: &Router, host: Option<&str>, target: &str) -> Option<Route> {
    router.route(&ask(host, target), &mut Scratch::default())
}

#[test]
fn m4_1_the_first_resource_has_the_request_and_later_ones_are_named() {
    let router = router(
        "[[resource]]\nname = \"csv\"\nmatch = [\"/views/**.csv\"]\n\
         [[resource]]\nname = \"permits\"\nmatch = [\"/views/Permits/**\", \"/export\"]\n\
         [[resource]]\nname = \"all\"\nmatch = [\"**\"]\nexclude = [\"/export\"]\n",
    );
    for (target, resource, also) in [
        ("/views/Permits/a.csv", 0, vec![1, 2]),
        ("/views/Permits/a.png", 1, vec![2]),
        ("/views/x.csv?y=1", 0, vec![2]),
        ("/export", 1, vec![]),
        ("/%76iews//x/../a%2ecsv;v=1", 0, vec![2]),
        ("/", 2, vec![]),
    ] {
        let route = get(&router, target).unwrap();
        assert_eq!((route.resource, route.also), (resource, also), "{target}");
    }
}

#[test]
fn a_request_that_matches_nothing_has_no_route() {
    let router = router(
        "[[resource]]\nname = \"a\"\nmatch = [\"/a/**\"]\nexclude = [\"/a/x/**\", { prefix = \"/a/y\" }]\n",
    );
    for target in ["/", "/b", "/A/b", "", "*", "/a/x/1", "/a/yy", "/b?/a/1"] {
        assert_eq!(get(&router, target), None, "{target}");
    }
    assert!(get(&router, "/a/1").is_some());
}

#[test]
fn m4_3_every_kind_of_pattern() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("{ path = \"/a/*.csv\" }", &["/a/b.csv"], &["/a/b/c.csv"]),
        ("{ prefix = \"/a/b\" }", &["/a/b", "/a/bc", "/x/../a/b"], &["/a", "/x/a/b"]),
        ("{ regex = '[0-9]+\\.csv' }", &["/a/1.csv", "/1.csvx"], &["/a.csv", "/a?1.csv"]),
        ("{ raw_regex = '%2[Ee]' }", &["/a/%2e%2e/b", "/b?%2E"], &["/a/../b"]),
        (
            "{ query = { sheet = \"ccw\" } }",
            &["/a?sheet=ccw", "/?x&sheet=a&sheet=ccw"],
            &["/a", "/a?sheet=ccwx"],
        ),
        ("{ query = { sheet = \"c*\" } }", &["/a?sheet=ccw"], &["/a?sheet=a", "/a?sheet=c/d"]),
        ("{ query = { a = \"1\", b = \"*\" } }", &["/?b=&a=1"], &["/?a=1", "/?b=1"]),
        (
            "{ path = \"/export\", query = { sheet = \"ccw\" } }",
            &["/export?sheet=ccw"],
            &["/export", "/x?sheet=ccw"],
        ),
        ("{ path = \"/a/**\", regex = 'csv$' }", &["/a/x.csv"], &["/a/x", "/b/x.csv"]),
    ];
    for (pattern, yes, no) in cases {
        let router = router(&format!("[[resource]]\nname = \"a\"\nmatch = [{pattern}]\n"));
        for target in *yes {
            assert!(get(&router, target).is_some(), "{pattern} must match {target}");
        }
        for target in *no {
            assert!(get(&router, target).is_none(), "{pattern} must not match {target}");
        }
    }
}

#[test]
fn m4_3_a_record_without_a_host_matches_and_is_marked() {
    let router =
        router("[[resource]]\nname = \"a\"\nmatch = [{ path = \"/a\", host = \"data.*\" }, \"/b\"]\n");
    for (host, target, unchecked) in [
        (Some("data.example"), "/a", Some(false)),
        (Some("DATA.example:443"), "/a", Some(false)),
        (Some("www.example"), "/a", None),
        (None, "/a", Some(true)),
        (Some("-"), "/a", Some(true)),
        (None, "/b", Some(false)),
    ] {
        assert_eq!(from(&router, host, target).map(|r| r.host_unchecked), unchecked, "{host:?} {target}");
    }
}

#[test]
fn an_exclusion_by_host_must_be_shown() {
    let router = router("[[resource]]\nname = \"a\"\nmatch = [\"/a\"]\nexclude = [{ host = \"test.*\" }]\n");
    assert_eq!(from(&router, Some("test.example"), "/a"), None);
    assert!(!from(&router, Some("www.example"), "/a").unwrap().host_unchecked);
    assert!(from(&router, None, "/a").unwrap().host_unchecked);
}

#[test]
fn m4_3_case_is_folded_where_told_and_reported() {
    let text = "[[resource]]\nname = \"a\"\nmatch = [\"/Data/*.csv\", { path = \"/x\", query = { Sheet = \"CCW\" } }]\n";
    let folding = router_with(text, RouterOptions { default_ignore_case: true });
    for (target, folded) in
        [("/Data/a.csv", false), ("/data/A.CSV", true), ("/x?Sheet=CCW", false), ("/X?sheet=ccw", true)]
    {
        assert_eq!(get(&folding, target).map(|r| r.folded), Some(folded), "{target}");
    }
    assert_eq!(get(&router(text), "/data/a.csv"), None);
    let own =
        router_with(&format!("{text}ignore_case = false\n"), RouterOptions { default_ignore_case: true });
    assert_eq!(get(&own, "/data/a.csv"), None);
}

#[test]
fn m4_4_a_listing_is_in_scope_and_is_no_read() {
    let router = router(
        "[[resource]]\nname = \"a\"\nmatch = [\"/c/**\"]\nlisting = [{ path = \"/c/\", query = { comp = \"list\" } }]\n",
    );
    assert!(get(&router, "/c/?comp=list").unwrap().listing);
    assert!(!get(&router, "/c/1.jpg").unwrap().listing);
}

#[test]
fn m4_5_an_object_is_host_path_and_the_declared_query_values() {
    let router = router(
        "[[resource]]\nname = \"a\"\nmatch = [\"/export/**\"]\nobject_query = [\"sheet\", \"year\"]\n",
    );
    for (host, target, object) in [
        (None, "/export/a?year=1&sheet=x", &b"\0/export/a\0x\x001"[..]),
        (Some("H:80"), "/export/a?sheet=x&other=1", b"h\0/export/a\0x\0\x01-"),
        (Some("h"), "/export//a;s=1?sheet=", b"h\0/export/a\0\0\x01-"),
        (None, "/export/a?sheet=x&sheet=y&year=%00%01", b"\0/export/a\0x\x01,y\0\x010\x011"),
        (Some("h"), "http://other/export/a", b"h\0/export/a\0\x01-\0\x01-"),
    ] {
        let route = from(&router, host, target).unwrap();
        assert_eq!(route.object.escape_ascii().to_string(), object.escape_ascii().to_string(), "{target}");
    }
    let route = from(&router, Some("h"), "/export/a?sheet=x").unwrap();
    let parts: Vec<&[u8]> = object_parts(&route.object).collect();
    assert_eq!(parts, [&b"h"[..], b"/export/a", b"x", b"\x01-"]);
}

#[test]
fn m4_5_routes_that_differ_in_folded_case_are_one_object() {
    let router = router(
        "[[resource]]\nname = \"a\"\nmatch = [\"/a/**\"]\nignore_case = true\nobject_query = [\"id\"]\n",
    );
    let object = |target: &str| get(&router, target).unwrap().object;
    assert_eq!(object("/a/X?id=7"), object("/A/x?ID=7"));
    assert_ne!(object("/a/x?id=Ab"), object("/a/x?id=aB"));
}

#[test]
fn m4_6_a_subject_is_a_query_value_or_a_capture() {
    let router = router(
        "[[resource]]\nname = \"a\"\nmatch = [\"/q\"]\nsubject = { query = \"driver\" }\n\
         [[resource]]\nname = \"b\"\nmatch = [\"/lic/**\"]\nsubject = { path = 'lic/(?<subject>[0-9]*)-' }\n",
    );
    for (target, subject) in [
        ("/q?driver=D+1", Some("D 1")),
        ("/q?driver=&driver=2", Some("2")),
        ("/q?driver=", None),
        ("/q", None),
        ("/lic/0042-a.jpg", Some("0042")),
        ("/lic/-a.jpg", None),
        ("/lic/x.jpg", None),
    ] {
        assert_eq!(get(&router, target).unwrap().subject, subject.map(|s| s.as_bytes().to_vec()), "{target}");
    }
}

#[test]
fn object_columns_match_on_the_key_and_never_on_a_host() {
    let router = router(
        "[[resource]]\nname = \"a\"\nmatch = [{ bucket = \"scans\", key = \"lic/**\" }]\n\
         [[resource]]\nname = \"b\"\nmatch = [\"/lic/*\"]\n",
    );
    let ask = |bucket: &str, key: &str| {
        let query =
            ObjectQuery { bucket: Some(bucket.as_bytes()), key: key.as_bytes(), escape: Escape::None };
        router.route_object(&query, &mut Scratch::default()).map(|r| (r.resource, r.object))
    };
    assert_eq!(ask("scans", "lic/1?2#3"), Some((0, b"scans\0/lic/1?2#3".to_vec())));
    assert_eq!(ask("other", "lic/1"), Some((1, b"other\0/lic/1".to_vec())));
    assert_eq!(ask("scans", "x"), None);
    assert_eq!(get(&router, "/lic/1").unwrap().resource, 1, "a web request has no bucket");
}

#[test]
fn a_query_column_is_the_query() {
    let router = router("[[resource]]\nname = \"a\"\nmatch = [{ path = \"/x\", query = { s = 'a\"b' } }]\n");
    let column = |query: &'static [u8], escape: Escape| {
        router
            .route(&Query { query: Some(query), escape, ..ask(None, "/x?s=no") }, &mut Scratch::default())
            .is_some()
    };
    assert!(column(b"?s=a%22b", Escape::None));
    assert!(column(b"s=a\\x22b", Escape::Backslash));
    assert!(!column(b"", Escape::None));
}

#[test]
fn without_a_resource_every_record_is_in_scope() {
    let case = super::super::Case::ad_hoc(Vec::new());
    let router = Router::new(&case.resources, RouterOptions::default()).unwrap();
    for target in ["", "-", "/", "*", "/a/b"] {
        assert_eq!(get(&router, target).unwrap().resource, 0, "{target}");
    }
}

#[test]
fn threads_share_a_router() {
    let router = router("[[resource]]\nname = \"a\"\nmatch = [\"/a/**\"]\n");
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert!(get(&router, "/a/1").is_some()));
        }
    });
}

/// One table of patterns of every kind, with and without a case of their own.
fn routers() -> Vec<Router> {
    let patterns = [
        "\"/export/a.csv\"",
        "\"/a/**/b*.csv\", \"/b\"",
        "\"**\"",
        "\"/{a,export}/**\", \"/a?[ab]\"",
        "{ prefix = \"/a/b\" }",
        "{ regex = '^/a/.*csv$' }, { regex = 'b\\.csv' }",
        "{ raw_regex = '%2[Ee]' }, \"/a\"",
        "{ query = { a = \"b\" } }, \"/a/b\"",
        "{ path = \"/a/*\", host = \"h\" }",
    ];
    let tables = patterns.iter().map(|all| format!("[[resource]]\nname = \"a\"\nmatch = [{all}]\n"));
    tables
        .flat_map(|table| {
            [false, true]
                .map(|default_ignore_case| router_with(&table, RouterOptions { default_ignore_case }))
        })
        .collect()
}

fn targets() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "/", "//", "/a", "/b", "/export", "a", "b", ".csv", "A", "B", ".", "..", "/..", "%2e", "%2F", "%61",
        ";v", "\\x2e", "\\x61", "?", "?a=b", "#", "http://h",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The short way out never loses a match.
    #[test]
    fn what_is_told_to_be_out_belongs_to_no_resource(
        target in targets(),
        escape in prop_oneof![Just(Escape::None), Just(Escape::Backslash), Just(Escape::Json)],
    ) {
        for router in ROUTERS.iter().filter(|router| router.is_out(target.as_bytes(), escape)) {
            let query = Query { escape, ..ask(None, &target) };
            prop_assert_eq!(router.route(&query, &mut Scratch::default()), None);
        }
    }
}

static ROUTERS: std::sync::LazyLock<Vec<Router>> = std::sync::LazyLock::new(routers);

#[test]
fn an_ordinary_line_is_told_to_be_out_and_one_that_normalises_into_a_match_is_not() {
    let router = router("[[resource]]\nname = \"a\"\nmatch = [\"/export/a.csv\", { prefix = \"/b/\" }]\n");
    let is_out = |target: &str| router.is_out(target.as_bytes(), Escape::Backslash);
    for target in ["/", "/assets/x.png", "/export/a.csvx", "/export/b.csv?/export/a.csv"] {
        assert!(is_out(target), "{target}");
    }
    for target in
        ["/export/a.csv", "/x/../export/a.csv", "//export/a.csv", "/\\x62/", "/%62/", "http://h/b/", "/b/"]
    {
        assert!(!is_out(target), "{target}");
    }
}
