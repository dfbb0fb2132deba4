//! Traefik's access log, as JSON (module `json`) and as its extended common log format (module `clf`).
//!
//! Sources: Traefik documentation, "Access Logs"; Traefik's source, `middlewares/accesslog` (`logger.go`,
//! `logger_formatters.go`, `logdata.go`) and `middlewares/capture`.
//!
//! The time is when Traefik began with the request (`StartUTC`, else `StartLocal`). `ClientHost` is the value of
//! `X-Forwarded-For` if the request had one when it was logged, else the peer's address: it may be a list, and how far it
//! can be trusted depends on `forwardedHeaders` of the entry point. `ClientAddr`, in JSON only, is the peer with its port.
//!
//! What they cannot say: whether the client aborted (499 is written where Traefik noticed before a response began), which
//! requests filters (`statusCodes`, `retryAttempts`, `minDuration`) left out, and the host name, unless the field is kept.

mod clf;
mod json;

use super::{Family, Named, Origin};

const FAMILY: Family = Family::web_server("traefik");

pub(super) const FORMATS: &[Named] = &[
    Named::own("traefik-json", FAMILY, Origin::Seen, json::SAMPLE, json::make),
    Named::own("traefik", FAMILY, Origin::Seen, clf::SAMPLE, clf::make),
];
