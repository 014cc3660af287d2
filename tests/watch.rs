//! `weft watch` runs again what changed, and nothing else.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use crate::program::weft;

/// A watch that is stopped when the test ends.
pub(crate) struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    fn start(graph: &str, out: &str) -> Self {
        Self::start_with(graph, out, &[])
    }

    /// The same with more options.
    pub(crate) fn start_with(graph: &str, out: &str, more: &[&str]) -> Self {
        let mut command = weft();
        command.env("XDG_RUNTIME_DIR", out);
        command.args([
            "watch",
            "--device",
            "cpu",
            "--no-cache",
            "--out",
            out,
            graph,
        ]);
        command.args(more);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let streams: [Box<dyn std::io::Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        for stream in streams {
            let send = send.clone();
            thread::spawn(move || {
                BufReader::new(stream)
                    .lines()
                    .map_while(Result::ok)
                    .try_for_each(|line| send.send(line))
            });
        }
        Self { child, lines }
    }

    /// Waits for a line with `part` in it and returns all lines up to it.
    pub(crate) fn until(&self, part: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            match self.lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => {
                    seen.push(line);
                    if seen.last().is_some_and(|line| line.contains(part)) {
                        return seen;
                    }
                }
                Err(error) => panic!("{part} never came ({error}): {seen:#?}"),
            }
        }
    }
}

#[test]
fn a_watch_runs_what_changed_and_survives_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let graph = folder.path().join("watched.ron");
    let write = |sigma: &str| {
        let text = format!(
            "Graph(format: 1, nodes: {{ \"plain\": Noise(width: 32, height: 32),
             \"soft\": GaussianBlur(image: Wire(\"plain\"), sigma: {sigma}),
             \"file\": SaveImage(image: Wire(\"soft\"), path: \"soft.png\") }})"
        );
        // As editors do: a new file in the place of the old one.
        fs::write(folder.path().join("new"), text).unwrap();
        fs::rename(folder.path().join("new"), &graph).unwrap();
    };
    write("1.0");
    let out = folder.path().join("out");
    let watch = Watching::start(graph.to_str().unwrap(), out.to_str().unwrap());
    let first = watch.until("watching").join("\n");
    assert!(first.contains("3 ran"), "{first}");
    let before = fs::read(out.join("soft.png")).unwrap();

    thread::sleep(Duration::from_millis(300));
    write("2.0");
    let second = watch.until("watching").join("\n");
    assert!(second.contains("2 ran, 1 unchanged"), "{second}");
    assert!(fs::read(out.join("soft.png")).unwrap() != before);

    thread::sleep(Duration::from_millis(300));
    write("oops");
    watch.until("sigma");
    thread::sleep(Duration::from_millis(300));
    write("1.0");
    let again = watch.until("watching").join("\n");
    assert!(again.contains("unchanged"), "{again}");
    assert!(fs::read(out.join("soft.png")).unwrap() == before);
}
