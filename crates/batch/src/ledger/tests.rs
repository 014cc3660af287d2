//! What is written is read, whatever was cut off.

use proptest::prelude::*;

use super::*;

fn key(item: &str) -> Digest {
    Digest::of(item.as_bytes())
}

fn entry(item: &str) -> Line {
    Line::Entry(Box::new(Entry {
        item: key(item).to_string(),
        label: item.to_owned(),
        ended: Ended::Done,
        inputs: BTreeMap::from([("prompt".to_owned(), "a\ncat".to_owned())]),
        seeds: BTreeMap::from([("drawn".to_owned(), 7)]),
        outputs: vec![],
        files: BTreeMap::new(),
        made_of: String::new(),
        at: 1,
        ms: 2.5,
        nodes: BTreeMap::new(),
        error: None,
    }))
}

fn session() -> Line {
    Line::Session(Box::new(Session {
        weft_ledger: VERSION,
        ..Session::default()
    }))
}

#[test]
fn what_is_added_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/ledger.jsonl");
    let lines = [session(), entry("a"), entry("b")];
    let (mut ledger, before) = Ledger::open(&path).unwrap();
    assert!(before.is_empty());
    ledger.add(&lines[..2]).unwrap();
    ledger.add(&lines[2..]).unwrap();
    assert_eq!(read(&path).unwrap(), lines);
}

#[test]
fn a_second_writer_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let first = Ledger::open(&path).unwrap();
    assert!(matches!(
        Ledger::open(&path),
        Err(LedgerError::Locked { .. })
    ));
    drop(first);
    Ledger::open(&path).unwrap();
}

#[test]
fn the_last_entry_of_an_item_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let mut again = entry("a");
    if let Line::Entry(again) = &mut again {
        again.ended = Ended::Failed;
    }
    let lines = [session(), entry("a"), entry("b"), session(), again.clone()];
    let found = latest(&lines);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].1.ended, Ended::Failed);
    Ledger::open(&path).unwrap().0.add(&lines).unwrap();
    let (mut ledger, past) = Ledger::open(&path).unwrap();
    // What is added while the past is read makes no difference to it.
    ledger.add(&[entry("b"), entry("c")]).unwrap();
    let of = |item| Some(Line::Entry(Box::new(past.entry(&key(item))?)));
    assert_eq!(
        [of("a"), of("b"), of("c")],
        [Some(again), Some(entry("b")), None]
    );
    let counts: Vec<usize> = past.sessions().map(|(_, count)| count).collect();
    assert_eq!(counts, [1, 1]);
}

#[test]
fn an_end_is_told_in_the_word_of_the_ledger() {
    for ended in [Ended::Done, Ended::Skipped, Ended::Failed] {
        assert_eq!(serde_json::to_value(ended).unwrap(), ended.word());
    }
}

#[test]
fn a_newer_form_is_refused_and_a_foreign_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(NAME);
    let text = serde_json::to_string(&session()).unwrap();
    fs::write(
        &path,
        text.replace("\"weft_ledger\":1", "\"weft_ledger\":99") + "\n",
    )
    .unwrap();
    assert!(matches!(
        read(&path),
        Err(LedgerError::Newer { found: 99, .. })
    ));
    for (text, why) in [
        ("hello\n", "no whole JSON from column 1 on"),
        ("{\"a\": 1}\n", "no session and of no item"),
        ("{\"item\": \"0a\n", "no whole JSON from column 1"),
    ] {
        fs::write(&path, text).unwrap();
        let told = read(&path).unwrap_err().to_string();
        assert!(told.starts_with("line 1 is none of a ledger"), "{told}");
        assert!(
            told.contains(why) && told.contains("take the line out"),
            "{told}"
        );
    }
}

proptest! {
    #[test]
    fn a_ledger_that_was_cut_anywhere_keeps_all_whole_lines(cut in 0usize..2_000) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let lines = [session(), entry("a"), entry("b"), entry("c")];
        Ledger::open(&path).unwrap().0.add(&lines).unwrap();
        let text = fs::read(&path).unwrap();
        let cut = cut.min(text.len());
        fs::write(&path, &text[..cut]).unwrap();
        let whole = text[..cut].iter().filter(|byte| **byte == b'\n').count();
        prop_assert_eq!(read(&path).unwrap(), &lines[..whole]);
        let (mut ledger, kept) = Ledger::open(&path).unwrap();
        prop_assert_eq!(kept.len(), whole.saturating_sub(1));
        ledger.add(&[entry("d")]).unwrap();
        prop_assert_eq!(read(&path).unwrap().len(), whole + 1);
    }
}
