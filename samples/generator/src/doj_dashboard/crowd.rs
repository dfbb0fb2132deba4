//! The public: plain downloads, as many as the planned figures still want.
//!
//! The crowd gets whole answers only. A 200 after a 200 always opens a retrieval (M6.3 ii), so each of
//! these is one, however close they lie.

use super::background::{OTHER_PAGE, PERMIT_PAGE};
use super::cast::Cast;
use super::plan::{
    APPLICANTS, BY_COUNTY, DEALER, DEALER_HANDGUNS, DEALER_LONG_GUNS, DEALER_SERVED, DENIED, OTHER_HOURS,
    PERMIT_HOURS, PERMITS, PERMITS_SERVED, REGISTRATIONS, REGISTRY, REGISTRY_SERVED, SAFETY, SAFETY_HOLDERS,
    SAFETY_SERVED, SAFETY_SUMMARY, Thing,
};
use super::request::{Actor, InFront, Request};
use super::story::Story;
use crate::PlanError;
use crate::clock::{Moment, pacific};

/// Draws all of it.
pub(super) fn draw(story: &mut Story, cast: &mut Cast) -> Result<(), PlanError> {
    let crowd = cast.permits.clone();
    permit_data(story, &crowd)?;
    rush(story, &crowd)?;
    let mut others: Vec<Actor> = crowd.iter().step_by(2).cloned().collect();
    others.extend(cast.others.iter().take(70).cloned());
    other_data(story, &others, SAFETY, SAFETY_SERVED, &[(5, SAFETY_SUMMARY), (4, SAFETY_HOLDERS)])?;
    other_data(story, &others, DEALER, DEALER_SERVED, &[(3, DEALER_HANDGUNS), (2, DEALER_LONG_GUNS)])?;
    other_data(story, &others, REGISTRY, REGISTRY_SERVED, &[(1, REGISTRATIONS)])
}

/// Everyone once, then the rest with a few who can't stop.
fn permit_data(story: &mut Story, crowd: &[Actor]) -> Result<(), PlanError> {
    let (served, _) = story.tally(PERMITS);
    let wanted = PERMITS_SERVED.checked_sub(served).ok_or_else(|| PlanError::new("too many scenes"))?;
    let shares: Vec<(u64, &Actor)> = crowd.iter().zip(4..).map(|(who, n)| (100_000 / n, who)).collect();
    for n in 0..wanted {
        let who = match crowd.get(n) {
            Some(who) => who,
            None => *story.rng.weighted(&shares).ok_or_else(|| PlanError::new("nobody"))?,
        };
        let at = hour(story, &PERMIT_HOURS);
        let thing =
            *story.rng.weighted(&[(72, APPLICANTS), (16, BY_COUNTY), (12, DENIED)]).unwrap_or(&APPLICANTS);
        if n < crowd.len() || story.rng.percent(12) {
            story.page_view(who, at, &PERMIT_PAGE)?;
        }
        let retrieval = story.retrieval();
        let bytes = story.size(&thing, at);
        let request = Request::get(who, at, &thing).whole(bytes, retrieval);
        // Some leave in the middle: the gateway writes the planned size, the front what it sent.
        let front =
            if story.rng.percent(9) { InFront::Cut(1 + story.rng.below(bytes)) } else { InFront::Same };
        story.put(Request { front, ..request })?;
        let later = at.plus_ms(story.rng.between(60_000, 480_000));
        let open =
            later < pacific(19, 39, 0, 0) || (at >= pacific(21, 30, 0, 0) && later < pacific(35, 49, 0, 0));
        if open && story.rng.percent(4) {
            story.put(Request::get(who, later, &thing).not_modified())?;
        }
    }
    Ok(())
}

/// Before the crash the gateway answers more and more with errors.
fn rush(story: &mut Story, crowd: &[Actor]) -> Result<(), PlanError> {
    for _ in 0..150 {
        let spread = story.rng.between(0, 1_500);
        // More towards the end.
        let at = pacific(19, 39, 40, 0).plus_ms(-(spread * spread));
        let who = story.rng.pick(crowd).ok_or_else(|| PlanError::new("nobody"))?;
        let status = if story.rng.percent(60) { 503 } else { 500 };
        story.put(Request::get(who, at, &APPLICANTS).refused(status, 924))?;
    }
    Ok(())
}

fn other_data(
    story: &mut Story,
    crowd: &[Actor],
    resource: &str,
    planned: usize,
    things: &[(u64, Thing)],
) -> Result<(), PlanError> {
    let (served, _) = story.tally(resource);
    let wanted =
        planned.checked_sub(served).ok_or_else(|| PlanError::new(format!("{resource}: too many scenes")))?;
    for _ in 0..wanted {
        let at = hour(story, &OTHER_HOURS);
        let who = story.rng.pick(crowd).ok_or_else(|| PlanError::new("nobody"))?.clone();
        let thing = *story.rng.weighted(things).ok_or_else(|| PlanError::new("nothing"))?;
        if story.rng.percent(20) {
            story.page_view(&who, at, &OTHER_PAGE)?;
        }
        story.whole(&who, at, &thing)?;
    }
    Ok(())
}

fn hour(story: &mut Story, hours: &[(u64, (Moment, Moment))]) -> Moment {
    let (low, high) = story.rng.weighted(hours).copied().unwrap_or((PERMIT_START, PERMIT_START));
    Moment(story.rng.between(low.0, high.0))
}

const PERMIT_START: Moment = pacific(22, 0, 0, 0);
