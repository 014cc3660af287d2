//! Against a hub on this machine.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use weft_testing::loop_hub::{LoopHub, Mood, commit};

use crate::{Hub, HubName, tell_transfers};

/// A hub, and a cache that is empty at first.
struct Place {
    server: LoopHub,
    cache: TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            server: LoopHub::new("owner/repo"),
            cache: tempfile::tempdir().unwrap(),
        }
    }

    fn hub(&self) -> Hub {
        Hub {
            endpoint: self.server.endpoint(),
            cache: self.cache.path().join("hub"),
            token: None,
            is_offline: false,
            patience: Duration::from_secs(2),
        }
    }

    /// The text of a file as this hub gives it.
    fn get(&self, name: &str) -> Result<String, String> {
        fetched(&self.hub(), name)
    }

    /// The folder of the repository in the cache.
    fn repository(&self) -> PathBuf {
        self.cache.path().join("hub/models--owner--repo")
    }

    /// The files that hold bytes, in the cache or on their way there, by their extension.
    fn held(&self, extension: &str) -> usize {
        let mut open = [".incoming", "blobs"]
            .map(|name| self.repository().join(name))
            .to_vec();
        let mut held = 0;
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let (path, kind) = entry
                    .map(|it| (it.path(), it.file_type().unwrap()))
                    .unwrap();
                let is_named = path.extension().unwrap_or_default() == extension;
                held += usize::from(kind.is_file() && is_named);
                if kind.is_dir() && !path.ends_with("refs") {
                    open.push(path);
                }
            }
        }
        held
    }

    /// Whether nothing is on its way.
    fn is_settled(&self) -> bool {
        !self.repository().join(".incoming").exists()
    }
}

fn fetched(hub: &Hub, name: &str) -> Result<String, String> {
    let name: HubName = name.parse().unwrap();
    let path = hub.fetch(&name)?;
    Ok(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
}

#[test]
fn a_file_is_fetched_once_and_then_needs_no_hub() {
    let place = Place::new();
    place.server.put("unet/a.safetensors", b"weights");
    let name = "hf:owner/repo/unet/a.safetensors";
    assert_eq!(place.get(name).unwrap(), "weights");
    let asked = place.server.asked().len();
    assert_eq!(place.get(name).unwrap(), "weights");
    assert_eq!(place.server.asked().len(), asked);
    let hub = place.hub();
    drop(place.server);
    assert_eq!(fetched(&hub, name).unwrap(), "weights");
    let offline = Hub {
        is_offline: true,
        ..hub
    };
    assert_eq!(fetched(&offline, name).unwrap(), "weights");
    let by_commit = format!("hf:owner/repo@{}/unet/a.safetensors", commit("main"));
    assert_eq!(fetched(&offline, &by_commit).unwrap(), "weights");
}

#[test]
fn a_revision_is_a_branch_a_tag_or_a_commit() {
    let place = Place::new();
    place.server.put("a.txt", b"new");
    place.server.put_at("v1", "a.txt", b"old");
    place.server.put_at("refs/pr/1", "a.txt", b"proposed");
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), "new");
    assert_eq!(place.get("hf:owner/repo@v1/a.txt").unwrap(), "old");
    assert_eq!(
        place.get("hf:owner/repo@refs%2Fpr%2F1/a.txt").unwrap(),
        "proposed"
    );
    let commit = commit("v1");
    assert_eq!(
        place.get(&format!("hf:owner/repo@{commit}/a.txt")).unwrap(),
        "old"
    );
}

#[test]
fn equal_bytes_of_two_revisions_are_fetched_once() {
    let place = Place::new();
    place.server.put("a.txt", b"same");
    place.server.put_at("v1", "a.txt", b"same");
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), "same");
    let before = place.server.asked().len();
    assert_eq!(place.get("hf:owner/repo@v1/a.txt").unwrap(), "same");
    // It is asked what the file is, and no more.
    assert_eq!(place.server.asked().len(), before + 1);
}

#[test]
fn offline_nothing_is_asked_for_and_the_error_says_why() {
    let place = Place::new();
    place.server.put("a.txt", b"it");
    let offline = Hub {
        is_offline: true,
        ..place.hub()
    };
    let error = fetched(&offline, "hf:owner/repo/a.txt").unwrap_err();
    assert!(error.contains("HF_HUB_OFFLINE"), "{error}");
    assert!(error.ends_with("\nin hf:owner/repo/a.txt"), "{error}");
    assert!(place.server.asked().is_empty());
}

#[test]
fn what_the_hub_does_not_have_is_told_apart() {
    let place = Place::new();
    place.server.put("b.safetensors", b"it");
    let file = place.get("hf:owner/repo/a.safetensors").unwrap_err();
    assert!(
        file.contains("no such file; it has b.safetensors\nin hf:owner/repo/a"),
        "{file}"
    );
    let revision = place.get("hf:owner/repo@v9/b.safetensors").unwrap_err();
    assert!(
        revision.contains("no branch, tag or commit `v9`"),
        "{revision}"
    );
    let repo = place.get("hf:owner/other/b.safetensors").unwrap_err();
    assert!(repo.contains("no repository of that name"), "{repo}");
}

#[test]
fn a_gated_repository_asks_for_a_token_and_gets_the_one_there_is() {
    let place = Place::new();
    for status in [401, 403] {
        place.server.set_mood(Mood::Refuses(status));
        let error = place.get("hf:owner/repo/model.safetensors").unwrap_err();
        assert!(error.contains(&format!("refuses it ({status})")), "{error}");
        assert!(error.contains("HF_TOKEN"), "{error}");
    }
    place.server.set_mood(Mood::Refuses(503));
    let error = place.get("hf:owner/repo/a.txt").unwrap_err();
    assert!(error.contains("status 503; try again later"), "{error}");
    let named = Hub {
        token: Some("secret".to_owned()),
        ..place.hub()
    };
    fetched(&named, "hf:owner/repo/a.txt").unwrap_err();
    let last = place.server.asked().pop().unwrap();
    assert!(last.contains("authorization: bearer secret"), "{last}");
}

#[test]
fn a_transfer_that_breaks_off_leaves_no_file_and_goes_on_where_it_stopped() {
    let place = Place::new();
    let text = "0123456789".repeat(50_000);
    place.server.put("a.txt", text.as_bytes());
    place.server.set_mood(Mood::Cuts(200_000));
    let error = place.get("hf:owner/repo/a.txt").unwrap_err();
    assert!(error.contains("broke off"), "{error}");
    assert_eq!((place.held(""), place.held("part")), (0, 1));
    let offline = Hub {
        is_offline: true,
        ..place.hub()
    };
    fetched(&offline, "hf:owner/repo/a.txt").unwrap_err();
    place.server.set_mood(Mood::Well);
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), text);
    assert_eq!((place.held(""), place.held("part")), (1, 0));
    let last = place.server.asked().pop().unwrap();
    assert!(
        last.contains("range: bytes=") && !last.contains("bytes=0-"),
        "{last}"
    );
}

#[test]
fn a_part_that_is_too_long_is_thrown_away() {
    let place = Place::new();
    place.server.put("a.txt", b"0123456789");
    place.server.set_mood(Mood::Cuts(4));
    place.get("hf:owner/repo/a.txt").unwrap_err();
    let mut open = vec![place.repository().join(".incoming")];
    while let Some(path) = open.pop() {
        if path.extension().is_some_and(|end| end == "part") {
            fs::write(&path, "much more than there is").unwrap();
        }
        let inner = fs::read_dir(path).into_iter().flatten();
        open.extend(inner.map(|entry| entry.unwrap().path()));
    }
    assert_eq!(place.held("part"), 1);
    place.server.set_mood(Mood::Well);
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), "0123456789");
    assert!(place.is_settled());
}

#[test]
fn a_file_of_another_length_than_announced_is_none() {
    let place = Place::new();
    place.server.put("a.txt", b"0123456789");
    place.server.set_mood(Mood::Lies);
    let error = place.get("hf:owner/repo/a.txt").unwrap_err();
    assert!(
        error.contains("14 bytes came where 10 were announced"),
        "{error}"
    );
    assert_eq!((place.held(""), place.held("part")), (0, 0));
    place.server.set_mood(Mood::Well);
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), "0123456789");
}

#[test]
fn weights_of_other_bytes_than_announced_are_none() {
    let place = Place::new();
    place.server.put("a.safetensors", b"0123456789");
    place.server.put("a.txt", b"0123456789");
    place.server.set_mood(Mood::Garbles);
    let error = place.get("hf:owner/repo/a.safetensors").unwrap_err();
    assert!(error.contains("not the same bytes (SHA-256)"), "{error}");
    assert_eq!((place.held(""), place.held("part")), (0, 0));
    assert!(place.is_settled());
    // What is not told by its hash is known by its length alone.
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), "9876543210");
    place.server.set_mood(Mood::Well);
    let right = place.get("hf:owner/repo/a.safetensors").unwrap();
    assert_eq!(right, "0123456789");
    assert!(place.is_settled());
}

#[test]
fn bytes_that_are_not_checked_yet_are_never_in_the_cache() {
    let place = Place::new();
    let bytes: Vec<u8> = (0..32_usize << 20).map(|i| (i % 251) as u8).collect();
    place.server.put("a.safetensors", &bytes);
    place.server.set_mood(Mood::Garbles);
    let hub = place.hub();
    let ran = thread::spawn(move || fetched(&hub, "hf:owner/repo/a.safetensors"));
    let (mut was_there, mut was_coming) = (false, false);
    while !ran.is_finished() {
        let there = ["blobs", "snapshots"].map(|name| place.repository().join(name).exists());
        was_there |= there.contains(&true);
        was_coming |= !place.is_settled();
    }
    assert!(ran.join().unwrap().is_err());
    assert!(was_coming && !was_there);
}

#[test]
fn what_a_stop_left_unchecked_is_checked_before_it_is_taken() {
    let place = Place::new();
    let name = "hf:owner/repo/a.safetensors";
    place.server.put("a.safetensors", b"0123456789");
    let tag = "84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882";
    let folder = place.repository().join(".incoming").join(tag);
    let left = folder.join("models--owner--repo/blobs").join(tag);
    let offline = Hub {
        is_offline: true,
        ..place.hub()
    };
    for (text, requests) in [("9876543210", 3), ("0123456789", 1)] {
        fs::create_dir_all(left.parent().unwrap()).unwrap();
        fs::write(&left, text).unwrap();
        assert!(
            fetched(&offline, name)
                .unwrap_err()
                .contains("HF_HUB_OFFLINE")
        );
        let before = place.server.asked().len();
        assert_eq!(place.get(name).unwrap(), "0123456789");
        // What was right is not fetched again.
        assert_eq!(place.server.asked().len(), before + requests);
        assert!(place.is_settled());
        for part in ["blobs", "snapshots", "refs"] {
            fs::remove_dir_all(place.repository().join(part)).unwrap();
        }
    }
}

#[test]
fn bytes_in_the_cache_that_are_not_the_file_are_replaced() {
    let place = Place::new();
    let name = "hf:owner/repo/a.safetensors";
    place.server.put("a.safetensors", b"0123456789");
    place.get(name).unwrap();
    let blob = fs::read_dir(place.repository().join("blobs")).unwrap();
    let blob = blob.map(|entry| entry.unwrap().path()).next().unwrap();
    fs::write(&blob, "9876543210").unwrap();
    fs::remove_dir_all(place.repository().join("snapshots")).unwrap();
    assert_eq!(place.get(name).unwrap(), "0123456789");
    assert_eq!(fs::read(blob).unwrap(), b"0123456789");
}

#[test]
fn a_branch_that_moves_on_is_fetched_as_it_was_when_it_was_asked_about() {
    let place = Place::new();
    place.server.put("a.txt", b"it");
    place.get("hf:owner/repo/a.txt").unwrap();
    let asked = place.server.asked();
    assert!(asked[0].contains("/resolve/main/"), "{asked:?}");
    let at = format!("/resolve/{}/", commit("main"));
    let rest = &asked[1..];
    assert!(
        !rest.is_empty() && rest.iter().all(|line| line.contains(&at)),
        "{asked:?}"
    );
}

#[test]
fn two_that_want_one_file_at_once_do_not_disturb_each_other() {
    let place = Place::new();
    place.server.put("a.txt", b"0123456789");
    place.get("hf:owner/repo/a.txt").unwrap();
    let lock = place.repository().join(".incoming");
    fs::create_dir(&lock).unwrap();
    let blob = fs::read_dir(place.repository().join("blobs")).unwrap();
    let tag = blob.map(|entry| entry.unwrap().file_name()).next().unwrap();
    let held = fs::File::create(lock.join(tag).with_extension("lock")).unwrap();
    held.lock().unwrap();
    fs::remove_dir_all(place.repository().join("snapshots")).unwrap();
    let error = place.get("hf:owner/repo/a.txt").unwrap_err();
    assert!(error.contains("another program is fetching it"), "{error}");
    drop(held);
    assert_eq!(place.get("hf:owner/repo/a.txt").unwrap(), "0123456789");
}

#[test]
fn a_hub_that_never_answers_is_given_up() {
    let place = Place::new();
    place.server.set_mood(Mood::Mute);
    let start = Instant::now();
    let error = place.get("hf:owner/repo/a.txt").unwrap_err();
    assert!(error.contains("has not answered for 2 s"), "{error}");
    assert!(error.contains("HF_HUB_DOWNLOAD_TIMEOUT"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_hub_that_is_gone_cannot_be_reached() {
    let place = Place::new();
    let hub = place.hub();
    drop(place.server);
    let error = fetched(&hub, "hf:owner/repo/a.txt").unwrap_err();
    assert!(error.contains("cannot be reached"), "{error}");
    assert!(error.contains("HF_ENDPOINT"), "{error}");
}

#[test]
fn a_folder_of_diffusers_comes_with_its_networks_and_their_shards() {
    let place = Place::new();
    let index =
        r#"{"unet": ["diffusers", "U"], "vae": ["diffusers", "V"], "safety_checker": ["x", "S"]}"#;
    let shards = r#"{"weight_map": {"a": "x-1.safetensors", "b": "x-2.safetensors"}}"#;
    let theirs = [
        ("model_index.json", index),
        ("unet/config.json", "{}"),
        (
            "unet/diffusion_pytorch_model.safetensors.index.json",
            shards,
        ),
        ("unet/x-1.safetensors", "1"),
        ("unet/x-2.safetensors", "2"),
        ("vae/config.json", "{}"),
        ("vae/diffusion_pytorch_model.fp16.safetensors", "v"),
        ("scheduler/scheduler_config.json", "{}"),
    ];
    theirs
        .iter()
        .for_each(|(path, text)| place.server.put(path, text.as_bytes()));
    place
        .server
        .put("safety_checker/model.safetensors", b"large");
    let name: HubName = "hf:owner/repo/model_index.json".parse().unwrap();
    let path = place.hub().fetch(&name).unwrap();
    let root = path.parent().unwrap();
    for (path, text) in theirs {
        assert_eq!(fs::read_to_string(root.join(path)).unwrap(), text, "{path}");
    }
    assert!(!root.join("safety_checker").exists());
    let hub = place.hub();
    drop(place.server);
    assert_eq!(hub.fetch(&name).unwrap(), path);
    fs::remove_file(root.join("unet/x-2.safetensors")).unwrap();
    let error = Hub {
        is_offline: true,
        ..hub
    }
    .fetch(&name)
    .unwrap_err();
    assert!(error.contains("/unet/x-2.safetensors"), "{error}");
}

#[test]
fn the_config_beside_a_network_comes_with_it_if_there_is_one() {
    let place = Place::new();
    place.server.put("a/model.safetensors", b"a");
    place.server.put("b/model.safetensors", b"b");
    place.server.put("b/config.json", b"{}");
    let name = |text: &str| text.parse::<HubName>().unwrap();
    let alone = place
        .hub()
        .fetch(&name("hf:owner/repo/a/model.safetensors"))
        .unwrap();
    assert!(!alone.with_file_name("config.json").exists());
    let both = place
        .hub()
        .fetch(&name("hf:owner/repo/b/model.safetensors"))
        .unwrap();
    assert_eq!(fs::read(both.with_file_name("config.json")).unwrap(), b"{}");
}

#[test]
fn a_transfer_is_told_from_nothing_to_all() {
    let place = Place::new();
    place.server.put("told.txt", &[7; 300_000]);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = heard.clone();
    tell_transfers(move |transfer| ears.lock().unwrap().push(transfer.clone()));
    place.get("hf:owner/repo/told.txt").unwrap();
    let heard = heard.lock().unwrap();
    // Other tests fetch at the same time.
    let ours = heard
        .iter()
        .filter(|it| it.name == "hf:owner/repo/told.txt");
    let ours: Vec<_> = ours.map(|it| (it.done, it.total)).collect();
    assert_eq!(ours.first(), Some(&(0, 300_000)));
    assert_eq!(ours.last(), Some(&(300_000, 300_000)));
}
