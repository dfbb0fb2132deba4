//! Zones, bins and the text of times (METHOD section 2). Reads no clock and no zone of the machine.
//!
//! Every time inside the engine is an `i64` of microseconds since 1970-01-01T00:00:00Z. Zones come from the
//! database compiled in by `chrono-tz`, so that two machines give the same answer.

pub mod grid;
pub mod text;
mod windows;
pub mod zone;

pub use grid::{Grid, Width};
pub use text::{local, rfc3339};
pub use zone::{NamedZone, Resolved, ZoneCache, ZoneRule, to_utc, windows_zone};

/// Microseconds in a second.
const US: i64 = 1_000_000;
