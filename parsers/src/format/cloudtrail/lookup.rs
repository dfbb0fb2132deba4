//! `aws cloudtrail lookup-events`, one event a line.

use crate::fault::FaultKind;
use crate::format::own::{Found, Is, Object, keys};
use crate::record::{Meaning, Record};
use crate::token::cursor::Read;
use crate::token::time::TimeCache;

keys! {
    Id = "EventId",
    Name = "EventName",
    Event = "CloudTrailEvent",
}

pub(super) const SAMPLE: &str = r#"{"EventId": "0828c0d2-3589-4390-b954-c78b4a7df44b", "EventName": "DescribeInstances", "ReadOnly": "true", "EventTime": "2022-02-08 09:23:37+11:00", "EventSource": "ec2.amazonaws.com", "Username": "kim", "Resources": [], "CloudTrailEvent": "{\"eventVersion\":\"1.08\",\"eventTime\":\"2022-02-07T22:23:37Z\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"DescribeInstances\",\"sourceIPAddress\":\"192.0.2.7\"}"}"#;

pub(super) fn format() -> Object {
    let needed = &["EventId", "EventName", "CloudTrailEvent"];
    Object::new("cloudtrail-lookup", Meaning::UNKNOWN, PATHS, needed, read)
}

fn read<'a>(found: &mut Found<'a>, _: &mut TimeCache, _: &mut Record<'a>) -> Read<'a, Is> {
    for key in [Key::Id, Key::Name] {
        if found.text(key).is_none() {
            return found.refuse(FaultKind::Syntax, "a text");
        }
    }
    match found.text(Key::Event) {
        Some(event) if event.starts_with(b"{") && event.ends_with(b"}") => Ok(Is::Directive),
        _ => found.refuse(FaultKind::Syntax, "an event as a JSON text"),
    }
}
