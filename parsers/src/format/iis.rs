//! IIS's two fixed formats: its own with commas (`iis-native` …) and NCSA's (`iis-ncsa`). W3C's is another file.
//!
//! Sources: Microsoft, "IIS Log File Formats" (IIS 6.0 SDK, ms525807), "IIS Logging" and "NCSA Logging" (HTTP Server
//! API), "NCSA Common Log File Format" (cc737651). Written from documentation, not yet seen in a real file.
//!
//! The native format: client, user, date, time, service and instance, server's name and address, milliseconds, bytes
//! received, bytes sent, status, Windows status, method, target, parameters; each ends in a comma. Its time is local,
//! without a zone; NCSA's has the offset. Microsoft says of both only that it is when "the activity occurred", and of
//! the bytes that the server sent them: which moment, and whether headers count, is unknown. `-` says that there is no
//! information. Windows status 64, 995 and 1236 is a connection that the client reset.
//!
//! **The order of day and month.** Microsoft's one example writes March 20, 2001 as `03/20/01`; whether other locales
//! write the day first is not said, and a log cannot be asked. So `iis-native` reads only dates that have one
//! reading (a number above 12, or two equal ones), and every other line is a fault that names the way out:
//! `iis-native-mdy` and `iis-native-dmy` are asked for by whoever knows the server. A year of two digits is one of
//! 1995 to 2094: there was no IIS before.
//!
//! Lines of other services than the web's (`MSFTPSVC` …) have answers that are none of HTTP's and are faults. So is a
//! line in which a target or its parameters hold `, `: it cannot be told where one ends.
//!
//! What they cannot say: the size of the object, a range, the host that was asked for, agent and referer.

use super::own::{Columns, Is, ReadColumns};
use super::wrapped::{Meant, as_read};
use super::{Family, Format, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Abort, Bytes, Meaning, Record, Stamp, Zone};
use crate::token::cursor::{Cursor, Read, all, logged};
use crate::token::time::{Clock, days, digits};
use crate::token::{Wrong, number};
use std::sync::Arc;

const FAMILY: Family = Family::web_server("iis-fixed");

const SAMPLE: &str = "192.0.2.7, -, 03/20/01, 7:55:20, W3SVC2, SALES1, 198.51.100.4, 4502, 163, 3223, 200, 0, GET, /a.csv, b=c,";
const NCSA: &str =
    r#"192.0.2.7 - EXAMPLE\kim [08/Apr/2001:17:39:04 -0800] "GET /a.csv?b=c HTTP/1.0" 200 3401"#;

pub(super) const FORMATS: &[Named] = &[
    Named::own("iis-native", FAMILY, Origin::Documentation, SAMPLE, || {
        native("iis-native", |line, _, record| read(line, Order::Told, record))
    }),
    definite("iis-native-mdy", SAMPLE, || {
        native("iis-native-mdy", |line, _, record| read(line, Order::MonthFirst, record))
    }),
    definite(
        "iis-native-dmy",
        "192.0.2.7, -, 20/03/01, 7:55:20, W3SVC2, SALES1, 198.51.100.4, 4502, 163, 3223, 200, 0, GET, /a.csv, b=c,",
        || native("iis-native-dmy", |line, _, record| read(line, Order::DayFirst, record)),
    ),
    // `%!999b`: a condition that always holds, so that `-` is no zero.
    definite("iis-ncsa", NCSA, || {
        Meant::apache("iis-ncsa", r#"%h %l %u %t "%r" %>s %!999b"#, Meaning::UNKNOWN, as_read)
    }),
];

const fn definite(name: &'static str, sample: &'static str, make: fn() -> Arc<dyn Format>) -> Named {
    Named { sniffed: false, ..Named::own(name, FAMILY, Origin::Documentation, sample, make) }
}

fn native(name: &'static str, read: ReadColumns) -> Arc<dyn Format> {
    let may_read = |line: &[u8]| memchr::memmem::find(line, b", W3SVC").is_some();
    Arc::new(Columns { name, meaning: Meaning::UNKNOWN, separator: b',', may_read, read })
}

/// Which of two numbers is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// Only if the numbers tell.
    Told,
    MonthFirst,
    DayFirst,
}

fn read<'a>(line: &mut Cursor<'a>, order: Order, record: &mut Record<'a>) -> Read<'a, Is> {
    record.client = line.some("client ip address")?;
    record.principal = logged(column(line, "user name")?);
    let date = column(line, "date")?;
    let days = date_of(date, order)?;
    let time = column(line, "time")?;
    let Some(clock) = clock_of(time) else { return no_time("a clock such as `7:55:20`", time) };
    record.time = Stamp { local_us: clock.on(days), zone: Zone::Absent };
    let service = column(line, "service and instance")?;
    let site = service.strip_prefix(b"W3SVC").unwrap_or(b"-");
    if !site.iter().all(u8::is_ascii_digit) {
        return wrong("a web site (`W3SVC1`); other services are not read", service);
    }
    column(line, "server name")?;
    column(line, "server ip address")?;
    all(column(line, "time taken")?, number::bytes_or_dash)?;
    all(column(line, "client bytes sent")?, number::bytes_or_dash)?;
    let bytes = all(column(line, "server bytes sent")?, number::bytes_or_dash)?;
    record.bytes = bytes.map_or(Bytes::Unlogged, Bytes::Logged);
    record.status = all(column(line, "service status code")?, number::status)?;
    record.abort = match all(column(line, "windows status code")?, number::bytes_or_dash)? {
        Some(64 | 995 | 1236) => Abort::Reset,
        _ => Abort::Unlogged,
    };
    record.method = logged(column(line, "request type")?);
    line.begin("target of operation")?;
    let (target, parameters) = target(line.rest)?;
    (record.target, record.query) = (logged(target), logged(parameters));
    line.rest = &[];
    Ok(Is::Request)
}

fn wrong<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Syntax, expected, at })
}

fn no_time<'a, T>(expected: &'static str, at: &'a [u8]) -> Read<'a, T> {
    Err(Wrong { kind: FaultKind::Time, expected, at })
}

/// The next column; a space stands behind each comma.
fn column<'a>(line: &mut Cursor<'a>, field: &'static str) -> Read<'a, &'a [u8]> {
    let text = line.word(field)?;
    match text.strip_prefix(b" ") {
        Some(text) => Ok(text),
        None => wrong("a space behind the comma", text),
    }
}

/// ` /a.csv, b=c,`.
fn target(i: &[u8]) -> Read<'_, (&[u8], &[u8])> {
    let inner = i.strip_prefix(b" ").and_then(|inner| inner.trim_ascii_end().strip_suffix(b","));
    let Some(inner) = inner else { return wrong("a comma at the end of the line", i) };
    let mut places = memchr::memmem::find_iter(inner, b", ");
    match (places.next(), places.next()) {
        (Some(at), None) => {
            Ok((inner.get(..at).unwrap_or_default(), inner.get(at + 2..).unwrap_or_default()))
        }
        (None, _) => wrong("target and parameters with a comma between", i),
        (Some(_), Some(_)) => wrong("one comma between target and parameters; there are several", i),
    }
}

/// Three numbers, parted by one byte each.
fn three(text: &[u8], separator: u8) -> Option<[&[u8]; 3]> {
    let mut parts = text.split(|byte| *byte == separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let are_numbers = three.iter().all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit));
    (are_numbers && parts.next().is_none()).then_some(three)
}

/// `03/20/01`, as days since 1970-01-01.
fn date_of(text: &[u8], order: Order) -> Read<'_, i64> {
    const WANTED: &str = "a date such as `03/20/01`";
    let Some([first, second, year]) = three(text, b'/') else { return wrong(WANTED, text) };
    if first.len() > 2 || second.len() > 2 || !matches!(year.len(), 2 | 4) {
        return wrong(WANTED, text);
    }
    let (Some(first), Some(second), Some(number)) = (digits(first), digits(second), digits(year)) else {
        return wrong(WANTED, text);
    };
    let (month, day) = match order {
        Order::MonthFirst => (first, second),
        Order::DayFirst => (second, first),
        Order::Told if first == second || second > 12 => (first, second),
        Order::Told if first > 12 => (second, first),
        Order::Told => {
            return no_time(
                "a date with one reading; where this is known, ask for `iis-native-mdy` or `iis-native-dmy`",
                text,
            );
        }
    };
    let year = match (year.len(), number) {
        (2, 95..) => 1900 + number,
        (2, _) => 2000 + number,
        _ => number,
    };
    match days(year.cast_signed(), month, day) {
        Some(days) => Ok(days),
        None => no_time("a date that is in the calendar", text),
    }
}

/// `7:55:20`.
fn clock_of(text: &[u8]) -> Option<Clock> {
    let [hour, minute, second] = three(text, b':')?;
    if hour.len() > 2 || minute.len() > 2 || second.len() > 2 {
        return None;
    }
    Clock::new(digits(hour)?, digits(minute)?, digits(second)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::named;
    use crate::format::tests::{fault, record};
    use crate::record::{ByteSemantics, TimeBasis};

    const REST: &str = "W3SVC2, SALES1, 198.51.100.4, 4502, 163, 3223, 200, 0, GET, /a.csv, -,";

    fn dated(date: &str) -> &'static str {
        Box::leak(format!("192.0.2.7, kim, {date}, 7:55:20, {REST}").into_boxed_str())
    }

    fn line(rest: &str) -> &'static str {
        Box::leak(
            format!("192.0.2.7, -, 03/20/01, 7:55:20, W3SVC2, S, 198.51.100.4, {rest}").into_boxed_str(),
        )
    }

    #[test]
    fn the_columns_of_microsofts_page_are_read() {
        let read = record("iis-native", SAMPLE);
        let time = Stamp { local_us: 985_074_920_000_000, zone: Zone::Absent };
        assert_eq!((read.client, read.time, read.principal), (Some(&b"192.0.2.7"[..]), time, None));
        assert_eq!((read.method, read.target), (Some(&b"GET"[..]), Some(&b"/a.csv"[..])));
        assert_eq!((read.query, read.host), (Some(&b"b=c"[..]), None));
        assert_eq!((read.status, read.bytes, read.abort), (Some(200), Bytes::Logged(3223), Abort::Unlogged));
        let meaning = named("iis-native", None).unwrap().meaning();
        assert_eq!((meaning.time_basis, meaning.bytes), (TimeBasis::Unknown, ByteSemantics::Unknown));
    }

    #[test]
    fn a_date_with_two_readings_is_a_fault_until_somebody_knows() {
        let day = |name: &str, date| record(name, dated(date)).time.local_us / 86_400_000_000;
        assert_eq!(fault("iis-native", dated("04/02/01")).0, FaultKind::Time);
        assert_eq!(fault("iis-native", dated("4/12/2001")).1, "date");
        assert_eq!(day("iis-native-mdy", "04/02/01"), 11_414, "2 April 2001");
        assert_eq!(day("iis-native-dmy", "04/02/01"), 11_357, "4 February 2001");
        assert_eq!(day("iis-native", "20/3/01"), day("iis-native", "3/20/2001"));
        assert_eq!(day("iis-native", "04/04/01"), 11_416);
        assert_eq!(fault("iis-native-dmy", dated("03/20/01")).0, FaultKind::Time);
        assert_eq!(fault("iis-native", dated("2/30/01")).0, FaultKind::Time);
    }

    #[test]
    fn a_year_of_two_digits_is_one_in_which_there_was_iis() {
        let year = |date| record("iis-native", dated(date)).time.local_us / 31_556_952_000_000;
        assert_eq!((year("1/20/95"), year("1/20/99"), year("1/20/00")), (25, 29, 30));
        assert_eq!(year("1/20/1999"), 29);
    }

    /// METHOD M5.4.
    #[test]
    fn a_reset_is_told_by_the_windows_status() {
        let read = |rest: &str| {
            let read = record("iis-native", line(rest));
            (read.status, read.bytes, read.abort)
        };
        let reset = (Some(200), Bytes::Logged(5), Abort::Reset);
        for code in ["64", "995", "1236"] {
            assert_eq!(read(&format!("1, 2, 5, 200, {code}, GET, /a, -,")), reset, "{code}");
        }
        assert_eq!(read("1, 2, 0, 404, 2, GET, /a, -,"), (Some(404), Bytes::Logged(0), Abort::Unlogged));
        assert_eq!(read("-, -, -, 200, 0, GET, /a, -,"), (Some(200), Bytes::Unlogged, Abort::Unlogged));
    }

    #[test]
    fn a_comma_in_the_target_is_text_unless_a_space_follows() {
        let read = record("iis-native", line("1, 2, 5, 200, 0, GET, /a,b.csv, x=1,2, "));
        assert_eq!((read.target, read.query), (Some(&b"/a,b.csv"[..]), Some(&b"x=1,2"[..])));
        assert_eq!(fault("iis-native", line("1, 2, 5, 200, 0, GET, /a, b.csv, -,")).1, "target of operation");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_column() {
        let named = |rest| fault("iis-native", line(rest)).1;
        assert_eq!(named("1, 2, 5, 200, 0, GET, /a, -"), "target of operation");
        assert_eq!(named("1, 2, 5, 200, 0, GET, /a,"), "target of operation");
        assert_eq!(named("1, 2, 5, 2000, 0, GET, /a, -,"), "service status code");
        assert_eq!(named("1, 2, x, 200, 0, GET, /a, -,"), "server bytes sent");
        assert_eq!(named("1,2, 5, 200, 0, GET, /a, -,"), "client bytes sent");
        let ftp = "192.0.2.7, anonymous, 03/20/01, 23:58:11, MSFTPSVC, S, 198.51.100.4, 60, 275, 0, 0, 0, PASS, /a, -,";
        assert_eq!(fault("iis-native-mdy", ftp).1, "service and instance");
        assert_eq!(fault("iis-native", "192.0.2.7, -, 03/20/01, 24:00:00, W3SVC1, S").1, "time");
        assert_eq!(fault("iis-native", "192.0.2.7, a, b, 03/20/01, 7:55:20, W3SVC1, S").1, "date");
    }

    /// METHOD M5.3.
    #[test]
    fn a_dash_for_bytes_in_ncsa_is_no_zero() {
        let read = record("iis-ncsa", NCSA);
        assert_eq!((read.principal, read.bytes), (Some(&br"EXAMPLE\kim"[..]), Bytes::Logged(3401)));
        assert_eq!(read.time.zone, Zone::Offset(-28800));
        let dash = r#"192.0.2.7 - - [08/Apr/2001:17:39:04 -0800] "GET /a HTTP/1.0" 304 -"#;
        assert_eq!(record("iis-ncsa", dash).bytes, Bytes::Unlogged);
        fault("iis-ncsa", r#"192.0.2.7 - - [08/Apr/2001:17:39:04 -0800] "GET /a HTTP/1.0" 304 - "-" "-""#);
    }
}
