//! The time of C's `ctime`, as FTP servers write it: `Mon Jun  6 18:43:41 2016`, local and without a zone.
//!
//! The day is padded with a space or a zero. The day's name must be one, but is not compared with the date.

use super::time::{clock, days, digits, month_of};
use super::{Leaf, misshapen, no_time};
use crate::record::{Stamp, Zone};

const WEEKDAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// `Mon Jun  6 18:43:41 2016`.
pub fn ctime(i: &[u8]) -> Leaf<'_, Stamp<'_>> {
    const WANTED: &str = "a time such as `Mon Jun  6 18:43:41 2016`";
    let Some((date, rest)) = i.split_first_chunk::<11>() else { return misshapen(WANTED, i) };
    let [w1, w2, w3, b' ', m1, m2, m3, b' ', tens, ones, b' '] = *date else {
        return misshapen(WANTED, i);
    };
    let tens = if tens == b' ' { b'0' } else { tens };
    let (Some(month), Some(day)) = (month_of(&[m1, m2, m3]), digits(&[tens, ones])) else {
        return misshapen(WANTED, i);
    };
    if !WEEKDAYS.contains(&&[w1, w2, w3]) {
        return misshapen(WANTED, i);
    }
    let (rest, clock) = clock(rest)?;
    let Some((year, rest)) = rest.split_first_chunk::<5>() else { return misshapen(WANTED, i) };
    let [b' ', y1, y2, y3, y4] = *year else { return misshapen(WANTED, i) };
    let Some(year) = digits(&[y1, y2, y3, y4]) else { return misshapen(WANTED, i) };
    match days(year.cast_signed(), month, day) {
        Some(days) => Ok((rest, Stamp { local_us: clock.on(days), zone: Zone::Absent })),
        None => no_time("a date that is in the calendar", i),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reason;
    use super::*;
    use crate::fault::FaultKind;

    #[test]
    fn the_day_is_padded_with_a_space_or_a_zero() {
        let wanted = Stamp { local_us: 1_465_238_621_000_000, zone: Zone::Absent };
        assert_eq!(ctime(b"Mon Jun  6 18:43:41 2016 x"), Ok((&b" x"[..], wanted)));
        assert_eq!(ctime(b"Mon Jun 06 18:43:41 2016"), Ok((&b""[..], wanted)));
    }

    #[test]
    fn what_is_no_time_is_told_from_what_has_not_its_shape() {
        let kind = |text| ctime(text).map(|_| ()).map_err(|error| reason(error).kind);
        assert_eq!(kind(b"Tue Jun 31 18:43:41 2016"), Err(FaultKind::Time));
        assert_eq!(kind(b"Tue Jun 30 24:43:41 2016"), Err(FaultKind::Time));
        for bad in [&b"Xxx Jun  6 18:43:41 2016"[..], b"Mon Jun 6 18:43:41 2016", b"Mon Jun  6 18:43:41", b""]
        {
            assert_eq!(kind(bad), Err(FaultKind::Syntax), "{}", bad.escape_ascii());
        }
    }
}
