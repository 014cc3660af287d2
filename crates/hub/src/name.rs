//! How a file of a hub is named: `hf:owner/repo@rev/path`.

use std::{fmt, str::FromStr};

use hf_hub::{Repo, RepoType};
use weft_spec::HUB;

/// The name of a file of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubName {
    /// Owner and name of the repository.
    pub(crate) repo: String,
    /// A branch, a tag or a commit; without one, the branch `main`.
    pub(crate) revision: Option<String>,
    /// The path of the file within the repository.
    pub(crate) path: String,
}

/// Why a text is no name of a file of a hub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {why}; write hf:owner/repo/file, or hf:owner/repo@revision/file")]
pub struct MalformedName {
    text: String,
    why: &'static str,
}

impl HubName {
    /// The branch, tag or commit.
    pub(crate) fn revision(&self) -> &str {
        self.revision.as_deref().unwrap_or("main")
    }

    /// The repository at that revision, as the client of the hub has it.
    pub(crate) fn repo(&self) -> Repo {
        Repo::with_revision(
            self.repo.clone(),
            RepoType::Model,
            self.revision().to_owned(),
        )
    }

    /// Another file of the same repository, at that commit.
    pub(crate) fn beside(&self, commit: &str, path: &str) -> Self {
        Self {
            repo: self.repo.clone(),
            revision: Some(commit.to_owned()),
            path: path.to_owned(),
        }
    }

    /// Whether the revision is a commit, which never changes.
    pub(crate) fn is_commit(&self) -> bool {
        let revision = self.revision();
        revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
    }
}

impl FromStr for HubName {
    type Err = MalformedName;

    fn from_str(text: &str) -> Result<Self, MalformedName> {
        let wrong = |why| MalformedName {
            text: text.to_owned(),
            why,
        };
        let rest = text
            .strip_prefix(HUB)
            .ok_or_else(|| wrong("does not begin with hf:"))?;
        let mut parts = rest.splitn(3, '/');
        let (Some(owner), Some(named), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong("lacks the owner, the repository or the file"));
        };
        let (repo, revision) = match named.split_once('@') {
            // A slash in the name of a branch is written as in an address.
            Some((repo, revision)) => (repo, Some(revision.replace("%2F", "/"))),
            None => (named, None),
        };
        let texts = [owner, repo]
            .into_iter()
            .chain(revision.as_deref())
            .chain([path]);
        let steps = texts.flat_map(|text| text.split('/'));
        for step in steps {
            if step.is_empty() || step == "." || step == ".." {
                return Err(wrong("has an empty part, or one of dots"));
            }
            // These would change the address, or the place in the cache.
            if step.contains(|c: char| !c.is_ascii_graphic() || "?#%\\:\"<>".contains(c)) {
                return Err(wrong("has a sign that no file of a hub has"));
            }
        }
        Ok(Self {
            repo: format!("{owner}/{repo}"),
            revision,
            path: path.to_owned(),
        })
    }
}

impl fmt::Display for HubName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HUB}{}", self.repo)?;
        if let Some(revision) = &self.revision {
            write!(f, "@{}", revision.replace('/', "%2F"))?;
        }
        write!(f, "/{}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_and_written_alike() {
        for text in [
            "hf:o/r/a.safetensors",
            "hf:o/r/unet/a.safetensors",
            "hf:o/r@v1.0/a.json",
            "hf:o/r@refs%2Fpr%2F1/unet/a.json",
        ] {
            assert_eq!(text.parse::<HubName>().unwrap().to_string(), text);
        }
        let pull: HubName = "hf:o/r@refs%2Fpr%2F1/a".parse().unwrap();
        assert_eq!(pull.revision(), "refs/pr/1");
        assert_eq!("hf:o/r/a".parse::<HubName>().unwrap().revision(), "main");
    }

    #[test]
    fn what_could_leave_the_cache_or_change_the_address_is_no_name() {
        for text in [
            "o/r/a",
            "hf:",
            "hf:o/r",
            "hf:o/r/",
            "hf:o//a",
            "hf:../r/a",
            "hf:o/r/../../a",
            "hf:o/r@../a",
            "hf:o/r@/a",
            "hf:o/r@..%2F../a",
            "hf:o/r/a?b",
            "hf:o/r/a b",
        ] {
            let error = text.parse::<HubName>().unwrap_err().to_string();
            assert!(
                error.contains("write hf:owner/repo/file"),
                "{text}: {error}"
            );
        }
    }
}
