//! The near miss: which known word somebody meant to write.

/// The known word nearest to `word`, if near enough to be what was meant; the first of equals.
///
/// Case never counts as a difference. Near enough is an edit distance of a third of the longer word, or one
/// word being the start of the other.
pub fn near<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_ascii_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let lower = candidate.to_ascii_lowercase();
        let longer = word.chars().count().max(lower.chars().count());
        let shorter = word.chars().count().min(lower.chars().count());
        let mut distance = strsim::osa_distance(&word, &lower);
        if shorter >= 3 && (word.starts_with(&lower) || lower.starts_with(&word)) {
            distance = distance.min(1);
        }
        if distance <= longer.div_ceil(3) && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `did you mean …?` for a near miss, else the list of what is known.
pub(super) fn meant(word: &str, known: &[&str]) -> String {
    match near(word, known.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("known: {}", known.join(", ")),
    }
}
