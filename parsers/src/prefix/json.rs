//! What the two layers in JSON share: a text that may be a string or a list of byte values.

use super::Kind;
use crate::record::Stamp;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A layer whose payload stands in the scratch buffer.
pub(super) struct Layer {
    pub(super) kind: Kind,
    pub(super) time: Option<Stamp<'static>>,
    pub(super) partial: bool,
    pub(super) stream: u8,
}

/// A JSON string, unescaped, or an array of numbers below 256: bytes, which need not be UTF-8.
#[derive(Debug)]
pub(super) struct Text<'a>(pub(super) Cow<'a, [u8]>);

impl Text<'_> {
    /// Moves the text into `scratch`.
    pub(super) fn into_scratch(self, scratch: &mut Vec<u8>) {
        match self.0 {
            Cow::Owned(text) => *scratch = text,
            Cow::Borrowed(text) => {
                scratch.clear();
                scratch.extend_from_slice(text);
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of byte values")
            }

            fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(bytes.to_vec())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Text<'de>, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = values.next_element()? {
                    bytes.push(byte);
                }
                Ok(Text(Cow::Owned(bytes)))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}
