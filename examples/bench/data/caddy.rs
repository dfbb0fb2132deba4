//! The same requests as Caddy writes them: an object a line.

use std::io::Write;
use std::path::Path;

use anyhow::Result;

use super::clock::Clock;
use super::draw::{BASE_36, Draw};
use super::requests::{self, AGENT};
use super::store::{Drawn, Store};
use super::truth::Truth;

/// One plain file.
pub(crate) fn plain(store: &Store) -> Result<Drawn> {
    store.drawn("caddy.log", |path| write(path, store.bytes()))
}

fn write(path: &Path, bytes: u64) -> Result<Truth> {
    let mut clock = Clock::utc("%s")?;
    let agent = format!(r#""User-Agent":["{AGENT}"]"#);
    let sent = [
        &agent,
        r#""Accept":["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"]"#,
        r#""Accept-Encoding":["gzip, deflate, br"]"#,
        r#""Accept-Language":["en-US,en;q=0.5"]"#,
        r#""Sec-Fetch-Mode":["navigate"]"#,
    ];
    let mut draw = Draw::of(7);
    requests::write(path, bytes, |r, text| {
        let time = clock.at(r.second)?;
        write!(
            text,
            r#"{{"level":"info","ts":{time}.{:07},"logger":"http.log.access.log0","msg":"handled request","request":{{"remote_ip":"{1}","remote_port":"{2}","client_ip":"{1}","proto":"HTTP/2.0","method":"GET","host":"files.example.org","uri":"{3}","headers":{{"#,
            draw.below(10_000_000),
            r.client,
            1024 + draw.below(64_000),
            r.target
        )?;
        headers(&sent, &mut draw, text);
        write!(
            text,
            r#"}},"tls":{{"resumed":false,"version":772,"cipher_suite":4865,"proto":"h2","server_name":"files.example.org"}}}},"bytes_read":0,"user_id":"","duration":0.{:09},"size":{},"status":{},"resp_headers":{{"#,
            1_000 + draw.below(90_000_000),
            r.size,
            r.status
        )?;
        let length = format!(r#""Content-Length":["{}"]"#, r.size);
        let mut tag = br#""Etag":["\""#.to_vec();
        draw.letters(BASE_36, 13, &mut tag);
        tag.extend_from_slice(br#"\""]"#);
        let kind = if r.target.ends_with(".csv") { "text/csv" } else { "text/html" };
        let kind = format!(r#""Content-Type":["{kind}; charset=utf-8"]"#);
        let server = r#""Server":["Caddy"]"#;
        if r.is_served() {
            let modified = r#""Last-Modified":["Sun, 26 Jun 2022 09:00:00 GMT"]"#;
            let ranges = r#""Accept-Ranges":["bytes"]"#;
            headers(&[server, &kind, &length, std::str::from_utf8(&tag)?, modified, ranges], &mut draw, text);
        } else {
            headers(&[server, &kind], &mut draw, text);
        }
        text.extend_from_slice(b"}}\n");
        Ok(())
    })
}

/// Headers in the order of a small map of Go: each time from another one on.
fn headers(of: &[&str], draw: &mut Draw, text: &mut Vec<u8>) {
    let first = draw.below(of.len() as u64) as usize;
    for (n, header) in of.iter().cycle().skip(first).take(of.len()).enumerate() {
        if n > 0 {
            text.push(b',');
        }
        text.extend_from_slice(header.as_bytes());
    }
}
