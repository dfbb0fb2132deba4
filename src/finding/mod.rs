//! What leaves the engine: plain public structs in the shape of the output contract.
//!
//! `count --json` and `summary.json` are [`Answer`] and nothing else. No polars type, no interned id and
//! no raw byte string passes this line: text here is still untrusted, and goes out only through the doors
//! of the escape room (JSON escapes by itself).

pub mod answer;
pub mod table;
pub mod timeline;

pub use answer::*;
