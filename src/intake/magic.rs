//! What the first bytes of a stream say it is. Names say nothing: a rotated log called `access.log.2` can be gzip,
//! and one called `.gz` can be text.

/// How many first bytes [`told`] wants to see.
pub const HEAD_BYTES: usize = 512;

/// What a stream is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// None of the others: read as text.
    Text,
    /// One compressed stream, perhaps of several members or frames.
    Codec(Codec),
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A container that is not opened, by its usual name.
    Foreign(&'static str),
}

/// Compressions that are undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// RFC 1952.
    Gzip,
    /// RFC 8878; skippable frames before the first one included.
    Zstd,
    /// bzip2.
    Bzip2,
    /// The .xz format.
    Xz,
    /// LZ4 frames.
    Lz4,
}

impl Codec {
    /// The usual name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lz4 => "lz4",
        }
    }
}

/// Told by `head`, the first [`HEAD_BYTES`] of a stream or all of a shorter one.
#[must_use]
pub fn told(head: &[u8]) -> Kind {
    const BZIP2_BLOCKS: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];
    match head {
        [0x1f, 0x8b, ..] => Kind::Codec(Codec::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Kind::Codec(Codec::Zstd),
        // The letters alone could begin a line; a block or the end of an empty stream must follow.
        [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if BZIP2_BLOCKS.iter().any(|b| rest.starts_with(b)) => {
            Kind::Codec(Codec::Bzip2)
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Kind::Codec(Codec::Xz),
        [0x04, 0x22, 0x4d, 0x18, ..] => Kind::Codec(Codec::Lz4),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Kind::Zip,
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Kind::Foreign("7-Zip"),
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Kind::Foreign("RAR"),
        [0x1f, 0x9d, ..] => Kind::Foreign("compress (.Z)"),
        [b'L', b'Z', b'I', b'P', 1, ..] => Kind::Foreign("lzip"),
        [0x02, 0x21, 0x4c, 0x18, ..] => Kind::Foreign("legacy LZ4"),
        _ if is_tar(head) => Kind::Tar,
        _ => Kind::Text,
    }
}

/// A tar header bears the sum of its own bytes, those of the sum counted as spaces.
fn is_tar(head: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..512) else { return false };
    let Some(digits) = header.get(SUM) else { return false };
    if header.first().is_none_or(|b| *b == 0) {
        return false;
    }
    let digits: Vec<u8> = digits.iter().copied().filter(u8::is_ascii_digit).collect();
    let stated = std::str::from_utf8(&digits).ok().and_then(|d| u32::from_str_radix(d, 8).ok());
    let sum =
        header.iter().enumerate().map(|(at, b)| if SUM.contains(&at) { 32 } else { u32::from(*b) }).sum();
    stated == Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_begins_like_a_container_is_text() {
        for line in
            [&b"BZh9 is no block"[..], b"PK is a client", b"", b"7z", b"\x1f", b"Rar!", b"198.51.100.7 - - ["]
        {
            assert_eq!(told(line), Kind::Text, "{line:?}");
        }
    }

    #[test]
    fn a_tar_is_told_by_the_sum_of_its_header_with_or_without_ustar() {
        for mut header in [tar::Header::new_ustar(), tar::Header::new_old(), tar::Header::new_gnu()] {
            header.set_path("access.log").unwrap();
            header.set_size(5);
            header.set_cksum();
            assert_eq!(told(header.as_bytes()), Kind::Tar);
            let mut broken = *header.as_bytes();
            broken[0] ^= 1;
            assert_eq!(told(&broken), Kind::Text);
        }
        assert_eq!(told(&[0; 512]), Kind::Text);
        assert_eq!(told(&[b'a'; 512]), Kind::Text);
    }
}
