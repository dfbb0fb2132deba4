//! Rows as a polars frame, and grouping. The only room but the counting that sees polars types.
//!
//! Grouping uses the eager in-memory engine: the lazy one would triple the build (docs/decisions/0001), and
//! its streaming group-by has given wrong results. All columns are integers, all merges sums, minima, maxima.

use polars::prelude::{
    Column, DataFrame, IpcStreamReader, IpcStreamWriter, NamedFrom, SerReader, SerWriter, Series,
};
use std::path::Path;
use thiserror::Error;

use super::row::Row;
use super::schema as s;

/// Something the table cannot do.
#[derive(Debug, Error)]
pub enum TableError {
    /// Grouping or conversion failed: a defect of this program.
    #[error("internal error in the evidence table: {0}")]
    Frame(#[from] polars::prelude::PolarsError),
    /// More distinct texts than can be told apart.
    #[error(
        "the requests in scope have more than 4,000 million distinct texts, more than this program can tell apart\nhint: narrow the resources (-r, `match`) or split the evidence by time"
    )]
    TooManyTexts,
    /// Scratch space failed.
    #[error(
        "the scratch space `{path}` failed: {source}\nhint: free space there, set TMPDIR to another disk, or raise --memory"
    )]
    Scratch {
        /// Where.
        path: std::path::PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

impl TableError {
    /// What the system says of a scratch file.
    #[must_use]
    pub fn scratch(path: &Path, source: std::io::Error) -> Self {
        Self::Scratch { path: path.to_owned(), source }
    }
}

/// A column of unsigned integers.
#[must_use]
pub fn unsigned(name: &str, values: &[u64]) -> Column {
    Series::new(name.into(), values).into()
}

/// A column of small unsigned integers.
#[must_use]
pub fn small(name: &str, values: &[u32]) -> Column {
    Series::new(name.into(), values).into()
}

/// A column of signed integers.
#[must_use]
pub fn signed(name: &str, values: &[i64]) -> Column {
    Series::new(name.into(), values).into()
}

/// Rows → frame.
///
/// # Errors
/// Polars' own.
pub fn of_rows(rows: &[Row]) -> Result<DataFrame, TableError> {
    let u64s = |f: fn(&Row) -> u64| rows.iter().map(f).collect::<Vec<_>>();
    let u32s = |f: fn(&Row) -> u32| rows.iter().map(f).collect::<Vec<_>>();
    let i64s = |f: fn(&Row) -> i64| rows.iter().map(f).collect::<Vec<_>>();
    Ok(DataFrame::new(
        rows.len(),
        vec![
            signed(s::TIME, &i64s(|r| r.time_us)),
            unsigned(s::OFFSET, &u64s(|r| r.offset)),
            unsigned(s::CLIENT_HI, &u64s(|r| r.client_hi)),
            unsigned(s::CLIENT_LO, &u64s(|r| r.client_lo)),
            signed(s::BYTES, &i64s(|r| r.bytes)),
            small(s::LINE, &u32s(|r| r.line)),
            small(s::REQUEST, &u32s(|r| r.request)),
            small(s::ACTOR, &u32s(|r| r.actor)),
            small(s::PEER, &u32s(|r| r.peer)),
            small(s::FILE, &u32s(|r| r.file)),
            small(s::CODES, &u32s(Row::codes)),
        ],
    )?)
}

/// Frame → rows.
///
/// # Errors
/// A column that is missing or of another type.
pub fn to_rows(frame: &DataFrame, out: &mut Vec<Row>) -> Result<(), TableError> {
    let [time, bytes] = [signed_of(frame, s::TIME)?, signed_of(frame, s::BYTES)?];
    let [offset, hi, lo] = [
        unsigned_of(frame, s::OFFSET)?,
        unsigned_of(frame, s::CLIENT_HI)?,
        unsigned_of(frame, s::CLIENT_LO)?,
    ];
    let [line, request, actor, peer, file, codes] = [
        small_of(frame, s::LINE)?,
        small_of(frame, s::REQUEST)?,
        small_of(frame, s::ACTOR)?,
        small_of(frame, s::PEER)?,
        small_of(frame, s::FILE)?,
        small_of(frame, s::CODES)?,
    ];
    let longs = time.into_iter().zip(bytes).zip(offset).zip(hi).zip(lo);
    let shorts = line.into_iter().zip(request).zip(actor).zip(peer).zip(file).zip(codes);
    for (
        ((((time_us, bytes), offset), client_hi), client_lo),
        (((((line, request), actor), peer), file), codes),
    ) in longs.zip(shorts)
    {
        let row = Row {
            time_us,
            offset,
            client_hi,
            client_lo,
            bytes,
            line,
            request,
            actor,
            peer,
            file,
            status: 0,
            reason: 0,
            flags: 0,
        };
        out.push(row.with_codes(codes));
    }
    Ok(())
}

/// Values of a `u64` column.
///
/// # Errors
/// No such column, or another type.
pub fn unsigned_of(frame: &DataFrame, name: &str) -> Result<Vec<u64>, TableError> {
    Ok(frame.column(name)?.u64()?.into_no_null_iter().collect())
}

/// Values of a `u32` column.
///
/// # Errors
/// No such column, or another type.
pub fn small_of(frame: &DataFrame, name: &str) -> Result<Vec<u32>, TableError> {
    Ok(frame.column(name)?.u32()?.into_no_null_iter().collect())
}

/// Values of an `i64` column.
///
/// # Errors
/// No such column, or another type.
pub fn signed_of(frame: &DataFrame, name: &str) -> Result<Vec<i64>, TableError> {
    Ok(frame.column(name)?.i64()?.into_no_null_iter().collect())
}

/// What a grouping adds up besides its keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct Measures<'a> {
    /// Columns to add.
    pub sums: &'a [&'a str],
    /// Columns to take the least of.
    pub minima: &'a [&'a str],
    /// Columns to take the greatest of.
    pub maxima: &'a [&'a str],
}

/// Groups `frame` by `keys`; the result has the keys and the measures under their own names.
///
/// # Errors
/// Polars' own.
#[expect(deprecated, reason = "the eager aggregations are the ones that do without the lazy engine")]
pub fn group(frame: &DataFrame, keys: &[&str], measures: Measures<'_>) -> Result<DataFrame, TableError> {
    let by = || frame.group_by_stable(keys.iter().copied());
    let mut out = by()?.select(measures.sums.iter().copied()).sum()?;
    restore(&mut out, measures.sums, "_sum")?;
    for (names, suffix) in [(measures.minima, "_min"), (measures.maxima, "_max")] {
        if names.is_empty() {
            continue;
        }
        let chosen = by()?.select(names.iter().copied());
        let mut part = if suffix == "_min" { chosen.min()? } else { chosen.max()? };
        restore(&mut part, names, suffix)?;
        for name in names {
            out.with_column(part.column(name)?.clone())?;
        }
    }
    Ok(out)
}

fn restore(frame: &mut DataFrame, names: &[&str], suffix: &str) -> Result<(), TableError> {
    for name in names {
        frame.rename(&format!("{name}{suffix}"), (*name).into())?;
    }
    Ok(())
}

/// Puts frames of one schema under each other.
///
/// # Errors
/// Polars' own.
pub fn stack(frames: Vec<DataFrame>) -> Result<Option<DataFrame>, TableError> {
    let mut all: Option<DataFrame> = None;
    for frame in frames {
        match all.as_mut() {
            None => all = Some(frame),
            Some(whole) => {
                whole.vstack_mut(&frame)?;
            }
        }
    }
    if let Some(whole) = all.as_mut() {
        whole.align_chunks_par();
    }
    Ok(all)
}

/// Columns of one length → frame.
///
/// # Errors
/// Columns of several lengths.
pub fn of_columns(rows: usize, columns: Vec<Column>) -> Result<DataFrame, TableError> {
    Ok(DataFrame::new(rows, columns)?)
}

/// A frame as an Arrow IPC stream.
///
/// # Errors
/// Polars' own.
pub fn to_bytes(frame: &mut DataFrame) -> Result<Vec<u8>, TableError> {
    let mut bytes = Vec::new();
    IpcStreamWriter::new(&mut bytes).finish(frame)?;
    Ok(bytes)
}

/// Undoes [`to_bytes`].
///
/// # Errors
/// Bytes that are no such stream.
pub fn of_bytes(bytes: &[u8]) -> Result<DataFrame, TableError> {
    Ok(IpcStreamReader::new(std::io::Cursor::new(bytes)).finish()?)
}

/// Writes a frame to scratch.
///
/// # Errors
/// Disk full and the like, with the path.
pub fn spill(frame: &mut DataFrame, path: &Path) -> Result<(), TableError> {
    std::fs::write(path, to_bytes(frame)?).map_err(|e| TableError::scratch(path, e))
}

/// Reads what [`spill`] wrote.
///
/// # Errors
/// A scratch file that is gone or broken.
pub fn unspill(path: &Path) -> Result<DataFrame, TableError> {
    of_bytes(&std::fs::read(path).map_err(|e| TableError::scratch(path, e))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(n: u64) -> Row {
        Row {
            time_us: n as i64 - 50,
            offset: n << 20,
            client_hi: u64::MAX - n,
            client_lo: n,
            bytes: if n.is_multiple_of(7) { -1 } else { n as i64 },
            line: n as u32,
            request: n as u32 % 5,
            actor: n as u32 % 3,
            peer: n as u32 % 2,
            file: n as u32 % 4,
            status: (n % 600) as u16,
            reason: (n % 200) as u8,
            flags: (n % 256) as u8,
        }
    }

    #[test]
    fn rows_survive_the_frame_and_the_scratch_file() {
        let rows: Vec<Row> = (0..5000).map(row).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p");
        spill(&mut of_rows(&rows).unwrap(), &path).unwrap();
        let mut again = Vec::new();
        to_rows(&unspill(&path).unwrap(), &mut again).unwrap();
        assert_eq!(again, rows);
    }

    proptest! {
        /// The grouping of the library against a few lines of a sorted map.
        #[test]
        fn grouping_agrees_with_a_recount(values in proptest::collection::vec((0u32..4, 0u64..3, 0u64..1000, -50i64..50), 0..200)) {
            let column = |f: fn(&(u32, u64, u64, i64)) -> u64| values.iter().map(f).collect::<Vec<_>>();
            let frame = DataFrame::new(values.len(), vec![
                small("a", &values.iter().map(|v| v.0).collect::<Vec<_>>()),
                unsigned("b", &column(|v| v.1)),
                unsigned("n", &column(|v| v.2)),
                signed("t", &values.iter().map(|v| v.3).collect::<Vec<_>>()),
                signed("u", &values.iter().map(|v| v.3).collect::<Vec<_>>()),
            ]).unwrap();
            let out = group(&frame, &["a", "b"], Measures { sums: &["n"], minima: &["t"], maxima: &["u"] }).unwrap();
            let mut got: Vec<_> = small_of(&out, "a").unwrap().into_iter()
                .zip(unsigned_of(&out, "b").unwrap()).zip(unsigned_of(&out, "n").unwrap())
                .zip(signed_of(&out, "t").unwrap()).zip(signed_of(&out, "u").unwrap()).collect();
            got.sort_unstable();
            let mut expected = std::collections::BTreeMap::new();
            for (a, b, n, t) in &values {
                let e = expected.entry((*a, *b)).or_insert((0u64, i64::MAX, i64::MIN));
                *e = (e.0 + n, e.1.min(*t), e.2.max(*t));
            }
            let expected: Vec<_> = expected.into_iter().map(|((a, b), (n, lo, hi))| ((((a, b), n), lo), hi)).collect();
            prop_assert_eq!(got, expected);
        }
    }
}
