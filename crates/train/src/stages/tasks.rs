//! Stage 2: instructions of every task.

use serde::{Deserialize, Serialize};
use weft_value::{
    Choice,
    instruction::{Role, Task, fill, label, role_words, templates},
};

use super::{Library, Scene, Scenes, View, captioned::words, library::Glimpse};
use crate::data::{Dice, caption};

/// How often each task is asked for; the numbers need not sum to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shares {
    /// From words alone.
    pub text_to_image: f32,
    /// Along edges.
    pub edge: f32,
    /// Within a mask.
    pub mask: f32,
    /// A subject in another style.
    pub subject: f32,
    /// In the style of a picture.
    pub styled: f32,
    /// A picture in the style of another, without a caption.
    pub style_transfer: f32,
}

impl Default for Shares {
    /// As Instruct-Imagen has them (arXiv 2401.01952, table 1), with the share of depth given to edges and masks
    /// and that of faces to subjects.
    fn default() -> Self {
        Self {
            text_to_image: 0.2,
            edge: 0.14,
            mask: 0.06,
            subject: 0.35,
            styled: 0.10,
            style_transfer: 0.15,
        }
    }
}

impl Shares {
    /// Each task that is trained, with its share.
    pub fn tasks(&self) -> [(Task, f32); 6] {
        [
            (Task::TextToImage, self.text_to_image),
            (Task::EdgeToImage, self.edge),
            (Task::MaskToImage, self.mask),
            (Task::Subject, self.subject),
            (Task::Styled, self.styled),
            (Task::StyleTransfer, self.style_transfer),
        ]
    }

    /// What is wrong with them, if anything.
    pub fn fault(&self) -> Option<String> {
        let wrong = |share: f32| share.is_nan() || share < 0.0;
        let negative = self.tasks().into_iter().find(|(_, share)| wrong(*share));
        if let Some((task, share)) = negative {
            return Some(format!("the share of {} is {share}", task.word()));
        }
        let sum: f32 = self.tasks().iter().map(|(_, share)| share).sum();
        (!(sum > 0.0 && sum.is_finite())).then(|| format!("the shares sum to {sum}"))
    }
}

/// Instructions, the tasks mixed by their shares.
#[derive(Clone, Debug)]
pub struct Mixture {
    /// The shares.
    pub shares: Shares,
}

/// How often a caption says nothing of the style, where the references say nothing of it either.
const UNSTYLED: f32 = 0.15;
/// How often text to image is asked for without an instruction around the caption.
const BARE: f32 = 0.5;
/// How often a subject is shown by two pictures.
const TWO: f32 = 0.3;
/// How often the words of a reference name what it shows rather than what it is for.
const NAMED: f32 = 0.8;

impl Mixture {
    /// A task by the shares.
    pub fn task(&self, dice: &mut Dice) -> Task {
        let tasks = self.shares.tasks();
        let sum: f32 = tasks.iter().map(|(_, share)| share).sum();
        let mut drawn = dice.unit() * sum;
        for (task, share) in tasks {
            if drawn < share {
                return task;
            }
            drawn -= share;
        }
        Task::TextToImage
    }

    /// A scene of a task whose target is that picture; of text to image where the data set has no references
    /// for it.
    pub fn of_task(
        &self,
        task: Task,
        library: &Library<'_>,
        target: usize,
        dice: &mut Dice,
    ) -> Scene {
        let looks: Vec<Look> = match task {
            Task::EdgeToImage => vec![Look::new(Role::Edge, vec![target], lines(dice))],
            Task::MaskToImage => vec![Look::new(Role::Mask, vec![target], View::Mask)],
            Task::Subject => vec![subject(library, target, dice)],
            Task::Styled => vec![style(library, target, dice)],
            Task::StyleTransfer => {
                let mut content = subject(library, target, dice);
                content.role = Role::Content;
                content.pictures.truncate(1);
                vec![style(library, target, dice), content]
            }
            _ => Vec::new(),
        };
        if looks.iter().any(|look| look.pictures.is_empty()) {
            return self.of_task(Task::TextToImage, library, target, dice);
        }
        told(task, library, target, looks, dice)
    }
}

impl Scenes for Mixture {
    fn scene(&self, library: &Library<'_>, target: usize, dice: &mut Dice) -> Scene {
        self.of_task(self.task(dice), library, target, dice)
    }
}

/// The pictures under one marker.
struct Look {
    role: Role,
    pictures: Vec<usize>,
    view: View,
}

impl Look {
    fn new(role: Role, pictures: Vec<usize>, view: View) -> Self {
        Self {
            role,
            pictures,
            view,
        }
    }
}

fn lines(dice: &mut Dice) -> View {
    let all = [
        View::Edges(0),
        View::Edges(1),
        View::Edges(2),
        View::Outline,
    ];
    all[dice.below(all.len())]
}

fn subject(library: &Library<'_>, target: usize, dice: &mut Dice) -> Look {
    let mut pictures = library.elsewhere(target, dice);
    pictures.truncate(1 + usize::from(dice.happens(TWO)));
    Look::new(Role::Subject, pictures, View::Picture)
}

fn style(library: &Library<'_>, target: usize, dice: &mut Dice) -> Look {
    let pictures = library.alike(target, dice).into_iter().collect();
    Look::new(Role::Style, pictures, View::Picture)
}

/// The scene in words.
fn told(
    task: Task,
    library: &Library<'_>,
    target: usize,
    looks: Vec<Look>,
    dice: &mut Dice,
) -> Scene {
    let concept = &library.data.concepts()[library.data.pictures()[target].concept];
    let caption = match task {
        Task::Styled => caption(concept, None, dice),
        _ => words(library, target, UNSTYLED, dice),
    };
    let called = |look: &Look, dice: &mut Dice| {
        let names = look.role == Role::Subject && dice.happens(NAMED);
        match dice.choice(role_words(look.role)) {
            Some(word) if !names => (*word).to_owned(),
            _ => concept.label.clone(),
        }
    };
    let names: Vec<String> = looks.iter().map(|look| called(look, dice)).collect();
    let given: Vec<&str> = names.iter().map(String::as_str).collect();
    let template = dice.choice(templates(task)).copied().unwrap_or("{caption}");
    let bare = task == Task::TextToImage && dice.happens(BARE);
    let template = if bare { "{caption}" } else { template };
    // Every template fits its task, as a test of the instructions asserts; else the caption says it all.
    let text = fill(template, &given, &caption).unwrap_or(caption);
    let mut references = Vec::new();
    for (place, (look, name)) in looks.into_iter().zip(&names).enumerate() {
        let number = place as u8 + 1;
        references.extend(look.pictures.into_iter().map(|picture| Glimpse {
            marker: number,
            text: label(number, name),
            picture,
            view: look.view,
        }));
    }
    Scene {
        target,
        text,
        references,
    }
}
