//! The plugins of the folders that the user named, loaded again as they change.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use weft_engine::Packs;
use weft_value::Digest;

use crate::{
    Isolation, Limits, Lock, Plugin, PluginProblem,
    find::{Place, places},
    isolate::Isolated,
    native::NativePlugin,
    shader::ShaderPlugin,
};

/// Where plugins are, and how they run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folders and files that the user named.
    pub paths: Vec<PathBuf>,
    /// Which run in a process of their own.
    pub isolation: Isolation,
    /// What such a process may take.
    pub limits: Limits,
    /// The builds that may be used; `None` for all.
    pub lock: Option<Lock>,
}

/// The plugins of the folders that the user named.
pub struct Plugins {
    settings: Settings,
    slots: BTreeMap<Place, Slot>,
    /// Where something that cannot even be read has been told of, so that it is not told again and again.
    told: BTreeSet<PathBuf>,
}

/// What is at one place.
#[derive(Default)]
struct Slot {
    plugin: Option<Arc<Plugin>>,
    /// The file that was looked at last, good or not, so that it is not looked at again unchanged.
    seen: Option<(PathBuf, Digest)>,
    /// Whether its file is gone: for good, or while it is built.
    is_gone: bool,
}

/// What came of looking again.
pub enum Change {
    /// A plugin is there that was not, or not as it is now.
    Loaded(Arc<Plugin>),
    /// What is there now cannot be used; an older build, if there was one, is still in use.
    Broken(PluginProblem),
}

impl Plugins {
    /// None yet: [`Plugins::reload`] looks.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            slots: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    /// The plugins that can be used.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.slots.values().filter_map(|slot| slot.plugin.as_ref())
    }

    /// Where they are looked for.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Looks again: loads what is new or has changed, keeps what is as it was, and what a broken build replaced.
    pub fn reload(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for path in self.settings.paths.clone() {
            match places(&path) {
                Ok(places) => {
                    for place in places {
                        self.slots.entry(place).or_default();
                    }
                }
                Err(problem) => changes.extend(self.tell(path, problem)),
            }
        }
        for (place, slot) in &mut self.slots {
            slot.is_gone = !place.file().is_ok_and(|path| path.is_file());
        }
        for place in self.slots.keys().cloned().collect::<Vec<_>>() {
            changes.extend(self.look(&place));
        }
        changes
    }

    /// Tells of something that cannot be read, once.
    fn tell(&mut self, path: PathBuf, problem: PluginProblem) -> Option<Change> {
        self.told.insert(path).then_some(Change::Broken(problem))
    }

    /// Looks at one place; nothing if it is as it was.
    fn look(&mut self, place: &Place) -> Option<Change> {
        let slot = self.slots.get(place)?;
        let (path, bytes) = match read(place) {
            Ok(found) => found,
            // While it is built, the old file is gone for a moment.
            Err(_) if slot.plugin.is_some() => return None,
            Err(problem) => {
                let path = problem.path().map(Path::to_owned).unwrap_or_default();
                return self.tell(path, problem);
            }
        };
        let seen = Some((path.clone(), Digest::of(&bytes)));
        if slot.seen == seen {
            return None;
        }
        let loaded = self.loaded(place, &path, &bytes);
        let slot = self.slots.get_mut(place)?;
        slot.seen = seen;
        Some(match loaded {
            Ok(plugin) => {
                slot.plugin = Some(plugin.clone());
                let is_moved = |slot: &Slot| {
                    slot.is_gone
                        && slot
                            .plugin
                            .as_ref()
                            .is_some_and(|it| it.id() == plugin.id())
                };
                self.slots.retain(|_, slot| !is_moved(slot));
                Change::Loaded(plugin)
            }
            Err(problem) => Change::Broken(problem),
        })
    }

    fn loaded(
        &self,
        place: &Place,
        path: &Path,
        bytes: &[u8],
    ) -> Result<Arc<Plugin>, PluginProblem> {
        let plugin = match path.extension().and_then(|extension| extension.to_str()) {
            Some("wgsl") => shader(path, bytes)?,
            _ => self.native(path, bytes)?,
        };
        let id = plugin.id();
        if let Some(lock) = &self.settings.lock
            && lock.build(id) != Some(plugin.build())
        {
            return Err(PluginProblem::Locked {
                path: path.to_owned(),
                build: plugin.build(),
                locked: lock.build(id),
            });
        }
        // One whose file is gone makes room for the same plugin in another file.
        let others = self.slots.iter();
        let others = others.filter(|(other, slot)| *other != place && !slot.is_gone);
        let mut others = others.filter_map(|(_, slot)| slot.plugin.as_ref());
        match others.find(|other| other.id() == id) {
            Some(other) => Err(PluginProblem::Clash {
                path: path.to_owned(),
                id: id.to_owned(),
                other: other.path().display().to_string(),
            }),
            None => Ok(Arc::new(plugin)),
        }
    }

    fn native(&self, path: &Path, bytes: &[u8]) -> Result<Plugin, PluginProblem> {
        let description = PluginProblem::description(path);
        if self.settings.isolation != Isolation::All(false) {
            // Not even its description is asked for in this process.
            let isolated = Isolated::start(path, bytes, &self.settings.limits);
            let isolated = isolated.map_err(&description)?;
            if self.settings.isolation.is_for(&isolated.described().id) {
                let (described, kinds) = (isolated.described().clone(), isolated.kinds());
                let plugin = Plugin::new(path, Digest::of(bytes), &described, kinds);
                return Ok(plugin.map_err(&description)?.isolated());
            }
        }
        let native = NativePlugin::of(path, bytes);
        let native = native.map_err(|error| PluginProblem::Library {
            path: path.to_owned(),
            error,
        })?;
        let plugin = Plugin::new(path, native.build, &native.described, native.kinds());
        plugin.map_err(&description)
    }

    /// `base`, and the nodes of these plugins.
    ///
    /// # Errors
    /// One of them has a node of the same id as one of `base`; the others are added.
    pub fn packs(&self, base: &Packs) -> (Packs, Vec<PluginProblem>) {
        let (mut packs, mut problems) = (base.clone(), Vec::new());
        for plugin in self.iter() {
            let (spec, kinds) = (plugin.spec().clone(), plugin.kinds().to_vec());
            if let Err(clash) = packs.add(spec, kinds, plugin.build()) {
                problems.push(PluginProblem::Clash {
                    path: plugin.path().to_owned(),
                    id: clash.id,
                    other: "Weft itself".to_owned(),
                });
            }
        }
        (packs, problems)
    }

    /// Whether a change at `path` may be one of a plugin.
    pub fn may_be(&self, path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let is_code =
            extension.is_some_and(|it| it == "wgsl" || it == std::env::consts::DLL_EXTENSION);
        let folders = self.folders();
        let is_there = |folder: &Path| folders.iter().any(|known| known == folder);
        is_code && path.parent().is_some_and(is_there)
    }

    /// The folders in which a change may be one of a plugin, from the root.
    pub fn folders(&self) -> Vec<PathBuf> {
        let named = self.settings.paths.iter().map(|path| match path.is_dir() {
            true => path.clone(),
            false => path.parent().map(Path::to_owned).unwrap_or_default(),
        });
        let all = named.chain(self.slots.keys().flat_map(Place::folders));
        all.filter_map(|folder| std::path::absolute(folder).ok())
            .collect()
    }
}

fn read(place: &Place) -> Result<(PathBuf, Vec<u8>), PluginProblem> {
    let path = place.file()?;
    match std::fs::read(&path) {
        Ok(bytes) => Ok((path, bytes)),
        Err(error) => Err(PluginProblem::Folder { path, error }),
    }
}

/// The shader at `path`, whose bytes these are.
pub(crate) fn shader(path: &Path, bytes: &[u8]) -> Result<Plugin, PluginProblem> {
    let description = PluginProblem::description(path);
    let text =
        str::from_utf8(bytes).map_err(|_| description("it is not text in UTF-8".to_owned()))?;
    let shader = ShaderPlugin::read(path, text)?;
    Plugin::new(
        path,
        Digest::of(bytes),
        &shader.described(),
        vec![shader.kind()],
    )
    .map_err(&description)
}
