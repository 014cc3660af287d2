//! The pages in `tests/diagnostics` say what Weft says to each mistake; here they are held to it.
//!
//! `WEFT_BLESS=1 cargo test diagnostics` writes what is said now into the pages; read the difference.

use std::{env, fmt::Write, fs, path::Path};

use crate::program::{files, root, run};

/// A page taken apart: prose and graphs as they are, and the place of each expected report.
fn sections(page: &str) -> Vec<(String, String)> {
    let mut sections = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find("```text\n") {
        let (before, from) = rest.split_at(start + "```text\n".len());
        let end = from.find("```").expect("a report is closed");
        sections.push((before.to_owned(), from[..end].to_owned()));
        rest = &from[end..];
    }
    sections.push((rest.to_owned(), String::new()));
    sections
}

/// What `weft check` says to each graph of the page.
fn said(page: &Path) -> Vec<String> {
    let name = page
        .strip_prefix(root())
        .expect("a page is in the project")
        .to_str()
        .expect("its name is plain");
    let ended = run(&["check", "--each", name]);
    let reports = ended.out.split("\u{c}\n").map(|report| {
        let lines: Vec<_> = report.lines().map(str::trim_end).collect();
        format!("{}\n", lines.join("\n").trim_matches('\n'))
    });
    reports.filter(|report| !report.trim().is_empty()).collect()
}

#[test]
fn every_mistake_is_told_as_its_page_says() {
    let is_blessing = env::var_os("WEFT_BLESS").is_some();
    let pages = files("tests/diagnostics", "md");
    let mut wrong = String::new();
    for path in &pages {
        let page = fs::read_to_string(path).unwrap();
        let sections = sections(&page);
        let said = said(path);
        assert_eq!(
            said.len(),
            sections.len() - 1,
            "{} has a graph without a report:\n{said:?}",
            path.display()
        );
        let mut blessed = String::new();
        for ((before, expected), said) in sections.iter().zip(said.iter().map(Some).chain([None])) {
            blessed += before;
            let Some(said) = said else { break };
            blessed += said;
            if said != expected {
                let _ = write!(
                    wrong,
                    "\n{}\n--- expected\n{expected}--- said\n{said}",
                    path.display()
                );
            }
        }
        if is_blessing {
            fs::write(path, blessed).unwrap();
        }
    }
    assert!(is_blessing || wrong.is_empty(), "{wrong}");
}

#[test]
fn every_mistake_has_its_page() {
    let pages = files("tests/diagnostics", "md");
    let reports: usize = pages
        .iter()
        .map(|page| sections(&fs::read_to_string(page).unwrap()).len() - 1)
        .sum();
    assert!(reports >= 25, "only {reports} mistakes are shown");
}
