//! gzip (RFC 1952) with stored blocks (RFC 1951, 3.2.4): no compression, no time, no name. What counts
//! here is the framing: a reader that stops after the first member loses the second.

/// One gzip member that holds `content`.
#[must_use]
pub fn member(content: &[u8]) -> Vec<u8> {
    // Magic, deflate, no flags, time 0, no extra flags, system unknown.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = content.chunks(usize::from(u16::MAX)).peekable();
    if blocks.peek().is_none() {
        out.extend_from_slice(&[1, 0, 0, 0xff, 0xff]);
    }
    while let Some(block) = blocks.next() {
        let len = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc32(content).to_le_bytes());
    let size_mod_2_32 = u32::try_from(content.len() as u64 & 0xffff_ffff).unwrap_or(0);
    out.extend_from_slice(&size_mod_2_32.to_le_bytes());
    out
}

/// CRC-32 of RFC 1952, section 8, bit by bit: the samples are small.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_value_of_crc32() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
