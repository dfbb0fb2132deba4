//! The suite: data, contenders, turns, figures.

use anyhow::Result;

use crate::args;
use crate::data::packing;
use crate::data::store::Store;
use crate::figures::{Figures, Suite};
use crate::floors::FLOORS;
use crate::machine::Machine;
use crate::peers::{PEERS, Peer, Venv};
use crate::program::Program;
use crate::turns::in_turns;
use crate::workloads::WORKLOADS;
use crate::{page, say};

/// Plain, small files, compressed three times at about a sixth, a tenth, four other formats: so much of the size is needed, in
/// tenths.
const ROOM_TENTHS: u64 = 67;

/// Measures, prints, and writes the page.
pub(crate) fn run(options: &args::Suite) -> Result<()> {
    let docs = options.docs()?;
    let ids =
        WORKLOADS.iter().map(|w| w.id).chain(FLOORS.iter().map(|f| f.id)).chain(PEERS.iter().map(|p| p.id));
    options.ensure_known(&ids.collect::<Vec<_>>())?;
    let venv = Venv::open(!options.no_optional)?;
    let peers = present(options, &venv)?;
    let program = Program::build()?;
    let store = Store::open(options.data.as_deref(), options.megabytes)?;
    store.ensure_room("caddy.log", store.bytes() / 10 * ROOM_TENTHS)?;
    let scratch = tempfile::tempdir()?;
    let (plain, tenth) = (packing::plain(&store)?, packing::tenth(&store)?);

    let (mut contenders, mut logs) = (Vec::new(), Vec::new());
    for workload in WORKLOADS.iter().filter(|w| options.wants(w.id)) {
        contenders.push(workload.contender(&program, &store, scratch.path())?);
        logs.extend(workload.whole(&store)?.map(|log| (workload.id.to_owned(), log)));
    }
    logs.retain(|(_, log)| *log != plain.truth);
    for floor in FLOORS.iter().filter(|f| options.wants(f.id)) {
        contenders.push(floor.contender(&store)?);
    }
    for peer in &peers {
        let drawn = if peer.slow { &tenth } else { &plain };
        contenders.push(peer.contender(&venv, drawn, scratch.path())?);
    }
    let versions = peers.iter().filter_map(|p| Some((p.id.to_owned(), p.version(&venv)?)));
    store.warm()?;
    let suite = Suite {
        machine: Machine::here(),
        version: program.version.clone(),
        command: options.command(),
        megabytes: options.megabytes,
        runs: options.runs,
        log: plain.truth,
        logs,
        figures: in_turns(&contenders, options.runs)?,
        versions: versions.collect(),
    };
    let mut figures = match &docs {
        Some(docs) => Figures::read(docs)?,
        None => Figures::default(),
    };
    figures.suite = Some(suite);
    page::print_suite(&figures)?;
    page::write(&figures, docs.as_deref())
}

/// The tools that are wanted and can be run; an error for one that is missing and must not.
fn present(options: &args::Suite, venv: &Venv) -> Result<Vec<&'static Peer>> {
    let mut peers = Vec::new();
    for peer in PEERS.iter().filter(|p| options.wants(p.id) && (p.required || !options.no_optional)) {
        if peer.there(venv)? {
            peers.push(peer);
        } else {
            say(&format!("{} is not there and is left out", peer.id));
        }
    }
    Ok(peers)
}
