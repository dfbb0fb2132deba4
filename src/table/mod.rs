//! The evidence table: the narrow waist between reading and counting.
//!
//! [`row`] is one record as integers, [`lexicon`] the text behind its ids (kept by [`interner`]), [`partition`] where rows wait
//! (in memory, or spilled), [`front`] a thread's own table of requests, [`runs`] and [`piece`] what lies in
//! scratch files, [`schema`] the name of every column, [`frame`] rows as a polars frame and its grouping.

pub mod frame;
pub mod front;
pub mod interner;
pub mod lexicon;
pub mod partition;
pub mod piece;
pub mod row;
pub mod runs;
pub mod schema;
