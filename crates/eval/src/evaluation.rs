//! All methods on all tasks.

use burn::module::Module;
use image::RgbImage;
use weft_models::{
    Network,
    autoencoder::Autoencoder,
    instruct::{Instruct, Settings},
    text::TextEncoder,
};
use weft_train::data::{DataSet, Split};
use weft_value::{Choice, instruction::Task};

use crate::{
    EvalError, Judge, Raster, Report, Sample,
    real::Real,
    report::Row,
    samples::{is_zero_shot, name, samples},
    sheets,
    studio::Studio,
};

/// What is measured, and by what.
pub struct Setup<'a> {
    /// Where instructions and true pictures come from.
    pub data: &'a DataSet,
    /// Reads texts.
    pub encoder: &'a TextEncoder,
    /// Turns latents into pictures.
    pub autoencoder: &'a Autoencoder,
    /// The model.
    pub net: &'a Instruct,
    /// Another one to compare it with.
    pub against: Option<&'a Instruct>,
    /// Names what is drawn.
    pub judge: &'a dyn Judge,
    /// What is asked for.
    pub tasks: Vec<Task>,
    /// Pictures a task; of concepts that nothing was learnt of, a quarter as many more.
    pub samples: usize,
    /// How pictures are drawn.
    pub settings: Settings,
}

/// A method in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The nearest picture that was learnt from, instead of a drawing.
    Nearest,
    /// What the model draws without an instruction.
    NoInstruction,
    /// The true picture through the autoencoder: the best that latents allow.
    Autoencoder,
    /// The true picture: what the judges make of it.
    Real,
    /// The model to compare with.
    Against,
    /// The model.
    Model,
}

impl Column {
    /// All of them, in the order of a table.
    pub const ALL: [Self; 6] = [
        Self::Nearest,
        Self::NoInstruction,
        Self::Autoencoder,
        Self::Real,
        Self::Against,
        Self::Model,
    ];

    /// What it is, for a legend.
    pub fn help(self) -> &'static str {
        match self {
            Self::Nearest => "the nearest picture that was learnt from, looked up",
            Self::NoInstruction => {
                "what the model draws from the same noise without an instruction"
            }
            Self::Autoencoder => "the true picture through the autoencoder",
            Self::Real => "the true picture",
            Self::Against => "the model to compare with",
            Self::Model => "the model",
        }
    }

    /// Its heading.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::NoInstruction => "untold",
            Self::Autoencoder => "ceiling",
            Self::Real => "real",
            Self::Against => "against",
            Self::Model => "model",
        }
    }
}

/// What came out.
pub struct Evaluation {
    /// The numbers.
    pub report: Report,
    /// A sheet of pictures for each task by a name for its file: references, what is drawn, the truth.
    pub sheets: Vec<(String, RgbImage)>,
}

/// A task with concepts of one kind.
pub(crate) struct Group {
    pub(crate) task: Task,
    pub(crate) unknown: bool,
    pub(crate) samples: Vec<Sample>,
}

/// The pictures of a method, group by group.
pub(crate) struct Drawn {
    pub(crate) column: Column,
    pub(crate) groups: Vec<Vec<Raster>>,
}

/// Hears what is done, how much of it, and of how much.
pub type Told<'a> = dyn FnMut(&str, usize, usize) + 'a;

/// Draws, looks and measures.
///
/// # Errors
/// A data set or networks that do not fit together.
pub fn evaluate(setup: &Setup<'_>, told: &mut Told<'_>) -> Result<Evaluation, EvalError> {
    let [drawn, read] = [
        setup.net.config().channels,
        setup.autoencoder.config().channels,
    ];
    if drawn != read {
        return Err(EvalError::Latents { drawn, read });
    }
    let groups = groups(setup)?;
    let device = &setup.net.devices()[0];
    let studio = Studio { setup, device };
    let truths = studio.truths(&groups)?;
    let drawn = studio.columns(&groups, &truths, told)?;
    let real = Real::new(setup, &groups, device, told)?;
    let mut rows: Vec<Row> = groups.iter().map(row).collect();
    for drawn in &drawn {
        let cells = real.cells(&groups, (drawn, &truths), told)?;
        rows.iter_mut()
            .zip(cells)
            .for_each(|(row, cell)| row.cells.push(cell));
    }
    let report = Report {
        columns: drawn.iter().map(|it| it.column.name().to_owned()).collect(),
        rows,
        judge: real.judge_score()?,
        real: real.count(),
        unknown: real.unknown_count(),
        steps: setup.settings.steps,
        guidance: [
            setup.settings.guidance.text,
            setup.settings.guidance.context,
        ],
        data: setup.data.hash().to_hex().to_string(),
    };
    let sheets = sheets::sheets(setup.data, &groups, (&drawn, &truths))?;
    Ok(Evaluation { report, sheets })
}

fn row(group: &Group) -> Row {
    Row {
        name: name(group.task).to_owned(),
        task: group.task.word().to_owned(),
        zero_shot: is_zero_shot(group.task),
        unknown: group.unknown,
        samples: group.samples.len(),
        cells: Vec::new(),
    }
}

/// Every task with held cells, then with held concepts.
fn groups(setup: &Setup<'_>) -> Result<Vec<Group>, EvalError> {
    let mut groups = Vec::new();
    for (split, count) in [
        (Split::HeldCell, setup.samples),
        (Split::HeldConcept, setup.samples.div_ceil(4)),
    ] {
        groups.extend(setup.tasks.iter().map(|&task| Group {
            task,
            unknown: split == Split::HeldConcept,
            samples: samples(setup.data, task, split, count),
        }));
    }
    groups.retain(|group| !group.samples.is_empty());
    if groups.iter().all(|group| group.unknown) {
        return Err(EvalError::Nothing);
    }
    Ok(groups)
}
