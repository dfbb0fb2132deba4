//! Google Workspace, activity reports of Drive (Admin SDK, Reports API): one activity a line, as a JSON object.
//!
//! Sources: Google, Reports API, "Activities: list" and "Drive Audit Activity Events". `id.time` is the time of the activity,
//! in UTC; which moment of a transfer it is the pages do not say. There is no status: an event is there because it
//! happened, which is put as 200.
//!
//! An activity has several events where one action had several effects. It is one record: what it asked for is the first of
//! its events that read, else the first that previewed, else the first. Two reads of two documents in one activity cannot
//! be put into one record and are refused.
//!
//! `view`, `download`, `print`, `email_as_attachment`, `access_item_content` and `sync_item_content` are reads; a `preview` shows
//! a part and is learned. A copy inside Drive (`copy`, `source_copy`) is no read here: METHOD counts copies of the stores
//! only that say which side read.
//!
//! Activities of other applications in the same export are directives. Who is a system has no mail address, and often no
//! address at all.
//!
//! What it cannot say: bytes, sizes, whether a transfer was whole. So a read is at best probable.

use super::own::{Found, Is, Object, keys};
use super::{Family, Named, Origin};
use crate::fault::FaultKind;
use crate::record::{Escape, Meaning, Object as Stored, Operation, Record};
use crate::token::cursor::Read;
use crate::token::json::{Value, elements, is_whole, members};
use crate::token::time::TimeCache;
use std::sync::Arc;

const FAMILY: Family = Family::of("google-drive");

keys! {
    Application = "id.applicationName",
    Time = "id.time",
    Qualifier = "id.uniqueQualifier",
    Email = "actor.email",
    Caller = "actor.key",
    Ip = "ipAddress",
    Events = "events",
}

const SAMPLE: &str = r#"{"kind":"admin#reports#activity","id":{"time":"2024-06-21T04:24:44.522Z","uniqueQualifier":"-3983025742742309355","applicationName":"drive","customerId":"C044"},"actor":{"email":"kim@example.org","profileId":"100"},"ipAddress":"2001:db8::7","events":[{"type":"access","name":"download","parameters":[{"name":"primary_event","boolValue":true},{"name":"doc_id","value":"1fsuowSb_d3pDsHxSrIbgblb7SN"},{"name":"doc_title","value":"patients, \"all\""},{"name":"visibility","value":"people_with_link"}]}]}"#;

pub(super) const FORMATS: &[Named] = &[Named::own("google-drive", FAMILY, Origin::Seen, SAMPLE, || {
    let meaning = Meaning::UNKNOWN.escaped(Escape::Json);
    let needed = &["id.applicationName", "id.time", "events"];
    Arc::new(Object::new("google-drive", meaning, PATHS, needed, read))
})];

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let Some(application) = found.text(Key::Application) else {
        return found.refuse(FaultKind::Syntax, "an application such as `drive`");
    };
    record.time = found.utc(Key::Time, cache)?;
    let Value::Nested(events @ [b'[', ..]) = found.get(Key::Events) else {
        return found.refuse(FaultKind::Syntax, "a list of events");
    };
    if !is_whole(events) {
        return found.refuse(FaultKind::Syntax, "a list of events that is JSON to its end");
    }
    if application != b"drive" {
        return Ok(Is::Directive);
    }
    let mut chosen: Option<Event<'_>> = None;
    for value in elements(events) {
        let Some(event) = event(value) else {
            return found.refuse(FaultKind::Syntax, "events with one name and at most one document each");
        };
        let before = chosen.map_or(0, |chosen| weight(chosen.operation));
        if weight(event.operation) > before {
            chosen = Some(event);
        } else if event.operation == Operation::Read
            && chosen.is_some_and(|chosen| chosen.document != event.document)
        {
            return found.refuse(FaultKind::Syntax, "reads of one document; the activity has several");
        }
    }
    let Some(event) = chosen else { return found.refuse(FaultKind::Syntax, "at least one event") };
    record.operation = event.operation;
    record.object = event.document.map(|key| Stored { bucket: None, key });
    record.status = Some(200);
    record.client = found.text(Key::Ip);
    record.principal = found.text(Key::Email).or_else(|| found.text(Key::Caller));
    record.request_id = found.text(Key::Qualifier);
    Ok(Is::Request)
}

/// One event of an activity.
#[derive(Debug, Clone, Copy)]
struct Event<'a> {
    operation: Operation,
    document: Option<&'a [u8]>,
}

/// Its name and its document; [`None`] where it has no name, or two of one of them.
fn event(value: Value<'_>) -> Option<Event<'_>> {
    let Value::Nested(text) = value else { return None };
    let (mut name, mut document) = (None, None);
    for (key, value) in members(text) {
        match (key, value) {
            (b"name", Value::Text(text)) if name.is_none() => name = Some(text),
            (b"name", _) => return None,
            (b"parameters", Value::Nested(list)) => {
                for value in elements(list).filter_map(document_of) {
                    if document.replace(value).is_some_and(|before| before != value) {
                        return None;
                    }
                }
            }
            _ => {}
        }
    }
    Some(Event { operation: told(name?), document })
}

/// The value of a parameter that is `doc_id`.
fn document_of(parameter: Value<'_>) -> Option<&[u8]> {
    let Value::Nested(text) = parameter else { return None };
    let is_document = members(text).any(|member| member == (&b"name"[..], Value::Text(b"doc_id")));
    let value = members(text).find(|(key, _)| *key == b"value").and_then(|(_, value)| value.text());
    value.filter(|_| is_document)
}

/// What an event's name says.
fn told(name: &[u8]) -> Operation {
    match name {
        b"view"
        | b"download"
        | b"print"
        | b"email_as_attachment"
        | b"access_item_content"
        | b"sync_item_content" => Operation::Read,
        b"preview" => Operation::Learn,
        _ => Operation::Other,
    }
}

/// A read says more of an activity than a preview, and that more than the rest.
const fn weight(operation: Operation) -> u8 {
    match operation {
        Operation::Read => 3,
        Operation::Learn => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Unit;
    use crate::format::tests::{self, fault, record, unit};
    use crate::record::{Bytes, Stamp, Zone};

    fn with(from: &str, to: &str) -> &'static str {
        tests::changed_throughout(SAMPLE, from, to)
    }

    fn events(list: &str) -> &'static str {
        let head = SAMPLE.split("\"events\"").next().unwrap();
        Box::leak(format!("{head}\"events\":{list}}}").into_boxed_str())
    }

    const ID: &str = "\"parameters\":[{\"name\":\"doc_id\",\"value\":\"one\"}]";

    #[test]
    fn the_fields_of_an_activity_are_read() {
        let read = record("google-drive", SAMPLE);
        assert_eq!(read.time, Stamp { local_us: 1_718_943_884_522_000, zone: Zone::Offset(0) });
        assert_eq!((read.client, read.principal), (Some(&b"2001:db8::7"[..]), Some(&b"kim@example.org"[..])));
        assert_eq!((read.status, read.bytes, read.operation), (Some(200), Bytes::Unlogged, Operation::Read));
        assert_eq!(read.object, Some(Stored { bucket: None, key: b"1fsuowSb_d3pDsHxSrIbgblb7SN" }));
        assert_eq!(read.request_id, Some(&b"-3983025742742309355"[..]));
    }

    #[test]
    fn names_say_what_was_done() {
        for (name, wanted) in [
            ("view", Operation::Read),
            ("sync_item_content", Operation::Read),
            ("preview", Operation::Learn),
            ("copy", Operation::Other),
            ("source_copy", Operation::Other),
            ("edit", Operation::Other),
            ("change_user_access", Operation::Other),
        ] {
            let line = with("\"name\":\"download\"", &format!("\"name\":\"{name}\""));
            assert_eq!(record("google-drive", line).operation, wanted, "{name}");
        }
    }

    #[test]
    fn a_read_says_more_than_what_stands_beside_it() {
        let read = record("google-drive", events(&format!(r#"[{{"name":"edit"}},{{"name":"view",{ID}}}]"#)));
        assert_eq!(
            (read.operation, read.object.map(|object| object.key)),
            (Operation::Read, Some(&b"one"[..]))
        );
        let twice = events(&format!(r#"[{{"name":"view",{ID}}},{{"name":"download",{ID}}}]"#));
        assert_eq!(record("google-drive", twice).operation, Operation::Read);
        let other = ID.replace("one", "two");
        let two = events(&format!(r#"[{{"name":"view",{ID}}},{{"name":"download",{other}}}]"#));
        assert_eq!(fault("google-drive", two).1, "events");
    }

    #[test]
    fn events_without_a_name_or_with_two_documents_are_refused() {
        for list in [
            "[]",
            "{}",
            "\"view\"",
            "[1]",
            r#"[{"type":"access"}]"#,
            r#"[{"name":"edit"} {"name":"download"}]"#,
            r#"[{"name":"edit" "id":1}]"#,
            r#"[{"name":"view","name":"edit"}]"#,
            r#"[{"name":"view","parameters":[{"name":"doc_id","value":"a"},{"name":"doc_id","value":"b"}]}]"#,
        ] {
            assert_eq!(fault("google-drive", events(list)).1, "events", "{list}");
        }
        let bare = record("google-drive", events(r#"[{"name":"view"}]"#));
        assert_eq!((bare.operation, bare.object), (Operation::Read, None));
        let title = r#"[{"name":"view","parameters":[{"name":"doc_title","value":"doc_id"}]}]"#;
        assert_eq!(record("google-drive", events(title)).object, None);
    }

    #[test]
    fn other_applications_are_no_requests_and_systems_have_no_address() {
        let login = with("\"applicationName\":\"drive\"", "\"applicationName\":\"login\"");
        assert_eq!(unit("google-drive", login), Unit::Directive);
        assert_eq!(
            fault("google-drive", with("\"applicationName\":\"drive\"", "\"applicationName\":1")).1,
            "id.applicationName"
        );
        assert_eq!(record("google-drive", with("\"ipAddress\":\"2001:db8::7\",", "")).client, None);
        let system = with(r#""email":"kim@example.org""#, r#""callerType":"KEY","key":"SYSTEM""#);
        assert_eq!(record("google-drive", system).principal, Some(&b"SYSTEM"[..]));
        assert_eq!(fault("google-drive", with("2024-06-21T04", "2024-06-31T04")).0, FaultKind::Time);
        assert_eq!(fault("google-drive", with("\"events\"", "\"event\"")).1, "events");
    }
}
