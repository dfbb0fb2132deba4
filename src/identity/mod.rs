//! Who asked: the spelling of addresses, and the walk through forwarded headers (METHOD section 3).
//!
//! Takes columns as written and gives addresses, opaque names or nothing. It faults no record, resolves
//! no name and keeps no state; grouping by /64 and the like is a question of counting, not of identity.

pub mod forwarded;
pub mod spelling;

pub use forwarded::{Resolved, Trust, Via, resolve};
pub use spelling::{Client, ClientRef, read, read_ip, read_ref};
