//! The front's log: nginx, one file, written when an answer is finished. It knows the client without any
//! header, sees what it answered by itself, and counts the bytes that it really sent.

use super::plan::FROM;
use super::request::{Request, Route};
use super::rows::{self, Line, Seen};
use super::story::{Story, front_answer};
use crate::clock::pacific;
use crate::nginx::FrontLine;
use crate::output::Files;
use crate::truth::Row;

const PATH: &str = "logs/front/front-access.log";

/// Renders the front's file; gives its rows of truth.
pub(super) fn write(story: &Story, files: &mut Files) -> Vec<Row> {
    let mut lines: Vec<_> = story.requests.iter().filter_map(line).collect();
    lines.sort_by_key(|(done, _)| *done);
    for (at, kind, text) in [
        (FROM.plus_s(4_000), "blank", ""),
        (pacific(22, 17, 41, 0), "fault:syntax", "203.0.113.9 - - [27/Jun/2022:22:17:4"),
    ] {
        let index = lines.iter().position(|(done, _)| *done >= at).unwrap_or(0);
        lines.insert(index, (at, Line::other("edge", kind, text.as_bytes())));
    }
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    let (content, rows) = rows::file(&lines, PATH, true);
    files.put(PATH, content);
    rows
}

fn line(request: &Request) -> Option<(crate::clock::Moment, Line)> {
    let (status, bytes, meant) = front_answer(request)?;
    let done = request.done().plus_ms(3);
    let (client, _) = rows::client(&request.who.client);
    let text = match request.raw {
        Some(raw) => raw.to_owned(),
        None => format!("{} {} HTTP/1.1", request.method, request.target),
    };
    let forwarded = match &request.route {
        Route::Forged(header) => header,
        Route::Proxy => "unknown",
        _ => "-",
    };
    let agent = request.who.agent;
    let line = FrontLine { client: &client, at: done, request: &text, status, bytes, agent, forwarded };
    let seen = Seen {
        vantage: "edge",
        time: done.second(),
        peer: client.clone(),
        client_from: "peer",
        agent,
        status: &status.to_string(),
        bytes,
        meant,
        retrieval: 0,
    };
    // The front does not see the login.
    let anonymous = Request { login: "-", ..request.clone() };
    Some((done, Line { text: line.text().into_bytes(), row: rows::row(&anonymous, &seen) }))
}
