//! The example of the product description, and every key there is.

use accesstrail_parsers::record::TimeBasis;
use chrono_tz::Tz;

use super::*;

/// The documented example, comments included.
const EXAMPLE: &str = include_str!("example.toml");
/// Every key that the example does not show.
const EVERY_KEY: &str = include_str!("every_key.toml");

/// The example gives `size` to a resource that can show many objects, which METHOD M4.5 forbids.
fn without_size() -> String {
    EXAMPLE.replace("size = 41_234_567\n", "")
}

fn case(text: &str) -> Case {
    parse(text, Path::new("/case"), "case.toml").unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn m4_5_the_size_of_many_objects_is_refused() {
    let error = parse(EXAMPLE, Path::new("/case"), "case.toml").unwrap_err();
    assert_eq!(
        error.sentence(),
        "`size` is of one object, and this resource can show many: its `object_query` tells many objects apart"
    );
}

#[test]
fn the_documented_example_is_read_key_by_key() {
    let case = case(&without_size());
    assert_eq!((case.id.as_str(), case.title.as_str()), ("2022-DOJ-01", "Permit dashboard exposure"));
    assert_eq!(case.zone, Tz::America__Los_Angeles);
    assert_eq!((case.from_us, case.until_us), (Some(1_656_356_400_000_000), Some(1_656_442_800_000_000)));
    assert_eq!((case.window, case.supersedes), (Some(Width::Seconds(3_600)), None));
    assert_eq!(case.base, Path::new("/case"));

    let source = &case.sources[0];
    assert_eq!((source.name.as_str(), source.format.as_str()), ("gateway", "auto"));
    assert_eq!(source.paths, ["logs/gateway/*.log*"]);
    assert_eq!((source.tier, source.vantage.as_str()), (Tier::Origin, "origin"));
    assert_eq!(source.trusted_proxies, ["10.0.0.0/8".parse().unwrap()]);
    assert_eq!((source.clock_offset_us, source.time_basis), (0, Some(TimeBasis::Received)));

    let resource = &case.resources[0];
    assert_eq!(
        (resource.name.as_str(), resource.label.as_str()),
        ("permits", "Concealed-carry permit applicants")
    );
    let export = Pattern { query: vec![("sheet".into(), "ccw".into())], ..Pattern::glob("/export") };
    assert_eq!(resource.matches, [Pattern::glob("/views/Permits/**.csv"), export]);
    assert_eq!(
        (resource.methods.as_slice(), resource.object_query.as_slice()),
        (&["GET".to_owned()][..], &["sheet".to_owned()][..])
    );
    assert_eq!((resource.size, resource.records), (None, Some(192_000)));
    assert_eq!(resource.subject, Some(Subject::Query("driver".into())));

    let party = &case.parties[0];
    assert_eq!((party.name.as_str(), party.kind), ("Department staff", PartyKind::Staff));
    assert_eq!(party.networks, ["198.51.100.0/24".parse().unwrap()]);
    assert_eq!(
        (party.principals.as_slice(), party.agents.as_slice()),
        (&[r"DOJ\*".to_owned()][..], &["*HealthCheck*".to_owned()][..])
    );

    let event = &case.events[0];
    assert_eq!((event.at_us, event.until_us, event.kind), (1_656_390_600_000_000, None, EventKind::Restored));
    assert_eq!(case.attribution.mmdb, ["GeoLite2-ASN.mmdb", "GeoLite2-Country.mmdb"]);
    assert_eq!(case.attribution.ranges, ["googlebot.json", "tor-exits-2022-06-27.txt"]);
    assert_eq!(case.counting, Counting::default());
    let pending: Vec<(usize, &str)> = case.pending.iter().map(|p| (p.line, p.key.as_str())).collect();
    let expected = [(26, "[[resource]] records"), (43, "[attribution] mmdb"), (44, "[attribution] ranges")];
    assert_eq!(pending, expected);
    assert_eq!(
        case.pending[1].text,
        "`[attribution] mmdb` is not counted yet in this version: no address is looked up in a database"
    );
}

#[test]
fn every_other_key_is_read_and_what_has_no_effect_is_listed() {
    let case = case(EVERY_KEY);
    assert_eq!(case.title, case.id, "without a title the id stands for it");
    assert_eq!(case.primary_vantage.as_deref(), Some("front"));
    assert_eq!((case.supersedes.as_deref(), case.examiner_ref.as_deref()), (Some("T-0"), Some("KTU 17/22")));
    assert_eq!((case.from_us, case.until_us), (Some(1_656_356_400_000_000), Some(1_656_356_400_500_000)));

    let source = &case.sources[0];
    assert_eq!(
        (source.tier, source.vantage.as_str(), source.server),
        (Tier::Edge, "front", Some(Server::Nginx))
    );
    assert_eq!((source.peer_is_client, source.replicas, source.sampling), (true, true, Some(10)));
    assert_eq!((source.clock_offset_us, source.timezone), (-2_500_000, Some(Tz::Europe__Berlin)));
    assert_eq!(source.expected_sha256.as_deref(), Some(Path::new("SHA256SUMS")));
    assert_eq!(source.fields.get("client").map(String::as_str), Some("remote.ip"));
    let networks: Vec<String> = source.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.1/32", "2001:db8::/32", "192.0.2.0/24"]);

    let resource = &case.resources[0];
    assert_eq!((resource.matches.len(), resource.exclude.len(), resource.listing.len()), (6, 1, 1));
    assert_eq!((resource.ignore_case, resource.methods.len()), (Some(true), 2));
    assert_eq!(resource.subject, Some(Subject::Path("(?<subject>[0-9]+)".into())));
    assert_eq!((case.resources[1].size, case.resources[1].label.as_str()), (Some(41_234_567), "one"));

    assert_eq!((case.parties[0].asn.as_slice(), case.parties[0].agent_is_evidence), (&[64_500][..], true));
    let events: Vec<(EventKind, Option<i64>)> = case.events.iter().map(|e| (e.kind, e.until_us)).collect();
    assert_eq!(events, [(EventKind::Outage, Some(1_656_388_800_000_000)), (EventKind::Note, None)]);
    assert_eq!(case.counting.client_key, [ClientKeyPart::Ip, ClientKeyPart::UserAgent]);
    assert_eq!((case.counting.gap_us, case.counting.min_bytes), (5_400_000_000, Some(1)));
    assert_eq!((case.counting.robots, case.counting.profile.as_str()), (Some(Robots::Out), "ours"));
    let merge =
        MergeDecl { rule: Some("last".into()), gap_us: Some(30_000_000), from: Some("previous".into()) };
    assert_eq!(
        (case.profiles[0].statuses.as_slice(), case.profiles[0].merge.as_ref()),
        (&[200, 304][..], Some(&merge))
    );
    assert_eq!(
        (case.report.annexes.len(), case.report.charts.len(), case.report.circulate),
        (1, 1, Some(false))
    );

    let pending: Vec<&str> = case.pending.iter().map(|p| p.key.as_str()).collect();
    assert_eq!(
        pending,
        [
            "[[source]] sampling",
            "[[source]] expected_sha256",
            "[[resource]] manifest",
            "[[resource]] register",
            "[[resource]] subject manifest",
            "[[party]] asn",
            "[[party]] ranges",
            "[counting] profile",
            "[counting] client_key",
            "[counting] min_bytes",
            "[counting] robots",
            "[[profile]]",
            "[report] annexes",
            "[report] charts",
            "[report] circulate",
        ]
    );
    assert!(case.pending.windows(2).all(|pair| pair[0].line <= pair[1].line));
}

#[test]
fn what_says_only_the_default_is_not_pending() {
    let case = with(
        "[counting]\nprofile = \"served\"\nclient_key = [\"ua\", \"principal\", \"ip64\"]\nrobots = \"in\"\nmin_bytes = 0\n",
    );
    assert_eq!(case.unwrap().pending, []);
}
