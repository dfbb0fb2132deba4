//! Counting: rows of one partition → events with every derived column → tallies → plain numbers.
//!
//! [`events`] labels rows (window, party, outcome, retrieval), [`retrieval`] is the fold of METHOD §6 over them,
//! [`tally`] the one mechanism that groups and adds up over partitions, [`counted`] runs all of it,
//! [`filter`] the `--where` grammar, [`profile`] the definitions by name, [`size`] what full sizes are known.

#[cfg(feature = "table")]
pub mod counted;
#[cfg(feature = "table")]
pub mod events;
#[cfg(feature = "table")]
pub mod filter;
pub mod interval;
pub mod profile;
#[cfg(feature = "table")]
mod readout;
pub mod retrieval;
pub mod size;
#[cfg(feature = "table")]
mod tallies;
#[cfg(feature = "table")]
pub mod tally;
