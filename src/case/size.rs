//! Numbers of bytes as a case and the options write them: `max_decompressed = "1TiB"`, `--memory 512MiB`.

use super::error::{Refusal, said};

/// Reads `4096`, `512MiB`, `2 GiB`, `1T` (powers of 1,024) into bytes.
///
/// # Errors
/// Another form, or more than 64 bits.
pub fn size(text: &str) -> Result<u64, Refusal> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit: u64 = match text.strip_prefix(digits).map(str::trim) {
        Some("" | "B") => 1,
        Some("K" | "KiB") => 1 << 10,
        Some("M" | "MiB") => 1 << 20,
        Some("G" | "GiB") => 1 << 30,
        Some("T" | "TiB") => 1 << 40,
        _ => 0,
    };
    let bytes = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).filter(|_| unit > 0);
    bytes.ok_or_else(|| {
        Refusal::new(format!("`{}` is not a size", said(text)))
            .hint("write a number and a unit, such as 512MiB or 2GiB")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_unit() {
        assert_eq!(size("512MiB").unwrap(), 512 << 20);
        assert_eq!(size("2GiB").unwrap(), 2 << 30);
        assert_eq!(size("1T").unwrap(), 1 << 40);
        assert_eq!(size("1024").unwrap(), 1024);
        for bad in ["", "MiB", "5 parsec", "-1MiB", "99999999999999999999GiB", "17179869185GiB"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
