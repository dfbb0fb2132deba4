//! Who takes part. IPv4 addresses are of RFC 5737, IPv6 addresses of RFC 3849, and the department's own
//! machines are in 10.0.0.0/8.
//!
//! | range | who |
//! |---|---|
//! | 192.0.2.1–199, 198.51.100.1–191, 203.0.113.1–223 | the public |
//! | 192.0.2.200–254 | nobody: only written into forged headers |
//! | 198.51.100.192/27 | department staff |
//! | 203.0.113.224/28 | the research crawler |
//! | 203.0.113.240/28 | machines that go past the front |
//! | 2001:db8::/32 | the public |

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::plan::{PERMITS_CLIENTS, PERMITS_V6};
use super::request::{Actor, Client, Route};
use crate::PlanError;
use crate::rng::Rng;

/// Party names of the case file.
pub(super) const STAFF: &str = "Department staff";
/// The machine that asks for the icon each minute.
pub(super) const MONITOR: &str = "Health monitor";
/// A robot that names itself.
pub(super) const CRAWLER: &str = "Research crawler";
/// Everyone else.
pub(super) const NOBODY: &str = "unattributed";

/// Agents of the public. Without commas, so that the truth needs no quoting.
const AGENTS: [&str; 6] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:101.0) Gecko/20100101 Firefox/101.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_5 like Mac OS X) Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:101.0) Firefox/101.0",
    "curl/7.79.1",
    "Wget/1.21.2",
];

/// Staff with a permit request, machines with a permit request: those of the 507 with a fixed address.
const STAFF_MEMBERS: u8 = 8;
const CRAWLERS: u8 = 3;
const DIRECT: u8 = 2;
const PROXIES: usize = 1;

/// Everyone, in pools that the scenes draw from.
#[derive(Debug)]
pub(super) struct Cast {
    /// Public clients that must get permit data at least once.
    pub(super) permits: Vec<Actor>,
    /// Two pairs of neighbours in one /64, of the same 507.
    pub(super) neighbours: Vec<(Actor, Actor)>,
    /// Public clients that never get permit data.
    pub(super) others: Vec<Actor>,
    /// Staff, of the 507.
    pub(super) staff: Vec<Actor>,
    /// The crawler's machines, of the 507.
    pub(super) crawlers: Vec<Actor>,
    /// Machines that go past the front, of the 507.
    pub(super) direct: Vec<Actor>,
    /// The outgoing proxy 10.0.0.7, of the 507.
    pub(super) proxy: Actor,
    /// The health monitor.
    pub(super) monitor: Actor,
    /// Scanners that go past the front.
    pub(super) scanner: Actor,
    next: usize,
}

impl Cast {
    /// Shuffles the addresses and hands out the roles.
    pub(super) fn new(rng: &mut Rng) -> Result<Self, PlanError> {
        let mut v4: Vec<Ipv4Addr> = Vec::new();
        v4.extend((1..=199).map(|n| Ipv4Addr::new(192, 0, 2, n)));
        v4.extend((1..=191).map(|n| Ipv4Addr::new(198, 51, 100, n)));
        v4.extend((1..=223).map(|n| Ipv4Addr::new(203, 0, 113, n)));
        rng.shuffle(&mut v4);

        let mut cast = Self {
            permits: Vec::new(),
            neighbours: Vec::new(),
            others: Vec::new(),
            staff: Vec::new(),
            crawlers: Vec::new(),
            direct: Vec::new(),
            proxy: fixed("proxy", Ipv4Addr::new(10, 0, 0, 7), "curl/7.61.1", NOBODY, Route::Proxy),
            monitor: fixed(
                "monitor",
                Ipv4Addr::new(10, 0, 0, 9),
                "DOJ-Dashboard-Check/1.0",
                MONITOR,
                Route::Inside,
            ),
            scanner: fixed(
                "scanner",
                Ipv4Addr::new(203, 0, 113, 250),
                "-",
                NOBODY,
                Route::Direct("-".to_owned()),
            ),
            next: 0,
        };
        for n in 1..=STAFF_MEMBERS {
            let address = Ipv4Addr::new(198, 51, 100, 192 + n);
            let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/102.0.1245.44";
            cast.staff.push(fixed(&format!("staff-{n}"), address, agent, STAFF, Route::Front));
        }
        for n in 1..=CRAWLERS {
            let address = Ipv4Addr::new(203, 0, 113, 224 + n);
            let agent = "CiviCrawler/2.1 (+https://crawler.example/about)";
            cast.crawlers.push(fixed(&format!("crawler-{n}"), address, agent, CRAWLER, Route::Front));
        }
        for n in 1..=DIRECT {
            let address = Ipv4Addr::new(203, 0, 113, 240 + n);
            let forged = Route::Direct(format!("192.0.2.{}", 200 + n));
            cast.direct.push(fixed(&format!("direct-{n}"), address, "-", NOBODY, forged));
        }

        let fixed_v4 = usize::from(STAFF_MEMBERS + CRAWLERS + DIRECT) + PROXIES;
        let public_v4 = PERMITS_CLIENTS - PERMITS_V6 - fixed_v4;
        let mut v4 = v4.into_iter().map(IpAddr::V4);
        let mut permits: Vec<IpAddr> = v4.by_ref().take(public_v4).collect();
        // IPv6: two pairs share a /64, three a /56, five a /48; the rest stands alone.
        for n in 0..2_u16 {
            let pair =
                (cast.public(v6(0xa00 + n, 0x10, 0x21), rng)?, cast.public(v6(0xa00 + n, 0x10, 0x22), rng)?);
            cast.neighbours.push(pair);
        }
        for n in 0..3 {
            permits.extend([v6(0xb00 + n, 0x4401, 0x7), v6(0xb00 + n, 0x44fe, 0x7)]);
        }
        for n in 0..5 {
            permits.extend([v6(0xc00 + n, 0x1100, 0x9), v6(0xc00 + n, 0x2200, 0x9)]);
        }
        for n in 0..PERMITS_V6 - 20 {
            let host = u16::try_from(rng.between(1, 0xffff)).unwrap_or(1);
            permits.push(v6(0xd00 + u16::try_from(n).unwrap_or(0), 0, host));
        }
        rng.shuffle(&mut permits);
        for address in permits {
            let actor = cast.public(address, rng)?;
            cast.permits.push(actor);
        }

        let mut others: Vec<IpAddr> = v4.collect();
        others.extend((0..12).map(|n| v6(0xe00 + n, 0, 0x51)));
        rng.shuffle(&mut others);
        for address in others {
            let actor = cast.public(address, rng)?;
            cast.others.push(actor);
        }
        Ok(cast)
    }

    /// A client that must get permit data; the scene sees to it.
    pub(super) fn permit_client(&mut self) -> Result<Actor, PlanError> {
        self.permits.pop().ok_or_else(|| PlanError::new("no permit client left"))
    }

    /// The same, with an IPv4 or an IPv6 address.
    pub(super) fn permit_client_of(&mut self, v6: bool) -> Result<Actor, PlanError> {
        let fits = |actor: &Actor| matches!(&actor.client, Client::Ip(ip) if ip.is_ipv6() == v6);
        let at = self.permits.iter().rposition(fits);
        at.map(|at| self.permits.remove(at)).ok_or_else(|| PlanError::new("no such permit client left"))
    }

    /// A client that never gets permit data.
    pub(super) fn other_client(&mut self) -> Result<Actor, PlanError> {
        self.others.pop().ok_or_else(|| PlanError::new("no other client left"))
    }

    fn public(&mut self, address: IpAddr, rng: &mut Rng) -> Result<Actor, PlanError> {
        self.next += 1;
        let agent = rng.pick(&AGENTS).copied().ok_or_else(|| PlanError::new("no agents"))?;
        Ok(Actor {
            id: format!("A{:03}", self.next),
            client: Client::Ip(address),
            agent,
            party: NOBODY,
            route: Route::Front,
        })
    }
}

fn fixed(id: &str, address: Ipv4Addr, agent: &'static str, party: &'static str, route: Route) -> Actor {
    Actor { id: id.to_owned(), client: Client::Ip(IpAddr::V4(address)), agent, party, route }
}

fn v6(third: u16, fourth: u16, last: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, third, fourth, 0, 0, 0, last))
}
