//! One evidence row: 64 bytes of integers for one record that matches a resource.

use super::runs::Kept;
use crate::outcome::{Outcome, Reason};

/// A record that matches a resource, in or out of the window.
///
/// Text lives once in the [`Lexicon`](super::lexicon::Lexicon); a row holds ids. Ids are handed out in the
/// order in which threads meet the text, so they are good for equality and never for order or output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Adjusted UTC, µs.
    pub time_us: i64,
    /// Byte offset of the line in the decompressed stream.
    pub offset: u64,
    /// Upper half of the client: of an IPv6 address; 0 otherwise.
    pub client_hi: u64,
    /// Lower half of the client: of an IPv6 address; an IPv4 address; the text id of a name.
    pub client_lo: u64,
    /// Response bytes; -1 where not logged.
    pub bytes: i64,
    /// 0-based physical line; `u32::MAX` for any later one (the offset stays exact).
    pub line: u32,
    /// Request id: method, host, target, ranges, and with them resource, object, subject.
    pub request: u32,
    /// Actor id: user agent and login.
    pub actor: u32,
    /// Text id of the peer as logged.
    pub peer: u32,
    /// File id.
    pub file: u32,
    /// Status; 0 where not logged.
    pub status: u16,
    /// [`Reason`] as a number; it determines the outcome.
    pub reason: u8,
    /// See [`Flags`].
    pub flags: u8,
}

/// What a row's client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ClientKind {
    /// No client logged.
    Unknown = 0,
    /// IPv4 address.
    Ip4 = 1,
    /// IPv6 address.
    Ip6 = 2,
    /// Hostname, masked address, or anything else that is no address.
    Name = 3,
}

impl ClientKind {
    /// Both kinds of address.
    #[must_use]
    pub fn is_ip(self) -> bool {
        matches!(self, Self::Ip4 | Self::Ip6)
    }

    /// The word of `clients.csv`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Ip4 => "ip4",
            Self::Ip6 => "ip6",
            Self::Name => "name",
        }
    }

    /// Undoes `as u8`.
    #[must_use]
    pub fn from_bits(bits: u8) -> Self {
        match bits & 3 {
            1 => Self::Ip4,
            2 => Self::Ip6,
            3 => Self::Name,
            _ => Self::Unknown,
        }
    }
}

/// The last byte of a row: bit 0 in window, 1–2 client kind, 3–5 how the client was found, 6–7 byte semantics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags {
    /// Whether the time lies in the window.
    pub in_window: bool,
    /// What the client is.
    pub client: ClientKind,
    /// How the client was found, as the identity room numbers it (0–7).
    pub via: u8,
    /// What the byte column counts: 0 unknown, 1 body written, 2 wire written, 3 body planned.
    pub semantics: u8,
}

impl Flags {
    /// To one byte.
    #[must_use]
    pub fn pack(self) -> u8 {
        u8::from(self.in_window) | (self.client as u8) << 1 | (self.via & 7) << 3 | (self.semantics & 3) << 6
    }

    /// From one byte.
    #[must_use]
    pub fn unpack(byte: u8) -> Self {
        Self {
            in_window: byte & 1 == 1,
            client: ClientKind::from_bits(byte >> 1),
            via: byte >> 3 & 7,
            semantics: byte >> 6,
        }
    }
}

impl Row {
    /// The unpacked last byte.
    #[must_use]
    pub fn flags(&self) -> Flags {
        Flags::unpack(self.flags)
    }

    /// Status, reason and flags in one integer.
    #[must_use]
    pub fn codes(&self) -> u32 {
        u32::from(self.status) << 16 | u32::from(self.reason) << 8 | u32::from(self.flags)
    }

    /// The row with these [`Row::codes`].
    #[must_use]
    pub fn with_codes(self, codes: u32) -> Self {
        let [high, low, reason, flags] = codes.to_be_bytes();
        Self { status: u16::from_be_bytes([high, low]), reason, flags, ..self }
    }

    /// The reason of the outcome.
    #[must_use]
    pub fn reason(&self) -> Reason {
        Reason::from_u8(self.reason).unwrap_or(Reason::Status)
    }

    /// Whether it makes the full size of its object matter: it is a part of it, or was cut.
    #[must_use]
    pub fn is_part(&self) -> bool {
        self.status == 206 || self.reason().outcome() == Outcome::Partial
    }

    /// Bytes, `None` where not logged.
    #[must_use]
    pub fn logged_bytes(&self) -> Option<u64> {
        u64::try_from(self.bytes).ok()
    }
}

/// Two small integers in one column.
#[must_use]
pub const fn two(high: u32, low: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

/// Undoes [`two`].
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "each half is 32 bits")]
pub const fn parted(word: u64) -> (u32, u32) {
    ((word >> 32) as u32, word as u32)
}

/// A row that is sorted part by part.
impl Kept for Row {
    const COLUMNS: &'static [&'static str] =
        &["time_us", "offset", "client_hi", "client_lo", "bytes", "line_request", "actor_peer", "file_codes"];

    fn word(&self, column: usize) -> u64 {
        match column {
            0 => self.time_us.cast_unsigned(),
            1 => self.offset,
            2 => self.client_hi,
            3 => self.client_lo,
            4 => self.bytes.cast_unsigned(),
            5 => two(self.line, self.request),
            6 => two(self.actor, self.peer),
            _ => two(self.file, self.codes()),
        }
    }

    fn of(word: impl Fn(usize) -> u64) -> Self {
        let ((line, request), (actor, peer), (file, codes)) =
            (parted(word(5)), parted(word(6)), parted(word(7)));
        let row = Self {
            time_us: word(0).cast_signed(),
            offset: word(1),
            client_hi: word(2),
            client_lo: word(3),
            bytes: word(4).cast_signed(),
            line,
            request,
            actor,
            peer,
            file,
            status: 0,
            reason: 0,
            flags: 0,
        };
        row.with_codes(codes)
    }
}

const _: () = assert!(size_of::<Row>() <= 64, "the narrow waist is 64 bytes a row");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_packing() {
        for byte in 0..=u8::MAX {
            assert_eq!(Flags::unpack(byte).pack(), byte);
        }
    }
}
