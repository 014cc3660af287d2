//! Whole files, or none.

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_is_written_with_the_folders_on_the_way() {
    let folder = folder();
    let path = folder.path().join("a/b/c.txt");
    write_atomically(&path, b"words", Existing::Refuse).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"words");
    assert_eq!(names(path.parent().unwrap()), ["c.txt"]);
}

#[test]
fn another_file_is_left_alone_unless_it_may_be_replaced() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    fs::write(&path, "old").unwrap();
    let error = write_atomically(&path, b"new", Existing::Refuse).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot write file: another file is already there; name another, or allow it to be replaced: {}",
            path.display()
        )
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    write_atomically(&path, b"new", Existing::Replace).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["a.txt"], "nothing is left behind");
}

#[test]
fn a_file_with_these_very_bytes_is_not_refused() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    write_atomically(&path, b"same", Existing::Refuse).unwrap();
    write_atomically(&path, b"same", Existing::Refuse).unwrap();
}

#[test]
fn of_many_that_write_one_name_at_once_exactly_one_succeeds() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    let written: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16u8)
            .map(|i| {
                let path = &path;
                scope.spawn(move || write_atomically(path, &[i; 100], Existing::Refuse).is_ok())
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(written.iter().filter(|ok| **ok).count(), 1);
    let winner = written.iter().position(|ok| *ok).unwrap() as u8;
    assert_eq!(fs::read(&path).unwrap(), [winner; 100]);
}

#[test]
fn whoever_reads_while_it_is_replaced_sees_one_whole_file() {
    let folder = folder();
    let path = folder.path().join("a.txt");
    write_atomically(&path, &[0; 50_000], Existing::Replace).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for i in 1..50u8 {
                write_atomically(&path, &[i; 50_000], Existing::Replace).unwrap();
            }
        });
        while !writer.is_finished() {
            let seen = fs::read(&path).unwrap();
            assert_eq!(seen.len(), 50_000);
            assert!(seen.iter().all(|byte| *byte == seen[0]));
        }
    });
}

#[test]
fn a_file_on_the_way_and_a_folder_of_that_name_are_said_plainly() {
    let folder = folder();
    fs::write(folder.path().join("file"), "").unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    for (name, reason) in [
        ("file/a.txt", "something on the way is a file, not a folder"),
        ("folder", "a folder has that name"),
        ("..", "the system does not allow that name"),
    ] {
        for existing in [Existing::Refuse, Existing::Replace] {
            let path = folder.path().join(name);
            let error = write_atomically(&path, b"words", existing).unwrap_err();
            let expected = format!("cannot write file: {reason}: {}", path.display());
            assert_eq!(error.to_string(), expected);
        }
    }
    assert_eq!(names(folder.path()), ["file", "folder"]);
}

#[cfg(unix)]
#[test]
fn a_new_file_is_as_readable_as_any_and_a_replaced_one_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    let ordinary = folder.path().join("ordinary");
    fs::write(&ordinary, "").unwrap();
    let new = folder.path().join("new");
    write_atomically(&new, b"words", Existing::Refuse).unwrap();
    assert_eq!(mode(&new), mode(&ordinary));

    fs::set_permissions(&new, fs::Permissions::from_mode(0o640)).unwrap();
    write_atomically(&new, b"others", Existing::Replace).unwrap();
    assert_eq!(mode(&new), 0o640);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_its_file_is_replaced() {
    let folder = folder();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    write_atomically(&link, b"new", Existing::Replace).unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::read(&file).unwrap(), b"new");
}
