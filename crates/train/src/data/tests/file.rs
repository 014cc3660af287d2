//! The file: what is written is read, and nothing else is.

use std::fs;

use super::small;
use crate::data::{DataError, DataSet};

#[test]
fn a_file_gives_back_what_was_built_and_the_same_bytes_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("first"), folder.path().join("second")];
    let built = small();
    built.save(&paths[0]).unwrap();
    small().save(&paths[1]).unwrap();
    assert_eq!(fs::read(&paths[0]).unwrap(), fs::read(&paths[1]).unwrap());
    let read = DataSet::open(&paths[0]).unwrap();
    assert_eq!(read.hash(), built.hash());
    assert_eq!(read.concepts(), built.concepts());
    assert_eq!(
        (read.styles(), read.pictures(), read.side()),
        (built.styles(), built.pictures(), 64)
    );
    assert_eq!(read.packages()[0].version, "17.0.0");
    let all = [0, 1, 2, 3];
    assert_eq!(read.rgba_of(&all).unwrap(), built.rgba_of(&all).unwrap());
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        2,
        "a temporary file is left"
    );
}

#[test]
fn other_files_and_damaged_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    small().save(&path).unwrap();
    let whole = fs::read(&path).unwrap();
    let open = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        DataSet::open(&path).unwrap_err()
    };
    assert!(matches!(open(b""), DataError::Foreign { .. }));
    assert!(matches!(
        open(b"\x89PNG and so on, long enough to hold a head and a hash"),
        DataError::Foreign { .. }
    ));
    for cut in [8, 11, 19, 40, whole.len() / 2, whole.len() - 1] {
        assert!(
            matches!(open(&whole[..cut]), DataError::Damaged { .. }),
            "cut at {cut}"
        );
    }
    for place in [13, 60, whole.len() / 2, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        assert!(
            matches!(open(&changed), DataError::Damaged { .. }),
            "changed at {place}"
        );
    }
    let mut later = whole.clone();
    later[8] = 9;
    let error = open(&later);
    assert!(
        matches!(
            error,
            DataError::Layout {
                found: 9,
                known: 1,
                ..
            }
        ),
        "{error}"
    );
    fs::remove_file(&path).unwrap();
    assert!(matches!(
        DataSet::open(&path).unwrap_err(),
        DataError::Missing { .. }
    ));
}

#[test]
fn a_file_whose_hash_is_right_but_whose_pictures_are_not_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    type Change = fn(&mut DataSet);
    let changes: [(Change, &str); 4] = [
        (|set| set.head.pictures[0][0] = 7, "not listed"),
        (|set| set.head.pictures.swap(0, 1), "out of order"),
        (|set| set.head.pictures[3][2] += 1, "not as long"),
        (|set| set.head.side = 0, "no side"),
    ];
    for (change, why) in changes {
        let mut set = small();
        change(&mut set);
        DataSet::packed(set.head, set.pngs).save(&path).unwrap();
        let error = DataSet::open(&path).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}
