//! What is asked for: instructions whose answer is a picture that was held out.

use std::collections::BTreeSet;

use weft_train::{
    data::{DataSet, Dice, Kin, Split, caption, thing},
    stages::{Glimpse, Scene, View},
};
use weft_value::instruction::{Role, Task, fill, label, role_words, templates};

/// One thing to draw.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What is asked for.
    pub task: Task,
    /// The instruction, its references, and the picture that it should become.
    pub scene: Scene,
    /// The second picture that it should show, for two subjects.
    pub second: Option<usize>,
    /// What it shows in words, without an instruction around it; nothing for a style transfer.
    pub caption: String,
    /// Its number among the targets: pictures of one target share it, and the noise that they start from.
    pub target: usize,
}

/// The pictures of a split that can be asked for in every task, one style after the other: their concept is drawn in
/// another style and their style with another concept, both learnt from (for a concept that is held out: not asked for).
/// The order hangs on names alone, so a part of a data set has the same first ones.
pub fn targets(data: &DataSet, split: Split) -> Vec<usize> {
    targets_in(&Pool::new(data), split)
}

fn targets_in(pool: &Pool<'_>, split: Split) -> Vec<usize> {
    let data = pool.data;
    let mut found = data.for_split(split);
    found.retain(|&it| !pool.elsewhere(it).is_empty() && !pool.alike(it).is_empty());
    by_turns(data, found)
}

/// Pictures so that each style comes before any comes again, in an order that hangs on names alone.
pub(crate) fn by_turns(data: &DataSet, mut pictures: Vec<usize>) -> Vec<usize> {
    pictures.sort_by_cached_key(|&it| order(data, it));
    let mut counts = vec![0; data.styles().len()];
    let mut turns: Vec<(usize, usize)> = Vec::with_capacity(pictures.len());
    for picture in pictures {
        let count = &mut counts[data.pictures()[picture].style];
        turns.push((*count, picture));
        *count += 1;
    }
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, picture)| picture).collect()
}

fn order(data: &DataSet, picture: usize) -> [u8; 32] {
    let picture = &data.pictures()[picture];
    let (concept, style) = (
        &data.concepts()[picture.concept],
        &data.styles()[picture.style],
    );
    *blake3::hash(format!("weft eval 1\n{}\n{}", concept.key, style.id).as_bytes()).as_bytes()
}

/// Instructions of a task for the first `count` targets of a split; always the same ones.
pub fn samples(data: &DataSet, task: Task, split: Split, count: usize) -> Vec<Sample> {
    let pool = Pool::new(data);
    let targets = targets_in(&pool, split);
    let chosen = targets.iter().take(count).enumerate();
    let sample = |(number, &target): (usize, &usize)| {
        let stream = (Task::ALL.iter().position(|it| *it == task)? as u64) << 32 | number as u64;
        let mut dice = Dice::new(20_240_103, stream);
        let second = match task {
            Task::TwoSubjects => Some(pool.companion(&targets, number)?),
            _ => None,
        };
        pool.sample(task, [Some(target), second], number, &mut dice)
    };
    chosen.filter_map(sample).collect()
}

/// Where references come from.
struct Pool<'a> {
    data: &'a DataSet,
    kin: Kin<'a>,
}

impl<'a> Pool<'a> {
    fn new(data: &'a DataSet) -> Self {
        Self {
            data,
            kin: Kin::new(data),
        }
    }

    /// The concept of a picture in other styles: learnt from, unless nothing of the concept is.
    fn elsewhere(&self, picture: usize) -> Vec<usize> {
        let split = match self.data.split(picture) {
            Split::HeldConcept => Split::HeldConcept,
            _ => Split::Train,
        };
        self.kin.elsewhere(picture, split)
    }

    /// Other concepts in the style of a picture, learnt from.
    fn alike(&self, picture: usize) -> Vec<usize> {
        let mut alike = self.kin.of_style(picture).to_vec();
        alike.retain(|&other| self.kin.differ(other, picture));
        alike
    }

    /// Another target of the style of that one, of another group.
    fn companion(&self, targets: &[usize], number: usize) -> Option<usize> {
        let about = |target: usize| {
            let picture = &self.data.pictures()[target];
            (picture.style, &self.data.concepts()[picture.concept].group)
        };
        let (style, group) = about(targets[number]);
        let mut others = targets[number + 1..].iter().chain(&targets[..number]);
        let is_apart = |&&other: &&usize| about(other).0 == style && about(other).1 != group;
        others.find(is_apart).copied()
    }

    fn sample(
        &self,
        task: Task,
        [target, second]: [Option<usize>; 2],
        number: usize,
        dice: &mut Dice,
    ) -> Option<Sample> {
        let target = target?;
        let mut references = Vec::new();
        let mut names = Vec::new();
        for (place, role) in task.roles().iter().enumerate() {
            let of = if place == 1 && *role == Role::Subject {
                second?
            } else {
                target
            };
            let (picture, view) = match role {
                Role::Edge => (target, View::Edges(0)),
                Role::Mask => (target, View::Mask),
                Role::Style => (*dice.choice(&self.alike(target))?, View::Picture),
                Role::Subject | Role::Content => {
                    (*dice.choice(&self.elsewhere(of))?, View::Picture)
                }
            };
            let name = match role {
                Role::Subject => self.concept(of).label.clone(),
                role => (*dice.choice(role_words(*role))?).to_owned(),
            };
            let marker_number = place as u8 + 1;
            references.push(Glimpse {
                marker: marker_number,
                text: label(marker_number, &name),
                picture,
                view,
            });
            names.push(name);
        }
        let caption = self.caption(task, target, second, dice);
        let template = match task {
            Task::TextToImage => "{caption}",
            task => dice.choice(templates(task)).copied()?,
        };
        let given: Vec<&str> = names.iter().map(String::as_str).collect();
        Some(Sample {
            task,
            // Every template fits its task, as a test of the instructions asserts.
            scene: Scene {
                target,
                text: fill(template, &given, &caption).ok()?,
                references,
            },
            second,
            caption: if task.has_caption() {
                caption
            } else {
                String::new()
            },
            target: number,
        })
    }

    fn concept(&self, picture: usize) -> &weft_train::data::Concept {
        &self.data.concepts()[self.data.pictures()[picture].concept]
    }

    /// What it shows, and its style where no picture gives it.
    fn caption(&self, task: Task, target: usize, second: Option<usize>, dice: &mut Dice) -> String {
        let concept = self.concept(target);
        if let Some(second) = second {
            return format!("{} and {}", thing(concept), thing(self.concept(second)));
        }
        let style = &self.data.styles()[self.data.pictures()[target].style];
        let is_shown = task.roles().contains(&Role::Style);
        caption(concept, (!is_shown).then_some(style), dice)
    }
}

/// Pictures of a data set with which each task can be asked for, and a few hundred real pictures to compare with: what
/// is shipped, so that an evaluation needs no other download. `each` is how many targets there are of a style.
pub fn part(data: &DataSet, each: usize) -> Vec<usize> {
    let styles = data.styles().len();
    let pool = Pool::new(data);
    let mut kept = BTreeSet::new();
    for (split, count) in [
        (Split::HeldCell, each * styles),
        (Split::HeldConcept, each * styles / 4),
    ] {
        for target in targets_in(&pool, split).into_iter().take(count) {
            kept.insert(target);
            kept.extend(by_turns(data, pool.elsewhere(target)).first());
        }
    }
    let of_split = |split: Split, count: usize| {
        by_turns(data, data.for_split(split))
            .into_iter()
            .take(count * styles)
    };
    kept.extend(of_split(Split::HeldCell, 4 * each));
    kept.extend(of_split(Split::HeldConcept, each / 2));
    kept.extend(of_split(Split::Train, 2 * each));
    kept.into_iter().collect()
}

/// The name of a task in tables.
pub(crate) fn name(task: Task) -> &'static str {
    match task {
        Task::TextToImage => "text to image",
        Task::EdgeToImage => "edge",
        Task::MaskToImage => "mask",
        Task::Subject => "subject",
        Task::Styled => "styled",
        Task::StyleTransfer => "style transfer",
        Task::StyleSubject => "style + subject",
        Task::TwoSubjects => "two subjects",
        Task::EdgeSubject => "edge + subject",
        Task::EdgeStyle => "edge + style",
    }
}

/// Whether a task is a combination that is never learnt from.
pub(crate) fn is_zero_shot(task: Task) -> bool {
    matches!(
        task,
        Task::StyleSubject | Task::TwoSubjects | Task::EdgeSubject | Task::EdgeStyle
    )
}
