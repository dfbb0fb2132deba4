//! Compressed files and archives: codecs by their crates, zip by its description. Files of the real tools stand in
//! `samples/logs/containers/`.

use std::io::Write;

pub(super) use crate::evidence::member as gzip;

pub(super) fn zstd(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(bytes.as_ref(), 3).unwrap()
}

pub(super) fn bzip2(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn xz(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn lz4(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    archive.into_inner().unwrap()
}

/// How a zip keeps a member.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    Stored,
    Deflated,
}

/// A zip as PKWARE's APPNOTE describes it (4.3.7, 4.3.12, 4.3.16): local headers with sizes, directory, end.
pub(super) fn zip(members: &[(String, Vec<u8>)], kept: Kept) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in members {
        let (method, data) = match kept {
            Kept::Stored => (0u16, bytes.clone()),
            Kept::Deflated => (8, deflate(bytes)),
        };
        let mut sum = flate2::Crc::new();
        sum.update(bytes);
        let small = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
        let large = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        // Version, flags, method, a DOS time and date of 1 June 2022, checksum, sizes, length of the name, no extra field.
        let mut common =
            [20u16.to_le_bytes(), [0; 2], method.to_le_bytes(), [0; 2], 0x54c1u16.to_le_bytes()].concat();
        common.extend([sum.sum().to_le_bytes(), large(data.len()), large(bytes.len())].concat());
        common.extend([small(name.len()), [0; 2]].concat());
        let begins = large(out.len());
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &data].concat());
        // Made by version 2.0, then as above; no comment, disk 0, attributes 0, where the member begins.
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &begins, name.as_bytes()].concat());
    }
    let [count, length] = [members.len(), directory.len()];
    let begins = u32::try_from(out.len()).unwrap().to_le_bytes();
    let count = u16::try_from(count).unwrap().to_le_bytes();
    let length = u32::try_from(length).unwrap().to_le_bytes();
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &length, &begins, &[0; 2]].concat());
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
