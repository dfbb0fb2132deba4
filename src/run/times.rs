//! Findings about the times of a log: lines out of order, clocks set back, several UTC offsets (METHOD M2.1, M2.3).

use std::collections::BTreeMap;

use super::harvest::Harvest;
use super::settle::{File, Settled};
use crate::clock::text::rfc3339;
use crate::coverage::offsets::{Offsets, written};
use crate::coverage::order::{Jump, OUT_OF_ORDER_US, Told};
use crate::finding::Finding;
use crate::report::number::{counted, duration, thousands};

/// Offsets that are told one by one.
const NAMED: usize = 6;

/// What the order of each file and the offsets of each source show.
#[must_use]
pub fn findings(settled: &Settled, harvested: &Harvest) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut offsets: BTreeMap<&str, Offsets> = BTreeMap::new();
    for file in &settled.files {
        let Some(facts) = harvested.facts.get(&file.id) else { continue };
        let told = facts.order.told();
        out.extend(out_of_order(file, &told));
        out.extend(told.jump.map(|jump| clock_jump(file, jump, told.jumps)));
        offsets.entry(&file.source).or_default().merge(&facts.offsets);
    }
    out.extend(offsets.into_iter().filter_map(|(source, offsets)| mixed_offsets(source, &offsets)));
    out
}

fn out_of_order(file: &File, told: &Told) -> Option<Finding> {
    (told.greatest_us >= OUT_OF_ORDER_US).then(|| Finding {
        id: "out-of-order".to_owned(),
        source: Some(file.path.clone()),
        text: format!(
            "{} of {} of `{}` {} earlier than the one before, by at most {}; each keeps its own time.",
            thousands(told.earlier),
            counted(file.account.records, "record", "records"),
            file.path,
            if told.earlier == 1 { "is" } else { "are" },
            length(told.greatest_us)
        ),
    })
}

fn clock_jump(file: &File, jump: Jump, jumps: u64) -> Finding {
    let more = jumps.saturating_sub(1);
    let more = if more > 0 {
        format!(" It does so at {} more.", counted(more, "place", "places"))
    } else {
        String::new()
    };
    Finding {
        id: "clock-jump".to_owned(),
        source: Some(file.path.clone()),
        text: format!(
            "at line {} the times of `{}` go back from {} to {} ({}) and go on from there.{more} The clock may have been set back, \
             the zone or daylight-saving time may have changed, or logs may have been joined in another order or written by several \
             processes: a lead, not proof. Each record keeps its own time.",
            thousands(jump.at.line.saturating_add(1)),
            file.path,
            rfc3339(jump.from_us),
            rfc3339(jump.to_us),
            length(jump.from_us.saturating_sub(jump.to_us))
        ),
    }
}

fn mixed_offsets(source: &str, offsets: &Offsets) -> Option<Finding> {
    let mut by_records: Vec<(i32, u64)> = offsets.by_offset().into_iter().collect();
    if by_records.len() < 2 {
        return None;
    }
    by_records.sort_by_key(|(east_s, records)| (std::cmp::Reverse(*records), *east_s));
    let mut told: Vec<String> = by_records
        .iter()
        .take(NAMED)
        .map(|(east_s, records)| {
            format!("{} on {}", written(*east_s), counted(*records, "record", "records"))
        })
        .collect();
    let more = by_records.len().saturating_sub(NAMED);
    if more > 0 {
        told.push(format!("{} more", thousands(more as u64)));
    }
    Some(Finding {
        id: "mixed-offsets".to_owned(),
        source: Some(source.to_owned()),
        text: format!(
            "the records of `{source}` state different UTC offsets ({}). Each time is read with its own offset, so no figure depends \
             on this.",
            told.join(", ")
        ),
    })
}

/// A length of time, in seconds rounded down.
fn length(us: i64) -> String {
    duration(u64::try_from(us / 1_000_000).unwrap_or(0))
}
