//! Which folders may be used.

use super::*;

#[test]
fn a_folder_is_made_and_can_be_opened_again() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("new/cache");
    prepare(&folder).unwrap();
    prepare(&folder).unwrap();
    let tag = fs::read_to_string(folder.join("CACHEDIR.TAG")).unwrap();
    assert!(tag.starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
}

#[test]
fn a_file_is_not_a_folder() {
    let outer = tempfile::tempdir().unwrap();
    let file = outer.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(
        prepare(&file).unwrap_err().to_string(),
        format!(
            "cannot keep results there: it is a file, not a folder; name a folder: {}",
            file.display()
        )
    );
    let below = file.join("cache");
    assert_eq!(
        prepare(&below).unwrap_err().to_string(),
        format!(
            "cannot keep results there: something on the way is a file, not a folder; name another folder: {}",
            below.display()
        )
    );
}

#[test]
fn a_folder_of_pictures_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("holiday.jpg"), "").unwrap();
    let error = prepare(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn hidden_files_do_not_make_a_folder_foreign() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".gitkeep"), "").unwrap();
    prepare(folder.path()).unwrap();
}

#[test]
fn a_folder_of_a_newer_weft_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join(MARKER);
    fs::write(&marker, "weft results, format 7\n").unwrap();
    assert_eq!(
        prepare(folder.path()).unwrap_err().to_string(),
        format!(
            "cannot keep results there: the folder was made by a newer Weft (its format is 7, this Weft knows 1); update Weft or name another folder: {}",
            folder.path().display()
        )
    );
    assert_eq!(
        fs::read_to_string(marker).unwrap(),
        "weft results, format 7\n"
    );
}

#[test]
fn a_folder_of_an_older_weft_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join(MARKER);
    fs::write(&marker, "weft results, format 0\n").unwrap();
    prepare(folder.path()).unwrap();
    assert_eq!(
        fs::read_to_string(marker).unwrap(),
        "weft results, format 1\n"
    );
}

#[test]
fn a_marker_that_is_no_marker_is_foreign() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(MARKER), [0xff; 4]).unwrap();
    let error = prepare(folder.path()).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
}

#[test]
fn many_may_open_a_new_folder_at_once() {
    for _ in 0..20 {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("cache");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| prepare(&folder).unwrap());
            }
        });
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path()).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(folder.path().join("probe"), "").is_ok() {
        println!("skipped: this user may write anywhere");
        return;
    }
    let error = prepare(folder.path()).unwrap_err().to_string();
    assert!(error.contains("this user may not write there"), "{error}");
}
