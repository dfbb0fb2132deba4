//! Whether a source can be counted as it is, and what stands against it, in sentences.

use chrono_tz::Tz;

use super::proposals::{close_call, looks_alike};
use super::proxy::{Proxies, shown_count};
use super::sets::Set;
use super::zone_words;
use crate::clock::text::rfc3339;
use crate::intake::State;
use crate::report::inspect::Standing;
use crate::report::moment::span;
use crate::report::number::{counted, percent, thousands};
use crate::run::settle::File;

/// What the verdict of `set` comes to, and its sentences.
pub(super) fn verdict(
    set: &Set<'_>,
    format: &str,
    proxies: Option<&Proxies>,
    zone: Tz,
) -> (Standing, String) {
    if set.account.records == 0 {
        return without_records(set, format);
    }
    let against = against(set, proxies);
    let (standing, begin) = match against.as_slice() {
        [] => (Standing::Good, "Good to count"),
        _ => (Standing::Care, "Count with care"),
    };
    let facts = format!("{begin}: {}.", facts(set, format, zone));
    let sentences: Vec<String> = std::iter::once(facts).chain(against).chain(remarks(set)).collect();
    (standing, sentences.join(" "))
}

/// `combined, 12,345 records of 507 clients from … to …, zone in the record, 1 gap, 3 faults (0.02 %)`.
fn facts(set: &Set<'_>, format: &str, zone: Tz) -> String {
    let a = &set.account;
    let records = counted(a.records, "record", "records");
    let clients = counted(set.clients, "client", "clients");
    let from = match (a.first_us, a.last_us) {
        (Some(first), Some(last)) => format!(" from {}", span(&rfc3339(first), &rfc3339(last), zone)),
        _ => String::new(),
    };
    let format = match format.split_once('+') {
        Some((most, others)) => {
            let n = others.split('+').count() as u64;
            format!("{most} and {}", counted(n, "other shape", "other shapes"))
        }
        None => format.to_owned(),
    };
    let mut facts = vec![
        format,
        format!("{records} of {clients}{from}"),
        format!("zone {}", zone_words(&a.times, a.records)),
    ];
    let gaps = set.silence.gaps.len() as u64;
    if gaps > 0 {
        facts.push(counted(gaps, "gap", "gaps"));
    }
    let faults = a.fault_total();
    facts.push(match faults {
        0 => "no fault".to_owned(),
        n => format!("{} ({})", counted(n, "fault", "faults"), share(n, a.lines - a.blank)),
    });
    facts.join(", ")
}

/// `0.02 %`, rounded half up; what is there is never shown as nothing.
fn share(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole.max(1)));
    match (part * 20_000 + whole) / (whole * 2) {
        0 => "under 0.01 %".to_owned(),
        hundredths => format!("{}.{:02} %", hundredths / 100, hundredths % 100),
    }
}

/// What has to be settled before the figures mean what they say.
fn against(set: &Set<'_>, proxies: Option<&Proxies>) -> Vec<String> {
    let a = &set.account;
    let mut out = Vec::new();
    let (faults, units) = (a.fault_total(), a.lines - a.blank);
    if faults * 2 > units {
        out.push(format!(
            "Most of its lines could not be read: {} of {}.",
            thousands(faults),
            thousands(units)
        ));
    } else if faults * 100 >= units && faults > 0 {
        out.push("Each line that could not be read may hold a further request.".to_owned());
    }
    let of_files = |is: &dyn Fn(&File) -> bool| set.files.iter().filter(|(_, f)| is(f)).count() as u64;
    let cut = of_files(&|f| matches!(f.report.state, State::Truncated(_)));
    if cut > 0 {
        let files = counted(cut, "file breaks", "files break");
        out.push(format!("{files} off; what came before that is counted."));
    }
    let unreadable = of_files(&|f| matches!(f.report.state, State::Unreadable(_)));
    if unreadable > 0 {
        out.push(format!("{} cannot be read.", counted(unreadable, "file", "files")));
    }
    let changed = of_files(&|f| f.report.changed);
    if changed > 0 {
        out.push(format!("{} changed while being read.", counted(changed, "file", "files")));
    }
    if a.times.assumed_utc > 0 {
        let n = counted(a.times.assumed_utc, "time has", "times have");
        out.push(format!("{n} no zone and were taken as UTC."));
    }
    if a.times.unknown_zone > 0 {
        let n = counted(a.times.unknown_zone, "time names", "times name");
        out.push(format!("{n} a zone that is in no table."));
    }
    if let Some(proxies) = proxies {
        out.push(behind(proxies));
    }
    out
}

/// METHOD M3.3.
fn behind(proxies: &Proxies) -> String {
    let peers = counted(proxies.hops.len() as u64, "peer carries", "peers carry");
    format!(
        "It stands behind a proxy: {peers} {} % of the records, and most of these bear another address ({}): counts of \
         peers are not counts of clients.",
        percent(proxies.records, proxies.of_records),
        shown_count(proxies)
    )
}

/// What should be known and is no reason to wait.
fn remarks(set: &Set<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if set.glance.open_bytes > 0 {
        let why = match looks_alike(set) {
            true => "Apache and nginx write these columns alike, so it is open what the byte column counts.",
            false => "Its maker does not say what the byte column counts, if there is one.",
        };
        out.push(why.to_owned());
    }
    out.extend(close_call(set));
    let copies = set.files.iter().filter(|(_, f)| f.duplicate_of.is_some()).count() as u64;
    if copies > 0 {
        let files = counted(copies, "file is a copy of another and is", "files are copies of others and are");
        out.push(format!("{files} not counted again."));
    }
    if set.account.overlap > 0 {
        let records = counted(set.account.overlap, "record is", "records are");
        out.push(format!("{records} in two files and counted once."));
    }
    if set.account.format_changes > 0 {
        out.push("Its format changes on the way.".to_owned());
    }
    out
}

fn without_records(set: &Set<'_>, format: &str) -> (Standing, String) {
    let a = &set.account;
    let first = set.files.first().map(|(_, file)| *file);
    if let Some(copied) = first.and_then(|f| f.duplicate_of.as_ref()) {
        return (Standing::Copy, format!("Not counted again: it has the same content as `{copied}`."));
    }
    if let Some(State::Unreadable(why)) = first.map(|f| &f.report.state) {
        return (Standing::Unreadable, format!("Cannot be counted: it cannot be read ({why})."));
    }
    let units = a.lines - a.blank;
    if units == 0 {
        return (Standing::Empty, "Nothing to count: it is empty.".to_owned());
    }
    if a.directives > 0 && a.directives >= a.fault_total() {
        let lines = counted(a.directives, "line is a message", "lines are messages");
        return (
            Standing::NoRequests,
            format!("Nothing to count: it holds no requests; {lines} ({format})."),
        );
    }
    let none = match units {
        1 => "its one line could not be read".to_owned(),
        n => format!("not one of its {} lines could be read", thousands(n)),
    };
    (Standing::Unrecognised, format!("Not recognised: {none} as a record."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_nothing_where_there_is_something() {
        for (part, whole, shown) in
            [(3, 12_348, "0.02 %"), (1, 1_000_000, "under 0.01 %"), (1, 3, "33.33 %"), (7, 7, "100.00 %")]
        {
            assert_eq!(share(part, whole), shown);
        }
    }
}
