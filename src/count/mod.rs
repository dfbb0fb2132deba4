//! Counting: the rows of a partition → events in counting order → totals, groups and tables.
//!
//! [`order`] sorts the rows of one partition, [`pass`] walks through them once, [`retrieval`] is the fold of METHOD §6 that it
//! drives, [`totals`] what is added up on the way, [`tables`] what is listed, [`top`] the first of the clients. [`by`] groups
//! events by keys of the caller, [`tally`] is the mechanism for that. [`counted`] runs all of it on several threads (`turns`).
//! [`client`] is a client's order and text, [`filter`] the `--where` grammar, [`profile`] the definitions by name, [`size`]
//! and [`modal`] tell the size that most whole answers had, [`ids`] is a set of ids, [`interval`] what parts of an object add
//! up to.

#[cfg(feature = "table")]
pub mod by;
#[cfg(feature = "table")]
pub mod client;
#[cfg(feature = "table")]
pub mod counted;
#[cfg(feature = "table")]
pub mod events;
#[cfg(feature = "table")]
pub mod filter;
pub mod ids;
pub mod interval;
#[cfg(feature = "table")]
pub mod modal;
#[cfg(feature = "table")]
pub mod order;
#[cfg(feature = "table")]
pub mod pass;
pub mod profile;
pub mod retrieval;
pub mod size;
#[cfg(feature = "table")]
pub mod tables;
#[cfg(feature = "table")]
pub mod tally;
#[cfg(feature = "table")]
pub mod top;
#[cfg(feature = "table")]
pub mod totals;
#[cfg(feature = "table")]
mod turns;
