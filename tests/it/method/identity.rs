//! Section 3: who.

use super::{caveat, counted};
use crate::evidence::get;
use crate::json::number;

fn clients(answer: &serde_json::Value) -> [u64; 6] {
    ["ip", "ip4", "ip6_128", "ip6_64", "name", "unknown_requests"]
        .map(|name| number(answer, &format!("clients.{name}")))
}

#[test]
fn m3_1_every_spelling_of_an_address_is_one_client() {
    let four =
        ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "192.0.2.1:4711", "[::ffff:192.0.2.1]:80"];
    let answer = counted(four.map(|client| get(client, "10:00:00")), &[]);
    assert_eq!(clients(&answer), [1, 1, 0, 0, 0, 0]);
    let six = [
        "2001:db8::1",
        "2001:DB8::1",
        "2001:db8:0:0:0:0:0:1",
        "2001:0db8:0000:0000:0000:0000:0000:0001",
        "[2001:db8::1]",
        "[2001:db8::1]:443",
        "2001:db8::1%eth0",
    ];
    let answer = counted(six.map(|client| get(client, "10:00:00")), &[]);
    assert_eq!(clients(&answer), [1, 0, 1, 1, 0, 0]);
}

#[test]
fn m3_1_what_is_no_address_is_a_name_and_never_faults_the_record() {
    let names = ["host.example", "HOST.example", "192.0.2.xxx", "192.0.2.001", "192.0.2.999", "-", "-"];
    let answer = counted(names.map(|client| get(client, "10:00:00")), &[]);
    assert_eq!(clients(&answer), [0, 0, 0, 0, 4, 2]);
    assert_eq!([number(&answer, "ledger.faults"), number(&answer, "counts.served")], [0, 7]);
}

const FORWARDED: &str = r#"apache:%h %l %u %t "%r" %>s %b "%{X-Forwarded-For}i""#;

fn behind(hops: &[(&str, &str)], arguments: &[&str]) -> serde_json::Value {
    let lines = hops.iter().map(|(peer, header)| {
        format!("{peer} - - [01/Jun/2022:10:00:00 +0000] \"GET /data.csv HTTP/1.1\" 200 9 \"{header}\"")
    });
    counted(lines, &[&["--format", FORWARDED, "--by", "client"], arguments].concat())
}

fn names(answer: &serde_json::Value) -> Vec<(&str, u64)> {
    let groups = answer["groups"].as_array().unwrap();
    groups.iter().map(|g| (g["key"][0]["value"].as_str().unwrap(), number(g, "served"))).collect()
}

/// PEERS 7: the left-most entry is what the client wrote, and is never taken.
#[test]
fn m3_2_the_client_is_the_first_untrusted_hop_from_the_right() {
    let hops = [
        ("10.0.0.1", "198.51.100.7, 203.0.113.5"),
        ("10.0.0.1", "192.168.1.1, 8.8.8.8, 203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, 10.0.0.2"),
        ("10.0.0.1", "<script>, 203.0.113.5"),
    ];
    let answer = behind(&hops, &["--trusted-proxy", "10.0.0.0/8"]);
    assert_eq!(names(&answer), [("203.0.113.5", 4)]);
    assert!(caveat(&answer, "ID-03").is_some());
}

#[test]
fn m3_2_the_header_of_an_untrusted_peer_is_ignored() {
    let hops = [("203.0.113.9", "198.51.100.7"), ("203.0.113.9", "198.51.100.8")];
    let answer = behind(&hops, &["--trusted-proxy", "10.0.0.0/8"]);
    assert_eq!(names(&answer), [("203.0.113.9", 2)]);
}

#[test]
fn m3_2_a_hop_that_is_no_address_stops_the_walk_at_the_last_trusted_one() {
    let answer =
        behind(&[("10.0.0.1", "203.0.113.5, unknown, 10.0.0.7")], &["--trusted-proxy", "10.0.0.0/8"]);
    assert_eq!(names(&answer), [("10.0.0.7", 1)]);
}

#[test]
fn m3_2_where_all_are_trusted_it_is_the_left_most() {
    let answer = behind(&[("10.0.0.1", "10.0.0.9, 10.0.0.8")], &["--trusted-proxy", "10.0.0.0/8"]);
    assert_eq!(names(&answer), [("10.0.0.9", 1)]);
}

#[test]
fn m3_3_few_peers_with_many_forwarded_addresses_are_a_loud_finding() {
    let hops: Vec<(String, String)> =
        (0..40).map(|n| (format!("10.0.0.{}", n % 2), format!("203.0.113.{n}"))).collect();
    let hops: Vec<(&str, &str)> = hops.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let answer = behind(&hops, &[]);
    assert_eq!(number(&answer, "clients.ip"), 2);
    let finding = crate::json::at(&answer, "findings[id=behind-a-proxy].text").and_then(|t| t.as_str());
    let loud = finding.is_some_and(|text| text.contains("--trusted-proxy"));
    super::holds_or_is_a_told_limit(
        loud,
        "`behind-a-proxy` (M3.3) is only given once at least one network is declared",
    );
    let declared = behind(&hops, &["--trusted-proxy", "10.0.0.0/8"]);
    assert_eq!(number(&declared, "clients.ip"), 40);
    assert_eq!(crate::json::at(&declared, "findings[id=behind-a-proxy]"), None);
}

#[test]
fn m3_4_ipv6_is_counted_at_every_width() {
    let six =
        ["2001:db8:1:100::1", "2001:db8:1:100::2", "2001:db8:1:101::1", "2001:db8:1:200::1", "2001:db8:2::1"];
    let answer = counted(six.map(|client| get(client, "10:00:00")), &[]);
    let widths = ["ip6_128", "ip6_64", "ip6_56", "ip6_48"].map(|w| number(&answer, &format!("clients.{w}")));
    assert_eq!(widths, [5, 4, 3, 2]);
}
