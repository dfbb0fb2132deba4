//! A record's time as written → adjusted UTC (METHOD M2.1, M2.3), counting what was odd.

use accesstrail_parsers::record::{Stamp, Zone};

use super::rules::FileRules;
use crate::clock::zone::{Resolved, ZoneBasis, ZoneCache, ZoneRule};
use crate::ledger::account::Times;

/// One thread's memory of zones.
#[derive(Default)]
pub struct When {
    zones: ZoneCache,
}

impl When {
    /// Adjusted UTC in µs of `stamp`, which a record at `offset` bears.
    pub fn utc(&mut self, stamp: &Stamp<'_>, file: &FileRules, offset: u64, odd: &mut Times) -> i64 {
        let source = &file.source;
        // The common case, without the rest.
        if let Zone::Offset(east_s) = stamp.zone {
            let utc = stamp.local_us.saturating_sub(i64::from(east_s).saturating_mul(1_000_000));
            return utc.saturating_add(source.clock_offset_us);
        }
        let (resolved, basis) = self.zones.stamp(stamp, source.timezone.map(ZoneRule::Zone));
        let named = matches!(stamp.zone, Zone::Name(_));
        match basis {
            ZoneBasis::Declared | ZoneBasis::Assumed if named => odd.unknown_zone += 1,
            ZoneBasis::Declared => odd.declared_zone += 1,
            ZoneBasis::Assumed => odd.assumed_utc += 1,
            ZoneBasis::Stated | ZoneBasis::Named => {}
        }
        match resolved {
            Resolved::Utc(_) => {}
            Resolved::Ambiguous { earlier, later } => {
                odd.ambiguous += 1;
                let earlier_us = earlier.saturating_add(source.clock_offset_us);
                if file.turns.iter().any(|turn| turn.reaches(offset, earlier_us)) {
                    odd.later += 1;
                    return later.saturating_add(source.clock_offset_us);
                }
            }
            Resolved::Gap { .. } => odd.nonexistent += 1,
        }
        resolved.us().saturating_add(source.clock_offset_us)
    }
}
