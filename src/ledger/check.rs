//! METHOD M1.3, checked on every run in every build. A sum that does not hold ends the run.

use thiserror::Error;

use super::account::Account;
use crate::finding::Answer;

/// A sum that does not hold: a defect of this program, never of the evidence.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "internal error: the ledger does not add up: {rule} ({left} ≠ {right}){where_}\nhint: no figure of this run can be relied on; please report it"
)]
pub struct Imbalance {
    rule: &'static str,
    left: u64,
    right: u64,
    where_: String,
}

struct Balance {
    place: String,
}

impl Balance {
    fn equal(&self, rule: &'static str, left: u64, right: u64) -> Result<(), Imbalance> {
        if left == right {
            return Ok(());
        }
        let where_ = if self.place.is_empty() { String::new() } else { format!(" in `{}`", self.place) };
        Err(Imbalance { rule, left, right, where_ })
    }

    fn at_most(&self, rule: &'static str, left: u64, right: u64) -> Result<(), Imbalance> {
        if left <= right { Ok(()) } else { self.equal(rule, left, right) }
    }
}

/// The account of one file.
///
/// # Errors
/// The first rule that does not hold.
pub fn account(path: &str, a: &Account) -> Result<(), Imbalance> {
    let b = Balance { place: path.to_owned() };
    b.equal(
        "lines = records + directives + blank + faults",
        a.lines,
        a.records + a.directives + a.blank + a.fault_total(),
    )?;
    b.equal(
        "records = duplicate_records + out_of_window + not_sensitive + in_scope",
        a.records,
        a.overlap + a.out_of_window + a.not_sensitive + a.in_scope,
    )
}

/// The bytes of the answer against the sum that cannot overflow.
///
/// # Errors
/// They differ: the figure would be wrong.
pub fn bytes(total: u64, exact: u128) -> Result<(), Imbalance> {
    let b = Balance { place: String::new() };
    b.equal("bytes_served = Σ bytes of served events", total, u64::try_from(exact).unwrap_or(u64::MAX))?;
    if exact > u128::from(u64::MAX) { b.equal("bytes_served fits into 64 bits", 0, 1) } else { Ok(()) }
}

/// The whole answer.
///
/// # Errors
/// The first rule that does not hold.
pub fn answer(answer: &Answer) -> Result<(), Imbalance> {
    let b = Balance { place: String::new() };
    ledger(answer, &b)?;
    counted(answer, &b)
}

fn ledger(answer: &Answer, b: &Balance) -> Result<(), Imbalance> {
    let l = &answer.ledger;
    let read = answer.sources.iter().filter(|s| s.state == "read" || s.state == "truncated");
    b.equal(
        "files = read + duplicate_files + unreadable_files",
        l.files,
        read.clone().count() as u64 + l.duplicate_files + l.unreadable_files,
    )?;
    b.equal("bytes = Σ bytes of read sources", l.bytes, read.clone().map(|s| s.bytes).sum())?;
    b.equal("lines = Σ lines of read sources", l.lines, read.clone().map(|s| s.lines).sum())?;
    b.equal("records = Σ records of read sources", l.records, read.map(|s| s.records).sum())?;
    b.equal(
        "lines = records + directives + blank + faults",
        l.lines,
        l.records + l.directives + l.blank + l.faults,
    )?;
    b.equal(
        "records = duplicate_records + out_of_window + not_sensitive + in_scope",
        l.records,
        l.duplicate_records + l.out_of_window + l.not_sensitive + l.in_scope,
    )?;
    b.equal("in_scope = Σ vantages.requests", l.in_scope, answer.vantages.iter().map(|v| v.requests).sum())
}

fn counted(answer: &Answer, b: &Balance) -> Result<(), Imbalance> {
    let (c, o) = (&answer.counts, &answer.outcomes);
    let complete = o.complete.unwrap_or(0);
    let served = complete + o.probable + o.partial + o.copied;
    b.equal("requests = Σ outcomes", c.requests, served + o.learned + o.attempted)?;
    b.equal(
        "requests = Σ resources.requests",
        c.requests,
        answer.resources.iter().map(|r| r.requests).sum(),
    )?;
    b.equal("requests = Σ windows.requests", c.requests, answer.windows.iter().map(|w| w.requests).sum())?;
    b.equal("served = complete + probable + partial + copied", c.served, served)?;
    b.equal("served = Σ parties.served", c.served, answer.parties.iter().map(|p| p.served).sum())?;
    b.equal("served = Σ resources.served", c.served, answer.resources.iter().map(|r| r.served).sum())?;
    b.equal("served = Σ windows.served", c.served, answer.windows.iter().map(|w| w.served).sum())?;
    let bytes = answer.bytes_served.total;
    b.equal("bytes = Σ windows.bytes_served", bytes, answer.windows.iter().map(|w| w.bytes_served).sum())?;
    b.equal(
        "bytes = Σ resources.bytes_served",
        bytes,
        answer.resources.iter().map(|r| r.bytes_served).sum(),
    )?;
    b.equal("bytes = Σ parties.bytes_served", bytes, answer.parties.iter().map(|p| p.bytes_served).sum())?;
    let of_primary = answer.vantages.iter().filter(|v| v.name == answer.primary_vantage);
    b.equal("served = served of the primary vantage", c.served, of_primary.map(|v| v.served).sum())?;
    b.at_most(
        "complete_retrievals ≤ complete_or_probable_retrievals",
        c.complete_retrievals.unwrap_or(0),
        c.complete_or_probable_retrievals,
    )?;
    b.at_most(
        "complete_or_probable_retrievals ≤ retrievals",
        c.complete_or_probable_retrievals,
        c.retrievals,
    )?;
    b.at_most("retrievals ≤ served", c.retrievals, c.served)?;
    b.at_most("served ≤ requests", c.served, c.requests)?;
    let k = &answer.clients;
    b.equal("clients.ip = ip4 + ip6_128", k.ip, k.ip4 + k.ip6_128)?;
    b.at_most("ip6_48 ≤ ip6_56", k.ip6_48, k.ip6_56)?;
    b.at_most("ip6_56 ≤ ip6_64", k.ip6_56, k.ip6_64)?;
    b.at_most("ip6_64 ≤ ip6_128", k.ip6_64, k.ip6_128)?;
    b.at_most("ip ≤ ip_ua", k.ip, k.ip_ua)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Ledger, Source};

    /// METHOD M1.3.
    #[test]
    fn a_lost_line_is_an_internal_error() {
        let lost = Account { lines: 3, records: 2, in_scope: 2, ..Account::default() };
        let error = account("access.log", &lost).unwrap_err().to_string();
        assert!(
            error.contains("lines = records + directives + blank + faults (3 ≠ 2) in `access.log`"),
            "{error}"
        );
    }

    /// METHOD M1.3.
    #[test]
    fn a_record_that_is_nowhere_is_an_internal_error() {
        let lost = Account { lines: 2, records: 2, in_scope: 1, ..Account::default() };
        assert!(account("access.log", &lost).unwrap_err().to_string().contains("(2 ≠ 1)"));
    }

    /// METHOD M1.3.
    #[test]
    fn bytes_that_no_source_holds_are_an_internal_error() {
        let answer_ = Answer {
            ledger: Ledger { files: 1, bytes: 10, ..Ledger::default() },
            sources: vec![Source { state: "read".into(), bytes: 9, ..Source::default() }],
            ..Answer::default()
        };
        assert!(answer(&answer_).unwrap_err().to_string().contains("(10 ≠ 9)"));
    }

    /// METHOD M1.3.
    #[test]
    fn an_empty_answer_adds_up() {
        assert_eq!(answer(&Answer::default()), Ok(()));
    }
}
