//! Typed access to the keys of one TOML table, each refusal pointing at its place in the file.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{CaseError, Place, Refusal, said};
use super::model::Pending;
use super::near::{meant, near};
use super::words::Word;

/// The text being read, and what was learned that is no error.
pub(super) struct Doc<'t> {
    pub(super) text: &'t str,
    pub(super) shown: &'t str,
    pending: RefCell<Vec<(Place, Pending)>>,
}

/// A text value and its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'d> {
    pub(super) value: &'d str,
    pub(super) at: Place,
}

impl<'t> Doc<'t> {
    pub(super) fn new(text: &'t str, shown: &'t str) -> Self {
        Self { text, shown, pending: RefCell::new(Vec::new()) }
    }

    pub(super) fn error(&self, at: Place, refusal: Refusal) -> CaseError {
        CaseError::at(self.shown, self.text, at, refusal)
    }

    /// `len` bytes at `offset` inside a text value, or all of it where escapes moved the bytes.
    pub(super) fn inside(&self, text: Text<'_>, offset: usize, len: usize) -> Place {
        let raw = self.text.get(text.at.start..text.at.end).unwrap_or_default();
        match raw.find(text.value) {
            Some(head) if !text.value.is_empty() && head <= 3 && raw.len() == text.value.len() + 2 * head => {
                let start = text.at.start + head + offset;
                Place { start, end: start + len.max(1) }
            }
            _ => text.at,
        }
    }

    /// Notes a key that is read but does nothing yet: "`KEY` is not counted yet in this version: WHY".
    pub(super) fn later(&self, at: Place, key: &str, why: &str) {
        let line = 1 + self.text.get(..at.start).unwrap_or_default().matches('\n').count();
        let text = format!("`{key}` is not counted yet in this version: {why}");
        self.pending.borrow_mut().push((at, Pending { key: key.to_owned(), line, text }));
    }

    /// All that was noted, in file order.
    pub(super) fn into_pending(self) -> Vec<Pending> {
        let mut noted = self.pending.into_inner();
        noted.sort_by_key(|(at, _)| (at.start, at.end));
        noted.into_iter().map(|(_, pending)| pending).collect()
    }
}

/// One table of the file.
pub(super) struct Keys<'d, 't> {
    pub(super) doc: &'d Doc<'t>,
    /// What sentences call the table: `[[source]]`.
    pub(super) name: &'static str,
    /// The table's head.
    pub(super) at: Place,
    table: &'d DeTable<'t>,
}

impl<'d, 't> Keys<'d, 't> {
    /// Takes a table apart; a key that is not in `known` is refused, the first of the file first.
    pub(super) fn open(
        doc: &'d Doc<'t>,
        value: &'d Spanned<DeValue<'t>>,
        name: &'static str,
        known: &[&str],
    ) -> Result<Self, CaseError> {
        let at = Place::from(value.span());
        let Some(table) = value.get_ref().as_table() else {
            let is = type_name(value.get_ref());
            return Err(doc.error(at, Refusal::new(format!("`{name}` must be a table, not {is}"))));
        };
        let keys = Self { doc, name, at, table };
        keys.refuse_unknown(known)?;
        Ok(keys)
    }

    /// The top of the file.
    pub(super) fn root(doc: &'d Doc<'t>, table: &'d Spanned<DeTable<'t>>) -> Self {
        Self { doc, name: "the case file", at: Place::default(), table: table.get_ref() }
    }

    fn refuse_unknown(&self, known: &[&str]) -> Result<(), CaseError> {
        let unknown = self.table.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(first) = unknown.min_by_key(|key| key.span().start) else { return Ok(()) };
        let word = first.get_ref().as_ref();
        let hint = match near(word, known.iter().copied()) {
            Some(_) => meant(word, known),
            None => super::read::home_of(word).unwrap_or_else(|| meant(word, known)),
        };
        let sentence = format!("unknown key `{}` in `{}`", said(word), self.name);
        Err(self.doc.error(first.span().into(), Refusal::new(sentence).hint(hint)))
    }

    /// All keys with their values, in file order.
    pub(super) fn entries(&self) -> Vec<(Text<'d>, &'d Spanned<DeValue<'t>>)> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (Text { value: key.get_ref().as_ref(), at: key.span().into() }, value))
            .collect();
        entries.sort_by_key(|(key, _)| key.at.start);
        entries
    }

    pub(super) fn get(&self, key: &str) -> Option<&'d Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// The place of the key itself.
    pub(super) fn key_at(&self, key: &str) -> Option<Place> {
        self.table.get_key_value(key).map(|(key, _)| key.span().into())
    }

    pub(super) fn error(&self, at: Place, refusal: Refusal) -> CaseError {
        self.doc.error(at, refusal)
    }

    /// Notes `key`, if written, as read but without effect.
    pub(super) fn later(&self, key: &str, why: &str) {
        if let Some(at) = self.key_at(key) {
            self.doc.later(at, &format!("{} {key}", self.name), why);
        }
    }

    pub(super) fn missing(&self, key: &str, hint: &str) -> CaseError {
        self.error(self.at, Refusal::new(format!("`{}` has no `{key}`", self.name)).hint(hint))
    }

    fn wrong(&self, key: &str, wanted: &str, value: &Spanned<DeValue<'t>>) -> Refusal {
        let is = type_name(value.get_ref());
        Refusal::new(format!("`{key}` in `{}` must be {wanted}, not {is}", self.name))
    }

    /// A text; empty ones too.
    pub(super) fn text(&self, key: &str) -> Result<Option<Text<'d>>, CaseError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        self.as_text(key, "a text", value).map(Some)
    }

    fn as_text(
        &self,
        key: &str,
        wanted: &str,
        value: &'d Spanned<DeValue<'t>>,
    ) -> Result<Text<'d>, CaseError> {
        let at = Place::from(value.span());
        match value.get_ref().as_str() {
            Some(text) => Ok(Text { value: text, at }),
            None => Err(self.error(at, self.wrong(key, wanted, value))),
        }
    }

    /// A text that says something.
    pub(super) fn filled(&self, key: &str) -> Result<Option<Text<'d>>, CaseError> {
        match self.text(key)? {
            Some(text) => self.not_empty(key, text).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn not_empty(&self, key: &str, text: Text<'d>) -> Result<Text<'d>, CaseError> {
        if text.value.trim().is_empty() {
            return Err(self.error(text.at, Refusal::new(format!("`{key}` in `{}` is empty", self.name))));
        }
        if let Some((offset, c)) = text.value.char_indices().find(|(_, c)| c.is_control()) {
            let sentence = format!("`{key}` in `{}` holds a control character", self.name);
            return Err(self.error(self.doc.inside(text, offset, c.len_utf8()), Refusal::new(sentence)));
        }
        Ok(text)
    }

    /// A text that may be empty to say "none".
    pub(super) fn optional(&self, key: &str) -> Result<Option<String>, CaseError> {
        match self.text(key)? {
            Some(text) if text.value.is_empty() => Ok(None),
            Some(text) => Ok(Some(self.not_empty(key, text)?.value.to_owned())),
            None => Ok(None),
        }
    }

    /// A list of texts that say something; none if not written.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<Text<'d>>, CaseError> {
        let mut texts = Vec::new();
        for value in self.list(key, "texts")? {
            let text = self.as_text(key, "a list of texts", value)?;
            texts.push(self.not_empty(key, text)?);
        }
        Ok(texts)
    }

    pub(super) fn strings(&self, key: &str) -> Result<Vec<String>, CaseError> {
        Ok(self.texts(key)?.into_iter().map(|text| text.value.to_owned()).collect())
    }

    /// A list, whatever is in it; none if not written.
    pub(super) fn list(&self, key: &str, of: &str) -> Result<&'d [Spanned<DeValue<'t>>], CaseError> {
        let Some(value) = self.get(key) else { return Ok(&[]) };
        let at = Place::from(value.span());
        match value.get_ref().as_array() {
            Some(array) => Ok(array),
            None => {
                let refusal = self.wrong(key, &format!("a list of {of}"), value);
                let raw = self.doc.text.get(at.start..at.end).unwrap_or_default();
                let short = raw.len() <= 60 && !raw.contains('\n') && value.get_ref().is_str();
                Err(self.error(
                    at,
                    if short { refusal.hint(format!("write `{key} = [{}]`", said(raw))) } else { refusal },
                ))
            }
        }
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, CaseError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match value.get_ref().as_bool() {
            Some(flag) => Ok(Some(flag)),
            None => Err(self.error(value.span().into(), self.wrong(key, "`true` or `false`", value))),
        }
    }

    /// A whole number from 0.
    pub(super) fn whole(&self, key: &str) -> Result<Option<u64>, CaseError> {
        self.get(key).map(|value| self.as_whole(key, value)).transpose()
    }

    pub(super) fn as_whole(&self, key: &str, value: &Spanned<DeValue<'t>>) -> Result<u64, CaseError> {
        let at = Place::from(value.span());
        let Some(integer) = value.get_ref().as_integer() else {
            return Err(self.error(at, self.wrong(key, "a whole number", value)));
        };
        match i128::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if number < 0 => {
                Err(self.error(at, Refusal::new(format!("`{key}` in `{}` must not be negative", self.name))))
            }
            // Figures leave the program as 64-bit signed numbers.
            Ok(number) if number <= i128::from(i64::MAX) => Ok(u64::try_from(number).unwrap_or(u64::MAX)),
            _ => Err(self.error(at, Refusal::new(format!("`{key}` in `{}` is too large", self.name)))),
        }
    }

    /// One word of a closed set.
    pub(super) fn word<W: Word>(&self, key: &str) -> Result<Option<W>, CaseError> {
        self.filled(key)?.map(|text| self.as_word(text)).transpose()
    }

    pub(super) fn as_word<W: Word>(&self, text: Text<'_>) -> Result<W, CaseError> {
        W::from_word(text.value).ok_or_else(|| {
            let known: Vec<&str> = W::ALL.iter().map(|(word, _)| *word).collect();
            let sentence = format!("unknown {} `{}`", W::SET, said(text.value));
            self.error(text.at, Refusal::new(sentence).hint(meant(text.value, &known)))
        })
    }
}

/// What a person calls the type of a TOML value.
pub(super) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
