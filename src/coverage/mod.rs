//! What the logs cannot tell: silences, missing files, times that run back, and lines that are there twice.

pub mod gaps;
pub mod offsets;
pub mod order;
pub mod overlap;
pub mod rotation;
pub mod silence;
pub mod spans;
pub mod twins;
