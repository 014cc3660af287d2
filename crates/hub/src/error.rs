//! Why a file of a hub is not here, and the cure.

use std::{path::PathBuf, time::Duration};

/// Why a file of a hub is not here. What it says names neither the file nor the hub; the caller does.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// Nothing may be fetched.
    #[error(
        "it is not in the cache, and HF_HUB_OFFLINE forbids to fetch it; unset that, or fetch it where there is a network"
    )]
    Offline,
    /// The hub cannot be reached.
    #[error(
        "the hub cannot be reached: {0}; look at the network and at HF_ENDPOINT, or name a file on this machine"
    )]
    Unreachable(String),
    /// Nothing has come for so long.
    #[error(
        "the hub has not answered for {} s; try again, or give it longer by HF_HUB_DOWNLOAD_TIMEOUT (in seconds)",
        .0.as_secs_f32()
    )]
    Silent(Duration),
    /// The connection broke off in the middle.
    #[error("the transfer broke off: {0}; run it again: it goes on where it stopped")]
    BrokenOff(String),
    /// What came is not what was announced.
    #[error(
        "{found} bytes came where {wanted} were announced; what came is thrown away, so try again"
    )]
    WrongSize {
        /// The length of what came.
        found: u64,
        /// The length that the hub announced.
        wanted: u64,
    },
    /// What came is not the file whose hash was announced.
    #[error(
        "what came is as long as announced, and not the same bytes (SHA-256); it is thrown away, so try again, and look at \
         HF_ENDPOINT if that does not help"
    )]
    WrongBytes,
    /// The hub does not give it to this user, or has no such repository.
    #[error(
        "the hub refuses it ({0}): the repository is gated or private, or there is none of that name; check the name, \
         accept the terms on its page, and put a token into HF_TOKEN or log in with `hf auth login`"
    )]
    Refused(u16),
    /// There is no such repository.
    #[error("the hub has no repository of that name; check it, and HF_TOKEN if it is private")]
    NoRepository,
    /// There is no such revision.
    #[error(
        "the repository has no branch, tag or commit `{0}`; leave `@{0}` out for the branch main"
    )]
    NoRevision(String),
    /// There is no such file.
    #[error("the repository has no such file{0}")]
    NoFile(String),
    /// The hub answered with that status.
    #[error("the hub answers with status {0}; try again later")]
    Status(u16),
    /// The hub's answer makes no sense.
    #[error("the hub's answer is not understood: {0}; check HF_ENDPOINT")]
    Odd(String),
    /// Another program holds it.
    #[error("another program is fetching it; wait for that, or remove {}", .0.display())]
    Locked(PathBuf),
    /// The cache cannot be written.
    #[error("the cache cannot be written: {0}; make room, or set HF_HOME to a folder of yours")]
    Cache(std::io::Error),
    /// The program is about to end.
    #[error("it was stopped")]
    Stopped,
}
