//! Data to measure on, drawn from a seed, with the answer that was drawn.

pub(crate) mod case_file;
pub(crate) mod combined;
mod draw;
pub(crate) mod packing;
pub(crate) mod spread;
pub(crate) mod store;
pub(crate) mod truth;
