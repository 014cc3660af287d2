//! Plugins in processes of their own: what crashes, hangs or eats all memory there is one node's failure here.
//!
//! The program starts itself again as the child ([`serve`]). The two talk in lines of JSON over a socket, which is the
//! child's standard input; pixels lie in a file that both have open, in memory. This side only reads and writes that file
//! and never maps it, so that a child which cuts it short cannot harm it.

mod child;
mod crossing;
mod kind;
mod message;
mod process;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use parking_lot::Mutex;
use weft_abi::Described;
use weft_node::Kind;

pub use child::serve;

use crate::{Limits, memory::resident};
use kind::IsolatedKind;
use process::Process;

/// A plugin whose code never runs in this process.
pub(crate) struct Isolated {
    described: Described,
    /// The name and the bytes of the library that its processes load.
    library: (PathBuf, Vec<u8>),
    limits: Limits,
    idle: Mutex<Vec<Process>>,
}

impl Isolated {
    /// Starts a process with the library whose bytes these are.
    ///
    /// # Errors
    /// A sentence on why there is none, or why the library is no plugin.
    pub(crate) fn start(path: &Path, bytes: &[u8], limits: &Limits) -> Result<Arc<Self>, String> {
        let library = (
            PathBuf::from(path.file_name().unwrap_or_default()),
            bytes.to_vec(),
        );
        let (process, described) = Process::start((&library.0, &library.1), limits)?;
        Ok(Arc::new(Self {
            described,
            library,
            limits: limits.clone(),
            idle: Mutex::new(vec![process]),
        }))
    }

    pub(crate) fn described(&self) -> &Described {
        &self.described
    }

    /// Its nodes, in the order of the description.
    pub(crate) fn kinds(self: &Arc<Self>) -> Vec<Arc<dyn Kind>> {
        let kind = |(place, spec): (u32, &weft_spec::NodeSpec)| {
            Arc::new(IsolatedKind {
                plugin: self.clone(),
                place,
                spec: spec.clone(),
            }) as Arc<dyn Kind>
        };
        (0..).zip(&self.described.nodes).map(kind).collect()
    }

    /// A process that waits for work, a new one if all have some.
    fn process(&self) -> Result<Process, String> {
        let idle = self.idle.lock().pop();
        match idle {
            Some(process) => Ok(process),
            None => {
                let (name, bytes) = &self.library;
                Process::start((name, bytes), &self.limits).map(|(process, _)| process)
            }
        }
    }

    /// Memory of the processes that wait for work, in bytes.
    pub(crate) fn resident(&self) -> Option<u64> {
        let idle = self.idle.lock();
        let all = idle.iter().map(|process| resident(process.id()));
        all.sum()
    }

    /// Keeps a process that has done its work.
    fn keep(&self, process: Process) {
        self.idle.lock().push(process);
    }
}
