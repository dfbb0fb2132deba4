//! The suite: data, contenders, turns, figures.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::args;
use crate::data::packing;
use crate::data::store::Store;
use crate::figures::{Figures, Suite};
use crate::floors::FLOORS;
use crate::machine::Machine;
use crate::peers::{PEERS, Peer, Venv};
use crate::program::Program;
use crate::turns::{Contender, Pace, in_turns, inside};
use crate::workloads::WORKLOADS;
use crate::{floors, page, say};

/// Plain, small files, compressed three times at about a sixth, a tenth: so much of the size is needed, in tenths.
const ROOM_TENTHS: u64 = 27;

/// Measures, prints, and writes the page.
pub(crate) fn run(options: &args::Suite) -> Result<()> {
    let docs = options.docs()?;
    let ids =
        WORKLOADS.iter().map(|w| w.id).chain(FLOORS.iter().map(|f| f.0)).chain(PEERS.iter().map(|p| p.id));
    options.ensure_known(&ids.collect::<Vec<_>>())?;
    let venv = Venv::open(!options.no_optional)?;
    let peers = present(options, &venv)?;
    let program = Program::build()?;
    let store = Store::open(options.data.as_deref(), options.megabytes)?;
    store.ensure_room("small-files", store.bytes() / 10 * ROOM_TENTHS)?;
    let scratch = tempfile::tempdir()?;
    let (plain, tenth) = (packing::plain(&store)?, packing::tenth(&store)?);

    let mut contenders = Vec::new();
    for workload in WORKLOADS.iter().filter(|w| options.wants(w.id)) {
        contenders.push(workload.contender(&program, &store, scratch.path())?);
    }
    contenders.extend(floors(&store)?.into_iter().filter(|c| options.wants(c.id)));
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

/// The work that no program can leave out.
fn floors<'a>(store: &Store) -> Result<Vec<Contender<'a>>> {
    let plain = packing::plain(store)?;
    let (gzip, gzips, zstd) = (
        packing::one_gzip(store)?.path,
        gzip_files(&packing::many_gzips(store)?.path)?,
        packing::one_zstd(store)?.path,
    );
    let (log, lines, bytes) = (plain.path, plain.truth.lines, plain.truth.bytes);
    let floor = |id, run: Box<dyn Fn() -> Result<()> + 'a>| Contender {
        id,
        pace: Pace::InTurns,
        run: Box::new(move || inside(&run)),
    };
    let (split, hashed) = (log.clone(), log.clone());
    Ok(vec![
        floor("newlines", Box::new(move || floors::newlines(&log, lines))),
        floor("split", Box::new(move || floors::split(&split, lines))),
        floor("sha256", Box::new(move || floors::hash(&hashed))),
        floor("inflate", Box::new(move || floors::inflate(std::slice::from_ref(&gzip), bytes))),
        floor("inflate-gzips", Box::new(move || floors::inflate(&gzips, bytes))),
        floor("unzstd", Box::new(move || floors::unzstd(&zstd, bytes))),
    ])
}

fn gzip_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}
