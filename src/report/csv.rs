//! The tables of an answer as CSV files: UTF-8, a heading row, LF line ends, every row, never a top-N.
//!
//! Text cells pass the CSV door (a leading `'` before what a spreadsheet would run, bytes that are no UTF-8 as
//! `\xHH`); numbers do not need it. `events.csv` and `faults.csv` name the columns the door changed in their last
//! column. An empty cell is *not known* or *does not apply*; zero is `0`.

mod answer_tables;
mod evidence_tables;
mod sheet;

use super::ReportError;
use crate::finding::answer::Answer;
use crate::finding::table::Tables;
use std::path::{Path, PathBuf};

/// The files that [`write_tables`] makes, in its order.
pub const TABLE_FILES: [&str; 8] = [
    "client_windows.csv",
    "windows.csv",
    "clients.csv",
    "resources.csv",
    "parties.csv",
    "events.csv",
    "faults.csv",
    "ledger.csv",
];

/// Writes all tables into `dir`, which is there already, and gives back their paths.
///
/// # Errors
/// When a file is already there (a caller that may write over it removes [`TABLE_FILES`] first), or can't be written.
pub fn write_tables(dir: &Path, answer: &Answer, tables: &Tables<'_>) -> Result<Vec<PathBuf>, ReportError> {
    Ok(vec![
        evidence_tables::client_windows(dir, &*tables.client_windows)?,
        answer_tables::windows(dir, &answer.windows)?,
        evidence_tables::clients(dir, &*tables.clients)?,
        answer_tables::resources(dir, &answer.resources)?,
        answer_tables::parties(dir, &answer.parties)?,
        evidence_tables::events(dir, &*tables.events)?,
        evidence_tables::faults(dir, &tables.faults)?,
        answer_tables::ledger(dir, &answer.ledger, &answer.sources, &tables.records)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn written() -> (tempfile::TempDir, Vec<PathBuf>) {
        let dir = tempfile::tempdir().unwrap();
        let paths = write_tables(dir.path(), &fixture::answer(), &fixture::tables()).unwrap();
        (dir, paths)
    }

    fn rows(path: &Path) -> Vec<Vec<Vec<u8>>> {
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
        reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    #[test]
    fn every_table_is_written_and_ends_its_lines_with_lf() {
        let (_dir, paths) = written();
        let names: Vec<_> = paths.iter().map(|p| p.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, TABLE_FILES);
        for path in &paths {
            let text = String::from_utf8(std::fs::read(path).unwrap()).unwrap();
            assert!(text.ends_with('\n') && !text.contains("\r\n"), "{}", path.display());
            let rows = rows(path);
            assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        }
    }

    #[test]
    fn the_table_this_tool_was_asked_for_has_exactly_its_columns() {
        let (dir, _) = written();
        let text = std::fs::read_to_string(dir.path().join("client_windows.csv")).unwrap();
        let mut lines = text.lines();
        assert_eq!(
            lines.next().unwrap(),
            "resource,client,window_start_utc,window_end_utc,requests,served,retrievals,bytes_served,party"
        );
        assert_eq!(
            lines.next().unwrap(),
            "permits,192.0.2.17,2022-06-27T19:00:00Z,2022-06-27T20:00:00Z,6,5,4,206172835,"
        );
        assert_eq!(
            lines.next().unwrap(),
            "'=cmd|' /C calc'!A0,'-host,2022-06-27T19:00:00Z,2022-06-27T20:00:00Z,1,1,1,0,'@staff"
        );
    }

    #[test]
    fn events_name_the_columns_that_were_changed() {
        let (dir, _) = written();
        let rows = rows(&dir.path().join("events.csv"));
        let heading: Vec<_> = rows[0].iter().map(|cell| String::from_utf8(cell.clone()).unwrap()).collect();
        assert_eq!(heading[heading.len() - 5..], ["source", "member", "line", "offset", "changed_columns"]);
        let at = |row: usize, name: &str| rows[row][heading.iter().position(|h| h == name).unwrap()].clone();
        assert_eq!(at(1, "changed_columns"), b"");
        assert_eq!(at(1, "target"), b"/views/Permits/data.csv?:format=csv");
        assert_eq!(at(2, "changed_columns"), b"principal agent target");
        assert_eq!(at(2, "principal"), b"'=cmd|' /C calc'!A0");
        assert_eq!(at(2, "agent"), "'＝HYPERLINK(1)".as_bytes());
        assert_eq!(at(2, "target"), br"/caf\xE9</script><img onerror=alert(1)>");
        assert_eq!(at(2, "host"), b"a,\"b\"\nc", "commas, quotes and line breaks stay exact");
    }

    #[test]
    fn the_ledger_adds_up_down_its_columns() {
        let (dir, _) = written();
        let rows = rows(&dir.path().join("ledger.csv"));
        let number = |cell: &[u8]| String::from_utf8(cell.to_vec()).unwrap().parse::<u64>().ok();
        let (total, files) = rows[1..].split_last().unwrap();
        assert_eq!(total[0], b"total");
        for column in 8..17 {
            let name = String::from_utf8(rows[0][column].clone()).unwrap();
            let sum: u64 = files.iter().filter_map(|row| number(&row[column])).sum();
            assert_eq!(Some(sum), number(&total[column]), "{name}");
        }
    }

    #[test]
    fn nothing_already_there_is_written_over() {
        let (dir, _) = written();
        let again = write_tables(dir.path(), &fixture::answer(), &fixture::tables());
        assert!(matches!(again, Err(ReportError::Exists { .. })));
    }
}
