//! Requests at the edges: of the window, of the hourly bins, of files, and of the switch-off.

use super::background::{OTHER_PAGE, PERMIT_PAGE};
use super::cast::Cast;
use super::plan::{
    APPLICANTS, APPLICANTS_INTERNAL, BY_COUNTY, CLOSED, DEALER_HANDGUNS, DENIED, FROM, LOG_END,
    REGISTRATIONS, SAFETY_HOLDERS, SAFETY_SUMMARY, Thing, UNTIL,
};
use super::request::{Again, Request, Route};
use super::story::Story;
use crate::PlanError;
use crate::clock::{Moment, pacific};

/// Draws all of it.
pub(super) fn draw(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    before_the_window(story, cast)?;
    afternoon(story, cast)?;
    edges_of_bins(story, cast)?;
    written_twice(story, cast)?;
    switched_off(story, cast)
}

/// Staff try the exports before the dashboard is public. Some of it lies before the window.
fn before_the_window(story: &mut Story, cast: &Cast) -> Result<(), PlanError> {
    let [s1, s2, s3, s4, s5, ..] = cast.staff.as_slice() else { return Err(PlanError::new("staff")) };
    for (minute, who, thing) in [(41, s1, APPLICANTS), (44, s1, BY_COUNTY), (57, s2, APPLICANTS)] {
        story.whole(who, pacific(10, minute, 20, 410), &thing)?;
    }
    story.put(Request::get(s2, pacific(10, 58, 2, 9), &APPLICANTS).head())?;
    story.put(Request::get(s1, pacific(11, 12, 45, 66), &DENIED).refused(404, 196))?;
    story.whole(s3, pacific(11, 31, 1, 730), &SAFETY_HOLDERS)?;
    // A download that the edge of the window cuts in two: the first request is out, the resumed one
    // is in, and opens a retrieval of its own (M6.3).
    let cut = story.retrieval();
    let bytes = story.size(&DENIED, FROM);
    story.put(Request::get(s5, pacific(11, 50, 10, 15), &DENIED).whole(bytes, cut))?;
    let resumed = story.retrieval();
    story.put(Request::get(s5, pacific(12, 5, 40, 480), &DENIED).part(301_220, resumed))?;
    // Received before the window, finished in it: the two logs disagree.
    let astride = story.retrieval();
    let request = Request::get(s4, FROM.plus_ms(-1_500), &APPLICANTS).whole(APPLICANTS.bytes_before, astride);
    story.put(request.took_ms(21_400))?;
    // The last millisecond that is out, the first that is in.
    for (at, who) in [(FROM.plus_ms(-1), s2), (FROM, s3)] {
        let retrieval = story.retrieval();
        story.put(Request::get(who, at, &BY_COUNTY).whole(BY_COUNTY.bytes, retrieval).took_ms(90))?;
    }
    Ok(())
}

/// Staff test the other data sets; two of these lines lie in the overlap of two files.
fn afternoon(story: &mut Story, cast: &Cast) -> Result<(), PlanError> {
    let [s1, s2, s3, ..] = cast.staff.as_slice() else { return Err(PlanError::new("staff")) };
    story.page_view(s1, pacific(14, 51, 20, 0), &OTHER_PAGE)?;
    story.whole(s1, pacific(14, 51, 20, 205), &SAFETY_SUMMARY)?;
    story.whole(s2, pacific(14, 55, 2, 911), &DEALER_HANDGUNS)?;
    story.put(Request::get(s3, pacific(14, 57, 44, 18), &REGISTRATIONS).head())?;
    for n in 0..18 {
        let at = pacific(13, 9, 0, 0).plus_ms(n * 884_000 + story.rng.between(0, 500_000));
        let who = story.rng.pick(&cast.staff).cloned().ok_or_else(|| PlanError::new("staff"))?;
        let things = [SAFETY_SUMMARY, SAFETY_HOLDERS, DEALER_HANDGUNS, REGISTRATIONS];
        let thing = story.rng.pick(&things).copied().unwrap_or(SAFETY_SUMMARY);
        story.page_view(&who, at, &OTHER_PAGE)?;
        story.whole(&who, at, &thing)?;
    }
    Ok(())
}

/// One retrieval over a bin's edge, one over a file's edge, requests on the very edge.
fn edges_of_bins(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for (first, second) in [
        (pacific(21, 59, 58, 0), pacific(22, 0, 5, 10)),
        (pacific(22, 58, 40, 300), pacific(23, 7, 2, 1)),
        (pacific(23, 57, 30, 44), pacific(24, 4, 11, 902)),
        (pacific(32, 59, 59, 999), pacific(33, 0, 0, 0)),
    ] {
        let who = cast.permit_client()?;
        let retrieval = story.retrieval();
        story.put(Request::get(&who, first, &APPLICANTS).part(12_582_912, retrieval).took_ms(900))?;
        story.put(Request::get(&who, second, &APPLICANTS).part(9_437_184, retrieval))?;
    }
    for at in [pacific(21, 59, 59, 999), pacific(22, 0, 0, 0), pacific(33, 0, 0, 0), pacific(33, 59, 59, 999)]
    {
        let who = cast.permit_client()?;
        story.whole(&who, at, &BY_COUNTY)?;
    }
    Ok(())
}

/// Lines that stand twice in the log and stay there: equal lines in one file, and a run of three at the
/// edge of two files. Too little to show that they are copies, so both count and both are reported.
fn written_twice(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    for at in [pacific(22, 31, 10, 77), pacific(33, 12, 45, 803)] {
        let who = cast.permit_client()?;
        let (first, second) = (story.retrieval(), story.retrieval());
        let request = Request::get(&who, at, &BY_COUNTY).whole(BY_COUNTY.bytes, first);
        story.put(Request { again: Some((Again::Adjacent, second)), ..request })?;
    }
    let who = cast.permit_client()?;
    let (first, second) = (story.retrieval(), story.retrieval());
    let page = Request::get(&who, pacific(23, 59, 56, 200), &PERMIT_PAGE).took_ms(130);
    story.put(Request { again: Some((Again::NextFile, 0)), ..page })?;
    let file = Request::get(&who, pacific(23, 59, 57, 310), &BY_COUNTY).whole(BY_COUNTY.bytes, first);
    story.put(Request { again: Some((Again::NextFile, second)), ..file.took_ms(88) })?;
    let icon = Request::get(&who, pacific(23, 59, 58, 402), &Thing::page("/favicon.ico", 1150)).took_ms(5);
    story.put(Request { again: Some((Again::NextFile, 0)), ..icon })
}

/// After the switch-off: refusals to the public; one member of staff looks past the front whether the
/// gateway still answers on its own name, up to the edge of the window and on it.
fn switched_off(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let who = cast.staff.get(5).cloned().ok_or_else(|| PlanError::new("staff"))?;
    for at in [pacific(35, 55, 12, 640), UNTIL.plus_ms(-1), UNTIL] {
        let retrieval = story.retrieval();
        let request = Request::get(&who, at, &APPLICANTS_INTERNAL).whole(APPLICANTS.bytes, retrieval);
        let direct = request.via(Route::Direct("-".to_owned())).took_ms(7_300);
        story.put(Request { front: super::request::InFront::Absent, ..direct })?;
    }
    for n in 0..95 {
        let (low, high) = if n < 60 { (CLOSED.0 + 1, UNTIL.0) } else { (UNTIL.0, LOG_END.0) };
        let at = Moment(story.rng.between(low, high));
        let who = story.rng.pick(&cast.permits).cloned().ok_or_else(|| PlanError::new("clients"))?;
        let thing =
            *story.rng.weighted(&[(7, APPLICANTS), (2, BY_COUNTY), (1, REGISTRATIONS)]).unwrap_or(&DENIED);
        let status = if story.rng.percent(70) { 404 } else { 403 };
        story.put(Request::get(&who, at, &thing).refused(status, 196))?;
    }
    Ok(())
}
