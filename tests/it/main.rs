//! The program, run as a whole: every test here starts the binary on evidence and reads what comes out.
//!
//! | module | what it holds the program to |
//! |---|---|
//! | [`cases`] | one file of `tests/cases/` is one run from end to end: evidence, arguments, and what must come out |
//! | [`incident`] | the incident that ships with its truth: every key of the answer sheet against every output |
//! | [`invariance`] | same evidence, same bytes: threads, memory, partitions, order, compression, folder change nothing |
//! | [`recount`] | the figures, counted a second time by awk and by a naive program that shares no code with this one |
//! | [`formats`] | directives, object stores and kinds of logs, seen from outside |
//! | [`columns`] | the parsers alone on real logs: records, faults and columns, pinned per file |
//! | [`corpus`] | real logs: every line of every file is a record, a directive, blank, or a fault with a reason |
//! | [`bad_input`] | wrong questions and broken evidence: the exit status, one sentence, nothing on stdout |
//! | [`contract`] | the shapes that other programs read: JSON keys, CSV headings, what may stand on a terminal |
//! | [`inspect`] | what `inspect` makes of evidence: verdicts and proposals |
//! | [`stopped`] | runs that are stopped or killed: an output is whole or not there, and nothing temporary stays |
//! | [`method`] | the rules of METHOD, each seen from outside on a log of a few lines |
//! | [`matrix`] | one log handed over in every way: packed, wrapped, split, doubled; the figures are the same bytes |
//! | [`mutation`] | thousands of wounded samples: no panic, a documented exit, a ledger that adds up |
//! | [`peers`] | the mistakes of other tools, by number, each a test with its truth |
//! | [`samples`] | every kind of damage, one small file each: what becomes of every line of it, pinned by hand |
//! | [`tidy`] | the house: floor plan, arrows between rooms, sizes of files, links that lead somewhere |
//!
//! [`program`] runs the binary, [`evidence`] writes logs, [`json`] finds a value by its path.
//!
//! The binary needs the feature `table`; without it there is nothing to test here.
#![cfg(feature = "table")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that meets the unexpected stops there; the lints' own exception knows #[test] functions only"
)]

mod bad_input;
mod cases;
mod columns;
mod contract;
mod corpus;
mod evidence;
mod formats;
mod incident;
mod inspect;
mod invariance;
mod json;
mod matrix;
mod method;
mod mutation;
mod peers;
mod program;
mod recount;
mod samples;
mod stopped;
mod tidy;
