//! Every column name of the evidence table and of what is grouped from it, once.

/// Adjusted UTC, µs.
pub const TIME: &str = "time_us";
/// Byte offset.
pub const OFFSET: &str = "offset";
/// Upper half of the client.
pub const CLIENT_HI: &str = "client_hi";
/// Lower half of the client.
pub const CLIENT_LO: &str = "client_lo";
/// Bytes, -1 where not logged.
pub const BYTES: &str = "bytes";
/// 0-based line.
pub const LINE: &str = "line";
/// Request id.
pub const REQUEST: &str = "request";
/// Actor id.
pub const ACTOR: &str = "actor";
/// Text id of the peer.
pub const PEER: &str = "peer";
/// File id.
pub const FILE: &str = "file";
/// Status and reason and flags in one integer.
pub const CODES: &str = "codes";

/// Kind of the client.
pub const KIND: &str = "kind";
/// Vantage index.
pub const VANTAGE: &str = "vantage";
/// Text id of the object.
pub const OBJECT: &str = "object";
/// A key of `--by`, by place.
pub const GROUP_KEYS: [&str; 4] = ["by_0", "by_1", "by_2", "by_3"];

/// 1 for every in-scope row.
pub const REQUESTS: &str = "requests";
/// 1 where data was carried.
pub const SERVED: &str = "served";
/// 1 where the row opens a retrieval.
pub const RETRIEVALS: &str = "retrievals";
/// 1 where the row opens a retrieval that is complete or probable.
pub const COMPLETE_OR_PROBABLE: &str = "complete_or_probable";
/// 1 where the row opens a complete retrieval.
pub const COMPLETE: &str = "complete";
/// Bytes of a served row, 0 where not logged.
pub const BYTES_SERVED: &str = "bytes_served";
/// 1 where a served row has no byte count.
pub const UNLOGGED: &str = "unlogged";
/// 1 where a served row captures no identifier though its resource should.
pub const SUBJECT_UNKNOWN: &str = "subject_unknown";
/// Time of a served row; `i64::MAX` otherwise.
pub const FIRST: &str = "first_us";
/// Time of a served row; `i64::MIN` otherwise.
pub const LAST: &str = "last_us";
/// Distinct clients.
pub const CLIENTS: &str = "clients";
