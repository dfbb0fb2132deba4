//! Data to measure on, drawn from a seed, with the answer that was drawn.

pub(crate) mod caddy;
pub(crate) mod case_file;
mod clock;
pub(crate) mod cloudfront;
pub(crate) mod combined;
mod draw;
pub(crate) mod iis;
pub(crate) mod packing;
pub(crate) mod requests;
pub(crate) mod s3;
pub(crate) mod spread;
pub(crate) mod store;
pub(crate) mod truth;
