//! From texts to the model, with every problem named: the layers laid over one another, read once for each environment.
//!
//! Pure. Imports siblings only.

use std::collections::HashMap;

use super::environments::{self, Setting};
use super::layers::{Laid, Layers};
use super::notes::{KEPT, Notes};
use super::resolve::{self, Faults, Room};
use super::{Environment, Layer, Place, Problem, Profiles, Severity, root};

/// What was read, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// All that can be used, and the profiles that cannot, which say why.
    pub profiles: Profiles,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
    /// Whether every text is TOML. When one is not, nothing is in force.
    pub readable: bool,
}

/// Reads the text of a profiles.toml that nothing is laid over.
pub fn parse(text: &str) -> Parsed {
    parse_bytes(text.as_bytes())
}

/// Reads the bytes of a profiles.toml that nothing is laid over; bytes outside UTF-8 are one problem, which names the
/// first.
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    parse_layers(&Layers { shared: bytes, ..Layers::default() }, None)
}

/// Reads all layers as they are in an environment: the one that is named, when there is one of this name, and when none
/// is named the first that is not protected.
///
/// Never fails as a whole: what cannot be used is left out, or for a profile marked as disabled, and is among the
/// problems. Every provider, API and endpoint that comes back is sound, and so is every profile that is not disabled:
/// the names in them lead somewhere. The problems are those of all environments, not of this one alone.
pub fn parse_layers(layers: &Layers<'_>, environment: Option<&str>) -> Parsed {
    let mut laid = Laid::of(layers);
    if !laid.is_readable() {
        return Parsed { profiles: Profiles::default(), problems: std::mem::take(&mut laid.problems), readable: false };
    }
    let mut notes = Notes::on(&laid.texts, Faults::new());
    let settings = environments::read(&laid.root, &mut notes);
    let chosen = environments::choose(&settings, environment);
    let mut found = Found::default();
    found.add(notes, None);
    let mut room = Room::default();
    let mut profiles = read(&laid, &settings, chosen, &mut found, &mut room);
    let depends = resolve::depends(&laid.root);
    if depends {
        let name = chosen.map(|chosen| &chosen.environment.name);
        for other in settings.iter().filter(|other| Some(&other.environment.name) != name) {
            if room.exceeded {
                break;
            }
            read(&laid, &settings, Some(other), &mut found, &mut room);
        }
    }
    if room.exceeded {
        // What cannot be reviewed as a whole must not be in force in part.
        let (what, hint) = Room::fault();
        let problem = Problem::of_file(Layer::Shared, what, Some(hint));
        return Parsed { profiles: Profiles::default(), problems: vec![problem], readable: false };
    }
    profiles.environment = chosen.map(|chosen| chosen.environment.name.clone());
    let problems = found.finish(if depends { settings.len() } else { 0 });
    profiles.environments = settings.into_iter().map(|setting| setting.environment).collect();
    Parsed { profiles, problems, readable: true }
}

/// The environments there are, in the order of the file.
pub fn environment_names(layers: &Layers<'_>) -> Vec<Environment> {
    let laid = Laid::of(layers);
    let mut notes = Notes::on(&laid.texts, Faults::new());
    environments::read(&laid.root, &mut notes).into_iter().map(|setting| setting.environment).collect()
}

/// Reads the file as it is in one environment.
fn read(
    laid: &Laid<'_>,
    settings: &[Setting],
    chosen: Option<&Setting>,
    found: &mut Found,
    room: &mut Room,
) -> Profiles {
    let name = chosen.map(|chosen| chosen.environment.name.as_str());
    let (profiles, notes) = if resolve::depends(&laid.root) {
        let (tree, faults) = resolve::resolve(&laid.root, settings, chosen, &laid.texts, room);
        let mut notes = Notes::on(&laid.texts, faults);
        (root::read(&tree, &mut notes), notes)
    } else {
        let mut notes = Notes::on(&laid.texts, Faults::new());
        (root::read(&laid.root, &mut notes), notes)
    };
    found.add(notes, name);
    profiles
}

/// The problems of all environments, each once.
#[derive(Default)]
struct Found {
    problems: Vec<(Problem, Vec<String>)>,
    known: HashMap<(Place, Severity, String), usize>,
    more: usize,
}

impl Found {
    /// Takes over what was found in this environment; none: where it does not matter.
    fn add(&mut self, notes: Notes<'_>, environment: Option<&str>) {
        let (problems, more) = notes.finish();
        self.more = self.more.max(more);
        for problem in problems {
            let key = (problem.place, problem.severity, problem.what.clone());
            let at = *self.known.entry(key).or_insert_with(|| {
                self.problems.push((problem, Vec::new()));
                self.problems.len() - 1
            });
            if let Some((_, environments)) = self.problems.get_mut(at) {
                environments.extend(environment.map(str::to_owned));
            }
        }
    }

    /// All of them in the order of the files. What is wrong in some of the environments only says in which.
    fn finish(mut self, environments: usize) -> Vec<Problem> {
        self.problems.sort_by_key(|(problem, _)| (problem.place.layer, problem.place.line, problem.place.column));
        let more = self.more + self.problems.len().saturating_sub(KEPT);
        let mut problems: Vec<_> = self
            .problems
            .into_iter()
            .take(KEPT)
            .map(|(mut problem, within)| {
                let names: Vec<_> = within.iter().map(|name| format!("`{name}`")).collect();
                let is_said = names.iter().all(|name| problem.what.contains(name));
                if names.len() < environments && !is_said {
                    let plural = if names.len() == 1 { "" } else { "s" };
                    problem.what = format!("{} (in the environment{plural} {})", problem.what, names.join(", "));
                }
                problem
            })
            .collect();
        if more > 0 {
            let what = format!("{more} more problems are not shown; mend these first");
            problems.push(Problem::of_file(Layer::Shared, what, None));
        }
        problems
    }
}
