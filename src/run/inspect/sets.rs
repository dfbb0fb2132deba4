//! Files that belong together: the rotation sets of each source, with what their files show together.

use crate::case::Case;
use crate::facts::glance::Glance;
use crate::ledger::account::Account;
use crate::run::harvest::{ClientSet, Harvest};
use crate::run::settle::{File, Settled};
use crate::run::silences::{SourceSilence, of_files};

/// Files that a server wrote one after the other.
pub(super) struct Set<'a> {
    /// The path of its one file, or what the paths have in common.
    pub(super) name: String,
    /// Its files, in canonical order, with their places in it.
    pub(super) files: Vec<(usize, &'a File)>,
    /// The sum of its files; copies add nothing.
    pub(super) account: Account,
    /// The same of what only `inspect` learns.
    pub(super) glance: Glance,
    /// Distinct clients.
    pub(super) clients: u64,
    /// Where all its files together are silent.
    pub(super) silence: SourceSilence,
}

/// The sets of all files, by the first file of each.
pub(super) fn sets<'a>(settled: &'a Settled, harvested: &Harvest, case: &Case) -> Vec<Set<'a>> {
    let mut groups: Vec<(String, Vec<(usize, &File)>)> = Vec::new();
    for (place, file) in settled.files.iter().enumerate() {
        let stem = file.rotation();
        let belongs = |g: &&mut (String, Vec<(usize, &File)>)| {
            g.0 == stem && g.1.first().is_some_and(|(_, first)| first.source == file.source)
        };
        match groups.iter_mut().find(belongs) {
            Some((_, files)) => files.push((place, file)),
            None => groups.push((stem, vec![(place, file)])),
        }
    }
    groups.into_iter().map(|(stem, files)| set(stem, files, harvested, case)).collect()
}

fn set<'a>(stem: String, files: Vec<(usize, &'a File)>, harvested: &Harvest, case: &Case) -> Set<'a> {
    let name = match files.as_slice() {
        [(_, only)] => only.name(),
        _ => stem,
    };
    let mut account = Account::default();
    let mut facts = crate::facts::Facts::default();
    let mut clients = ClientSet::default();
    for (_, file) in files.iter().filter(|(_, f)| f.duplicate_of.is_none()) {
        account.add(&file.account);
        if let Some(of_file) = harvested.facts.get(&file.id) {
            facts.add(of_file);
        }
        clients.extend(harvested.clients.get(&file.id).into_iter().flatten());
    }
    let together: Vec<&File> = files.iter().map(|(_, file)| *file).collect();
    let silence = of_files(&name, &together, harvested, case.zone);
    Set { name, files, account, glance: facts.glance, clients: clients.len() as u64, silence }
}
