//! The gateway's log: four files as the server rotated them, a copy of the first in a backup folder.
//!
//! httpd writes a line when the answer is finished, but prints the time at which the request came: so
//! lines are in the order of their ends, and times run backwards here and there.

use super::plan::{CRASH, MIDNIGHT, ROTATED};
use super::request::{Again, Client, Request, Route};
use super::rows::{self, Line, Seen, client_from, retrieval_id};
use super::story::Story;
use crate::clock::{Moment, pacific};
use crate::output::Files;
use crate::rng::Rng;
use crate::tableau::GatewayLine;
use crate::truth::Row;
use crate::{PlanError, gzip};

const FIRST: &str = "logs/gateway/access.2022_06_27_00_00_00.log.gz";
const COPY: &str = "logs/gateway/backup/access.2022_06_27_00_00_00.log";
const SECOND: &str = "logs/gateway/access.2022_06_27_15_00_00.log";
const THIRD: &str = "logs/gateway/access.2022_06_27_21_29_41.log";
const FOURTH: &str = "logs/gateway/access.2022_06_28_00_00_00.log";

/// Lines at the end of the first file that are the head of the second one, too.
const OVERLAP: usize = 24;

/// Renders the gateway's files; gives their rows of truth in canonical order, the copy's last.
pub(super) fn write(story: &Story, rng: &mut Rng, files: &mut Files) -> Result<Vec<Row>, PlanError> {
    let mut requests: Vec<&Request> = story.requests.iter().filter(|r| r.at_gateway()).collect();
    requests.sort_by_key(|r| r.done());
    let (mut first, mut second, mut third, mut fourth) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut repeated = Vec::new();
    for request in requests {
        let done = request.done();
        let zone = if done < CRASH { "Pacific Daylight Time" } else { "-0700" };
        let line = line(request, zone, rng);
        let file = match done {
            _ if done < ROTATED => &mut first,
            _ if done < CRASH => &mut second,
            _ if done < MIDNIGHT => &mut third,
            _ => &mut fourth,
        };
        file.push((done, line.clone()));
        if let Some((again, retrieval)) = request.again {
            let twin = Row { retrieval_id: retrieval_id(retrieval), ..line.row.clone() };
            let twin = (done, Line { row: twin, ..line });
            if again == Again::Adjacent { file.push(twin) } else { repeated.push(twin) }
        }
    }
    repeated.append(&mut fourth);
    let mut fourth = repeated;
    for (at, kind, text) in faults() {
        let file = if at < CRASH {
            &mut second
        } else if at < MIDNIGHT {
            &mut third
        } else {
            &mut fourth
        };
        let index = file.iter().position(|(done, _)| *done >= at);
        let index = index.ok_or_else(|| PlanError::new(format!("no place for a {kind} line")))?;
        file.insert(index, (at, Line::other("origin", kind, &text)));
    }
    let torn = "dashboards.doj.example 10.0.0.5 - 2022-06-27T19:40:08.221 \"Pacific Daylight Time\" 80 \"GET /views/Permits/Appl";
    second.push((CRASH, Line::other("origin", "fault:torn", torn.as_bytes())));

    let [first, mut second, third, fourth] = [first, second, third, fourth].map(without_times);
    let (content, mut rows) = rows::file(&first, FIRST, true);
    let overlap: Vec<Line> = first
        .iter()
        .zip(&rows)
        .skip(first.len().saturating_sub(OVERLAP))
        .map(|(line, row)| Line {
            row: duplicate(&line.row, "duplicate-record:overlap", row),
            ..line.clone()
        })
        .collect();
    second.splice(0..0, overlap);

    let copied: Vec<Line> = first
        .iter()
        .zip(&rows)
        .map(|(line, row)| Line { row: duplicate(&line.row, "duplicate-file", row), ..line.clone() })
        .collect();
    let (copy, copy_rows) = rows::file(&copied, COPY, true);

    // Two members, cut at a line: as `gzip -c a >> b` leaves them.
    let half: usize = rows.iter().take(rows.len() / 2).map(|row| row.line_bytes).sum();
    let (head, tail) = content.split_at_checked(half).ok_or_else(|| PlanError::new("no half"))?;
    files.put(FIRST, [gzip::member(head), gzip::member(tail)].concat());
    files.put(COPY, copy);
    for (lines, path, last_line_ends) in
        [(second, SECOND, false), (third, THIRD, true), (fourth, FOURTH, false)]
    {
        let (content, more) = rows::file(&lines, path, last_line_ends);
        files.put(path, content);
        rows.extend(more);
    }
    rows.extend(copy_rows);
    Ok(rows)
}

fn without_times(lines: Vec<(Moment, Line)>) -> Vec<Line> {
    lines.into_iter().map(|(_, line)| line).collect()
}

fn duplicate(row: &Row, why: &str, first: &Row) -> Row {
    Row {
        counted: "no".to_owned(),
        why: why.to_owned(),
        retrieval_id: String::new(),
        duplicate_of: format!("{}:{}", first.source_file, first.line),
        ..row.clone()
    }
}

/// Lines that are no records, and where they stand.
fn faults() -> Vec<(Moment, &'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        (pacific(16, 20, 0, 0), "blank", Vec::new()),
        (
            pacific(19, 12, 30, 0),
            "fault:syntax",
            text("httpd.exe: Could not reliably determine the server's fully qualified domain name"),
        ),
        (
            pacific(19, 33, 1, 0),
            "fault:syntax",
            text(
                "dashboards.doj.example 10.0.0.6 - 2022-06-27T19:33:00.118 \"Pacific Daylight Time\" 80 \"GET /vie",
            ),
        ),
        // Written over by the file system after the crash.
        (pacific(21, 33, 0, 0), "fault:nul", vec![0; 64]),
        (pacific(22, 14, 0, 0), "blank", Vec::new()),
        (
            pacific(22, 40, 0, 0),
            "fault:time",
            text(concat!(
                "dashboards.doj.example 10.0.0.5 - 2022-06-27T22:61:07.000 \"-0700\" 80 ",
                "\"GET /views/Permits/Applicants.csv HTTP/1.1\" \"192.0.2.77\" 200 41234567 \"-\" 9120044 ",
                "YrqQ2ge5S2cAAB1x2QAAAEMx - - - -"
            )),
        ),
        (
            pacific(33, 5, 0, 0),
            "fault:status",
            text(concat!(
                "dashboards.doj.example 10.0.0.6 - 2022-06-28T09:04:58.310 \"-0700\" 80 ",
                "\"GET /views/Permits/ByCounty.csv HTTP/1.1\" \"192.0.2.78\" Invalid 18204 \"-\" 20044 ",
                "YrqQ2ge5S2cAAB1x2QAAAEMy - - - -"
            )),
        ),
        (pacific(36, 41, 0, 0), "fault:syntax", text("<!-- end of maintenance note -->")),
    ]
}

/// One request as the gateway wrote it.
fn line(request: &Request, zone: &str, rng: &mut Rng) -> Line {
    let (client, _) = rows::client(&request.who.client);
    let node = if rng.percent(55) { "10.0.0.5" } else { "10.0.0.6" };
    let (peer, forwarded) = match &request.route {
        Route::Front => (node, client.clone()),
        Route::Spelled(spelling) => (node, spelling.clone()),
        Route::Forged(header) => (node, format!("{header}, {client}")),
        Route::Chain => ("10.0.0.5", format!("{client}, 10.0.0.6")),
        Route::Proxy => (node, format!("unknown, {client}")),
        Route::Inside => (node, client.clone()),
        Route::Direct(header) => (client.as_str(), header.clone()),
    };
    let text = match request.raw {
        Some(raw) => raw.to_owned(),
        None => format!("{} {} HTTP/1.1", request.method, request.target),
    };
    let status = request.status.to_string();
    let error = if request.status == 500 { "System 4 0x640D9F85 dataserver" } else { "- - - -" };
    let id = if request.raw.is_some() { "-".to_owned() } else { unique_id(rng) };
    let written = GatewayLine {
        host: request.thing.host,
        peer,
        login: request.login,
        at: request.at,
        zone,
        request: &text,
        forwarded: &forwarded,
        status: &status,
        bytes: request.bytes,
        upload: request.upload,
        took_us: request.took_us.unwrap_or(0),
        id: &id,
        error,
    };
    let seen = Seen {
        vantage: "origin",
        time: request.at,
        peer: peer.to_owned(),
        client_from: client_from(request),
        agent: "-",
        status: &status,
        bytes: request.bytes,
        meant: request.meant,
        retrieval: request.retrieval,
    };
    debug_assert!(request.who.client != Client::Unknown || peer == "-");
    Line { text: written.text().into_bytes(), row: rows::row(request, &seen) }
}

/// An id as mod_unique_id makes them: 24 characters of its own base 64.
fn unique_id(rng: &mut Rng) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@-";
    let mut id = String::from("Yrp");
    for _ in 0..21 {
        id.push(char::from(rng.pick(ALPHABET).copied().unwrap_or(b'A')));
    }
    id
}
