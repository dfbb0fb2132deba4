//! Two wraps: columns without a time of their own ([`Untimed`]), and a template of which is known whose it is and what
//! its columns mean ([`Meant`]).

use super::own::Columns;
use super::{Format, Marks, Split, Unit, parsed};
use crate::fault::{Fault, FaultKind};
use crate::record::{Meaning, Record};
use crate::template::{Reading, Template};
use crate::token::time::TimeCache;
use std::sync::Arc;

/// Columns none of which says when: read behind a prefix only, whose time becomes the record's.
#[derive(Debug)]
pub struct Untimed(pub Columns);

impl Format for Untimed {
    fn name(&self) -> &str {
        self.0.name
    }

    fn split(&self) -> Split {
        self.0.split()
    }

    fn meaning(&self) -> Meaning {
        self.0.meaning
    }

    fn states_time(&self) -> bool {
        false
    }

    fn may_read(&self, unit: &[u8], marks: &Marks) -> bool {
        self.0.may_read(unit, marks)
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        self.0.parse(unit, cache)
    }

    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        self.0.parse_into(unit, cache, read);
    }
}

/// What is put right in a record that a template has read.
pub type Settle = for<'a, 'b> fn(&'b mut Record<'a>);

/// Lines of a shape of Apache's that another server writes, whose columns mean what that server's documentation says.
#[derive(Debug)]
pub struct Meant {
    name: &'static str,
    template: Option<Template>,
    meaning: Meaning,
    settle: Settle,
}

impl Meant {
    /// The format of a `LogFormat` text in the words of Apache's manual. A text that does not compile makes a format that
    /// reads nothing.
    #[must_use]
    pub fn apache(
        name: &'static str,
        text: &'static str,
        meaning: Meaning,
        settle: Settle,
    ) -> Arc<dyn Format> {
        let reading = Reading { words: false, look_alike: true };
        let template = Template::apache_as(name, text, reading).ok();
        debug_assert!(template.is_some(), "{name}: the text does not compile");
        Arc::new(Self { name, template, meaning, settle })
    }
}

/// Nothing has to be put right.
pub(super) const fn as_read(_record: &mut Record<'_>) {}

impl Format for Meant {
    fn name(&self) -> &str {
        self.name
    }

    fn split(&self) -> Split {
        Split::Lines
    }

    fn meaning(&self) -> Meaning {
        self.meaning
    }

    fn may_read(&self, unit: &[u8], marks: &Marks) -> bool {
        self.template.as_ref().is_some_and(|template| template.may_read(unit, marks))
    }

    fn parse<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache) -> Unit<'a> {
        parsed(self, unit, cache)
    }

    fn parse_into<'a>(&'a self, unit: &'a [u8], cache: &mut TimeCache, read: &mut Unit<'a>) {
        match &self.template {
            Some(template) => template.parse_into(unit, cache, read),
            None => {
                *read =
                    Unit::Fault(Fault::at(FaultKind::Syntax, "line", "a template that compiles", unit, 0));
            }
        }
        if let Unit::Record(record) = read {
            (self.settle)(record);
        }
    }
}
