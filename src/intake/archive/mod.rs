//! Archives: their members are read where they lie, and nothing is ever written to disk.
//!
//! A zip, and a tar that is a plain file, say where their members are: these are opened one by one, by any thread
//! ([`At`]). A tar behind a compression, or from a pipe, is read in its order. One level deep: a member that is an
//! archive itself is refused with a sentence, and its ledger line is that of a file that could not be read.

pub mod exact;
pub mod tar;
pub mod zip;

/// Where in a file a stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The file itself.
    Whole,
    /// A member that lies as it is in so many bytes from there on.
    Stored {
        /// Offset in the file.
        offset: u64,
        /// Length.
        bytes: u64,
    },
    /// A member of a zip archive.
    Zipped(zip::Zipped),
    /// The n-th member of an archive that can only be read in order.
    Nth(u32),
    /// A member that cannot be read, and why.
    Refused(String),
}

/// One member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Name in the archive. A second member of a name is `name#2`.
    pub name: String,
    /// Where it is.
    pub at: At,
}

/// What an archive holds.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Files, in the order of the archive.
    pub members: Vec<Member>,
    /// Members that hold no bytes of their own: links, devices. Directories are not among them.
    pub passed_over: Vec<String>,
    /// Why not all of it could be read.
    pub broken: Option<String>,
}

/// More members than any archive of logs has: a list that long is an attack on memory.
pub const MOST_MEMBERS: usize = 1_000_000;

/// Gives each member a name of its own.
#[derive(Debug, Default)]
pub struct Names {
    /// How often each name came; a name that was made is taken too.
    seen: std::collections::BTreeMap<String, u32>,
}

impl Names {
    /// `name`, or `name#2` the second time, or the next number that no member has.
    pub fn unique(&mut self, name: String) -> String {
        let mut n = self.seen.get(&name).copied().unwrap_or(0);
        let mut taken = name.clone();
        while n > 0 && self.seen.contains_key(&taken) {
            n += 1;
            taken = format!("{name}#{n}");
        }
        self.seen.insert(name, n.max(1));
        self.seen.entry(taken.clone()).or_insert(1);
        taken
    }
}

/// A member's name as text: bytes that are not UTF-8 as `\xHH`, everything else as it is.
#[must_use]
pub fn name_of(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_they_are_and_told_apart() {
        assert_eq!(name_of(b"../../etc/passwd"), "../../etc/passwd");
        assert_eq!(name_of(b"caf\xe9.log"), "caf\\xE9.log");
        let mut names = Names::default();
        let given = ["a", "b", "a", "a", "b#2", "b"].map(|n| names.unique(n.to_owned()));
        assert_eq!(given, ["a", "b", "a#2", "a#3", "b#2", "b#3"]);
    }
}
