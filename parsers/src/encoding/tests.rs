//! Lines of UTF-16 are found where its newlines are, and nowhere else.

use super::*;
use crate::framing::lines_of;
use proptest::prelude::*;

const ALL: [Encoding; 3] = [Encoding::Bytes, Encoding::Utf16Le, Encoding::Utf16Be];
const WIDE: [Encoding; 2] = [Encoding::Utf16Le, Encoding::Utf16Be];

fn written(encoding: Encoding, units: &[u16]) -> Vec<u8> {
    let bytes = |unit: &u16| match encoding {
        Encoding::Utf16Be => unit.to_be_bytes(),
        _ => unit.to_le_bytes(),
    };
    units.iter().flat_map(bytes).collect()
}

fn text(encoding: Encoding, text: &str) -> Vec<u8> {
    match encoding {
        Encoding::Bytes => text.as_bytes().to_vec(),
        _ => written(encoding, &text.encode_utf16().collect::<Vec<_>>()),
    }
}

#[test]
fn only_a_byte_order_mark_tells_an_encoding() {
    assert_eq!(told(b"\xff\xfea\0"), (Encoding::Utf16Le, 2));
    assert_eq!(told(b"\xfe\xff\0a"), (Encoding::Utf16Be, 2));
    assert_eq!(told(b"\xef\xbb\xbfa"), (Encoding::Bytes, 3));
    for head in [&b"a\0b\0"[..], b"\0a", b"\xff", b"\xef\xbb", b""] {
        assert_eq!(told(head), (Encoding::Bytes, 0));
    }
}

#[test]
fn newline_bytes_inside_other_code_units_are_no_newlines() {
    for encoding in WIDE {
        for units in [
            &[0x0a0a_u16, 0x0a00, 0x0a41][..],
            &[0x0a00, 0x0041],
            &[0x000d, 0x0a0d],
            &[0x4100, 0x0a00, 0x0100],
        ] {
            let bytes = written(encoding, units);
            let found = (
                encoding.newline_end(&bytes, 0),
                encoding.last_newline_end(&bytes),
                encoding.count_newlines(&bytes),
            );
            assert_eq!(found, (None, None, 0), "{encoding:?} {units:x?}");
        }
        let bytes = written(encoding, &[0x0a00, 0x000a, 0x0a0a, 0x000a, 0x0100]);
        assert_eq!((encoding.newline_end(&bytes, 0), encoding.newline_end(&bytes, 4)), (Some(4), Some(8)));
        assert_eq!((encoding.last_newline_end(&bytes), encoding.count_newlines(&bytes)), (Some(8), 2));
    }
}

#[test]
fn crlf_is_one_ending_in_every_encoding() {
    for encoding in ALL {
        let block = text(encoding, "a\r\nb\n\r\nc\r");
        let found: Vec<_> =
            lines_of(&block, encoding).map(|line| (line.bytes.to_vec(), line.terminated)).collect();
        let wanted = [("a", true), ("b", true), ("", true), ("c\r", false)];
        let wanted = wanted.map(|(line, terminated)| (text(encoding, line), terminated));
        assert_eq!(found, wanted, "{encoding:?}");
    }
}

/// METHOD M1.2, fault kind `encoding`.
#[test]
fn a_line_that_does_not_decode_is_an_encoding_fault_at_its_place() {
    let mut out = Vec::new();
    for encoding in WIDE {
        for (units, offset) in
            [(&[0x41, 0xd800, 0x41][..], 2), (&[0xd83d, 0xde00, 0xde00], 4), (&[0xd83d], 0)]
        {
            let line = written(encoding, units);
            let fault = encoding.text(&line, &mut out).unwrap_err();
            assert_eq!((fault.kind, fault.offset), (FaultKind::Encoding, offset), "{encoding:?}");
        }
        let odd = [text(encoding, "é"), b"x".to_vec()].concat();
        assert_eq!(decode(encoding, &odd, &mut out), Err(2));
        assert_eq!(encoding.text(&text(encoding, "é😀"), &mut out), Ok("é😀".as_bytes()));
    }
    assert_eq!(Encoding::Bytes.text(b"\xff\xfe", &mut out), Ok(&b"\xff\xfe"[..]));
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), Just(0), Just(0xd8), any::<u8>()], 0..120)
}

proptest! {
    /// METHOD M1.1: every byte belongs to exactly one line or ending.
    #[test]
    fn lines_and_endings_concatenate_to_the_block(block in bytes()) {
        for encoding in ALL {
            let (lf, crlf) = (text(encoding, "\n"), text(encoding, "\r\n"));
            let all: Vec<_> = lines_of(&block, encoding).collect();
            let mut rebuilt = Vec::new();
            for (n, line) in all.iter().enumerate() {
                prop_assert_eq!((line.offset, line.index), (rebuilt.len(), n));
                let next = all.get(n + 1).map_or(block.len(), |next| next.offset);
                let ending = &block[line.offset + line.bytes.len()..next];
                let ended = ending == lf || ending == crlf;
                prop_assert!(ended == line.terminated && (ended || ending.is_empty()));
                prop_assert!(line.terminated || n + 1 == all.len());
                rebuilt.extend_from_slice(line.bytes);
                rebuilt.extend_from_slice(ending);
            }
            prop_assert_eq!(&rebuilt, &block);
            let terminated = all.iter().filter(|line| line.terminated).count() as u64;
            prop_assert_eq!(terminated, encoding.count_newlines(&block));
        }
    }

    #[test]
    fn newlines_are_where_a_naive_reader_finds_them(block in bytes(), from in 0_usize..130) {
        for encoding in ALL {
            let step = encoding.newline_bytes();
            let newline = text(encoding, "\n");
            let ends: Vec<usize> = (0..block.len()).step_by(step)
                .filter(|at| block[*at..].starts_with(&newline)).map(|at| at + step).collect();
            let first = ends.iter().find(|end| **end >= from + step).copied();
            prop_assert_eq!(encoding.newline_end(&block, from), first);
            prop_assert_eq!(encoding.last_newline_end(&block), ends.last().copied());
            prop_assert_eq!(encoding.count_newlines(&block), ends.len() as u64);
        }
    }

    #[test]
    fn decoding_agrees_with_the_standard_library(line in bytes()) {
        for encoding in WIDE {
            let units: Vec<u16> = line.chunks_exact(2).map(|two| encoding.unit([two[0], two[1]])).collect();
            let wanted = String::from_utf16(&units).ok().filter(|_| line.len().is_multiple_of(2));
            let mut out = b"rest of another line".to_vec();
            match decode(encoding, &line, &mut out) {
                Ok(()) => prop_assert_eq!(Some(out), wanted.map(String::into_bytes)),
                Err(offset) => {
                    prop_assert!(wanted.is_none());
                    prop_assert!(offset % 2 == 0 && offset < line.len());
                    // What stands before it is whole.
                    prop_assert!(decode(encoding, &line[..offset], &mut out).is_ok());
                }
            }
        }
    }
}

/// Files that begin with a mark have been written one behind the other: no mark is a part of a client.
#[test]
fn a_byte_order_mark_before_any_line_belongs_to_no_text() {
    for encoding in ALL {
        let line = text(encoding, "\u{feff}192.0.2.7 \u{feff}");
        assert_eq!(encoding.text(&line, &mut Vec::new()).unwrap(), "192.0.2.7 \u{feff}".as_bytes());
        let line = text(encoding, "\u{feff}");
        assert_eq!(encoding.text(&line, &mut Vec::new()).unwrap(), b"");
    }
}
