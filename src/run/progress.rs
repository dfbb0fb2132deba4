//! What a run tells while it reads. Whoever listens decides whether that is shown, and how.
//!
//! All counts are of bytes as handed over, which for a compressed file are the compressed ones: the sizes of the files
//! are known beforehand, those of their contents are not, and a time left can only be told in the former.

use crate::intake::find::Place;

/// A listener; called from all threads that read.
pub trait Progress: Sync {
    /// The files to be read have so many bytes on disk; `None` where one of them has no size (standard input).
    fn expects(&self, _bytes_as_handed_over: Option<u64>) {}
    /// A file is being read from now on. Several may be at the same time.
    fn begins(&self, _shown: &str) {}
    /// So many bytes more were read.
    fn advanced(&self, _bytes_as_handed_over: u64) {}
    /// A file that began is done with.
    fn ended(&self, _shown: &str) {}
}

/// Nobody listens.
pub struct Silent;

impl Progress for Silent {}

/// How a place is called while it is read.
#[must_use]
pub fn name_of(place: &Place) -> String {
    match place {
        Place::File(path) => path.display().to_string(),
        Place::Stdin => "standard input".to_owned(),
    }
}
