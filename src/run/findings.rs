//! What was noticed about the evidence, in full sentences with a stable id.

use accesstrail_parsers::encoding::Encoding;

use super::settle::Settled;
use super::silences::SourceSilence;
use crate::clock::text::rfc3339;
use crate::count::counted::Counted;
use crate::count::totals::FEW;
use crate::coverage::gaps::{Cause, LogGap};
use crate::coverage::spans::Span;
use crate::finding::{Finding, Ledger};
use crate::intake::State;
use crate::ledger::account::Account;
use crate::report::number::{counted, duration, thousands};

/// Findings about files.
#[must_use]
pub fn of_files(settled: &Settled) -> Vec<Finding> {
    let mut out = Vec::new();
    for file in &settled.files {
        let name = file.name();
        let mut say = |id: &str, text: String| {
            out.push(Finding { id: id.to_owned(), source: Some(name.clone()), text });
        };
        match &file.report.state {
            State::Read => {}
            State::Truncated(why) => {
                say(
                    "truncated-stream",
                    format!("`{name}` could not be read to its end ({why}); what came before is counted."),
                );
            }
            State::Capped(why) => {
                say(
                    "decompression-cap",
                    format!(
                        "`{name}` was not read to its end, since {why}; what came before is counted. If it is no decompression bomb, raise \
                         --max-ratio or --max-decompressed (in a case file: `[evidence]` max_ratio, max_decompressed)."
                    ),
                );
            }
            State::Unreadable(why) => say("unreadable-file", format!("`{name}` cannot be read: {why}.")),
        }
        if let Some(first) = &file.duplicate_of {
            say(
                "duplicate-file",
                format!("`{name}` has the same content as `{first}`; it is not counted again."),
            );
            continue;
        }
        for (lines, keeper) in &file.overlaps {
            say(
                "overlap",
                format!("{lines} lines of `{name}` are also in `{keeper}`; their records are counted once."),
            );
        }
        if file.report.changed {
            let hash = if file.report.sha256.is_some() {
                "the hash is of what was read"
            } else {
                "no hash is given, since it could be of another state than the one that was read"
            };
            say("changed-while-read", format!("`{name}` changed while it was read; {hash}."));
        }
        if file.account.unterminated > 0 {
            say(
                "unterminated-last-line",
                format!(
                    "the last line of `{name}` has no newline; it reads as a whole record, but its last column may be cut."
                ),
            );
        }
        if !file.account.prefixes.is_empty() {
            say("prefixed-lines", prefixed(&name, &file.account));
        }
        if file.account.held > 0 {
            let n = counted(file.account.held, "line", "lines");
            let are =
                if file.account.held == 1 { "is part of another line" } else { "are parts of other lines" };
            let whom = if file.account.held == 1 { "it" } else { "them" };
            say(
                "joined-lines",
                format!(
                    "{n} of `{name}` {are}, written in parts by a container runtime, and joined to {whom}; a joined line is one unit of the ledger."
                ),
            );
        }
        if file.account.prefix_times > 0 {
            let n = counted(file.account.prefix_times, "record", "records");
            say(
                "prefix-times",
                format!(
                    "{n} of `{name}` bear no time of their own; theirs is the one their collector wrote before the line, which can be later."
                ),
            );
        }
        if file.account.repeat_notes > 0 {
            let n = counted(file.account.repeat_notes, "line", "lines");
            say(
                "repeated-messages",
                format!(
                    "{n} of `{name}` say that the message before came again (`last message repeated … times`); requests that syslog left out in this way are in no figure."
                ),
            );
        }
        if file.report.encoding != Encoding::Bytes {
            say(
                "decoded-text",
                format!(
                    "`{name}` is {}, as its first bytes declare; its lines were decoded to be read, and offsets are those of its own bytes.",
                    file.report.encoding.word().to_uppercase()
                ),
            );
        }
        if file.account.format_changes > 0 {
            say(
                "format-change",
                format!(
                    "`{name}` changes its format; {} stretches were read in another one.",
                    file.account.format_changes
                ),
            );
        }
        if file.account.absurd_bytes > 0 {
            let n = counted(file.account.absurd_bytes, "record", "records");
            say(
                "absurd-bytes",
                format!("{n} of `{name}` state 1 PiB or more; these byte counts are taken as not logged."),
            );
        }
        let units = file.account.lines - file.account.blank;
        if file.account.records == 0 && file.account.fault_total() > 0 && file.account.fault_total() == units
        {
            say(
                "unrecognised-format",
                format!(
                    "not one of the {units} lines of `{name}` could be read as a record; if it is a log, declare its format with --format."
                ),
            );
        }
    }
    out.extend(settled.empty_archives.iter().map(|path| Finding {
        id: "empty-archive".to_owned(),
        source: Some(path.clone()),
        text: format!("`{path}` is an archive without a single file in it."),
    }));
    out.extend(settled.passed_over.iter().map(|(path, names)| passed_over(path, names)));
    if settled.not_compared > 0 {
        out.push(Finding {
            id: "not-compared".to_owned(),
            source: None,
            text: "standard input cannot be read twice, so it was not searched for lines that other files repeat.".to_owned(),
        });
    }
    out.extend(settled.unread_folds.iter().map(|path| Finding {
        id: "fold-not-resolved".to_owned(),
        source: Some(path.clone()),
        text: "standard input cannot be read twice, so all local times that come twice were taken as the earlier ones, though their \
               order shows where the later ones begin."
            .to_owned(),
    }));
    out.extend(settled.shared_folds.iter().map(|name| Finding {
        id: "fold-not-resolved".to_owned(),
        source: Some(name.clone()),
        text: format!(
            "`{name}` and another file of its rotation both hold local times that come twice, and its own order does not show \
             where the later ones begin: they were taken as the earlier ones, so its records of that hour may be an hour too early, \
             and a gap beside it may be none."
        ),
    }));
    out
}

/// Behind which prefixes the lines of a file stand.
fn prefixed(name: &str, account: &Account) -> String {
    let each: Vec<String> =
        account.prefixes.iter().map(|(word, n)| format!("{word} on {}", thousands(*n))).collect();
    format!(
        "lines of `{name}` stand behind a prefix of another program ({}); it was taken off, and line numbers and offsets are those of \
         the file as it is.",
        each.join(", ")
    )
}

/// Members of an archive that are no files.
fn passed_over(path: &str, names: &[String]) -> Finding {
    const NAMED: usize = 3;
    let some: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    Finding {
        id: "members-passed-over".to_owned(),
        source: Some(path.to_owned()),
        text: format!(
            "{} of `{path}` hold no bytes of their own (links, devices) and were passed over: {}{more}.",
            counted(names.len() as u64, "member", "members"),
            some.join(", ")
        ),
    }
}

/// Findings about silences inside `window`.
#[must_use]
pub fn of_silences(silences: &[SourceSilence], window: Span) -> Vec<Finding> {
    let mut out = Vec::new();
    for silence in silences {
        let meets = |g: &&LogGap| g.span.end_us > window.start_us && g.span.start_us < window.end_us;
        out.extend(silence.gaps.iter().filter(meets).map(|gap| of_gap(silence, gap)));
        out.extend(of_rhythms(silence));
    }
    out
}

fn of_gap(silence: &SourceSilence, gap: &LogGap) -> Finding {
    let seconds = u64::try_from((gap.span.end_us - gap.span.start_us) / 1_000_000).unwrap_or(0);
    let why: Vec<String> = gap.causes.iter().map(|cause| in_words(cause, silence.threshold_s)).collect();
    Finding {
        id: "log-gap".to_owned(),
        source: Some(silence.source.clone()),
        text: format!(
            "`{}` has no records from {} to {} ({}; {}).",
            silence.source,
            rfc3339(gap.span.start_us),
            rfc3339(gap.span.end_us),
            duration(seconds),
            why.join("; ")
        ),
    }
}

fn in_words(cause: &Cause, threshold_s: u64) -> String {
    match cause {
        Cause::Silence => format!("its pace makes anything above {} a gap", duration(threshold_s)),
        Cause::Missing { series, lacking } => {
            format!(
                "{lacking} of the rotation of `{series}` {} missing",
                if lacking.count() == 1 { "is" } else { "are" }
            )
        }
        Cause::BreaksOff(path) => format!("`{path}` could not be read on from there"),
        Cause::Unreadable(path) => format!("`{path}`, which lies between, cannot be read"),
    }
}

/// One sentence for all habits of a source, the most frequent named.
fn of_rhythms(silence: &SourceSilence) -> Option<Finding> {
    const NAMED: usize = 3;
    let mut rhythms: Vec<_> = silence.rhythms.iter().collect();
    rhythms.sort_by_key(|r| (std::cmp::Reverse(r.days), r.start_hour, r.end_hour, r.midnights));
    let named: Vec<String> = rhythms
        .iter()
        .take(NAMED)
        .map(|r| format!("from about {:02}:00 to {:02}:00 on {} days", r.start_hour, r.end_hour, r.days))
        .collect();
    if named.is_empty() {
        return None;
    }
    let more = rhythms.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(", and at {more} other hours") } else { String::new() };
    Some(Finding {
        id: "log-rhythm".to_owned(),
        source: Some(silence.source.clone()),
        text: format!(
            "`{}` is silent at the same local hours on several days ({}{more}); this is taken as its habit, not as a gap.",
            silence.source,
            named.join("; ")
        ),
    })
}

/// METHOD M3.3: few peers carry nearly all requests, and most of these bear a forwarded address that nobody is trusted for.
#[must_use]
pub fn behind_a_proxy(all: &Counted) -> Option<Finding> {
    let (ignored, served, by_few) = (all.header_ignored(), all.served(), all.served_by_few());
    let proxied = ignored > 0 && ignored * 2 >= served && by_few * 10 >= served * 9;
    proxied.then(|| Finding {
        id: "behind-a-proxy".to_owned(),
        source: None,
        text: format!(
            "{} of {} served responses bear a forwarded address, and at most {FEW} peers carry nearly all: the server stands behind a \
             proxy, and counts of peers are not counts of clients. Declare the proxies with --trusted-proxy or trusted_proxies.",
            thousands(ignored),
            thousands(served)
        ),
    })
}

/// METHOD M6.7: equal lines that are kept.
#[must_use]
pub fn possible_duplicates(repeated: u64) -> Option<Finding> {
    (repeated > 0).then(|| Finding {
        id: "possible-duplicates".to_owned(),
        source: None,
        text: format!(
            "{} in scope {} another one of the same source in time, client, request, status and bytes; kept and counted, since that can \
             happen by right.",
            counted(repeated, "request", "requests"),
            if repeated == 1 { "equals" } else { "equal" }
        ),
    })
}

/// Why exit 3 is due, in words; empty where it is not.
#[must_use]
pub fn imperfect(ledger: &Ledger, settled: &Settled, uncovered: u64) -> Vec<String> {
    let truncated = settled
        .files
        .iter()
        .filter(|f| matches!(f.report.state, State::Truncated(_) | State::Capped(_)))
        .count() as u64;
    [
        (ledger.faults, "line could not be read", "lines could not be read"),
        (ledger.unreadable_files, "file could not be read", "files could not be read"),
        (truncated, "file breaks off", "files break off"),
        (uncovered, "window is not covered by any log", "windows are not covered by any log"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, one, many)| format!("{} {}", thousands(n), if n == 1 { one } else { many }))
    .collect()
}
