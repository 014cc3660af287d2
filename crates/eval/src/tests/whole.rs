//! A whole evaluation with networks that have learnt nothing: what must come out all the same.

use burn::tensor::Device;
use weft_models::{
    Network, autoencoder,
    autoencoder::Autoencoder,
    instruct::{self, Instruct, Settings},
    text::TextEncoder,
};
use weft_tensor::Precision;
use weft_train::data::DataSet;
use weft_value::instruction::Task;

use super::pixels::Pixels;
use crate::{EvalError, Setup, evaluate, held_out, measures, part, table};

fn tiny_autoencoder(channels: usize) -> Autoencoder {
    let config = autoencoder::Config {
        channels,
        widths: vec![16, 16, 16],
        blocks: vec![1, 1, 1],
        groups: 4,
    };
    Autoencoder::new(&config, 1, &Device::flex(), Precision::F32).unwrap()
}

fn tiny_net() -> Instruct {
    let config = instruct::Config {
        widths: vec![32, 32],
        attends: vec![false, true],
        head: 16,
        groups: 8,
        ..instruct::Config::default()
    };
    Instruct::new(&config, 1, &Device::flex(), Precision::F32).unwrap()
}

/// Five pictures a task, in one step.
fn setup<'a>(
    (data, encoder): (&'a DataSet, &'a TextEncoder),
    (autoencoder, net): (&'a Autoencoder, &'a Instruct),
    judge: &'a Pixels,
    tasks: &[Task],
) -> Setup<'a> {
    Setup {
        data,
        encoder,
        autoencoder,
        net,
        against: None,
        judge,
        tasks: tasks.to_vec(),
        samples: 5,
        settings: Settings {
            steps: 1,
            ..Settings::default()
        },
    }
}

#[test]
fn what_is_real_scores_best_and_networks_without_training_do_not() {
    let data = held_out().unwrap();
    let data = data.subset(&part(&data, 3));
    let judge = Pixels::of(&data);
    let device = Device::flex();
    let encoder = TextEncoder::shipped(&device).unwrap();
    let (autoencoder, net) = (tiny_autoencoder(8), tiny_net());
    let tasks = [Task::MaskToImage, Task::TwoSubjects, Task::EdgeStyle];
    let setup = setup((&data, &encoder), (&autoencoder, &net), &judge, &tasks);
    let mut last = (0, 0);
    let done = evaluate(&setup, &mut |_, done, all| last = (done, all)).unwrap();
    assert_eq!(last.0, last.1, "the progress ends where it should");
    let report = &done.report;
    assert_eq!(
        report.columns,
        ["nearest", "untold", "ceiling", "real", "model"]
    );
    let rows: Vec<(&str, bool)> = report
        .rows
        .iter()
        .map(|row| (row.name.as_str(), row.unknown))
        .collect();
    let names = ["mask", "two subjects", "edge + style"];
    assert_eq!(rows[..3], names.map(|name| (name, false)));
    for row in &report.rows {
        let [nearest, _, ceiling, real, model] = row.cells[..] else {
            panic!("five methods")
        };
        for cell in &row.cells {
            assert!((cell.score.o - (cell.score.sc * cell.score.pq).sqrt()).abs() < 1e-12);
        }
        let is_two = row.name == "two subjects";
        assert_eq!(real.psnr, (!is_two).then_some(100.0), "{row:?}");
        assert_eq!(real.edges, (row.name == "edge + style").then_some(1.0));
        if let Some(mask) = real.mask {
            assert!(mask > 0.9 && mask > nearest.mask.unwrap(), "{row:?}");
        }
        assert!(ceiling.psnr.is_none_or(|it| it < 20.0), "{row:?}");
        assert!(real.score.pq > model.score.pq, "{row:?}");
    }
    let text = table(report) + &measures(report);
    for word in names
        .iter()
        .chain(&["average", "in-domain", "zero-shot", "judge on"])
    {
        assert!(text.contains(word), "{text}");
    }
    assert_eq!(done.sheets.len(), report.rows.len());
    assert_eq!(done.sheets[2].0, "EdgeStyle");
    assert_eq!(
        done.sheets[2].1.width(),
        2 * 4 * 130 + 2,
        "two references, drawn, truth, twice"
    );
    let again = evaluate(&setup, &mut |_, _, _| {}).unwrap();
    assert_eq!(table(report), table(&again.report));
}

#[test]
fn networks_of_other_latents_are_refused_before_anything_is_drawn() {
    let data = held_out().unwrap();
    let judge = Pixels::of(&data);
    let encoder = TextEncoder::shipped(&Device::flex()).unwrap();
    let (autoencoder, net) = (tiny_autoencoder(4), tiny_net());
    let tasks = [Task::TextToImage];
    let setup = setup((&data, &encoder), (&autoencoder, &net), &judge, &tasks);
    let refused = evaluate(&setup, &mut |_, _, _| panic!("nothing is done"));
    assert!(matches!(
        refused.err(),
        Some(EvalError::Latents { drawn: 8, read: 4 })
    ));
}
