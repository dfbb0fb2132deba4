//! Modal sizes of the objects that need one: those of which a part was served (METHOD M5.1, M6.3 iii).

use std::collections::HashMap;

use foldhash::quality::RandomState;

use super::client::Client;
use super::events::FileKey;
use super::size::{Candidate, Count};
use super::turns::share_out;
use crate::table::frame::TableError;
use crate::table::lexicon::Frozen;
use crate::table::partition::Partitions;
use crate::table::row::Row;

/// Vantage and text id of an object.
pub type Object = (u16, u32);

type Map<T> = HashMap<Object, T, RandomState>;

/// The modal size of every object of which live files show a part. Three readings of all rows, in window or not:
/// which objects those are, which size of each it can be, and whether it is.
///
/// # Errors
/// A scratch file that is gone or broken.
pub fn modal_sizes(
    partitions: &Partitions,
    files: &[FileKey],
    frozen: &Frozen,
    threads: usize,
) -> Result<Map<u64>, TableError> {
    let reading = Reading { partitions, files, frozen, threads };
    let parts: Map<()> = reading.of(
        |out: &mut Map<()>, object, row| {
            if row.is_part() {
                out.insert(object, ());
            }
        },
        |(), ()| {},
    )?;
    if parts.is_empty() {
        return Ok(Map::default());
    }
    let candidates: Map<Candidate> = reading.of(
        |out: &mut Map<Candidate>, object, row| {
            if let (Some(size), true) = (reading.vote(row), parts.contains_key(&object)) {
                out.entry(object).or_default().add(size);
            }
        },
        |mine, theirs| mine.merge(theirs),
    )?;
    let counts: Map<Count> = reading.of(
        |out: &mut Map<Count>, object, row| {
            if let (Some(size), Some(candidate)) = (reading.vote(row), candidates.get(&object)) {
                let address = Client::of(row).bits();
                out.entry(object).or_insert_with(|| Count::of(*candidate)).add(size, address);
            }
        },
        |mine, theirs| mine.merge(&theirs),
    )?;
    Ok(counts.into_iter().filter_map(|(object, count)| Some((object, count.modal()?))).collect())
}

struct Reading<'a> {
    partitions: &'a Partitions,
    files: &'a [FileKey],
    frozen: &'a Frozen,
    threads: usize,
}

impl Reading<'_> {
    /// The logged size of a 200 to a method that counts.
    fn vote(&self, row: &Row) -> Option<u64> {
        let allowed = || self.frozen.request(row.request).is_some_and(|request| request.method_allowed);
        row.logged_bytes().filter(|bytes| *bytes > 0 && row.status == 200 && allowed())
    }

    /// Shows all live rows to `see`, and merges what the threads gathered.
    fn of<T: Send>(
        &self,
        see: impl Fn(&mut Map<T>, Object, &Row) + Sync,
        merge: impl Fn(&mut T, T),
    ) -> Result<Map<T>, TableError> {
        let shares = share_out(self.partitions.count(), self.threads, |numbers| {
            let mut out = Map::default();
            for number in numbers {
                self.partitions.each(number, |row| {
                    if let Some(file) = self.files.get(row.file as usize).filter(|file| file.live) {
                        see(&mut out, (file.vantage, self.frozen.object(row.request)), row);
                    }
                })?;
            }
            Ok::<_, TableError>(out)
        });
        let mut all = Map::default();
        for share in shares {
            #[expect(
                clippy::iter_over_hash_type,
                reason = "merging is commutative: the order cannot be seen"
            )]
            for (object, theirs) in share? {
                match all.entry(object) {
                    std::collections::hash_map::Entry::Occupied(mut mine) => merge(mine.get_mut(), theirs),
                    std::collections::hash_map::Entry::Vacant(place) => {
                        place.insert(theirs);
                    }
                }
            }
        }
        Ok(all)
    }
}
