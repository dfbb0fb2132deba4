//! Compressed bytes → content. A stream that breaks off is an error, never a short content: each decoder here tells
//! an end from a cut, and all members or frames of a stream are read.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::read::MultiBzDecoder;
use lzma_rust2::XzReader;

use super::magic::Codec;

/// What is asked of the file at once.
const READ_BYTES: usize = 1 << 18;
/// Largest window a zstd frame may ask for, as a power of two: what `zstd -d` accepts without `--long`.
const ZSTD_WINDOW_LOG: u32 = 27;
/// Most memory an xz stream may ask for: the largest preset (-9) needs 65 MiB.
const XZ_KIB: u32 = 128 << 10;

/// Any reader of evidence.
pub type Bytes<'a> = Box<dyn Read + 'a>;

/// The content of `compressed`.
///
/// # Errors
/// A decoder that cannot be set up.
pub fn decode(codec: Codec, compressed: Bytes<'_>) -> io::Result<Bytes<'_>> {
    let buffered = BufReader::with_capacity(READ_BYTES, compressed);
    Ok(match codec {
        Codec::Gzip => Box::new(GzipMembers { member: Some(SingleMember::new(buffered)) }),
        Codec::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(buffered)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(decoder)
        }
        Codec::Bzip2 => Box::new(MultiBzDecoder::new(buffered)),
        Codec::Xz => Box::new(XzReader::new_mem_limit(buffered, true, XZ_KIB)),
        Codec::Lz4 => Box::new(Lz4Frames { frame: Some(lz4::Decoder::new(buffered)?) }),
    })
}

#[expect(clippy::disallowed_types, reason = "GzipMembers goes on with the next member")]
type SingleMember<R> = flate2::bufread::GzDecoder<R>;

/// One gzip member after the other. Zeros behind the last one are padding, as gzip itself has it.
struct GzipMembers<R> {
    member: Option<SingleMember<R>>,
}

impl<R: BufRead> Read for GzipMembers<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let n = member.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            let Some(mut rest) = self.member.take().map(SingleMember::into_inner) else { break };
            let mut padded = false;
            loop {
                let ahead = rest.fill_buf()?;
                let zeros = ahead.iter().take_while(|b| **b == 0).count();
                padded |= zeros > 0;
                let ended = ahead.is_empty();
                let more = zeros < ahead.len();
                rest.consume(zeros);
                if ended {
                    return Ok(0);
                }
                if more {
                    break;
                }
            }
            if padded {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "other bytes follow its padding"));
            }
            self.member = Some(SingleMember::new(rest));
        }
        Ok(0)
    }
}

/// One LZ4 frame after the other; the library's decoder ends with the first, and ends silently where it is cut.
struct Lz4Frames<R> {
    frame: Option<lz4::Decoder<R>>,
}

impl<R: BufRead> Read for Lz4Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(frame) = &mut self.frame {
            let n = frame.read(buffer)?;
            if n > 0 {
                return Ok(n);
            }
            let Some((mut rest, ended)) = self.frame.take().map(lz4::Decoder::finish) else { break };
            if ended.is_err() {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the last lz4 frame is cut"));
            }
            if !rest.fill_buf()?.is_empty() {
                self.frame = Some(lz4::Decoder::new(rest)?);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::intake::magic::{Kind, told};
    use std::io::Write;

    pub(crate) const ALL: [Codec; 5] = [Codec::Gzip, Codec::Zstd, Codec::Bzip2, Codec::Xz, Codec::Lz4];

    pub(crate) fn encode(codec: Codec, text: &[u8]) -> Vec<u8> {
        match codec {
            Codec::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Codec::Zstd => zstd::stream::encode_all(text, 3).unwrap(),
            Codec::Bzip2 => {
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Codec::Xz => {
                let options = lzma_rust2::XzOptions::default();
                let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Codec::Lz4 => {
                let mut encoder = lz4::EncoderBuilder::new().build(Vec::new()).unwrap();
                encoder.write_all(text).unwrap();
                let (bytes, ended) = encoder.finish();
                ended.unwrap();
                bytes
            }
        }
    }

    fn content(codec: Codec, bytes: &[u8]) -> (Vec<u8>, bool) {
        let mut out = Vec::new();
        let whole = decode(codec, Box::new(bytes)).and_then(|mut r| r.read_to_end(&mut out)).is_ok();
        (out, whole)
    }

    /// Text that does not compress to nothing, so that every codec has something to cut.
    fn text(lines: u64) -> Vec<u8> {
        (0..lines)
            .flat_map(|n| format!("{} line {n}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
            .collect()
    }

    #[test]
    fn every_codec_is_told_by_its_own_first_bytes_and_gives_its_content_back() {
        for codec in ALL {
            for text in [text(5000), Vec::new()] {
                let bytes = encode(codec, &text);
                assert_eq!(told(&bytes), Kind::Codec(codec));
                assert_eq!(content(codec, &bytes), (text, true), "{codec:?}");
            }
        }
    }

    /// PEERS 5: rhit reads the first gzip member only.
    #[test]
    fn every_member_or_frame_of_a_stream_is_read() {
        for codec in ALL {
            let bytes = [encode(codec, b"one\n"), encode(codec, b""), encode(codec, b"two\n")].concat();
            assert_eq!(content(codec, &bytes), (b"one\ntwo\n".to_vec(), true), "{codec:?}");
        }
    }

    #[test]
    fn a_stream_cut_anywhere_is_an_error_and_gives_a_beginning_of_its_content() {
        for codec in ALL {
            let text = text(40);
            let bytes = encode(codec, &text);
            for cut in 1..bytes.len() {
                let (got, whole) = content(codec, &bytes[..cut]);
                assert!(!whole, "{codec:?} cut at {cut} of {} reads as whole", bytes.len());
                assert!(text.starts_with(&got), "{codec:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn zeros_behind_a_gzip_are_padding_and_what_follows_them_is_not() {
        let padded = [encode(Codec::Gzip, b"one\n"), vec![0; 700_000]].concat();
        assert_eq!(content(Codec::Gzip, &padded), (b"one\n".to_vec(), true));
        let more = [padded, encode(Codec::Gzip, b"two\n")].concat();
        assert_eq!(content(Codec::Gzip, &more), (b"one\n".to_vec(), false));
    }

    #[test]
    fn bytes_after_the_end_of_a_stream_are_an_error_and_not_lost_silently() {
        for codec in ALL {
            let bytes = [encode(codec, b"one\n"), b"trailing bytes that are no frame".repeat(9)].concat();
            let (got, whole) = content(codec, &bytes);
            assert_eq!((got.as_slice(), whole), (&b"one\n"[..], false), "{codec:?}");
        }
    }
}
