//! Seeded generators of the sample incidents.
//!
//! A generator draws requests one by one. With each it writes down, in `truth.csv`, what it *meant*:
//! who asked, for which object, with which outcome by METHOD row, counted or not, and why. Only then
//! is the request printed as a log line. The answer sheet is summed from `truth.csv` by awk.
//!
//! This crate does not depend on `accesstrail` and shares no code with it: a mistake there can't hide
//! by being made here too. It has no dependencies at all, no clock and no hash order, so that one seed
//! gives the same bytes on every machine.

pub mod clock;
pub mod doj_dashboard;
pub mod gzip;
pub mod nginx;
pub mod output;
pub mod rng;
pub mod tableau;
pub mod truth;

/// A plan that could not be drawn as meant (a pool ran dry, a total missed). Never a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanError(pub String);

impl PlanError {
    /// An error with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the plan does not hold: {}", self.0)
    }
}

impl std::error::Error for PlanError {}
