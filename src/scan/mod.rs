//! The hot loop: block → records → client, resource, outcome → rows, account, facts. No I/O in here.
//!
//! [`block`] is one block from bytes to its yield, `stretch` parts it where directives change how lines
//! are read, `scope` is what becomes of a record that may be in scope; [`when`] and [`whom`] turn a
//! record's time and client columns into UTC and a canonical client; [`rules`] is everything it needs to know,
//! shared and immutable. What a block yields merges by addition and by sorted insertion, so neither the number
//! of threads nor the order of blocks can be seen in any answer.

pub mod block;
pub mod faults;
mod nuls;
pub mod prints;
pub mod rules;
mod scope;
mod stretch;
pub mod when;
pub mod whom;
