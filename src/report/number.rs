//! Numbers as people read them. Programs read the JSON and the CSV files, where integers are integers.

/// `2734` as `2,734`.
#[must_use]
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 response`, `2,734 responses`.
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// `112734206478` as `112.7 GB`: decimal units, one decimal, rounded half up; below 1,000 the bytes themselves.
#[must_use]
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return counted(bytes, "byte", "bytes");
    }
    let mut unit_bytes: u64 = 1000;
    let mut shown = "kB";
    for unit in UNITS {
        shown = unit;
        // 999.95 of a unit rounds to 1000.0 and so belongs to the next one.
        if bytes / unit_bytes < 999 || tenths(bytes, unit_bytes) < 10_000 || unit == "EB" {
            break;
        }
        unit_bytes = unit_bytes.saturating_mul(1000);
    }
    let tenths = tenths(bytes, unit_bytes);
    format!("{}.{} {shown}", tenths / 10, tenths % 10)
}

/// `bytes` in tenths of a unit, rounded half up.
fn tenths(bytes: u64, unit_bytes: u64) -> u64 {
    let tenth = u128::from(unit_bytes / 10).max(1);
    u64::try_from((u128::from(bytes) + tenth / 2) / tenth).unwrap_or(u64::MAX)
}

/// The exact integer, and the unit beside it where that says more: `1,234,567 bytes (1.2 MB)`.
#[must_use]
pub fn bytes_both(bytes: u64) -> String {
    if bytes < 1000 {
        human_bytes(bytes)
    } else {
        format!("{} bytes ({})", thousands(bytes), human_bytes(bytes))
    }
}

/// `part` of `whole` in whole percent, rounded half up, but 0 and 100 only where it is exactly that.
#[must_use]
pub fn percent(part: u64, whole: u64) -> u64 {
    if whole == 0 {
        return 0;
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let rounded = u64::try_from((part * 200 + whole) / (whole * 2)).unwrap_or(u64::MAX);
    match (part == 0, part == whole) {
        (true, _) => 0,
        (_, true) => 100,
        _ if part < whole => rounded.clamp(1, 99),
        _ => rounded,
    }
}

/// A length of time in the largest units that tell it exactly enough: `61 days`, `3 h 20 min`, `15 min`, `40 s`.
#[must_use]
pub fn duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds % 86_400 / 3_600, seconds % 3_600 / 60);
    let two = |a: String, n: u64, unit: &str| if n == 0 { a } else { format!("{a} {n} {unit}") };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => two(format!("{m} min"), seconds % 60, "s"),
        (0, h, m) => two(format!("{h} h"), m, "min"),
        (d, h, _) => two(counted(d, "day", "days"), h, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_off() {
        let shown: Vec<String> =
            [0, 7, 507, 2_734, 41_234_567, u64::MAX].into_iter().map(thousands).collect();
        assert_eq!(shown, ["0", "7", "507", "2,734", "41,234,567", "18,446,744,073,709,551,615"]);
    }

    #[test]
    fn a_unit_never_shows_a_thousand_of_itself() {
        for (bytes, shown) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (1_049, "1.0 kB"),
            (1_050, "1.1 kB"),
            (999_949, "999.9 kB"),
            (999_950, "1.0 MB"),
            (112_734_206_478, "112.7 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(human_bytes(bytes), shown, "{bytes}");
        }
        assert_eq!(bytes_both(41_234_567), "41,234,567 bytes (41.2 MB)");
    }

    #[test]
    fn percent_says_none_and_all_only_when_it_is_so() {
        for (part, whole, shown) in
            [(0, 7, 0), (1, 1_000_000, 1), (999_999, 1_000_000, 99), (7, 7, 100), (38, 61, 62), (0, 0, 0)]
        {
            assert_eq!(percent(part, whole), shown);
        }
    }

    #[test]
    fn durations_keep_two_units() {
        let shown: Vec<String> =
            [40, 900, 905, 3_600, 12_000, 86_400, 5_270_400, 90_000].into_iter().map(duration).collect();
        assert_eq!(
            shown,
            ["40 s", "15 min", "15 min 5 s", "1 h", "3 h 20 min", "1 day", "61 days", "1 day 1 h"]
        );
    }
}
