//! Counting definitions by name. The definition's text is hashed, so that a figure names what it means.

use crate::case::near;
use crate::intake::seal::sha256_hex;

/// A definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Name.
    pub name: &'static str,
    /// One line for people.
    pub meaning: &'static str,
    /// The definition in full, as hashed.
    pub definition: &'static str,
}

/// Requests in scope.
pub const REQUESTS: Profile = Profile {
    name: "requests",
    meaning: "every request in scope, whatever the answer was",
    definition: "requests: any method; any status; no merging; robots kept; METHOD M6.1",
};

/// Responses that carried data.
pub const SERVED: Profile = Profile {
    name: "served",
    meaning: "responses that carried data: complete, probable, partial or copied",
    definition: "served: methods of the resource; outcomes complete, probable, partial, copied; no merging; robots kept; METHOD 5, M6.1",
};

/// Served requests grouped.
pub const RETRIEVALS: Profile = Profile {
    name: "retrievals",
    meaning: "served requests grouped by client and object within the gap",
    definition: "retrievals: served, merged by (address, v6 /64; user agent; login; object; vantage) under M6.3; robots kept",
};

/// All that this version counts.
pub const ALL: [Profile; 3] = [SERVED, RETRIEVALS, REQUESTS];

impl Profile {
    /// The profile of this name.
    ///
    /// # Errors
    /// One sentence with the near miss.
    pub fn named(name: &str) -> Result<Self, String> {
        ALL.into_iter().find(|p| p.name == name).ok_or_else(|| {
            let known = ALL.map(|p| p.name);
            let near = near(name, known).map_or_else(String::new, |n| format!("did you mean `{n}`? "));
            format!("unknown profile `{name}`\nhint: {near}This version counts: {}", known.join(", "))
        })
    }

    /// SHA-256 of the definition and, where merging matters, the gap.
    #[must_use]
    pub fn sha256(&self, gap_us: i64) -> String {
        let gap = if self.name == RETRIEVALS.name { gap_us } else { 0 };
        sha256_hex(format!("{}\ngap_us={gap}\n", self.definition).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_profile_names_its_near_miss() {
        let error = Profile::named("servd").unwrap_err();
        assert!(error.starts_with("unknown profile `servd`\nhint: did you mean `served`?"), "{error}");
    }

    #[test]
    fn the_gap_is_part_of_the_definition_only_where_it_matters() {
        assert_eq!(SERVED.sha256(1), SERVED.sha256(2));
        assert_ne!(RETRIEVALS.sha256(1), RETRIEVALS.sha256(2));
    }
}
