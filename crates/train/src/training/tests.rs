//! A run learns, and a run that was stopped and taken up again is the run that was not.

use std::{cell::Cell, fs, path::Path};

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use image::{Rgb, RgbImage};

use super::{Audience, Lesson, News, Pace, TrainError, curve, train};

/// A line through points.
#[derive(Module, Debug)]
struct Line {
    slope: Param<Tensor<2>>,
    shift: Param<Tensor<1>>,
}

fn line(device: &Device) -> Line {
    Line {
        slope: Param::from_tensor(Tensor::zeros([1, 1], device)),
        shift: Param::from_tensor(Tensor::zeros([1], device)),
    }
}

struct ThroughPoints {
    device: Device,
    spoiled_at: Option<u64>,
}

impl Lesson for ThroughPoints {
    type Net = Line;

    fn loss(&mut self, net: &Line, step: u64) -> Tensor<1> {
        let x: Vec<f32> = (0..8)
            .map(|i| ((step * 8 + i) % 13) as f32 / 13.0)
            .collect();
        let spoil = if self.spoiled_at == Some(step) {
            f32::NAN
        } else {
            0.0
        };
        let y: Vec<f32> = x.iter().map(|x| 3.0 * x - 1.0 + spoil).collect();
        let [x, y] =
            [x, y].map(|n| Tensor::<2>::from_data(TensorData::new(n, [8, 1]), &self.device));
        let found = x.matmul(net.slope.val()) + net.shift.val().unsqueeze();
        (found - y).powf_scalar(2.0).mean()
    }

    fn sample(&mut self, _: &Line) -> RgbImage {
        RgbImage::from_pixel(2, 2, Rgb([1, 2, 3]))
    }

    fn config(&self) -> String {
        "a line".to_owned()
    }
}

/// Stops after some steps.
struct For(Cell<u64>, Vec<String>);

impl Audience for For {
    fn step(&mut self, _: &News) {
        self.0.set(self.0.get() - 1);
    }

    fn wrote(&mut self, path: &Path) {
        self.1
            .push(path.file_name().unwrap().to_string_lossy().into_owned());
    }

    fn stops(&self) -> bool {
        self.0.get() == 0
    }
}

fn pace() -> Pace {
    Pace {
        steps: 300,
        rate: 0.1,
        warmup: 10,
        weight_decay: 0.0,
        average: 0.9,
        sample_every: 100,
        ..Pace::default()
    }
}

fn run(folder: &Path, steps: u64) -> Result<([f32; 2], Vec<String>), TrainError> {
    let device = Device::flex().autodiff();
    let mut lesson = ThroughPoints {
        device: device.clone(),
        spoiled_at: None,
    };
    let mut audience = For(Cell::new(steps), Vec::new());
    let net = train(&mut lesson, line(&device), &pace(), folder, &mut audience)?;
    let found = [
        net.slope.val().into_data().try_to_vec::<f32>().unwrap()[0],
        net.shift.val().into_data().try_to_vec::<f32>().unwrap()[0],
    ];
    Ok((found, audience.1))
}

#[test]
fn a_line_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (found, wrote) = run(folder.path(), 1000).unwrap();
    assert!(
        (found[0] - 3.0).abs() < 0.01 && (found[1] + 1.0).abs() < 0.01,
        "{found:?}"
    );
    assert!(
        wrote.contains(&"samples-000100.png".to_owned()),
        "{wrote:?}"
    );
    assert!(wrote.contains(&"loss.png".to_owned()), "{wrote:?}");
    let log = fs::read_to_string(folder.path().join("loss.csv")).unwrap();
    assert_eq!(log.lines().count(), 301);
}

#[test]
fn a_stopped_run_goes_on_as_if_never_stopped() {
    let [whole, parts] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (expected, _) = run(whole.path(), 1000).unwrap();
    for _ in 0..3 {
        run(parts.path(), 70).unwrap();
    }
    let (found, _) = run(parts.path(), 1000).unwrap();
    assert_eq!(found, expected);
    let logs = [whole, parts].map(|folder| {
        let log = fs::read_to_string(folder.path().join("loss.csv")).unwrap();
        log.lines()
            .map(|line| line.rsplit_once(',').unwrap().0.to_owned())
            .collect::<Vec<_>>()
    });
    assert_eq!(logs[0], logs[1]);
}

#[test]
fn a_damaged_or_foreign_checkpoint_is_refused_and_left() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), 5).unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let good = fs::read(&path).unwrap();
    for bad in [&good[..good.len() / 2], b"hello"] {
        fs::write(&path, bad).unwrap();
        let why = run(folder.path(), 5).unwrap_err().to_string();
        assert!(
            why.contains("damaged") && why.contains("checkpoint.safetensors"),
            "{why}"
        );
        assert_eq!(fs::read(&path).unwrap(), bad);
    }
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_before_it_spoils_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let device = Device::flex().autodiff();
    run(folder.path(), 20).unwrap();
    let before = fs::read(folder.path().join("checkpoint.safetensors")).unwrap();
    let mut lesson = ThroughPoints {
        device: device.clone(),
        spoiled_at: Some(30),
    };
    let mut audience = For(Cell::new(1000), Vec::new());
    let ended = train(
        &mut lesson,
        line(&device),
        &pace(),
        folder.path(),
        &mut audience,
    );
    assert!(matches!(ended, Err(TrainError::Diverged { step: 30, .. })));
    assert_eq!(
        fs::read(folder.path().join("checkpoint.safetensors")).unwrap(),
        before
    );
}

#[test]
fn the_rate_rises_then_falls_to_its_last_share() {
    let pace = Pace {
        steps: 1000,
        warmup: 100,
        rate: 1.0,
        last: 0.1,
        ..Pace::default()
    };
    assert_eq!(pace.rate_at(49), 0.5);
    assert_eq!(pace.rate_at(100), 1.0);
    assert!((pace.rate_at(1000) - 0.1).abs() < 1e-9);
    assert!((100..1000).all(|step| pace.rate_at(step) >= pace.rate_at(step + 1)));
}

#[test]
fn a_curve_is_drawn_of_any_log() {
    for rows in [
        vec![],
        vec![(1, 0.5)],
        (1..2000).map(|i| (i, 1.0 / i as f64)).collect(),
    ] {
        let picture = curve(&rows);
        assert!(
            picture.pixels().any(|pixel| pixel.0 != [255; 3]),
            "{} rows",
            rows.len()
        );
    }
}
