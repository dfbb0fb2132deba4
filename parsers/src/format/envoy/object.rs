//! Istio's JSON encoding. A value that is not there is `null`, absent or `-`.

use super::{MEANING, abort};
use crate::fault::FaultKind;
use crate::format::own::{Found, Is, Object, keys};
use crate::record::{Bytes, Escape, Record};
use crate::token::cursor::{Read, all};
use crate::token::json::Value;
use crate::token::request::without_port;
use crate::token::time::{TimeCache, iso8601};

keys! {
    Time = "start_time",
    Status = "response_code",
    Flags = "response_flags",
    Bytes = "bytes_sent",
    Client = "downstream_remote_address",
    Forwarded = "x_forwarded_for",
    Method = "method",
    Path = "path",
    Protocol = "protocol",
    Host = "authority",
    Agent = "user_agent",
    Id = "request_id",
}

pub(super) const SAMPLE: &str = r#"{"authority":"files.example.org:8000","bytes_received":0,"bytes_sent":2326,"connection_termination_details":null,"downstream_local_address":"10.44.1.27:80","downstream_remote_address":"192.0.2.7:37652","duration":3,"method":"GET","path":"/a.csv?b=c","protocol":"HTTP/1.1","request_id":"84961386-6d84-929d-98bd-c5aee93b5c88","requested_server_name":null,"response_code":200,"response_code_details":"via_upstream","response_flags":"-","route_name":"default","start_time":"2020-11-25T21:26:18.409Z","upstream_cluster":"inbound|8000||","upstream_host":"127.0.0.1:80","upstream_local_address":"127.0.0.1:41854","upstream_service_time":"1","upstream_transport_failure_reason":null,"user_agent":"curl/8.5.0","x_forwarded_for":null}"#;

pub(super) fn format() -> Object {
    let needed = &["start_time", "response_code", "response_flags", "bytes_sent"];
    Object::new("envoy-json", MEANING.escaped(Escape::Json), PATHS, needed, read)
}

fn read<'a>(found: &mut Found<'a>, cache: &mut TimeCache, record: &mut Record<'a>) -> Read<'a, Is> {
    let Value::Text(time) = found.get(Key::Time) else {
        return found.refuse(FaultKind::Time, "a time such as `2020-11-25T21:26:18.409Z`");
    };
    record.time = all(time, |time| iso8601(time, cache))?;
    record.status = found.get(Key::Status).status()?;
    record.abort = found.text(Key::Flags).map(abort).unwrap_or_default();
    record.bytes = found.count(Key::Bytes).map_or(Bytes::Unlogged, Bytes::Logged);
    record.client = found.text(Key::Client);
    record.x_forwarded_for = found.text(Key::Forwarded);
    record.method = found.text(Key::Method);
    record.target = found.text(Key::Path);
    record.protocol = found.text(Key::Protocol);
    record.host = found.text(Key::Host).map(without_port);
    record.agent = found.get(Key::Agent).written().filter(|text| *text != b"-");
    record.request_id = found.text(Key::Id);
    let is_connection =
        record.method.is_none() && record.protocol.is_none() && matches!(record.status, None | Some(0));
    Ok(if is_connection { Is::Directive } else { Is::Request })
}
