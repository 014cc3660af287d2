//! The queue before the disk.

use std::sync::mpsc::{Receiver, Sender, channel};

use weft_value::{Encode, TYPES, Value};

use super::*;
use crate::{
    samples::{key, text},
    types::Types,
};

const COST: Duration = Duration::from_secs(3600);

fn writer(folder: &tempfile::TempDir) -> (Arc<Disk>, Writer) {
    let types = Types::new(TYPES.to_vec());
    let disk = Arc::new(Disk::new(folder.path().to_owned(), types));
    let writer = Writer::start(Arc::clone(&disk), 1 << 30).unwrap();
    (disk, writer)
}

/// A value that says it takes so many bytes, and is encoded when the test allows it.
#[derive(Clone)]
struct Slow(u64, Arc<Mutex<Receiver<()>>>);

impl Slow {
    fn new(bytes: u64) -> (Self, Sender<()>) {
        let (allow, allowed) = channel();
        (Self(bytes, Arc::new(Mutex::new(allowed))), allow)
    }
}

impl Value for Slow {
    const TYPE: &'static str = "Slow";

    fn bytes(&self) -> u64 {
        self.0
    }
    fn encode(&self) -> Option<Encode> {
        self.1.lock().recv().unwrap();
        Some(Encode::default())
    }
}

fn job(number: u64, value: impl Value) -> Job {
    Job::Result(key(number), [AnyValue::new(value)].into(), COST)
}

#[test]
fn a_slow_disk_holds_nothing_up_and_what_is_left_out_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, writer) = writer(&folder);
    let (slow, allow) = Slow::new(WAITING_BYTES);
    writer.send(job(1, slow.clone()));
    writer.send(job(2, slow));
    writer.send(job(3, "words".to_owned()));
    assert_eq!(writer.unwritten(), 2, "the first takes all the room");
    allow.send(()).unwrap();
    writer.flush();
    writer.send(job(4, "words".to_owned()));
    writer.flush();
    assert_eq!(writer.written(), 2);
    assert!(disk.look(&key(1)).is_some() && disk.look(&key(4)).is_some());
    assert_eq!(writer.warnings().len(), 1);
    assert!(writer.warnings().is_empty());
}

#[test]
fn cancelling_drops_what_has_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, writer) = writer(&folder);
    let (slow, allow) = Slow::new(0);
    writer.send(job(1, slow));
    while !writer.shared.queue.lock().is_busy {
        thread::yield_now();
    }
    writer.send(job(2, "words".to_owned()));
    thread::scope(|scope| {
        let cancelling = scope.spawn(|| writer.cancel());
        while !writer.shared.queue.lock().jobs.is_empty() {
            thread::yield_now();
        }
        allow.send(()).unwrap();
        cancelling.join().unwrap();
    });
    assert_eq!(writer.written(), 1);
    assert!(disk.look(&key(1)).is_some() && disk.look(&key(2)).is_none());
    assert_eq!(writer.shared.queue.lock().bytes, 0);
}

#[test]
fn a_value_that_panics_is_left_out_and_the_next_is_written() {
    #[derive(Clone)]
    struct Broken;
    impl Value for Broken {
        const TYPE: &'static str = "Broken";
        fn encode(&self) -> Option<Encode> {
            panic!("on purpose");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (disk, writer) = writer(&folder);
    writer.send(job(1, Broken));
    writer.send(Job::Result(key(2), text("words"), COST));
    writer.flush();
    assert!(disk.look(&key(2)).is_some());
    assert_eq!((writer.written(), writer.unwritten()), (1, 1));
    assert!(writer.warnings()[0].contains("panicked"));
}

#[test]
fn what_is_on_disk_already_is_not_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let (_, writer) = writer(&folder);
    let picture: Arc<[AnyValue]> = [crate::samples::image(2)].into();
    for _ in 0..3 {
        writer.send(Job::Result(key(1), Arc::clone(&picture), COST));
        writer.send(Job::Alias(key(2), key(1)));
    }
    writer.flush();
    assert_eq!(writer.written(), 2);
}

#[test]
fn dropping_the_writer_writes_everything_first() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, writer) = writer(&folder);
    for number in 0..200 {
        writer.send(Job::Result(key(number), text("words"), COST));
    }
    drop(writer);
    assert!((0..200).all(|number| disk.look(&key(number)).is_some()));
}
