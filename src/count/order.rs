//! The rows of one partition in the order in which they are counted: retrieval by retrieval, client by client.
//!
//! Rows of one client stand together (of IPv6, those of one /64), among them those of one retrieval key (METHOD M6.2), and
//! these in canonical order (M1.5). The fold of retrievals then needs one open state, and whatever is distinct by client is
//! counted by looking at the row before.

use std::cmp::Ordering;

use super::events::{Context, canonical};
use crate::table::row::{ClientKind, Row};

/// What a row is sorted by: 32 bytes, so that sorting moves little.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Client (of IPv6 the /64), actor, object.
    key: u128,
    time_us: i64,
    kind: u16,
    vantage: u16,
    /// Where in the partition the row stands.
    row: u32,
}

impl Place {
    fn of(row: &Row, place: u32, context: &Context<'_>) -> Self {
        let kind = row.flags().client;
        let client = if kind == ClientKind::Ip6 { row.client_hi } else { row.client_lo };
        let object = context.frozen.object(row.request);
        Self {
            key: u128::from(client) << 64 | u128::from(row.actor) << 32 | u128::from(object),
            time_us: row.time_us,
            kind: kind as u16,
            vantage: context.files.get(row.file as usize).map_or(0, |f| f.vantage),
            row: place,
        }
    }

    /// Whether two rows have one client, or one /64.
    #[must_use]
    pub fn is_client_of(&self, other: &Self) -> bool {
        self.kind == other.kind && self.key >> 64 == other.key >> 64
    }

    /// Whether two rows have one retrieval key.
    #[must_use]
    pub fn is_key_of(&self, other: &Self) -> bool {
        self.kind == other.kind && self.key == other.key && self.vantage == other.vantage
    }

    /// The row itself.
    #[must_use]
    pub fn row<'r>(&self, rows: &'r [Row]) -> Option<&'r Row> {
        rows.get(self.row as usize)
    }
}

/// The places of `rows` in counting order.
#[must_use]
pub fn in_order(rows: &[Row], context: &Context<'_>) -> Vec<Place> {
    let mut places: Vec<Place> =
        rows.iter().zip(0u32..).map(|(row, place)| Place::of(row, place, context)).collect();
    places.sort_unstable_by(|a, b| {
        let first = a.kind.cmp(&b.kind).then(a.key.cmp(&b.key)).then(a.vantage.cmp(&b.vantage));
        first.then(a.time_us.cmp(&b.time_us)).then_with(|| match (a.row(rows), b.row(rows)) {
            (Some(a), Some(b)) => canonical(context.files, a, b),
            _ => Ordering::Equal,
        })
    });
    places
}
