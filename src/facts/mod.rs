//! Small things that scanning learns beside the rows. Merging is commutative and associative.

pub mod glance;

use std::collections::HashMap;

use self::glance::Glance;

use crate::count::size::Votes;
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
    /// Sizes of 200s per object, for the modal size.
    pub sizes: HashMap<u32, Votes, foldhash::quality::RandomState>,
    /// For `inspect` alone; else empty.
    pub glance: Glance,
}

impl Facts {
    /// Adds another part.
    #[expect(clippy::iter_over_hash_type, reason = "merging votes is commutative: the order cannot be seen")]
    pub fn add(&mut self, other: &Self) {
        self.seconds.merge(&other.seconds);
        self.order.merge(&other.order);
        self.offsets.merge(&other.offsets);
        self.glance.add(&other.glance);
        for (object, votes) in &other.sizes {
            self.sizes.entry(*object).or_default().merge(votes);
        }
    }
}
