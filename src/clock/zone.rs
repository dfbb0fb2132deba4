//! From a written clock reading to UTC (METHOD M2.3).
//!
//! A reading that a zone's clocks show twice is [`Resolved::Ambiguous`], one that they never show is
//! [`Resolved::Gap`]; both are counted by the caller (TIM-01). Windows writes a zone *name* where others write an
//! offset (FORMATS 11). Its words `Standard` and `Daylight` say which of two readings is meant, so under such a
//! name nothing is ambiguous; but they fix no offset by themselves: that is the zone's rule on that date.
//!
//! Not read: abbreviations with more than one meaning (CST, IST, EST …), and names in other languages.

use accesstrail_parsers::record::{Stamp, Zone};
use chrono::{DateTime, MappedLocalTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::US;
use super::windows::{PLAIN, SIDED};

/// What a written clock reading is in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// One instant, µs.
    Utc(i64),
    /// The zone's clocks showed it twice. The earlier holds unless the file's order shows that the later has begun.
    Ambiguous {
        /// The first time, µs UTC.
        earlier: i64,
        /// The second time, µs UTC.
        later: i64,
    },
    /// The zone's clocks never showed it.
    Gap {
        /// The instant that the clock would have meant had it not been put forward: the reading shifted by the gap.
        shifted: i64,
    },
}

impl Resolved {
    /// The instant that holds unless something shows otherwise: the only, the earlier, or the shifted one.
    pub fn us(self) -> i64 {
        match self {
            Resolved::Utc(us) | Resolved::Ambiguous { earlier: us, .. } | Resolved::Gap { shifted: us } => us,
        }
    }
}

/// How a source's readings become UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneRule {
    /// A fixed number of seconds east of UTC.
    Offset(i32),
    /// A zone of the IANA database.
    Zone(Tz),
    /// A zone as a log names it.
    Named(NamedZone),
}

impl ZoneRule {
    /// Resolves a reading.
    pub fn to_utc(self, local_us: i64) -> Resolved {
        match self {
            ZoneRule::Offset(east_s) => {
                Resolved::Utc(local_us.saturating_sub(i64::from(east_s).saturating_mul(US)))
            }
            ZoneRule::Zone(tz) => to_utc(local_us, tz),
            ZoneRule::Named(zone) => zone.to_utc(local_us),
        }
    }
}

/// A zone that a log wrote by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedZone {
    /// The zone.
    pub tz: Tz,
    /// What the name says of the time of the year.
    pub side: Side,
}

/// What a zone name says of the time of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// `… Standard Time`: of two readings the one with the smaller offset, which is the later.
    Standard,
    /// `… Daylight Time`: of two readings the one with the greater offset, which is the earlier.
    Daylight,
    /// Nothing.
    Unsaid,
}

impl NamedZone {
    /// Resolves a reading; `Standard` and `Daylight` settle one that occurs twice.
    pub fn to_utc(&self, local_us: i64) -> Resolved {
        self.settle(to_utc(local_us, self.tz))
    }

    fn settle(&self, resolved: Resolved) -> Resolved {
        match (resolved, self.side) {
            (Resolved::Ambiguous { earlier, .. }, Side::Daylight) => Resolved::Utc(earlier),
            (Resolved::Ambiguous { later, .. }, Side::Standard) => Resolved::Utc(later),
            _ => resolved,
        }
    }

    /// Whether the name says `Daylight` where the zone's rule knows no daylight time, or `Standard` in the
    /// middle of it: the server's clock then followed another rule, and its readings may be an hour off.
    pub fn disagrees(&self, utc_us: i64) -> bool {
        let Some(utc) = DateTime::from_timestamp_micros(utc_us) else { return false };
        let east_s = offset_s(self.tz, utc_us);
        // The other side of the year: half a year away in the same zone.
        let half = [-182i64, 182]
            .map(|days| offset_s(self.tz, utc.timestamp_micros().saturating_add(days * 86_400 * US)));
        match self.side {
            Side::Unsaid => false,
            Side::Standard => half.iter().any(|other| *other < east_s),
            Side::Daylight => half.iter().all(|other| *other >= east_s),
        }
    }
}

/// Reads a zone name: `Pacific Daylight Time`, `Coordinated Universal Time`, `GMT`, `Europe/Paris`. ASCII case is
/// not looked at. `None` for a name with no one meaning; the zone must then be declared.
pub fn windows_zone(name: &[u8]) -> Option<NamedZone> {
    let name = std::str::from_utf8(name.trim_ascii()).ok()?;
    if ["UTC", "GMT", "Z", "UT"].iter().any(|utc| utc.eq_ignore_ascii_case(name)) {
        return Some(NamedZone { tz: Tz::UTC, side: Side::Unsaid });
    }
    if let Some((_, tz)) = PLAIN.iter().find(|row| row.0.eq_ignore_ascii_case(name)) {
        return Some(NamedZone { tz: *tz, side: Side::Unsaid });
    }
    let (base, mexico) = match cut_end(name, " (Mexico)") {
        Some(base) => (base, true),
        None => (name, false),
    };
    for (words, side) in [(" Standard Time", Side::Standard), (" Daylight Time", Side::Daylight)] {
        let Some(base) = cut_end(base, words) else { continue };
        let row = SIDED.iter().find(|row| match cut_end(row.0, " (Mexico)") {
            Some(key) => mexico && key.eq_ignore_ascii_case(base),
            None => !mexico && row.0.eq_ignore_ascii_case(base),
        });
        return row.map(|row| NamedZone { tz: row.1, side });
    }
    let is_path = name.contains('/');
    is_path.then(|| name.parse().ok()).flatten().map(|tz| NamedZone { tz, side: Side::Unsaid })
}

fn cut_end<'a>(name: &'a str, end: &str) -> Option<&'a str> {
    let (start, tail) = name.split_at_checked(name.len().checked_sub(end.len())?)?;
    tail.eq_ignore_ascii_case(end).then_some(start)
}

/// Resolves a clock reading in a zone (METHOD M2.3). A reading outside the calendar is taken as UTC.
pub fn to_utc(local_us: i64, tz: Tz) -> Resolved {
    let Some(local) = DateTime::from_timestamp_micros(local_us) else { return Resolved::Utc(local_us) };
    let at = |offset_s: i32| local_us.saturating_sub(i64::from(offset_s) * US);
    match tz.offset_from_local_datetime(&local.naive_utc()) {
        MappedLocalTime::Single(offset) => Resolved::Utc(at(offset.fix().local_minus_utc())),
        MappedLocalTime::Ambiguous(one, other) => {
            let (one, other) = (at(one.fix().local_minus_utc()), at(other.fix().local_minus_utc()));
            Resolved::Ambiguous { earlier: one.min(other), later: one.max(other) }
        }
        // No zone was ever 16 h from UTC, so this instant lies before the gap, and less than two days before it.
        MappedLocalTime::None => {
            Resolved::Gap { shifted: at(offset_s(tz, local_us.saturating_sub(16 * 3_600 * US))) }
        }
    }
}

/// Seconds east of UTC at an instant.
pub(super) fn offset_s(tz: Tz, utc_us: i64) -> i32 {
    let utc = DateTime::from_timestamp_micros(utc_us);
    utc.map_or(0, |utc| tz.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc())
}

/// Where the zone of a record came from (METHOD M2.3), in the order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ZoneBasis {
    /// The record states an offset, or its format fixes one.
    Stated,
    /// The record states a zone by a name that could be read.
    Named,
    /// The operator declared it.
    Declared,
    /// Nothing tells: UTC is assumed (TIM-01).
    Assumed,
}

/// A memory for the hot loop: offsets by local hour, and the last zone name read.
///
/// An hour whose first and last microsecond have one and the same offset holds no change of clocks, so all of its
/// readings share that offset; hours with a change are resolved one by one.
#[derive(Debug, Clone)]
pub struct ZoneCache {
    tz: Option<Tz>,
    hours: [(i64, i64); SLOTS],
    name: Vec<u8>,
    named: Option<NamedZone>,
}

const SLOTS: usize = 64;
const HOUR_US: i64 = 3_600 * US;
const NO_HOUR: i64 = i64::MAX;

impl Default for ZoneCache {
    fn default() -> ZoneCache {
        ZoneCache { tz: None, hours: [(NO_HOUR, 0); SLOTS], name: Vec::new(), named: None }
    }
}

impl ZoneCache {
    /// Resolves a stamp: by its own zone, else the declared one, else as UTC.
    #[inline]
    pub fn stamp(&mut self, stamp: &Stamp<'_>, declared: Option<ZoneRule>) -> (Resolved, ZoneBasis) {
        match stamp.zone {
            Zone::Offset(east_s) => {
                return (ZoneRule::Offset(east_s).to_utc(stamp.local_us), ZoneBasis::Stated);
            }
            Zone::Name(name) => {
                if let Some(zone) = self.named(name) {
                    return (zone.settle(self.to_utc(stamp.local_us, zone.tz)), ZoneBasis::Named);
                }
            }
            Zone::Absent => {}
        }
        match declared {
            Some(rule) => (self.rule(stamp.local_us, rule), ZoneBasis::Declared),
            None => (Resolved::Utc(stamp.local_us), ZoneBasis::Assumed),
        }
    }

    /// As [`ZoneRule::to_utc`].
    #[inline]
    pub fn rule(&mut self, local_us: i64, rule: ZoneRule) -> Resolved {
        match rule {
            ZoneRule::Offset(_) => rule.to_utc(local_us),
            ZoneRule::Zone(tz) => self.to_utc(local_us, tz),
            ZoneRule::Named(zone) => zone.settle(self.to_utc(local_us, zone.tz)),
        }
    }

    /// As [`windows_zone`]; the last name is remembered, readable or not.
    pub fn named(&mut self, name: &[u8]) -> Option<NamedZone> {
        if self.name != name {
            self.named = windows_zone(name);
            self.name.clear();
            self.name.extend_from_slice(name);
        }
        self.named
    }

    /// As the free [`to_utc`].
    #[inline]
    pub fn to_utc(&mut self, local_us: i64, tz: Tz) -> Resolved {
        if self.tz != Some(tz) {
            *self = ZoneCache {
                tz: Some(tz),
                name: std::mem::take(&mut self.name),
                named: self.named,
                ..ZoneCache::default()
            };
        }
        let hour = local_us.div_euclid(HOUR_US);
        if let Some((known, offset_us)) = self.hours.get(hour.rem_euclid(SLOTS as i64) as usize)
            && *known == hour
        {
            return Resolved::Utc(local_us.saturating_sub(*offset_us));
        }
        self.learn(local_us, hour, tz)
    }

    #[cold]
    fn learn(&mut self, local_us: i64, hour: i64, tz: Tz) -> Resolved {
        let first = hour.saturating_mul(HOUR_US);
        let last = first.saturating_add(HOUR_US - 1);
        if let (Resolved::Utc(from), Resolved::Utc(until)) = (to_utc(first, tz), to_utc(last, tz))
            && let (Some(offset_us), Some(same)) = (first.checked_sub(from), last.checked_sub(until))
            && offset_us == same
            && let Some(slot) = self.hours.get_mut(hour.rem_euclid(SLOTS as i64) as usize)
        {
            *slot = (hour, offset_us);
        }
        to_utc(local_us, tz)
    }
}

#[cfg(test)]
mod tests;
