//! What opening gives, for files made here by the codecs' and archives' own encoders.

use super::*;
use crate::intake::caps::{CapReached, reached};
use crate::intake::codec::tests::{ALL, encode};
use crate::intake::magic::Codec;
use crate::intake::seal::sha256_hex;
use std::io::Write;

const CAPS: Caps = Caps { max_bytes: 1 << 40, max_ratio: 1000, free_bytes: 64 << 20 };

/// Member (if any) and content, or the error's text.
type Got = Vec<(Option<String>, Result<Vec<u8>, String>)>;

fn folder(bytes: &[u8]) -> (tempfile::TempDir, Place) {
    let dir = tempfile::tempdir().unwrap();
    // No extension: the content decides.
    let path = dir.path().join("evidence");
    std::fs::write(&path, bytes).unwrap();
    (dir, Place::File(path))
}

fn drain(entered: Entered<'_>) -> (Option<String>, Result<Vec<u8>, String>) {
    let mut out = Vec::new();
    let read = entered.stream.and_then(|mut s| s.read_to_end(&mut out));
    (entered.member, read.map(|_| out).map_err(|e| e.to_string()))
}

/// Everything in `place`, members that are opened later included.
fn all(place: &Place, caps: Caps) -> (Got, Opened) {
    let mut got = Got::new();
    let opened = open(place, &At::Whole, caps, &mut |entered| got.push(drain(entered)));
    for member in &opened.later {
        open(place, &member.at, caps, &mut |entered| {
            got.push((Some(member.name.clone()), drain(entered).1));
        });
    }
    (got, opened)
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Name, method, flags, bytes in the archive, content.
type Zipped<'a> = (&'a str, u16, u16, &'a [u8], &'a [u8]);

/// A zip written by hand after APPNOTE 4.3.
fn zip_of(files: &[Zipped<'_>]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, method, flags, packed, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let offset = out.len() as u32;
        let common = [
            &20u16.to_le_bytes()[..],
            &flags.to_le_bytes(),
            &method.to_le_bytes(),
            &[0; 4],
            &crc.sum().to_le_bytes(),
            &(packed.len() as u32).to_le_bytes(),
            &(content.len() as u32).to_le_bytes(),
            &(name.len() as u16).to_le_bytes(),
            &[0; 2],
        ]
        .concat();
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), packed].concat());
        let tail = [&[0; 10][..], &offset.to_le_bytes(), name.as_bytes()].concat();
        list.extend([b"PK\x01\x02\x14\x00", &common[..], &tail].concat());
    }
    let (at, n) = (out.len() as u32, files.len() as u16);
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([&n.to_le_bytes()[..], &n.to_le_bytes(), &(list.len() as u32).to_le_bytes()].concat());
    out.extend([&at.to_le_bytes()[..], &[0; 2]].concat());
    out
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn some(name: &str, text: &[u8]) -> (Option<String>, Result<Vec<u8>, String>) {
    (Some(name.to_owned()), Ok(text.to_vec()))
}

#[test]
fn plain_text_is_itself_and_needs_no_hash_of_its_own() {
    for text in [&b""[..], b"x", b"one\ntwo\n"] {
        let (_dir, place) = folder(text);
        let (got, opened) = all(&place, CAPS);
        assert_eq!((got, opened.sha256), (vec![(None, Ok(text.to_vec()))], None));
    }
}

#[test]
fn every_codec_is_undone_twice_at_most_and_the_hash_is_of_the_file_as_handed_over() {
    for codec in ALL {
        let once = encode(codec, b"one\n");
        let twice = encode(Codec::Gzip, &once);
        for bytes in [once, twice.clone()] {
            let (_dir, place) = folder(&bytes);
            let (got, opened) = all(&place, CAPS);
            assert_eq!(got, [(None, Ok(b"one\n".to_vec()))], "{codec:?}");
            assert_eq!(opened.sha256, Some(Ok(sha256_hex(&bytes))));
        }
        let (_dir, place) = folder(&encode(Codec::Gzip, &twice));
        let why = all(&place, CAPS).0.remove(0).1.unwrap_err();
        assert!(why.starts_with("it is compressed more than 2 times"), "{why}");
    }
}

/// METHOD M1.4: the hash is of the file as handed over, whatever of it can be read.
#[test]
fn a_stream_that_is_broken_or_followed_by_other_bytes_is_hashed_to_its_end() {
    let mut broken = encode(Codec::Gzip, &b"one\n".repeat(100_000));
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    let followed = [encode(Codec::Gzip, b"one\n"), b"trailing bytes".repeat(50_000)].concat();
    for bytes in [followed, broken] {
        let (_dir, place) = folder(&bytes);
        let (got, opened) = all(&place, CAPS);
        assert!(got[0].1.is_err());
        assert_eq!(opened.sha256, Some(Ok(sha256_hex(&bytes))));
    }
}

#[test]
fn members_of_a_tar_are_the_same_whether_it_is_plain_or_compressed() {
    let gz = encode(Codec::Gzip, b"three\n");
    let tar = tar_of(&[("logs/a.log", b"one\n"), ("b", b""), ("c.gz", &gz), ("logs/a.log", b"again\n")]);
    let wanted = [
        some("logs/a.log", b"one\n"),
        some("b", b""),
        some("c.gz", b"three\n"),
        some("logs/a.log#2", b"again\n"),
    ];
    let mut packed = vec![tar.clone()];
    packed.extend(ALL.map(|codec| encode(codec, &tar)));
    for bytes in packed {
        let (_dir, place) = folder(&bytes);
        let (got, opened) = all(&place, CAPS);
        assert_eq!(got, wanted);
        assert_eq!(opened.sha256, Some(Ok(sha256_hex(&bytes))));
        // And a member can be opened again, by its place alone.
        let mut again = Got::new();
        let at = opened.later.get(3).map_or(At::Nth(3), |m| m.at.clone());
        open(&place, &at, CAPS, &mut |entered| again.push(drain(entered)));
        assert_eq!(again[0].1, Ok(b"again\n".to_vec()));
    }
}

#[test]
fn members_of_a_zip_are_read_by_their_method_and_held_to_their_checksum() {
    let text = b"one\n".repeat(1000);
    let zip = zip_of(&[
        ("stored", 0, 0, b"abc\n", b"abc\n"),
        ("deep/deflated", 8, 0, &deflate(&text), &text),
        ("dir/", 0, 0, b"", b""),
        ("zstd", 93, 0, &encode(Codec::Zstd, &text), &text),
        ("bzip2", 12, 0, &encode(Codec::Bzip2, &text), &text),
        ("xz", 95, 0, &encode(Codec::Xz, &text), &text),
        ("in.gz", 0, 0, &encode(Codec::Gzip, &text), &encode(Codec::Gzip, &text)),
        ("secret", 8, 1, &deflate(&text), &text),
        ("lzma", 14, 0, b"xxxx", &text),
        ("changed", 0, 0, b"abd\n", b"abc\n"),
        ("cut", 8, 0, &deflate(&text)[..9], &text),
    ]);
    let (_dir, place) = folder(&zip);
    let (got, opened) = all(&place, CAPS);
    let names = ["stored", "deep/deflated", "zstd", "bzip2", "xz", "in.gz"];
    assert_eq!(got[0], some("stored", b"abc\n"));
    for (n, name) in names.iter().enumerate().skip(1) {
        assert_eq!(got[n], some(name, &text), "{name}");
    }
    let errors: Vec<_> =
        got[6..].iter().map(|(name, e)| (name.clone().unwrap(), e.clone().unwrap_err())).collect();
    let wanted = [
        ("secret", "it is encrypted; unpack it with its password first"),
        ("lzma", "its zip method (Lzma) is not read here; unpack it first"),
        ("changed", "its checksum is not the one its archive states"),
        ("cut", "incomplete deflate stream"),
    ];
    assert_eq!(errors, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(opened.sha256, Some(Ok(sha256_hex(&zip))));
}

#[test]
fn an_archive_inside_an_archive_is_refused_and_its_neighbours_are_read() {
    let inner = encode(Codec::Gzip, &tar_of(&[("a", b"one\n")]));
    for bytes in [
        tar_of(&[("inner.tgz", &inner), ("b", b"two\n")]),
        zip_of(&[("inner.tgz", 0, 0, &inner, &inner), ("b", 0, 0, b"two\n", b"two\n")]),
    ] {
        let (_dir, place) = folder(&bytes);
        let (got, _) = all(&place, CAPS);
        let why = got[0].1.clone().unwrap_err();
        assert!(why.starts_with("it is an archive inside an archive"), "{why}");
        assert_eq!(got[1], some("b", b"two\n"));
    }
}

#[test]
fn an_archive_that_breaks_off_gives_what_it_holds_and_says_so() {
    let whole = tar_of(&[("a", &b"one\n".repeat(300)), ("b", &b"two\n".repeat(300))]);
    for (cut, codec) in [(2048, None), (2100, None), (2048, Some(Codec::Zstd)), (700, Some(Codec::Gzip))] {
        let bytes = codec.map_or_else(|| whole[..cut].to_vec(), |c| encode(c, &whole[..cut]));
        let (_dir, place) = folder(&bytes);
        let (got, opened) = all(&place, CAPS);
        let errors = got.iter().filter(|(_, r)| r.is_err()).count();
        assert!(errors > 0, "cut at {cut}, {codec:?}");
        if cut > 2000 {
            assert!(got.contains(&some("a", &b"one\n".repeat(300))), "{cut}");
        }
        assert_eq!(opened.sha256, Some(Ok(sha256_hex(&bytes))));
    }
}

#[test]
fn links_are_passed_over_by_name_and_directories_without_a_word() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::Symlink);
    header.set_size(0);
    builder.append_link(&mut header, "link.log", "/etc/passwd").unwrap();
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::Directory);
    header.set_size(0);
    header.set_cksum();
    builder.append_data(&mut header, "logs", &b""[..]).unwrap();
    let (_dir, place) = folder(&builder.into_inner().unwrap());
    let (got, opened) = all(&place, CAPS);
    // An archive without a file in it still has its line in the ledger.
    assert_eq!((got, opened.empty_archive), (vec![(None, Ok(Vec::new()))], true));
    assert_eq!(opened.passed_over, ["link.log"]);
}

fn reasons(got: &Got) -> Vec<&str> {
    got.iter().filter_map(|(_, read)| read.as_ref().err().map(String::as_str)).collect()
}

/// The checksum of a compression stands behind the tar's own end.
#[test]
fn a_compressed_tar_with_a_flipped_byte_is_never_read_as_whole() {
    let tar = tar_of(&[("a", &b"one\n".repeat(300))]);
    // The encoders of zstd and lz4 write no checksum of the content unless they are asked to.
    for codec in [Codec::Gzip, Codec::Bzip2, Codec::Xz] {
        let mut broken = match codec {
            // Stored, so that the flip changes the text and nothing else.
            Codec::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
                encoder.write_all(&tar).unwrap();
                encoder.finish().unwrap()
            }
            other => encode(other, &tar),
        };
        let at = broken.windows(4).position(|w| w == b"one\n").unwrap_or(broken.len() / 2);
        broken[at] ^= 1;
        let (_dir, place) = folder(&broken);
        assert!(!reasons(&all(&place, CAPS).0).is_empty(), "{codec:?}");
    }
}

#[test]
fn archives_joined_to_one_file_are_read_or_said_to_hold_more() {
    let (one, two) = (tar_of(&[("a", b"one\n")]), tar_of(&[("b", b"two\n")]));
    for bytes in [
        [one.clone(), two.clone()].concat(),
        encode(Codec::Zstd, &[one.clone(), two.clone()].concat()),
        [encode(Codec::Gzip, &one), encode(Codec::Gzip, &two)].concat(),
    ] {
        let (_dir, place) = folder(&bytes);
        assert_eq!(all(&place, CAPS).0, [some("a", b"one\n"), some("b", b"two\n")]);
    }
    let (_dir, place) = folder(&[one, b"198.51.100.7 - - text behind the end mark\n".repeat(40)].concat());
    let got = all(&place, CAPS).0;
    assert!(got.contains(&some("a", b"one\n")) && reasons(&got).len() == 1, "{got:?}");
}

#[test]
fn a_zip_that_holds_more_than_its_list_says_so() {
    let one = zip_of(&[("a", 0, 0, b"one\n", b"one\n")]);
    let two = zip_of(&[("b", 0, 0, b"two\n", b"two\n")]);
    let list = one.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    // Another archive's member before the list, which does not name it.
    let mut hidden = one[..list].to_vec();
    hidden.extend(&two[..two.windows(4).position(|w| w == b"PK\x01\x02").unwrap()]);
    let moved = hidden.len() as u32;
    hidden.extend(&one[list..]);
    let place_of_list = hidden.len() - 6;
    hidden[place_of_list..place_of_list + 4].copy_from_slice(&moved.to_le_bytes());
    for bytes in [
        [one.clone(), two].concat(),
        [one.clone(), vec![7; 100]].concat(),
        hidden,
        // A comment that is an end record of an empty archive.
        {
            let mut commented = one.clone();
            let comment = commented.len() - 2;
            commented[comment] = 22;
            [commented, b"PK\x05\x06".to_vec(), vec![0; 18]].concat()
        },
    ] {
        let (_dir, place) = folder(&bytes);
        let got = all(&place, CAPS).0;
        assert!(!reasons(&got).is_empty(), "{got:?}");
    }
}

#[test]
fn a_name_of_megabytes_is_refused_before_it_fills_the_memory() {
    let mut header = ::tar::Header::new_gnu();
    header.set_entry_type(::tar::EntryType::GNULongName);
    let name = vec![b'a'; 3 << 20];
    header.set_size(name.len() as u64);
    header.set_path("././@LongLink").unwrap();
    header.set_cksum();
    let tar = [header.as_bytes().to_vec(), name, tar_of(&[("a", b"one\n")])].concat();
    for bytes in [tar.clone(), encode(Codec::Gzip, &tar)] {
        let (_dir, place) = folder(&bytes);
        let got = all(&place, CAPS).0;
        assert!(reasons(&got).iter().any(|why| why.contains("longer than 1 MiB")), "{:?}", reasons(&got));
    }
}

#[test]
fn containers_that_are_not_opened_are_named_and_not_read_as_text() {
    for (head, name) in
        [(&b"7z\xbc\xaf\x27\x1c"[..], "7-Zip"), (b"Rar!\x1a\x07\x00", "RAR"), (b"\x1f\x9d\x90", "compress")]
    {
        let (_dir, place) = folder(&[head, &[7; 100]].concat());
        let why = all(&place, CAPS).0.remove(0).1.unwrap_err();
        assert!(why.contains(name) && why.ends_with("unpack it first"), "{why}");
    }
}

/// HOSTILE: decompression bombs.
#[test]
fn a_bomb_ends_at_its_cap_in_every_codec_and_archive() {
    let zeros = vec![b'a'; 512 << 10];
    let caps = Caps { max_bytes: 1 << 40, max_ratio: 100, free_bytes: 64 << 10 };
    let mut bombs = ALL.map(|codec| encode(codec, &zeros)).to_vec();
    bombs.push(encode(Codec::Gzip, &tar_of(&[("bomb", &zeros)])));
    bombs.push(tar_of(&[("bomb.gz", &encode(Codec::Gzip, &zeros))]));
    bombs.push(zip_of(&[("bomb", 8, 0, &deflate(&zeros), &zeros)]));
    for bytes in bombs {
        let (_dir, place) = folder(&bytes);
        let mut met = Vec::new();
        let mut take = |entered: Entered<'_>| {
            let mut out = Vec::new();
            let Ok(mut stream) = entered.stream else { return };
            let why = stream.read_to_end(&mut out).err().and_then(|e| reached(&e));
            met.push((why, out.len()));
        };
        let opened = open(&place, &At::Whole, caps, &mut take);
        for member in &opened.later {
            open(&place, &member.at, caps, &mut take);
        }
        let (why, kept) = met[0];
        assert_eq!(why, Some(CapReached::Ratio(100)), "{} bytes", bytes.len());
        assert!(((64 << 10)..(448 << 10)).contains(&kept), "{kept}");
    }
}

#[test]
fn a_zip_whose_members_share_bytes_is_refused() {
    let one = zip_of(&[("a", 0, 0, b"abc\n", b"abc\n"), ("b", 0, 0, b"abc\n", b"abc\n")]);
    // The second member's place is made the first one's.
    let list = one.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let second = list + one[list + 4..].windows(4).position(|w| w == b"PK\x01\x02").unwrap() + 4;
    let mut overlapping = one.clone();
    overlapping[second + 42..second + 46].fill(0);
    let (_dir, place) = folder(&overlapping);
    let why = all(&place, CAPS).0.remove(0).1.unwrap_err();
    assert!(why.contains("lie over each other"), "{why}");
}

#[test]
fn a_file_that_grows_is_read_to_its_size_at_opening_and_said_to_have_changed() {
    let (dir, place) = folder(b"first\n");
    open(&place, &At::Whole, CAPS, &mut |entered| {
        let mut stream = entered.stream.unwrap();
        std::fs::write(dir.path().join("evidence"), b"first\nsecond\n").unwrap();
        let mut text = Vec::new();
        stream.read_to_end(&mut text).unwrap();
        assert_eq!(text, b"first\n");
        assert!(stream.changed_meanwhile());
    });
}
