//! What runs whether anyone looks or not: the monitor, the front's own check, scanners, and the front's
//! answers while the gateway is down.

use super::cast::Cast;
use super::plan::{
    APPLICANTS, BY_COUNTY, CLOSED, FIRST_AFTER_RESTART, LAST_BEFORE_CRASH, LOG_BEGIN, LOG_END, PUBLISHED,
    SAFETY_SUMMARY, Thing,
};
use super::request::{InFront, Request, Route};
use super::story::{Story, up};
use crate::PlanError;
use crate::clock::{Moment, pacific};

/// The icon that monitors ask for.
const ICON: Thing = Thing::page("/favicon.ico", 0);
/// The front's own check.
const HEALTH: Thing = Thing::page("/healthz", 3);
/// The start page.
pub(super) const START: Thing = Thing::page("/", 5122);
/// The permit dashboard's page.
pub(super) const PERMIT_PAGE: Thing = Thing::page("/views/Permits/Applicants?:embed=y", 18_388);
/// The page of another dashboard.
pub(super) const OTHER_PAGE: Thing = Thing::page("/views/SafetyCertificates/Overview?:embed=y", 17_902);

/// Draws all of it.
pub(super) fn draw(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    icon_each_minute(story, cast)?;
    monitor_checks(story, cast)?;
    health_of_the_front(story, cast)?;
    scanners(story, cast)?;
    front_alone(story, cast)
}

/// HEAD /favicon.ico each minute; its records are the last before the crash and the first after it.
fn icon_each_minute(story: &mut Story, cast: &Cast) -> Result<(), PlanError> {
    let mut at = LOG_BEGIN;
    while at < LOG_END {
        if up(at) {
            let exact = at == LAST_BEFORE_CRASH || at == FIRST_AFTER_RESTART;
            let when = if exact { at } else { at.plus_ms(story.rng.between(1, 400)) };
            let icon = Request::get(&cast.monitor, when, &ICON).took_ms(1);
            story.put(Request { method: "HEAD", front: InFront::Absent, ..icon })?;
        }
        at = if at == LAST_BEFORE_CRASH { FIRST_AFTER_RESTART } else { at.plus_s(60) };
    }
    Ok(())
}

/// HEAD on the permit data each quarter of an hour, a small GET each hour of the working day.
fn monitor_checks(story: &mut Story, cast: &Cast) -> Result<(), PlanError> {
    let mut at = pacific(10, 45, 20, 0);
    while at < LOG_END {
        let request = Request::get(&cast.monitor, at, &APPLICANTS).took_ms(4);
        if !up(at) {
            story.put(Request { front: InFront::Only, ..request.other_method("HEAD", 503, 0) })?;
        } else if at < CLOSED {
            story.put(request.head())?;
        } else {
            story.put(request.other_method("HEAD", 404, 0))?;
        }
        at = at.plus_s(900);
    }
    for hour in [11, 12, 13, 14, 15, 16, 17, 18, 32, 33, 34, 35] {
        story.whole(&cast.monitor, pacific(hour, 7, 31, 250), &SAFETY_SUMMARY)?;
    }
    Ok(())
}

/// The front asks itself each four minutes; so its log has no silence.
fn health_of_the_front(story: &mut Story, cast: &Cast) -> Result<(), PlanError> {
    let mut at = LOG_BEGIN;
    while at < LOG_END {
        let check = Request::get(&cast.monitor, at, &HEALTH).took_ms(1);
        story.put(Request { front: InFront::Only, ..check })?;
        at = at.plus_s(240);
    }
    Ok(())
}

/// Records that are no requests, look-alike routes, and the usual search for other people's software.
fn scanners(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let raw: [(Moment, &'static str, u16, u64); 6] = [
        (pacific(13, 2, 11, 90), "\u{16}\u{3}\u{1}", 400, 226),
        (pacific(18, 44, 2, 417), "\u{16}\u{3}\u{1} \u{2}", 400, 226),
        (pacific(22, 51, 40, 5), "", 400, 226),
        (pacific(27, 12, 9, 0), "-", 408, 0),
        (pacific(29, 40, 55, 331), "\u{3}\u{0}\u{0}/*\u{e0}\u{0}\u{0}", 400, 226),
        (pacific(33, 21, 17, 602), "/vizql/w/Permits/v/Applicants/bootstrapSession HTTP/1.1", 400, 226),
    ];
    for (at, text, status, bytes) in raw {
        let request = Request::get(&cast.scanner, at, &START).took_ms(0);
        story.put(Request { raw: Some(text), status, bytes, ..request })?;
    }
    for (minute, text) in
        [(3, "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}"), (31, "\u{16}\u{3}\u{1} \u{0}\u{ee}"), (47, "")]
    {
        let at = pacific(26, minute, 12, 0);
        let request = Request { front: InFront::Only, ..Request::get(&cast.scanner, at, &START).took_ms(0) };
        story.put(Request { raw: Some(text), status: 400, bytes: 157, ..request })?;
    }
    let tried: [(&'static str, u16, u64); 12] = [
        ("/.env", 404, 196),
        ("/wp-login.php", 404, 196),
        ("/robots.txt", 200, 26),
        ("/views/permits/applicants.csv", 404, 196),
        ("/views/Permits%2FApplicants.csv", 404, 196),
        ("/views/PermitsArchive/Applicants.csv", 404, 196),
        ("/views/Permits/Applicants.csv.bak", 404, 196),
        ("/views/Permits/Applicants.pdf", 200, 310_222),
        ("/views/Permits/../../etc/passwd.csv", 404, 196),
        ("/vizportal/api/web/v1/getSessionInfo", 401, 5502),
        ("/views/SafetyCertificates.csv", 404, 196),
        ("/caf\u{e9}/%zz", 404, 196),
    ];
    let visitors = [cast.other_client()?, cast.other_client()?, cast.other_client()?];
    for (n, (target, status, bytes)) in tried.into_iter().enumerate() {
        for (m, visitor) in visitors.iter().enumerate() {
            let minutes = i64::try_from(n * 3 + m * 17).unwrap_or(0);
            let at = pacific(22, 4, 9, 0).plus_s(minutes * 60).plus_ms(story.rng.between(0, 900));
            let request = Request::get(visitor, at, &START).spelled(target);
            story.put(Request { status, bytes, ..request })?;
        }
    }
    // A header that tries to be markup, and a request body length that does.
    for minute in [9, 29] {
        let at = pacific(22, minute, 30, 111);
        let request = Request::get(&visitors[0], at, &PERMIT_PAGE);
        let request = request.via(Route::Forged("\"><script>alert(1)</script>".to_owned()));
        story.put(Request { upload: "<script>alert(Content-Length)</script>", ..request })?;
    }
    Ok(())
}

/// Answers of the front itself: 503 while the gateway is down, redirects to https.
fn front_alone(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let mut stranded = Vec::new();
    for _ in 0..24 {
        stranded.push(cast.other_client()?);
    }
    stranded.extend(cast.permits.iter().step_by(5).cloned());
    for _ in 0..310 {
        let spread = story.rng.between(0, 6_400_000);
        // Most at the beginning: people give up.
        let at = LAST_BEFORE_CRASH.plus_ms(6_000 + spread * spread / 6_400_000);
        let Some(who) = story.rng.pick(&stranded).cloned() else { continue };
        let thing =
            *story.rng.weighted(&[(5, PERMIT_PAGE), (3, APPLICANTS), (1, BY_COUNTY)]).unwrap_or(&START);
        let request = Request { front: InFront::Only, ..Request::get(&who, at, &thing).took_ms(3) };
        let request = if thing.resource.is_empty() {
            Request { status: 503, bytes: 197, ..request }
        } else {
            request.refused(503, 197)
        };
        story.put(request)?;
    }
    for _ in 0..90 {
        let at = Moment(story.rng.between(PUBLISHED.0, pacific(24, 40, 0, 0).0));
        let Some(who) = story.rng.pick(&stranded).cloned() else { continue };
        let request = Request::get(&who, at, &APPLICANTS).took_ms(0).refused(301, 169);
        story.put(Request { front: InFront::Only, ..request })?;
    }
    Ok(())
}
