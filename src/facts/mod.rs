//! Small things that scanning learns beside the rows. Merging is commutative and associative.

pub mod glance;

use self::glance::Glance;

use crate::coverage::offsets::Offsets;
use crate::coverage::order::Order;
use crate::coverage::silence::Seconds;

/// Facts of one file, or of a part of it.
#[derive(Debug, Default, Clone)]
pub struct Facts {
    /// Seconds in which a record stands (all records, before scope and window).
    pub seconds: Seconds,
    /// Where all records of the file stand in time, one after the other.
    pub order: Order,
    /// UTC offsets that the records state.
    pub offsets: Offsets,
    /// Whether a part of an object was served: then full sizes matter.
    pub parts: bool,
    /// For `inspect` alone; else empty.
    pub glance: Glance,
}

impl Facts {
    /// Adds another part.
    pub fn add(&mut self, other: &Self) {
        self.seconds.merge(&other.seconds);
        self.order.merge(&other.order);
        self.offsets.merge(&other.offsets);
        self.glance.add(&other.glance);
        self.parts |= other.parts;
    }
}
