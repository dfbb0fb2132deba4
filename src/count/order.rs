//! The rows of one partition in the order in which they are counted: retrieval by retrieval, client by client.
//!
//! Rows of one client stand together (of IPv6, those of one /64), among them those of one retrieval key (METHOD M6.2), and
//! these in canonical order (M1.5). The fold of retrievals then needs one open state, and whatever is distinct by client is
//! counted by looking at the row before.

use std::cmp::Ordering;

use super::events::{Context, canonical};
use crate::table::frame::TableError;
use crate::table::lexicon::About;
use crate::table::partition::{Keeping, Partitions};
use crate::table::row::{ClientKind, Row};
use crate::table::runs::{Sink, Sorting};

/// Rows that are fetched together: they and what their requests are about lie anywhere, and the processor then waits for all of
/// them at once.
const TOGETHER: usize = 64;

/// What a row is sorted by: 32 bytes, so that sorting moves little.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Client (of IPv6 the /64), actor, object.
    key: u128,
    time_us: i64,
    kind: u16,
    vantage: u16,
    /// Where among the rows that are sorted it stands.
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

    fn compare(&self, other: &Self) -> Ordering {
        let first = self.kind.cmp(&other.kind).then(self.key.cmp(&other.key));
        first.then(self.vantage.cmp(&other.vantage)).then(self.time_us.cmp(&other.time_us))
    }
}

/// The places of `rows` in counting order.
fn sorted(rows: &[Row], context: &Context<'_>) -> Vec<Place> {
    let mut places: Vec<Place> =
        rows.iter().zip(0u32..).map(|(row, place)| Place::of(row, place, context)).collect();
    let row = |place: &Place| rows.get(place.row as usize);
    places.sort_unstable_by(|a, b| {
        a.compare(b).then_with(|| match (row(a), row(b)) {
            (Some(a), Some(b)) => canonical(context.files, a, b),
            _ => Ordering::Equal,
        })
    });
    places
}

/// Counting order, for rows that are sorted part by part.
struct Counting<'a>(&'a Context<'a>);

impl Sorting<Row> for Counting<'_> {
    fn sort(&self, rows: &mut [Row]) {
        let before = rows.to_vec();
        let places = sorted(&before, self.0);
        for (row, place) in rows.iter_mut().zip(places) {
            if let Some(of_place) = before.get(place.row as usize) {
                *row = *of_place;
            }
        }
    }

    fn compare(&self, a: &Row, b: &Row) -> Ordering {
        let (first, second) = (Place::of(a, 0, self.0), Place::of(b, 0, self.0));
        first.compare(&second).then_with(|| canonical(self.0.files, a, b))
    }
}

/// Gives the live rows of a partition in counting order. One that is larger than `most_bytes` (one client can have asked
/// for anything) is sorted part by part, and its parts lie on disk meanwhile.
///
/// # Errors
/// Scratch space that fails, or what `take` says.
pub fn in_order(
    partitions: &Partitions,
    number: usize,
    keeping: &Keeping,
    most_bytes: usize,
    context: &Context<'_>,
    mut take: impl FnMut(&Place, &Row, About) -> Result<(), TableError>,
) -> Result<(), TableError> {
    let live = |row: &Row| context.files.get(row.file as usize).is_some_and(|f| f.live);
    if partitions.bytes(number) <= most_bytes as u64 {
        let rows = partitions.take(number, live)?;
        let mut fetched = Vec::with_capacity(TOGETHER);
        for places in sorted(&rows, context).chunks(TOGETHER) {
            fetched.clear();
            fetched.extend(places.iter().filter_map(|place| {
                let row = *rows.get(place.row as usize)?;
                Some((*place, row, context.frozen.about(row.request)?))
            }));
            fetched.iter().try_for_each(|(place, row, about)| take(place, row, *about))?;
        }
        return Ok(());
    }
    let order = Counting(context);
    let mut sink = Sink::new(keeping, most_bytes / 2);
    partitions.drain(number, |rows| {
        for row in rows.into_iter().filter(live) {
            sink.push(row);
            if sink.is_full() {
                sink.spill(&order)?;
            }
        }
        Ok(())
    })?;
    sink.end(&order).each(&order, |row| match context.frozen.about(row.request) {
        Some(about) => take(&Place::of(row, 0, context), row, about),
        None => Ok(()),
    })
}
