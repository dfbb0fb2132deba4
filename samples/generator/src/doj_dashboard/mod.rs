//! Incident 1, a public dashboard with personal data behind it: the gateway of a Tableau-style server,
//! and the nginx front before it.
//!
//! Built to the published figure: the permit data were downloaded 2,734 times by 507 addresses. All
//! else is invented. The rooms: `plan` (the figures and the hours), `request` (one drawn request and
//! what it means), `cast` (who), `story`, `patterns`, `edges`, `crowd`, `background` (what they do),
//! `rows`, `gateway`, `front` (how it is logged).

mod background;
mod cast;
mod crowd;
mod edges;
mod front;
mod gateway;
mod patterns;
mod plan;
mod request;
mod rows;
mod story;

use crate::output::Files;
use crate::rng::Rng;
use crate::{PlanError, truth};

/// The seed of the files in the repository.
pub const SEED: u64 = 2022;

/// All files that this generator owns: the logs and `truth.csv`.
///
/// # Errors
/// A seed with which the planned figures can't be met.
pub fn files(seed: u64) -> Result<Files, PlanError> {
    let mut cast = cast::Cast::new(&mut Rng::new(seed ^ 0x1))?;
    let mut story = story::Story::new(seed);
    background::draw(&mut story, &mut cast)?;
    edges::draw(&mut story, &mut cast)?;
    patterns::draw(&mut story, &mut cast)?;
    crowd::draw(&mut story, &mut cast)?;
    story.check()?;

    let mut files = Files::default();
    let mut rows = gateway::write(&story, &mut Rng::new(seed ^ 0x2), &mut files)?;
    rows.extend(front::write(&story, &mut files));
    let mut csv = truth::HEAD.to_owned();
    for (n, row) in rows.iter().enumerate() {
        csv.push_str(&row.csv(n + 1)?);
    }
    files.put("truth.csv", csv.into_bytes());
    Ok(files)
}
