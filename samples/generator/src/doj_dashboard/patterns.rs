//! The traps: each scene has clients of its own, so that what was meant is the only reading.
//!
//! Retrievals follow METHOD M6.2–M6.4. The gateway's log has no user agent and no ranges, so the key is
//! (address or /64, login, object) and the credit of parts is the sum of their bytes.

use super::background::PERMIT_PAGE;
use super::cast::Cast;
use super::plan::{
    APPLICANTS, APPLICANTS_INTERNAL, BY_COUNTY, DEALER_HANDGUNS, DEALER_LONG_GUNS, DENIED, EXPORT,
    PERMIT_DEALERS, PUBLISHED, REGISTRATIONS, SAFETY_HOLDERS, SAFETY_SUMMARY, Thing,
};
use super::request::{Actor, Client, InFront, Request, Route};
use super::story::Story;
use crate::PlanError;
use crate::clock::{Moment, pacific};

const MINUTE: i64 = 60_000;
/// The gap of M6.3 (i).
const GAP: i64 = 30 * MINUTE;

/// Draws all scenes.
pub(super) fn draw(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    resumed(story, cast)?;
    on_the_gap(story, cast)?;
    parts_only(story, cast)?;
    parts_and_wholes(story, cast)?;
    no_data(story, cast)?;
    refusals(story, cast)?;
    forwarded(story, cast)?;
    spellings_of_addresses(story, cast)?;
    spellings_of_paths(story, cast)?;
    neighbours(story, cast)?;
    logins(story, cast)?;
    exports_by_post(story, cast)?;
    parties(story, cast)?;
    odd_sizes(story, cast)?;
    other_data_sets(story, cast)
}

/// A start after the restart, with an hour to go before the quiet hours or the switch-off.
fn start(story: &mut Story) -> Moment {
    let evening = story.rng.percent(60);
    let (low, high) = if evening {
        (pacific(22, 5, 0, 0), pacific(23, 0, 0, 0))
    } else {
        (pacific(32, 0, 0, 0), pacific(34, 15, 0, 0))
    };
    Moment(story.rng.between(low.0, high.0))
}

/// A start in the rush before the crash.
fn early(story: &mut Story) -> Moment {
    Moment(story.rng.between(PUBLISHED.plus_s(120).0, pacific(19, 20, 0, 0).0))
}

/// A 200 that the client did not get to the end, resumed by one or two 206: one retrieval.
fn resumed(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for n in 0..36 {
        let thing = if n < 24 { APPLICANTS } else { DENIED };
        let who = cast.permit_client()?;
        let at = if n % 6 == 5 { early(story) } else { start(story) };
        let retrieval = story.retrieval();
        let bytes = story.size(&thing, at);
        let left_after = bytes / 100 * story.rng.below(60);
        story.page_view(&who, at, &PERMIT_PAGE)?;
        let whole = Request::get(&who, at, &thing).whole(bytes, retrieval);
        story.put(Request { front: InFront::Cut(left_after + 1), ..whole })?;
        let mut at = at.plus_ms(story.rng.between(2 * MINUTE, 6 * MINUTE));
        for _ in 0..=(n % 2) {
            let part = bytes / 100 * (20 + story.rng.below(20));
            story.put(Request::get(&who, at, &thing).part(part, retrieval))?;
            at = at.plus_ms(story.rng.between(3 * MINUTE, 8 * MINUTE));
        }
    }
    Ok(())
}

/// Exactly the gap joins; one millisecond more opens a new retrieval (M6.3 i).
fn on_the_gap(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for n in 0..8 {
        let who = cast.permit_client()?;
        let at = start(story);
        let first = story.retrieval();
        let second = if n % 2 == 0 { first } else { story.retrieval() };
        story.put(Request::get(&who, at, &APPLICANTS).part(8_388_608, first))?;
        let later = at.plus_ms(GAP + n % 2);
        story.put(Request::get(&who, later, &APPLICANTS).part(8_388_608, second))?;
        // The gap is counted from the last request of the retrieval, not from its first.
        if n % 4 == 0 {
            story.put(Request::get(&who, later.plus_ms(GAP - 1), &APPLICANTS).part(4_194_304, second))?;
        }
    }
    Ok(())
}

/// Parts that never add up to the file; and parts that do, after which the next one begins anew (iii).
fn parts_only(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for _ in 0..9 {
        let who = cast.permit_client()?;
        let at = start(story);
        let retrieval = story.retrieval();
        for n in 0..3 {
            let bytes = 9_000_000 + story.rng.below(3_000_000);
            let at = at.plus_ms(n * 4 * MINUTE + story.rng.between(0, MINUTE));
            story.put(Request::get(&who, at, &APPLICANTS).part(bytes, retrieval))?;
        }
    }
    let quarter = APPLICANTS.bytes / 4 + 1;
    for _ in 0..3 {
        let who = cast.permit_client()?;
        let at = start(story);
        let (first, second) = (story.retrieval(), story.retrieval());
        for (n, retrieval) in [first, first, first, first, second, second].into_iter().enumerate() {
            let at = at.plus_ms(i64::try_from(n).unwrap_or(0) * 3 * MINUTE);
            story.put(Request::get(&who, at, &APPLICANTS).part(quarter, retrieval))?;
        }
    }
    Ok(())
}

/// Whole answers among parts (M6.3 ii), and plain repetition.
fn parts_and_wholes(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for _ in 0..6 {
        let who = cast.permit_client()?;
        let at = start(story);
        let (first, second) = (story.retrieval(), story.retrieval());
        let part = |n: i64| Request::get(&who, at.plus_ms(n * 3 * MINUTE), &APPLICANTS);
        story.put(part(0).part(7_340_032, first))?;
        story.put(part(1).part(7_340_032, first))?;
        story.put(part(2).whole(APPLICANTS.bytes, first))?;
        story.put(part(3).whole(APPLICANTS.bytes, second))?;
        story.put(part(4).part(7_340_032, second))?;
    }
    for _ in 0..5 {
        let who = cast.permit_client()?;
        let at = start(story);
        for n in 0..3 {
            story.whole(&who, at.plus_ms(n * 5 * MINUTE), &APPLICANTS)?;
        }
    }
    Ok(())
}

/// Answers that show knowledge or an attempt, but carry no data.
fn no_data(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for n in 0..24 {
        let who = cast.permit_client()?;
        let at = start(story);
        let ask = |minutes: i64, thing: &Thing| Request::get(&who, at.plus_ms(minutes * MINUTE), thing);
        match n % 4 {
            // Probes of one and two bytes are learned; three bytes are a part.
            0 => {
                story.put(ask(0, &APPLICANTS).probe(1))?;
                story.put(ask(1, &APPLICANTS).probe(2))?;
                let retrieval = story.retrieval();
                story.put(ask(2, &APPLICANTS).part(3, retrieval))?;
                story.put(ask(3, &APPLICANTS).whole(APPLICANTS.bytes, retrieval))?;
            }
            // `-` in the byte column is no data, with 200 and with 206.
            1 => {
                story.put(ask(0, &APPLICANTS).zero_body(200))?;
                story.put(ask(1, &APPLICANTS).zero_body(206))?;
                story.whole(&who, at.plus_ms(2 * MINUTE), &APPLICANTS)?;
            }
            2 => {
                story.put(ask(0, &APPLICANTS).head())?;
                story.put(ask(1, &DENIED).other_method("HEAD", 404, 0))?;
                story.whole(&who, at.plus_ms(MINUTE), &BY_COUNTY)?;
            }
            // Reloads of a file that has not changed.
            _ => {
                story.whole(&who, at, &BY_COUNTY)?;
                for again in 1..=1 + n % 3 {
                    story.put(ask(again * 7, &BY_COUNTY).not_modified())?;
                }
            }
        }
    }
    Ok(())
}

/// Errors and retries; visitors who were always refused.
fn refusals(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for n in 0..16 {
        let who = cast.permit_client()?;
        let at = if n < 12 { early(story) } else { start(story) };
        let status = [500, 503, 504, 500].get(n % 4).copied().unwrap_or(500);
        for try_no in 0..=i64::try_from(n % 3).unwrap_or(0) {
            let at = at.plus_ms(try_no * 21_000);
            story.put(Request::get(&who, at, &APPLICANTS).refused(status, 924))?;
        }
        story.whole(&who, at.plus_ms(90_000), &APPLICANTS)?;
    }
    for n in 0..20_usize {
        let who = cast.other_client()?;
        let at = start(story);
        let request = Request::get(&who, at, &APPLICANTS);
        let status = [302, 403, 404, 416, 302].get(n % 5).copied().unwrap_or(404);
        story.put(if n % 7 == 6 { request.no_content() } else { request.refused(status, 205) })?;
    }
    for method in ["PUT", "DELETE", "OPTIONS"] {
        let who = cast.other_client()?;
        let at = start(story);
        story.put(Request::get(&who, at, &APPLICANTS).other_method(method, 405, 223))?;
    }
    Ok(())
}

/// Forwarded addresses: forged, unreadable, all trusted, two hops, and a header that must be ignored.
fn forwarded(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    // One client under seven names.
    let who = cast.permit_client_of(false)?;
    let at = start(story);
    for n in 0..7 {
        let retrieval = story.retrieval();
        let request =
            Request::get(&who, at.plus_ms(n * 2 * MINUTE), &APPLICANTS).whole(APPLICANTS.bytes, retrieval);
        story.put(request.via(Route::Forged(format!("192.0.2.{}", 210 + n))))?;
    }
    let forged =
        ["198.51.100.200", "198.51.100.193", "10.0.0.9", "unknown", "192.0.2.231, 192.0.2.232", "10.0.0.6"];
    for header in forged {
        let who = cast.permit_client()?;
        let at = start(story);
        for n in 0..2 {
            let retrieval = story.retrieval();
            let at = at.plus_ms(n * 9 * MINUTE);
            let request = Request::get(&who, at, &APPLICANTS).whole(APPLICANTS.bytes, retrieval);
            story.put(request.via(Route::Forged(header.to_owned())))?;
        }
    }
    // After the restart, one front node sends everything through the other for an hour.
    for _ in 0..9 {
        let who = cast.permit_client()?;
        let at = Moment(story.rng.between(pacific(21, 31, 0, 0).0, pacific(22, 30, 0, 0).0));
        let retrieval = story.retrieval();
        story
            .put(Request::get(&who, at, &APPLICANTS).whole(APPLICANTS.bytes, retrieval).via(Route::Chain))?;
    }
    let proxy = cast.proxy.clone();
    for _ in 0..6 {
        let at = start(story);
        story.whole(&proxy, at, &APPLICANTS)?;
    }
    for (n, who) in cast.direct.clone().iter().enumerate() {
        for _ in 0..=n + 2 {
            let at = start(story);
            story.whole(who, at, &APPLICANTS_INTERNAL)?;
        }
    }
    Ok(())
}

/// One address in many spellings.
fn spellings_of_addresses(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for n in 0..5 {
        let who = cast.permit_client_of(n >= 3)?;
        let Client::Ip(address) = who.client else { return Err(PlanError::new("spelling")) };
        let spellings = match address {
            std::net::IpAddr::V4(ip) => {
                let [a, b, c, d] = ip.octets();
                vec![
                    ip.to_string(),
                    format!("{ip}:51234"),
                    format!("::ffff:{ip}"),
                    format!("[::ffff:{ip}]:443"),
                    format!("::FFFF:{a:02x}{b:02x}:{c:02x}{d:02x}"),
                ]
            }
            std::net::IpAddr::V6(ip) => {
                let long: Vec<String> = ip.segments().iter().map(|group| format!("{group:04X}")).collect();
                vec![ip.to_string(), long.join(":"), format!("[{ip}]:8443"), format!("{ip}%eth0")]
            }
        };
        let at = start(story);
        for (m, spelling) in spellings.into_iter().enumerate() {
            let retrieval = story.retrieval();
            let at = at.plus_ms(i64::try_from(m).unwrap_or(0) * 5 * MINUTE);
            let request = Request::get(&who, at, &BY_COUNTY).whole(BY_COUNTY.bytes, retrieval);
            story.put(request.via(Route::Spelled(spelling)))?;
        }
    }
    Ok(())
}

/// One object under many targets (M4.2), and a target that a later resource would like too (M4.1).
fn spellings_of_paths(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for target in [
        "//views/Permits//Applicants.csv",
        "/views/./Permits/Applicants.csv",
        "/views/Embed/../Permits/Applicants.csv",
        "/views/Permits/Applic%61nts.csv",
        "/views/%50ermits/Applicants.csv",
        "http://dashboards.doj.example/views/Permits/Applicants.csv",
        "/views/Permits/Applicants.csv?:refresh=yes&:embed=y",
        "/views/Permits/Applicants.csv#all",
    ] {
        let who = cast.permit_client()?;
        let at = start(story);
        for n in 0..2 {
            let thing = if n == 0 { APPLICANTS } else { APPLICANTS.at(target) };
            story.whole(&who, at.plus_ms(n * MINUTE), &thing)?;
        }
    }
    let who = cast.other_client()?;
    let at = start(story);
    let request = Request::get(&who, at, &APPLICANTS).refused(404, 196);
    story.put(request.spelled("/views/Permits;jsessionid=71AC/Applicants.csv"))?;
    for _ in 0..3 {
        let who = cast.permit_client()?;
        let at = start(story);
        for n in 0..3 {
            story.whole(&who, at.plus_ms(n * 11 * MINUTE), &PERMIT_DEALERS)?;
        }
        story.put(Request::get(&who, at.plus_ms(40 * MINUTE), &PERMIT_DEALERS).refused(404, 196))?;
    }
    Ok(())
}

/// Two addresses of one /64 are two clients, but one retrieval key (M6.2).
fn neighbours(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let [(a, b), (c, d)] = cast.neighbours.as_slice() else { return Err(PlanError::new("neighbours")) };
    let at = pacific(22, 12, 4, 0);
    let joint = story.retrieval();
    story.put(Request::get(a, at, &APPLICANTS).part(10_485_760, joint))?;
    story.put(Request::get(b, at.plus_ms(3 * MINUTE), &APPLICANTS).part(10_485_760, joint))?;
    story.put(Request::get(b, at.plus_ms(6 * MINUTE), &APPLICANTS).whole(APPLICANTS.bytes, joint))?;
    let at = pacific(32, 40, 9, 0);
    story.whole(c, at, &APPLICANTS)?;
    let second = story.retrieval();
    story.put(Request::get(d, at.plus_ms(5 * MINUTE), &APPLICANTS).whole(APPLICANTS.bytes, second))?;
    story.put(Request::get(c, at.plus_ms(8 * MINUTE), &APPLICANTS).part(10_485_760, second))
}

/// A login is part of the retrieval key, and decides the party.
fn logins(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let press = cast.permit_client()?;
    let at = start(story);
    let (nameless, named) = (story.retrieval(), story.retrieval());
    // Two keys in turn: the third request joins the first, the fourth joins the second.
    for n in 0..4 {
        let (login, retrieval) = if n % 2 == 0 { ("-", nameless) } else { ("press1", named) };
        let at = at.plus_ms(n * 4 * MINUTE);
        story.put(Request::get(&press, at, &APPLICANTS).part(6_291_456, retrieval).login(login))?;
    }
    // Staff at home: by login in the party, without it not.
    let home = cast.permit_client()?;
    let at = start(story);
    for (n, login) in ["DOJ\\mlopez", "DOJ\\mlopez", "-"].into_iter().enumerate() {
        let retrieval = story.retrieval();
        let at = at.plus_ms(i64::try_from(n).unwrap_or(0) * 40 * MINUTE / 3);
        story.put(Request::get(&home, at, &APPLICANTS).whole(APPLICANTS.bytes, retrieval).login(login))?;
    }
    Ok(())
}

/// Exports by POST: data went out, but the resource lists GET (CNT-11).
fn exports_by_post(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let mut who: Vec<Actor> = Vec::new();
    for _ in 0..9 {
        who.push(cast.other_client()?);
    }
    who.extend(cast.permits.iter().step_by(11).take(21).cloned());
    for n in 0..44_usize {
        let Some(actor) = who.get(n % who.len().max(1)) else { continue };
        let at = start(story);
        let session = story.session();
        let command = "commands/tabdoc/export-crosstab-server";
        let target = format!("/vizql/w/Permits/v/Applicants/sessions/{session}/{command}");
        let request = Request { upload: "931", ..Request::get(actor, at, &EXPORT).spelled(target) };
        story.put(match n {
            0..41 => request.other_method("POST", 200, EXPORT.bytes + u64::try_from(n).unwrap_or(0) * 1013),
            41 => request.other_method("POST", 500, 395),
            _ => request.refused(405, 223),
        })?;
    }
    Ok(())
}

/// Staff, and a robot that says that it is one.
fn parties(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for (n, who) in cast.staff.clone().iter().enumerate() {
        for m in 0..2 {
            let at = start(story);
            let retrieval = story.retrieval();
            let login = if n == 0 && m == 0 { "DOJ\\arivera" } else { "-" };
            let request = Request::get(who, at, &BY_COUNTY).whole(BY_COUNTY.bytes, retrieval);
            story.put(request.login(login))?;
        }
    }
    let things = [APPLICANTS, SAFETY_HOLDERS, DEALER_HANDGUNS, REGISTRATIONS, BY_COUNTY];
    for (n, who) in cast.crawlers.clone().iter().enumerate() {
        let n = i64::try_from(n).unwrap_or(0);
        for m in 0..36 {
            let begin = if m < 18 { pacific(22, 3, 0, 0) } else { pacific(31, 10, 0, 0) };
            let at = begin.plus_ms((m % 18) * 5 * MINUTE + n * 61_000);
            let thing = usize::try_from(m).ok().and_then(|m| things.get(m % things.len())).copied();
            let thing = thing.unwrap_or(APPLICANTS);
            if m % 9 == 8 {
                story.put(Request::get(who, at, &thing).not_modified())?;
            } else {
                story.whole(who, at, &thing)?;
            }
        }
    }
    // An agent that claims to be the department's check: seen by the front only, and proof of nothing.
    let mut pretender = cast.permit_client()?;
    pretender.agent = "DOJ-Dashboard-Check/1.0";
    let at = start(story);
    story.whole(&pretender, at, &APPLICANTS)
}

/// A 200 that was an error page (CNT-08), and clients that left before the first byte (front: 499).
fn odd_sizes(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for _ in 0..11 {
        let who = cast.permit_client()?;
        let at = start(story);
        let retrieval = story.retrieval();
        story.put(Request::get(&who, at, &APPLICANTS).whole(5120, retrieval))?;
    }
    for _ in 0..8 {
        let who = cast.permit_client()?;
        let at = start(story);
        let retrieval = story.retrieval();
        let request = Request::get(&who, at, &APPLICANTS).whole(APPLICANTS.bytes, retrieval);
        story.put(Request { front: InFront::Left, ..request })?;
    }
    Ok(())
}

/// The same traps, fewer, on the other three data sets; and two clients without an address.
fn other_data_sets(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for thing in [SAFETY_HOLDERS, DEALER_HANDGUNS, REGISTRATIONS] {
        for n in 0..6 {
            let who = cast.other_client()?;
            let at = start(story);
            let ask = |minutes: i64| Request::get(&who, at.plus_ms(minutes * MINUTE), &thing);
            let retrieval = story.retrieval();
            story.put(ask(0).part(thing.bytes / 3, retrieval))?;
            match n % 3 {
                0 => story.put(ask(2).whole(thing.bytes, retrieval))?,
                1 => story.put(ask(2).part(thing.bytes / 4, retrieval))?,
                _ => story.put(ask(2).refused(403, 205))?,
            }
            story.put(ask(5).head())?;
            story.put(ask(6).not_modified())?;
            story.put(ask(7).zero_body(200))?;
        }
    }
    // The second sheet under two spellings of one query value: one object.
    let who = cast.other_client()?;
    let at = start(story);
    for (n, target) in [DEALER_LONG_GUNS.target, "/views/DealerSales/Sales.csv?x=1&sheet=long%20guns"]
        .into_iter()
        .enumerate()
    {
        let at = at.plus_ms(i64::try_from(n).unwrap_or(0) * MINUTE);
        story.whole(&who, at, &DEALER_LONG_GUNS.at(target))?;
    }
    let nameless = [(Client::Name("buildhost.doj.example"), "buildhost", 2), (Client::Unknown, "nobody", 3)];
    for (client, id, times) in nameless {
        let route = Route::Direct("-".to_owned());
        let who = Actor { id: id.to_owned(), client, agent: "-", party: super::cast::NOBODY, route };
        let at = start(story);
        for n in 0..times {
            story.whole(&who, at.plus_ms(n * 2 * MINUTE), &DEALER_HANDGUNS)?;
        }
    }
    let at = start(story);
    let who = cast.other_client()?;
    story.put(Request::get(&who, at, &SAFETY_SUMMARY).other_method("POST", 405, 223))
}
