//! Client, login, user agent → known party (METHOD M7.1).
//!
//! One party per event: the first in case order that matches by any listed kind; the strongest kind by which it
//! does is recorded. A user agent is what a client says of itself, so alone it never attributes a request to staff,
//! an agency, a vendor or a researcher unless the case says `agent_is_evidence`; such a match is a *claim*, kept
//! beside whoever else the event belongs to.
//!
//! Principals and agents are compared as bytes. Range files and autonomous systems are not looked up yet.

use std::net::IpAddr;

use ipnet::IpNet;

use super::glob::{Glob, GlobError, Kind, Matcher};
use super::model::Party;

/// By what a party was recognised, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// The login.
    Principal,
    /// A declared network.
    Network,
    /// A range file.
    RangeFile,
    /// The user agent alone.
    Agent,
}

/// Whom an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributed {
    /// Index of the party in case order; `None` is `unattributed`.
    pub party: Option<u16>,
    /// By what; `None` iff there is no party.
    pub by: Option<By>,
    /// The first party before it, in case order, that the user agent alone claims to be.
    pub claimed: Option<u16>,
}

/// The parties of a case, compiled. Shared by threads as it is.
#[derive(Debug, Clone, Default)]
pub struct Parties {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    networks: Vec<IpNet>,
    principals: Vec<Matcher>,
    agents: Vec<Matcher>,
    agent_suffices: bool,
}

impl Parties {
    /// Compiles the parties of a case. `ignore_case` folds ASCII case of logins, for logs of systems whose logins
    /// have none (IIS); user agents are compared as they are.
    ///
    /// # Errors
    /// A glob that does not compile; those of a loaded case do.
    pub fn new(parties: &[Party], ignore_case: bool) -> Result<Self, GlobError> {
        let rules = parties
            .iter()
            .map(|party| {
                Ok(Rule {
                    networks: party.networks.clone(),
                    principals: compiled(&party.principals, ignore_case)?,
                    agents: compiled(&party.agents, false)?,
                    agent_suffices: party.agent_is_evidence || party.kind.agent_suffices(),
                })
            })
            .collect::<Result<_, GlobError>>()?;
        Ok(Self { rules })
    }

    /// The party of an event: `client` is its address (METHOD §3), `None` for a name or none.
    #[must_use]
    pub fn attribute(
        &self,
        client: Option<IpAddr>,
        principal: Option<&[u8]>,
        agent: Option<&[u8]>,
    ) -> Attributed {
        let mut claimed = None;
        let client = client.map(|ip| ip.to_canonical());
        for (index, rule) in (0_u16..).zip(&self.rules) {
            match rule.strongest(client, principal, agent) {
                Some(By::Agent) if !rule.agent_suffices => claimed = claimed.or(Some(index)),
                Some(by) => return Attributed { party: Some(index), by: Some(by), claimed },
                None => {}
            }
        }
        Attributed { claimed, ..Attributed::default() }
    }
}

impl Rule {
    fn strongest(
        &self,
        client: Option<IpAddr>,
        principal: Option<&[u8]>,
        agent: Option<&[u8]>,
    ) -> Option<By> {
        let any = |globs: &[Matcher], text: Option<&[u8]>| {
            text.is_some_and(|t| globs.iter().any(|g| g.is_match(t)))
        };
        if any(&self.principals, principal) {
            Some(By::Principal)
        } else if client.is_some_and(|ip| self.networks.iter().any(|net| net.contains(&ip))) {
            Some(By::Network)
        } else if any(&self.agents, agent) {
            Some(By::Agent)
        } else {
            None
        }
    }
}

fn compiled(globs: &[String], ignore_case: bool) -> Result<Vec<Matcher>, GlobError> {
    globs.iter().map(|text| Glob::parse(text, Kind::Party)?.compile(ignore_case)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::PartyKind;
    use super::*;

    fn party(kind: PartyKind, network: Option<&str>, principal: Option<&str>, agent: Option<&str>) -> Party {
        Party {
            name: "x".into(),
            kind,
            networks: network.into_iter().map(|n| n.parse().unwrap()).collect(),
            principals: principal.into_iter().map(str::to_owned).collect(),
            agents: agent.into_iter().map(str::to_owned).collect(),
            asn: Vec::new(),
            ranges: Vec::new(),
            agent_is_evidence: false,
        }
    }

    fn attribute(parties: &[Party], ip: &str, principal: Option<&str>, agent: Option<&str>) -> Attributed {
        let parties = Parties::new(parties, false).unwrap();
        parties.attribute(ip.parse().ok(), principal.map(str::as_bytes), agent.map(str::as_bytes))
    }

    #[test]
    fn m7_1_the_first_party_in_case_order_has_the_event() {
        let parties = [
            party(PartyKind::Agency, Some("198.51.100.0/25"), None, None),
            party(PartyKind::Staff, Some("198.51.100.0/24"), Some(r"DOJ\*"), None),
        ];
        for (ip, principal, expected) in [
            ("198.51.100.1", Some(r"DOJ\ann"), (Some(0), Some(By::Network))),
            ("198.51.100.200", None, (Some(1), Some(By::Network))),
            ("::ffff:198.51.100.200", None, (Some(1), Some(By::Network))),
            ("203.0.113.1", Some(r"DOJ\ann"), (Some(1), Some(By::Principal))),
            ("203.0.113.1", Some("DOJann"), (None, None)),
            ("not an address", None, (None, None)),
        ] {
            let found = attribute(&parties, ip, principal, None);
            assert_eq!((found.party, found.by), expected, "{ip} {principal:?}");
        }
    }

    #[test]
    fn m7_1_the_strongest_kind_of_the_party_is_recorded() {
        let parties =
            [party(PartyKind::Monitor, Some("198.51.100.0/24"), Some("probe"), Some("*HealthCheck*"))];
        for (ip, principal, agent, by) in [
            ("198.51.100.1", Some("probe"), Some("ELB-HealthChecker/2.0"), By::Principal),
            ("198.51.100.1", None, Some("ELB-HealthChecker/2.0"), By::Network),
            ("203.0.113.1", None, Some("a/b HealthCheck c/d"), By::Agent),
        ] {
            assert_eq!(attribute(&parties, ip, principal, agent).by, Some(by));
        }
    }

    #[test]
    fn m7_1_an_agent_alone_is_a_claim_to_be_staff_agency_vendor_or_researcher() {
        for (kind, suffices) in [
            (PartyKind::Staff, false),
            (PartyKind::Agency, false),
            (PartyKind::Vendor, false),
            (PartyKind::Researcher, false),
            (PartyKind::Monitor, true),
            (PartyKind::Robot, true),
            (PartyKind::Other, true),
        ] {
            let mut parties = [party(kind, None, None, Some("Scanner/*"))];
            let found = attribute(&parties, "203.0.113.1", None, Some("Scanner/1.0"));
            let expected = if suffices { (Some(0), None) } else { (None, Some(0)) };
            assert_eq!((found.party, found.claimed), expected, "{kind:?}");
            parties[0].agent_is_evidence = true;
            assert_eq!(
                attribute(&parties, "203.0.113.1", None, Some("Scanner/1.0")).party,
                Some(0),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn m7_1_a_claim_does_not_keep_a_later_party_from_the_event() {
        let parties = [
            party(PartyKind::Staff, None, None, Some("Scanner/*")),
            party(PartyKind::Researcher, Some("203.0.113.0/24"), None, None),
        ];
        let found = attribute(&parties, "203.0.113.1", None, Some("Scanner/1.0"));
        assert_eq!(found, Attributed { party: Some(1), by: Some(By::Network), claimed: Some(0) });
    }

    #[test]
    fn logins_fold_their_case_only_where_told() {
        let parties = [party(PartyKind::Staff, None, Some(r"DOJ\*"), None)];
        let folded = Parties::new(&parties, true).unwrap();
        assert_eq!(folded.attribute(None, Some(br"doj\ann"), None).party, Some(0));
        assert_eq!(attribute(&parties, "", Some(r"doj\ann"), None).party, None);
    }
}
