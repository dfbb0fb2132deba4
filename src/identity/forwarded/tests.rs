//! METHOD M3.2, row by row, and the ways a client may try to write its own address.

use proptest::prelude::*;

use super::*;

fn trust() -> Trust {
    Trust::new(["10.0.0.0/8", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap()), false)
}
fn at<'a>(peer: &'a str, xff: &'a str, forwarded: &'a str) -> (String, Via) {
    let some = |text: &'a str| (!text.is_empty()).then_some(text.as_bytes());
    let found = resolve(some(peer), some(xff), some(forwarded), &trust());
    let client = match found.client {
        ClientRef::Ip(ip) => ip.to_string(),
        ClientRef::Name(name) => String::from_utf8(name.to_vec()).unwrap(),
        ClientRef::Unknown => "?".to_owned(),
    };
    (client, found.via)
}
fn is(client: &str, via: Via) -> (String, Via) {
    (client.to_owned(), via)
}

#[test]
fn m3_2_without_a_header_the_client_is_the_peer() {
    assert_eq!(at("203.0.113.9", "", ""), is("203.0.113.9", Via::Peer));
    assert_eq!(at("10.0.0.1", "", ""), is("10.0.0.1", Via::Peer));
    assert_eq!(at("10.0.0.1", "-", "-"), is("10.0.0.1", Via::Peer));
    assert_eq!(at("10.0.0.1", " , ,", ""), is("10.0.0.1", Via::Peer));
    assert_eq!(at("", "", ""), is("?", Via::Peer));
}

#[test]
fn m3_2_without_declared_trust_no_header_counts() {
    let found = resolve(Some(b"10.0.0.1"), Some(b"203.0.113.9"), None, &Trust::default());
    assert_eq!(
        found,
        Resolved { client: ClientRef::Ip("10.0.0.1".parse().unwrap()), via: Via::HeaderIgnored }
    );
}

#[test]
fn m3_2_the_header_of_a_peer_that_is_not_trusted_is_ignored() {
    assert_eq!(at("198.51.100.7", "203.0.113.9", ""), is("198.51.100.7", Via::HeaderIgnored));
    assert_eq!(at("198.51.100.7", "", "for=203.0.113.9"), is("198.51.100.7", Via::HeaderIgnored));
    assert_eq!(at("198.51.100.7", "", "proto=https"), is("198.51.100.7", Via::Peer));
    assert_eq!(at("proxy.local", "203.0.113.9", ""), is("proxy.local", Via::HeaderIgnored));
    assert_eq!(at("", "203.0.113.9", ""), is("?", Via::HeaderIgnored));
}

#[test]
fn m3_2_the_first_untrusted_address_from_the_right_is_the_client() {
    assert_eq!(at("10.0.0.1", "203.0.113.9", ""), is("203.0.113.9", Via::Walked));
    assert_eq!(at("10.0.0.1:443", "6.6.6.6, 203.0.113.9:55, 10.0.0.2", ""), is("203.0.113.9", Via::Walked));
    assert_eq!(at("::ffff:10.0.0.1", "203.0.113.9", ""), is("203.0.113.9", Via::Walked));
    assert_eq!(at("10.0.0.1", "192.168.1.5, 203.0.113.9", ""), is("203.0.113.9", Via::Walked));
    assert_eq!(at("10.0.0.1", "192.168.1.5", ""), is("192.168.1.5", Via::Walked));
    assert_eq!(at("10.0.0.1", "203.0.113.9, , 10.0.0.2,", ""), is("203.0.113.9", Via::Walked));
    assert_eq!(at("2001:db8:ffff::1", "[2001:db8::7]:443", ""), is("2001:db8::7", Via::Walked));
}

#[test]
fn m3_2_a_hop_that_is_no_address_stops_at_the_last_trusted_one() {
    assert_eq!(at("10.0.0.1", "203.0.113.9, unknown", ""), is("10.0.0.1", Via::UnparsableHop));
    assert_eq!(at("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", ""), is("10.0.0.2", Via::UnparsableHop));
    assert_eq!(at("10.0.0.1", "203.0.113.9, -", ""), is("10.0.0.1", Via::UnparsableHop));
    assert_eq!(at("10.0.0.1", "010.0.0.9", ""), is("10.0.0.1", Via::UnparsableHop));
}

#[test]
fn m3_2_when_all_hops_are_trusted_the_left_most_is_the_client() {
    assert_eq!(at("10.0.0.1", "10.9.9.9, 10.0.0.2", ""), is("10.9.9.9", Via::AllTrusted));
    assert_eq!(at("10.0.0.1", "", "for=10.9.9.9, for=10.0.0.2"), is("10.9.9.9", Via::AllTrusted));
}

#[test]
fn m3_2_a_rewritten_column_is_the_client_by_declaration() {
    let declared = Trust { peer_is_client: true, ..trust() };
    let found = resolve(Some(b"10.0.0.1"), Some(b"203.0.113.9"), None, &declared);
    assert_eq!(
        found,
        Resolved { client: ClientRef::Ip("10.0.0.1".parse().unwrap()), via: Via::PeerIsClient }
    );
}

#[test]
fn m3_2_forwarded_is_preferred_only_if_it_has_a_for() {
    assert_eq!(at("10.0.0.1", "203.0.113.9", "for=198.51.100.7"), is("198.51.100.7", Via::Walked));
    assert_eq!(at("10.0.0.1", "203.0.113.9", "proto=https;by=10.0.0.1"), is("203.0.113.9", Via::Walked));
    assert_eq!(at("10.0.0.1", "203.0.113.9", "proto=\"x;for=6.6.6.6\""), is("203.0.113.9", Via::Walked));
}

#[test]
fn m3_2_rfc_7239_spellings_are_read() {
    for header in [
        "for=192.0.2.60;proto=http;by=203.0.113.43",
        "For=\"192.0.2.60:4711\"",
        "by=10.0.0.1 ; FOR=192.0.2.60",
        "for=\"192.0.2.60\", for=10.0.0.3",
        "for=6.6.6.6,for=192.0.2.60;proto=https, for=10.0.0.3;by=\"a,b;c\"",
        "for=\\\"192.0.2.60:4711\\\"",
        "for=\\x22192.0.2.60:4711\\x22;proto=http",
        "for=\"192.0.2.60:_gazonk\"",
        ",, for=192.0.2.60 ,;",
    ] {
        assert_eq!(at("10.0.0.1", "", header), is("192.0.2.60", Via::Walked), "{header}");
    }
    for header in
        ["For=\"[2001:db8:cafe::17]:4711\"", "for=\"[2001:db8:cafe::17]\"", "for=[2001:db8:cafe::17]"]
    {
        assert_eq!(at("10.0.0.1", "", header), is("2001:db8:cafe::17", Via::Walked), "{header}");
    }
    for header in [
        "for=_hidden",
        "for=unknown",
        "for=\"_SEVKISEK\"",
        "for=192.0.2.60, proto=https",
        "for=1.1.1.1;for=2.2.2.2",
    ] {
        assert_eq!(at("10.0.0.1", "", header), is("10.0.0.1", Via::UnparsableHop), "{header}");
    }
    assert_eq!(at("10.0.0.1", "", "for=_hidden, for=10.0.0.2"), is("10.0.0.2", Via::UnparsableHop));
    assert_eq!(at("10.0.0.1", "", "for=_hidden, for=203.0.113.9"), is("203.0.113.9", Via::Walked));
}

#[test]
fn m3_2_half_a_forwarded_header_can_not_choose_the_client() {
    for sent in ["for=6.6.6.6, for=\"x", "for=\"6.6.6.6", "for=6.6.6.6, for=\"x\\", "for=6.6.6.6;x=\"\"\""] {
        for added in
            ["for=203.0.113.9", "for=\"[2001:db8::7]:443\"", "for=203.0.113.9, for=\"[2001:db8:ffff::1]:4\""]
        {
            let header = format!("{sent}, {added}");
            let (client, via) = at("10.0.0.1", "", &header);
            assert_ne!(client, "6.6.6.6", "{header}");
            assert_eq!(via, Via::UnparsableHop, "{header}");
        }
    }
    assert_eq!(at("10.0.0.1", "", "for=6.6.6.6 garbage, for=203.0.113.9"), is("203.0.113.9", Via::Walked));
}

#[test]
fn m3_1_a_list_in_the_client_column_is_walked_like_a_header() {
    assert_eq!(at("10.0.0.2, 10.0.0.1, 127.0.0.1", "", ""), is("127.0.0.1", Via::HeaderIgnored));
    assert_eq!(at("63.246.22.199,10.16.1.187", "", ""), is("63.246.22.199", Via::Walked));
    assert_eq!(at("6.6.6.6, 10.0.0.1", "203.0.113.9", ""), is("203.0.113.9", Via::Walked));
    assert_eq!(at("10.0.0.1, -", "", ""), is("10.0.0.1", Via::Peer));
}

#[test]
fn m3_2_networks_of_mapped_addresses_are_folded() {
    let mapped = Trust::new(["::ffff:10.0.0.0/104".parse().unwrap()], false);
    assert_eq!(mapped.nets, vec!["10.0.0.0/8".parse::<IpNet>().unwrap()]);
}

/// The walk as METHOD words it, over hops already read.
fn naive(peer: IpAddr, hops: &[Option<IpAddr>], trust: &Trust) -> (IpAddr, Via) {
    let mut last = peer;
    for hop in hops.iter().rev() {
        match hop {
            None => return (last, Via::UnparsableHop),
            Some(ip) if trust.holds(*ip) => last = *ip,
            Some(ip) => return (*ip, Via::Walked),
        }
    }
    (last, Via::AllTrusted)
}

/// METHOD M3.3: what would follow from trusting one machine more.
#[test]
fn m3_3_behind_a_hop_stands_whom_it_names() {
    let hop = |text: &str| text.parse::<IpAddr>().unwrap();
    let seen = |peer: &str, xff: Option<&str>, forwarded: Option<&str>, trust: &Trust, at: &str| {
        behind(Some(peer.as_bytes()), xff.map(str::as_bytes), forwarded.map(str::as_bytes), trust, hop(at))
    };
    let nobody = Trust::default();
    assert_eq!(seen("192.0.2.1", Some("203.0.113.9"), None, &nobody, "192.0.2.1"), Some(hop("203.0.113.9")));
    assert_eq!(
        seen("192.0.2.1", None, Some("for=203.0.113.9"), &nobody, "192.0.2.1"),
        Some(hop("203.0.113.9"))
    );
    assert_eq!(seen("203.0.113.9, 192.0.2.1", None, None, &nobody, "192.0.2.1"), Some(hop("203.0.113.9")));
    for silent in [None, Some("-"), Some("192.0.2.1"), Some("unknown")] {
        assert_eq!(seen("192.0.2.1", silent, None, &nobody, "192.0.2.1"), None, "{silent:?}");
    }
    // 10.0.0.0/8 is trusted: the client is the next proxy, and behind it stands somebody else.
    let chain = Some("203.0.113.9, 192.0.2.1");
    assert_eq!(seen("10.0.0.1", chain, None, &trust(), "192.0.2.1"), Some(hop("203.0.113.9")));
    let rewritten = Trust { peer_is_client: true, ..Trust::default() };
    assert_eq!(seen("192.0.2.1", Some("203.0.113.9"), None, &rewritten, "192.0.2.1"), None);
}

proptest! {
    #[test]
    fn m3_2_both_headers_walk_as_the_method_says(hops in proptest::collection::vec(0u8..6, 1..7)) {
        let hop = |n: &u8| match n {
            0 => "unknown".to_owned(),
            1 | 2 => format!("203.0.113.{n}"),
            3 => "[2001:db8::7]:443".to_owned(),
            n => format!("10.0.0.{n}"),
        };
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let texts: Vec<String> = hops.iter().map(hop).collect();
        let read: Vec<_> = texts.iter().map(|text| read_ip(text.as_bytes())).collect();
        let (ip, via) = naive(peer, &read, &trust());
        prop_assert_eq!(at("10.0.0.1", &texts.join(", "), ""), is(&ip.to_string(), via));
        let quoted: Vec<String> = texts.iter().map(|text| format!("for=\"{text}\";proto=http")).collect();
        prop_assert_eq!(at("10.0.0.1", "", &quoted.join(", ")), is(&ip.to_string(), via));
    }

    #[test]
    fn m3_2_what_a_client_writes_left_of_its_own_address_changes_nothing(junk in "[ -~]{0,40}") {
        prop_assert_eq!(at("10.0.0.1", &format!("{junk}, 203.0.113.9, 10.0.0.2"), ""), is("203.0.113.9", Via::Walked));
    }

    #[test]
    fn m3_2_what_a_client_writes_into_forwarded_never_becomes_its_address(junk in "[ -~]{0,40}") {
        let header = format!("for=6.6.6.6;{junk}, for=203.0.113.9");
        let (client, via) = at("10.0.0.1", "", &header);
        prop_assert!(client == "203.0.113.9" || (client == "10.0.0.1" && via == Via::UnparsableHop), "{client} {via:?}");
    }
}
