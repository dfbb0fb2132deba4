//! The figures that must come out, the hours of the story, and the things that can be asked for.

use crate::clock::{Moment, pacific};

/// Served requests for the permit data: the published figure.
pub(super) const PERMITS_SERVED: usize = 2734;
/// Distinct addresses behind them: the published figure.
pub(super) const PERMITS_CLIENTS: usize = 507;
/// Of these, IPv6 addresses.
pub(super) const PERMITS_V6: usize = 76;
/// Served requests for the safety certificates.
pub(super) const SAFETY_SERVED: usize = 641;
/// Served requests for the dealer sales.
pub(super) const DEALER_SERVED: usize = 418;
/// Served requests for the assault-weapon registry.
pub(super) const REGISTRY_SERVED: usize = 297;

/// The case's window, half-open.
pub(super) const FROM: Moment = pacific(12, 0, 0, 0);
/// The first moment after the window.
pub(super) const UNTIL: Moment = pacific(36, 0, 0, 0);
/// First line of the gateway log.
pub(super) const LOG_BEGIN: Moment = pacific(10, 30, 7, 0);
/// Rotation of the gateway log by hand.
pub(super) const ROTATED: Moment = pacific(15, 0, 0, 0);
/// The dashboard becomes public.
pub(super) const PUBLISHED: Moment = pacific(18, 0, 0, 0);
/// Last record before the crash: the silence begins after this second.
pub(super) const LAST_BEFORE_CRASH: Moment = pacific(19, 40, 7, 0);
/// The gateway dies in the middle of a line.
pub(super) const CRASH: Moment = pacific(19, 40, 9, 0);
/// First record after the restart: the silence ends with this second.
pub(super) const FIRST_AFTER_RESTART: Moment = pacific(21, 29, 48, 0);
/// Rotation at midnight.
pub(super) const MIDNIGHT: Moment = pacific(24, 0, 0, 0);
/// The dashboard is switched off.
pub(super) const CLOSED: Moment = pacific(35, 50, 0, 0);
/// Last line of the logs.
pub(super) const LOG_END: Moment = pacific(37, 30, 0, 0);

/// Host name of the dashboard.
pub(super) const HOST: &str = "dashboards.doj.example";
/// Host name of the gateway itself, for those who go past the front.
pub(super) const INTERNAL: &str = "gw1.doj.example";

/// Names of the four resources, in the order of the case.
pub(super) const PERMITS: &str = "permits";
/// Second resource.
pub(super) const SAFETY: &str = "safety-certificates";
/// Third resource.
pub(super) const DEALER: &str = "dealer-sales";
/// Fourth resource.
pub(super) const REGISTRY: &str = "assault-weapon-registry";

/// Something that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Thing {
    /// Resource by the case file, empty for what is not sensitive.
    pub(super) resource: &'static str,
    /// The object within its resource.
    pub(super) object: &'static str,
    /// A later resource whose pattern is met too.
    pub(super) also: &'static str,
    /// The host asked for.
    pub(super) host: &'static str,
    /// Target of the plain request.
    pub(super) target: &'static str,
    /// Size before the crash.
    pub(super) bytes_before: u64,
    /// Size after the restart.
    pub(super) bytes: u64,
    /// Further bytes at random: each export of this sheet is made anew and has its own size.
    pub(super) spread: u64,
}

impl Thing {
    const fn new(resource: &'static str, object: &'static str, target: &'static str, bytes: u64) -> Self {
        Self { resource, object, also: "", host: HOST, target, bytes_before: bytes, bytes, spread: 0 }
    }

    /// A thing that no resource of the case matches.
    pub(super) const fn page(target: &'static str, bytes: u64) -> Self {
        Self::new("", "", target, bytes)
    }

    /// The same thing under another target text.
    pub(super) const fn at(self, target: &'static str) -> Self {
        Self { target, ..self }
    }

    /// Its size at `at`, spread aside.
    pub(super) fn size_at(&self, at: Moment) -> u64 {
        if at < CRASH { self.bytes_before } else { self.bytes }
    }
}

/// The permit data set: names, addresses, birthdays. Refreshed during the outage, hence two sizes.
pub(super) const APPLICANTS: Thing = Thing {
    bytes_before: 41_198_302,
    ..Thing::new(PERMITS, "Applicants", "/views/Permits/Applicants.csv", 41_234_567)
};
/// The same sheet on the gateway's own host name: another object (M4.5).
pub(super) const APPLICANTS_INTERNAL: Thing =
    Thing { host: INTERNAL, object: "Applicants@gw1.doj.example", ..APPLICANTS };
/// A small summary.
pub(super) const BY_COUNTY: Thing = Thing::new(PERMITS, "ByCounty", "/views/Permits/ByCounty.csv", 18_204);
/// A sheet in a sub-path whose exports never have the same size twice: no modal size.
pub(super) const DENIED: Thing = Thing {
    spread: 400_000,
    ..Thing::new(PERMITS, "Applicants/Denied", "/views/Permits/Applicants/Denied.csv", 900_000)
};
/// Belongs to the permits, and meets a pattern of the dealer sales.
pub(super) const PERMIT_DEALERS: Thing =
    Thing { also: DEALER, ..Thing::new(PERMITS, "DealerSales", "/views/Permits/DealerSales.csv", 77_120) };
/// The export by command; the session is put into the target when it is drawn.
pub(super) const EXPORT: Thing = Thing::new(PERMITS, "export-crosstab-server", "", 39_870_114);
/// Safety certificates in short.
pub(super) const SAFETY_SUMMARY: Thing =
    Thing::new(SAFETY, "Summary", "/views/SafetyCertificates/Summary.csv", 2310);
/// Safety certificates by holder.
pub(super) const SAFETY_HOLDERS: Thing =
    Thing::new(SAFETY, "Holders", "/views/SafetyCertificates/Holders.csv", 58_112_904);
/// Dealer sales of hand guns.
pub(super) const DEALER_HANDGUNS: Thing =
    Thing::new(DEALER, "Sales?sheet=handguns", "/views/DealerSales/Sales.csv?sheet=handguns", 7_204_118);
/// Dealer sales of long guns.
pub(super) const DEALER_LONG_GUNS: Thing =
    Thing::new(DEALER, "Sales?sheet=long guns", "/views/DealerSales/Sales.csv?sheet=long+guns", 6_991_377);
/// The registry.
pub(super) const REGISTRATIONS: Thing =
    Thing::new(REGISTRY, "Registrations", "/views/AssaultWeaponRegistry/Registrations.csv", 12_004_871);

/// Hours in which the permit data are asked for, with their weight. With noon (a preview by staff)
/// these are twelve bins of the day.
pub(super) const PERMIT_HOURS: [(u64, (Moment, Moment)); 11] = [
    (9, (PUBLISHED, pacific(19, 0, 0, 0))),
    (13, (pacific(19, 0, 0, 0), pacific(19, 39, 40, 0))),
    (6, (pacific(21, 30, 5, 0), pacific(22, 0, 0, 0))),
    (17, (pacific(22, 0, 0, 0), pacific(23, 0, 0, 0))),
    (13, (pacific(23, 0, 0, 0), pacific(24, 0, 0, 0))),
    (6, (pacific(24, 0, 0, 0), pacific(24, 59, 50, 0))),
    (5, (pacific(31, 0, 0, 0), pacific(32, 0, 0, 0))),
    (8, (pacific(32, 0, 0, 0), pacific(33, 0, 0, 0))),
    (9, (pacific(33, 0, 0, 0), pacific(34, 0, 0, 0))),
    (8, (pacific(34, 0, 0, 0), pacific(35, 0, 0, 0))),
    (6, (pacific(35, 0, 0, 0), pacific(35, 49, 30, 0))),
];

/// Hours in which the other data sets are asked for by the public; nothing between two and six.
pub(super) const OTHER_HOURS: [(u64, (Moment, Moment)); 8] = [
    (12, (PUBLISHED, pacific(19, 0, 0, 0))),
    (18, (pacific(19, 0, 0, 0), pacific(19, 39, 40, 0))),
    (26, (pacific(21, 30, 5, 0), pacific(23, 0, 0, 0))),
    (12, (pacific(23, 0, 0, 0), pacific(24, 30, 0, 0))),
    (2, (pacific(25, 0, 0, 0), pacific(25, 45, 0, 0))),
    (2, (pacific(30, 5, 0, 0), pacific(31, 0, 0, 0))),
    (16, (pacific(31, 0, 0, 0), pacific(34, 0, 0, 0))),
    (12, (pacific(34, 0, 0, 0), pacific(35, 49, 30, 0))),
];
