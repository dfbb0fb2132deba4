//! What to add to the command line or to the case file, and why.

use accesstrail_parsers::format::{Family, Named, Vendor, catalogue, named};
use accesstrail_parsers::record::ByteSemantics;
use accesstrail_parsers::sniff::Score;
use accesstrail_parsers::unread::{AGAINST, Unread};

use super::proxy::{self, Proxies};
use super::sets::Set;
use crate::escape;
use crate::report::inspect::{Proposal, Standing};
use crate::report::number::{bytes_both, counted, thousands};

/// All proposals for `set`, the most telling first. `declared` is the format that was asked for, if any was.
pub(super) fn proposals(
    set: &Set<'_>,
    standing: Standing,
    proxies: Option<&Proxies>,
    declared: Option<&str>,
) -> Vec<Proposal> {
    let mut out = Vec::new();
    match standing {
        Standing::Unrecognised => {
            out.extend(declared.and_then(|name| better(set, name)).or_else(|| way_out(set)));
            return out;
        }
        Standing::Good | Standing::Care => {}
        _ => return out,
    }
    out.extend(declared.and_then(|name| better(set, name)));
    for (place, (ip, hop)) in proxies.iter().flat_map(|p| p.hops.iter()).enumerate() {
        let reason = proxies.map(|p| proxy::reason(p, *hop, place == 0)).unwrap_or_default();
        out.push(proposal("--trusted-proxy", &ip.to_string(), reason));
    }
    out.extend(timezone(set));
    out.extend(server(set));
    out.extend(methods(set));
    out
}

fn proposal(flag: &str, value: &str, reason: String) -> Proposal {
    Proposal { flag: flag.to_owned(), value: value.to_owned(), reason }
}

/// METHOD M2.3. Nothing in a log tells its zone, so none is guessed.
fn timezone(set: &Set<'_>) -> Option<Proposal> {
    let times = &set.account.times;
    let n = times.assumed_utc + times.unknown_zone;
    (n > 0).then(|| {
        let records = counted(n, "record bears", "records bear");
        let reason = format!(
            "{records} no zone that is known, and were read as UTC. If the server's clock showed another zone, all their times are \
             wrong by its offset."
        );
        proposal("--timezone", "<zone of the server, such as Europe/Berlin>", reason)
    })
}

/// Whether some of it is in a shape that several servers write.
pub(super) fn looks_alike(set: &Set<'_>) -> bool {
    let is_one = |name: &String| catalogue().iter().any(|entry| entry.look_alike && entry.name == name);
    set.account.formats.keys().any(is_one)
}

/// METHOD M5.2, M5.5: a look-alike leaves open what its byte column counts.
fn server(set: &Set<'_>) -> Vec<Proposal> {
    if set.glance.open_bytes == 0 || !looks_alike(set) {
        return Vec::new();
    }
    let mut names = set.account.formats.keys();
    let format = names.next().filter(|_| names.next().is_none());
    let entry = format.and_then(|name| catalogue().iter().find(|entry| entry.name == name));
    match entry.filter(|entry| entry.family == Family::CLF) {
        Some(entry) => [Vendor::Nginx, Vendor::Apache]
            .into_iter()
            .map(|vendor| {
                let spec = declared_as(entry, vendor);
                let reason = if_written(vendor, &spec);
                proposal("--format", &spec, reason)
            })
            .collect(),
        // Several shapes in one source: a single format would make faults of the others.
        None => vec![
            proposal("server", "\"nginx\"", if_written(Vendor::Nginx, "nginx-combined")),
            proposal("server", "\"apache\"", if_written(Vendor::Apache, "apache-combined")),
        ],
    }
}

/// What the bytes of `spec` are if `vendor` wrote them, and what follows.
fn if_written(vendor: Vendor, spec: &str) -> String {
    let server = if vendor == Vendor::Nginx { "nginx" } else { "Apache" };
    let semantics = named(spec, None).map_or(ByteSemantics::Unknown, |format| format.meaning().bytes);
    let (counts, follows) = match semantics {
        ByteSemantics::BodyWritten => {
            ("those of the body that were sent", "only then can a download be shown to be complete")
        }
        ByteSemantics::WireWritten => {
            ("all that went over the wire, headers included", "no download can be shown to be complete")
        }
        _ => ("the size that was to be sent, arrived or not", "no download can be shown to be complete"),
    };
    format!("If {server} wrote it: its bytes are {counts}, and {follows} (M5.2, M5.5).")
}

/// What to ask for so that the shape of `entry` means what `vendor` writes: a name where there is one.
fn declared_as(entry: &Named, vendor: Vendor) -> String {
    let text = |named: &Named| if vendor == Vendor::Nginx { named.nginx } else { named.apache };
    if entry.vendor == vendor {
        return entry.name.to_owned();
    }
    let is_it = |named: &&Named| !named.sniffed && named.vendor == vendor && text(named) == text(entry);
    let prefix = if vendor == Vendor::Nginx { "nginx" } else { "apache" };
    catalogue().iter().find(is_it).map_or_else(
        || format!("{prefix}:{}", text(entry).unwrap_or_default()),
        |named| named.name.to_owned(),
    )
}

/// Another format reads much more of the file than the one that was asked for.
fn better(set: &Set<'_>, declared: &str) -> Option<Proposal> {
    let (faults, units) = (set.account.fault_total(), set.account.lines - set.account.blank);
    if faults * 10 < units || units == 0 {
        return None;
    }
    let scores = set.files.iter().filter_map(|(_, file)| file.report.scores.first());
    let best = scores.max_by_key(|score| (score.matched, score.lines))?;
    let much_more = best.name != declared
        && u64::from(best.matched) * units > 2 * (units - faults) * u64::from(best.lines);
    let holds_requests = best.family != Family::ERROR_LOG;
    (much_more && holds_requests).then(|| {
        let reason = format!(
            "`{declared}` leaves {} of {} lines unread; of the {} lines looked at first, {} reads {}.",
            thousands(faults),
            thousands(units),
            thousands(u64::from(best.lines)),
            best.name,
            thousands(u64::from(best.matched))
        );
        proposal("--format", best.name, reason)
    })
}

/// Nothing fits: a template of one's own, and where to begin with it.
fn way_out(set: &Set<'_>) -> Option<Proposal> {
    let (file, unread) =
        set.files.iter().find_map(|(_, file)| Some((file, file.report.unread.as_deref()?)))?;
    let reason = format!(
        "If it is an access log: write its columns as the server's LogFormat does (or `nginx:` and its log_format, or @ and the \
         server's own configuration file). {}{}",
        stops(unread),
        candidates(&file.report.scores)
    );
    Some(proposal("--format", "apache:%h …", reason))
}

/// Formats that read too few of the lines to be taken for the file's.
fn candidates(scores: &[Score]) -> String {
    let best: Vec<String> = scores
        .iter()
        .take(3)
        .map(|score| {
            format!(
                "{} {} of {}",
                score.name,
                thousands(u64::from(score.matched)),
                thousands(u64::from(score.lines))
            )
        })
        .collect();
    if best.is_empty() {
        return String::new();
    }
    format!(" The formats that read most of its lines read too few to be its own: {}.", best.join(", "))
}

/// Formats of another family that read nearly as much of a file as its own does.
pub(super) fn close_call(set: &Set<'_>) -> Option<String> {
    set.files.iter().find_map(|(_, file)| {
        let best = file.report.scores.first()?;
        let other = file.report.scores.iter().find(|score| score.family != best.family)?;
        let is_close = other.family != Family::ERROR_LOG && u64::from(other.matched) * 10 >= u64::from(best.matched) * 9;
        is_close.then(|| {
            format!(
                "{} reads {} of the lines looked at and {}, of another family, {}: name the format if the first is wrong.",
                best.name,
                thousands(u64::from(best.matched)),
                other.name,
                thousands(u64::from(other.matched))
            )
        })
    })
}

/// GoAccess's manner: the line, the column, and what stands there.
fn stops(unread: &Unread) -> String {
    let shown = |bytes: &[u8]| escape::terminal(bytes);
    let more = if unread.cut { "…" } else { "" };
    let stands = if unread.found.is_empty() {
        "the line ends".to_owned()
    } else {
        format!("`{}` stands", shown(&unread.found))
    };
    format!(
        "Line {} is `{}{more}`; read as {AGAINST} it stops at {}, which wants {} where {stands}.",
        thousands(unread.line as u64 + 1),
        shown(&unread.text),
        shown(unread.field.as_bytes()),
        unread.expected
    )
}

/// METHOD M5.6.
fn methods(set: &Set<'_>) -> Option<Proposal> {
    let others = &set.glance.others;
    let (responses, bytes) =
        others.values().fold((0u64, 0u64), |(n, b), took| (n + took.responses, b.saturating_add(took.bytes)));
    (responses > 0).then(|| {
        let names: Vec<&str> = others.keys().copied().collect();
        let list: Vec<String> = std::iter::once("GET").chain(names.iter().copied()).map(|m| format!("\"{m}\"")).collect();
        let reason = format!(
            "{} 2xx to {} carried {}. Only GET counts unless a resource lists more; if what was taken can be asked for by one of \
             these (an export, say), list it.",
            counted(responses, "response", "responses"),
            names.join(", "),
            bytes_both(bytes)
        );
        proposal("methods", &format!("[{}]", list.join(", ")), reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use accesstrail_parsers::format::Origin;

    /// METHOD M5.2: each proposal is a format that can be asked for and settles the byte column.
    #[test]
    fn what_is_proposed_for_a_look_alike_compiles_and_settles_it() {
        for entry in catalogue().iter().filter(|entry| entry.sniffed && entry.look_alike) {
            let nginx = named(&declared_as(entry, Vendor::Nginx), None).unwrap();
            assert_eq!(nginx.meaning().bytes, ByteSemantics::BodyWritten, "{}", entry.name);
            let apache = named(&declared_as(entry, Vendor::Apache), None).unwrap();
            let planned = [ByteSemantics::BodyPlanned, ByteSemantics::WireWritten];
            assert!(planned.contains(&apache.meaning().bytes), "{}", entry.name);
        }
        let combined = catalogue().iter().find(|entry| entry.name == "combined").unwrap();
        assert_eq!(combined.origin, Origin::Seen);
        let names = [Vendor::Nginx, Vendor::Apache].map(|vendor| declared_as(combined, vendor));
        assert_eq!(names, ["nginx-combined", "apache-combined"]);
    }
}
