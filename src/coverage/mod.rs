//! What the logs cannot tell: silences, and lines that are there twice.

pub mod overlap;
pub mod silence;
pub mod spans;
pub mod twins;
