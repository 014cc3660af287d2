//! Drawn pictures beside real ones that nobody learnt from.

use std::collections::{BTreeMap, BTreeSet};

use burn::tensor::Device;
use weft_train::{
    data::{DataError, Split},
    stages::View,
};
use weft_value::instruction::Task;

use crate::{
    EvalError, Raster, Setup, Verdict,
    evaluation::{Drawn, Group, Told},
    grade::Grade,
    judge::verdicts,
    measures::{self, Measure, Measures, Unknown, looked_at, unit},
    quality::{self, Look},
    report::{Cell, JudgeScore},
    samples::by_turns,
    score::Score,
    texture::texture,
};

/// Real pictures of each style that drawn ones are compared with, at most.
const OF_STYLE: usize = 40;
/// Pictures of a concept that the judge never learnt, by which it is known again, at most.
const OF_CONCEPT: usize = 4;
/// The places of a concept that count.
const FIRST: usize = 5;

/// Real pictures, and what the judge makes of them.
pub(crate) struct Real<'a> {
    setup: &'a Setup<'a>,
    device: &'a Device,
    pictures: Vec<usize>,
    verdicts: Vec<Verdict>,
    looks: Vec<Look>,
    /// The same of the pictures half as large and enlarged again, for those of two subjects.
    halved: Vec<Look>,
    unknown: Unknown,
}

impl<'a> Real<'a> {
    /// Those of the data set of held cells that no instruction asks for.
    pub(crate) fn new(
        setup: &'a Setup<'a>,
        groups: &[Group],
        device: &'a Device,
        told: &mut Told<'_>,
    ) -> Result<Self, EvalError> {
        let data = setup.data;
        let samples = groups.iter().flat_map(|group| &group.samples);
        let asked = samples
            .flat_map(|it| [Some(it.scene.target), it.second])
            .flatten();
        let asked: BTreeSet<usize> = asked.collect();
        let free = |split: Split| {
            let pictures = data
                .for_split(split)
                .into_iter()
                .filter(|it| !asked.contains(it));
            by_turns(data, pictures.collect())
        };
        let mut counts = vec![0; data.styles().len()];
        let mut pictures = free(Split::HeldCell);
        pictures.retain(|&it| few(&mut counts[data.pictures()[it].style], OF_STYLE));
        let see = |pictures: &[usize]| -> Result<Vec<Raster>, DataError> {
            let see = |&it: &usize| Raster::view(data, it, View::Picture);
            pictures.iter().map(see).collect()
        };
        let mut look = |seen: &[Raster]| {
            verdicts(setup.judge, seen, device, &mut |done| {
                told("judging real pictures", done, seen.len());
            })
        };
        let seen = see(&pictures)?;
        let verdicts = look(&seen)?;
        let mut halved = Vec::new();
        if groups.iter().any(|group| group.task == Task::TwoSubjects) {
            let small: Vec<Raster> = seen.iter().map(measures::halved).collect();
            halved = looks(&small, &look(&small)?);
        }
        let mut unknown = Vec::new();
        if groups.iter().any(|group| group.unknown) {
            unknown = free(Split::HeldConcept);
            let mut counts = vec![0; data.concepts().len()];
            unknown.retain(|&it| few(&mut counts[data.pictures()[it].concept], OF_CONCEPT));
        }
        let unknown_seen = look(&see(&unknown)?)?;
        let mut known: BTreeMap<String, Vec<f32>> = BTreeMap::new();
        for (&picture, verdict) in unknown.iter().zip(unknown_seen) {
            let key = data.concepts()[data.pictures()[picture].concept]
                .key
                .clone();
            let sum = known
                .entry(key)
                .or_insert_with(|| vec![0.0; verdict.features.len()]);
            sum.iter_mut()
                .zip(unit(&verdict.features))
                .for_each(|(sum, x)| *sum += x);
        }
        let known = known
            .into_iter()
            .map(|(key, sum)| (key, unit(&sum)))
            .collect();
        Ok(Self {
            setup,
            device,
            pictures,
            looks: looks(&seen, &verdicts),
            halved,
            verdicts,
            unknown: Unknown { looks: known },
        })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.pictures.len()
    }

    /// How many concepts that the judge never learnt it can tell by their looks.
    pub(crate) fn unknown_count(&self) -> usize {
        self.unknown.looks.len()
    }

    fn measure(&self) -> Measure<'_> {
        Measure {
            data: self.setup.data,
            judge: self.setup.judge,
            unknown: &self.unknown,
        }
    }

    /// How well the judge names them.
    pub(crate) fn judge_score(&self) -> Result<JudgeScore, EvalError> {
        let measure = self.measure();
        let (mut style, mut concept, mut top) = (0, 0, 0);
        for (&picture, verdict) in self.pictures.iter().zip(&self.verdicts) {
            let place = measure.concept(picture, verdict);
            style += usize::from(measure.style(picture, verdict)? == 1);
            concept += usize::from(place == 1);
            top += usize::from(place <= FIRST);
        }
        let share = |count: usize| count as f64 / self.pictures.len().max(1) as f64;
        Ok(JudgeScore {
            pictures: self.pictures.len(),
            style: share(style),
            concept: share(concept),
            top_5: share(top),
        })
    }

    /// The cells of a method, group by group.
    pub(crate) fn cells(
        &self,
        groups: &[Group],
        (drawn, truths): (&Drawn, &[Vec<Raster>]),
        told: &mut Told<'_>,
    ) -> Result<Vec<Cell>, EvalError> {
        let what = format!("judging, {}", drawn.column.name());
        let mut measured = Vec::with_capacity(groups.len());
        for (at, group) in groups.iter().enumerate() {
            told(&what, at, groups.len());
            measured.push(self.measured(group, &drawn.groups[at], &truths[at])?);
        }
        told(&what, groups.len(), groups.len());
        let mut cells: Vec<Option<Cell>> = vec![None; groups.len()];
        for two in [false, true] {
            let is_of = |at: &usize| (groups[*at].task == Task::TwoSubjects) == two;
            let of: Vec<usize> = (0..groups.len()).filter(is_of).collect();
            let graded = self.graded(two, &of, (groups, &measured));
            for (at, grades) in of.into_iter().zip(graded) {
                let measures = measured[at].iter().map(|(measures, _)| measures);
                cells[at] = Some(cell(&grades, measures));
            }
        }
        Ok(cells.into_iter().flatten().collect())
    }

    /// SC and PQ of the pictures of those groups.
    fn graded(
        &self,
        two: bool,
        of: &[usize],
        (groups, measured): (&[Group], &[Vec<Measured>]),
    ) -> Vec<Vec<[Grade; 2]>> {
        let real = if two { &self.halved } else { &self.looks };
        let samples = of
            .iter()
            .flat_map(|&at| groups[at].samples.iter().zip(&measured[at]));
        let parts = samples.flat_map(|(sample, (_, looks))| {
            looks.iter().map(|look| quality::Drawn {
                look,
                target: sample.target,
            })
        });
        let mut qualities = quality::grades(real, &parts.collect::<Vec<_>>()).into_iter();
        let mut both = |(measures, looks): &Measured| {
            // Of two subjects the worse one counts.
            let quality = qualities.by_ref().take(looks.len()).min();
            [measures.consistency(), quality.unwrap_or(Grade::No)]
        };
        of.iter()
            .map(|&at| measured[at].iter().map(&mut both).collect())
            .collect()
    }

    /// The measures of the pictures of a group, and their looks.
    fn measured(
        &self,
        group: &Group,
        drawn: &[Raster],
        truths: &[Raster],
    ) -> Result<Vec<Measured>, EvalError> {
        let looked_at: Vec<Vec<Raster>> = (group.samples.iter().zip(drawn))
            .map(|(sample, picture)| looked_at(sample, picture))
            .collect();
        let each = looked_at.first().map_or(1, Vec::len);
        let seen = verdicts(
            self.setup.judge,
            &looked_at.concat(),
            self.device,
            &mut |_| {},
        )?;
        let measure = self.measure();
        let samples = group.samples.iter().zip(looked_at).zip(truths);
        samples
            .zip(seen.chunks_exact(each))
            .map(|(((sample, parts), truth), seen)| {
                let truth = sample.second.is_none().then_some(truth);
                let measures = measure.of(sample, (&parts[0], truth), seen)?;
                let which = measures.parts.iter();
                let looks = which.map(|&part| look(&parts[part], &seen[part])).collect();
                Ok((measures, looks))
            })
            .collect()
    }
}

/// The measures of a picture, and the looks that its quality is judged by.
type Measured = (Measures, Vec<Look>);

fn looks(pictures: &[Raster], verdicts: &[Verdict]) -> Vec<Look> {
    let each = pictures.iter().zip(verdicts);
    each.map(|(picture, verdict)| look(picture, verdict))
        .collect()
}

fn look(picture: &Raster, verdict: &Verdict) -> Look {
    Look {
        features: verdict.features.clone(),
        texture: texture(picture),
    }
}

/// Whether there were fewer than `most`; counts one more.
fn few(count: &mut usize, most: usize) -> bool {
    *count += 1;
    *count <= most
}

/// Means over samples.
fn cell<'a>(grades: &[[Grade; 2]], measures: impl Iterator<Item = &'a Measures> + Clone) -> Cell {
    let share = |is: bool| f64::from(u8::from(is));
    let top = measures
        .clone()
        .flat_map(|it| it.concepts.iter().map(|place| share(*place <= FIRST)));
    Cell {
        score: Score::of_grades(grades).unwrap_or(Score::new(0.0, 0.0)),
        style: mean(
            measures
                .clone()
                .filter_map(|it| it.style.map(|place| share(place == 1))),
        ),
        concept: mean(top),
        edges: mean(measures.clone().filter_map(|it| it.edges)),
        mask: mean(measures.clone().filter_map(|it| it.mask)),
        psnr: mean(measures.clone().filter_map(|it| it.psnr)),
        ssim: mean(measures.filter_map(|it| it.ssim)),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
