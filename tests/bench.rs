//! `weft bench diffusion` on tiny weights.

use std::{fs, path::Path};

use weft_testing::tiny_stable::folder;

use crate::program::{Ended, ended, weft};

fn bench(arguments: &[&str]) -> Ended {
    let mut command = weft();
    command
        .env_remove("WEFT_PYTHON")
        .args(["bench", "diffusion"]);
    command.args(["--size", "64", "--steps", "3", "--rounds", "1"]);
    ended(command.args(arguments).output().unwrap())
}

/// The cells of the rows of a program.
fn rows<'a>(table: &'a str, program: &str) -> Vec<Vec<&'a str>> {
    let cells = |line: &'a str| line.split('|').map(str::trim).collect::<Vec<_>>();
    let rows = table.lines().map(cells);
    rows.filter(|cells| cells.get(2) == Some(&program))
        .collect()
}

#[test]
fn weft_alone_is_measured_in_each_kind_of_numbers() {
    let place = tempfile::tempdir().unwrap();
    let model = folder(place.path(), 4);
    let table = bench(&[model.to_str().unwrap()]).with(0).out;
    let rows = rows(&table, "weft");
    assert_eq!(
        rows.iter().map(|row| row[1]).collect::<Vec<_>>(),
        ["f32", "bf16"]
    );
    for row in rows {
        let [step, least, most, peak, whole] =
            [3, 4, 5, 6, 7].map(|i| row[i].parse::<f64>().unwrap());
        assert!(least <= step && step <= most && most < whole, "{table}");
        assert!(peak > 10.0 || !cfg!(target_os = "linux"), "{table}");
    }
}

/// A program that stands for a Python, and prints what the script would.
#[cfg(unix)]
fn python(folder: &Path, said: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("python");
    fs::write(&path, format!("#!/bin/sh\n{said}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

#[cfg(unix)]
#[test]
fn the_other_program_gets_the_same_texts_and_is_compared() {
    let place = tempfile::tempdir().unwrap();
    let model = folder(&place.path().join("model"), 4);
    let heard = place.path().join("heard");
    let said = format!(
        "[ $2 = versions ] && echo diffusers 9.9, torch 8.8 && exit; echo \"$@\" > {}; echo '{{\"steps\": [50.0, 70.0, 60.0], \"peak\": 1073741824}}'",
        heard.display()
    );
    let python = python(place.path(), &said);
    let asked = [
        "--numbers",
        "f32",
        "--python",
        &python,
        model.to_str().unwrap(),
    ];
    let table = bench(&asked).with(0).out;
    assert!(table.contains("diffusers 9.9, torch 8.8"), "{table}");
    let theirs = &rows(&table, "diffusers")[0];
    assert_eq!(theirs[3..7], ["60.00", "50.00", "70.00", "1024"]);
    let ratio: f64 = rows(&table, "weft / diffusers")[0][3].parse().unwrap();
    assert!(ratio < 0.5, "{table}");
    let heard = fs::read_to_string(heard).unwrap();
    // Start and end of a text around its words, and of none.
    let around = heard.contains("[[49406,") && heard.contains(",49407],[49406,49407,49407,");
    assert!(
        around && heard.contains(" draw ") && heard.contains(" 64 3 float32 "),
        "{heard}"
    );
    assert!(heard.trim_end().ends_with(" 7.5"), "{heard}");
}

#[test]
fn what_cannot_be_measured_is_told_with_the_cure() {
    let place = tempfile::tempdir().unwrap();
    let model = folder(&place.path().join("model"), 4);
    let none = bench(&[]).with(2).err;
    assert!(
        none.contains("name the weights, or give --python FILE"),
        "{none}"
    );
    let absent = place.path().join("absent");
    let absent = absent.to_str().unwrap();
    let missing = bench(&[absent]).with(2).err;
    assert!(missing.contains("absent"), "{missing}");
    let refused = bench(&["--python", absent]).with(2).err;
    assert!(refused.contains("pip install torch diffusers"), "{refused}");
    let refused = bench(&["--python", absent, model.to_str().unwrap()])
        .with(2)
        .err;
    assert!(refused.contains(absent), "{refused}");
    let mut odd = weft();
    odd.args(["bench", "diffusion", "--size", "100"]);
    let odd = ended(odd.output().unwrap()).with(2).err;
    assert!(odd.contains("a multiple of 8"), "{odd}");
}

#[cfg(unix)]
#[test]
fn a_python_without_the_packages_is_told_of_them() {
    let place = tempfile::tempdir().unwrap();
    let said = "echo \"ModuleNotFoundError: No module named 'torch'\" >&2; exit 1";
    let refused = bench(&["--python", &python(place.path(), said)])
        .with(2)
        .err;
    assert!(refused.contains("No module named 'torch'"), "{refused}");
    assert!(refused.contains("pip install torch diffusers"), "{refused}");
    let file = place.path().join("one.safetensors");
    fs::write(&file, "").unwrap();
    let whole = python(place.path(), "exit 0");
    let single = bench(&["--python", &whole, file.to_str().unwrap()])
        .with(2)
        .err;
    assert!(
        single.contains("give its model_index.json, or leave out --python"),
        "{single}"
    );
}
