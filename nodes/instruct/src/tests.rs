//! The nodes as a host sees them.

use burn::tensor::{Device, Tensor};
use weft_node::{
    Context, Error, Facts, Node, Place, Result, Values, Written,
    value::{
        self, AnyValue, Call, Image, List, Seed, Value,
        instruction::{Task, role_words, templates},
    },
};

use crate::{DescribeInstruction, Instruction, InstructionTemplate, PACK, Reference};

fn picture(side: usize) -> Image {
    Image::new(Tensor::full([1, 3, side, side], 0.5, &Device::flex()))
}

fn image(text: &str, sides: &[usize]) -> Reference {
    Reference::Image {
        text: text.to_owned(),
        images: sides.iter().map(|side| picture(*side)).collect(),
    }
}

fn words(text: &str) -> Reference {
    Reference::Text(text.to_owned())
}

fn context() -> Context {
    Context::detached(Device::flex())
}

fn ask(text: &str, refs: Vec<Reference>) -> Result<value::Instruction> {
    let text = text.to_owned();
    let refs = Some(List(refs));
    Instruction { text, refs }.run(&mut context())
}

/// The places of what is refused: bytes of the text, or `#item`.
fn places(error: &Error) -> Vec<String> {
    match error {
        Error::Several(errors) => errors.iter().flat_map(places).collect(),
        Error::At {
            place: Place::Text(span),
            ..
        } => vec![format!("{}..{}", span.start, span.end)],
        Error::At {
            place: Place::Item(item),
            ..
        } => vec![format!("#{item}")],
        other => vec![other.to_string()],
    }
}

#[test]
fn words_stand_in_the_text_and_pictures_are_counted_anew() {
    let refs = vec![
        words(" a rocket "),
        image("comic", &[16]),
        image("", &[8, 8]),
    ];
    let asked = ask(
        "Draw [ref#1] on [ref#3] in the style of [ref#2]; [ref#1]!",
        refs,
    )
    .unwrap();
    assert_eq!(
        asked.text(),
        "Draw a rocket on [ref#2] in the style of [ref#1]; a rocket!"
    );
    let under: Vec<_> = asked.references().iter().map(|it| it.marker).collect();
    assert_eq!(under, [1, 2, 2]);
}

#[test]
fn without_references_it_is_text_to_image() {
    let text = "a rocket".to_owned();
    let asked = Instruction { text, refs: None }
        .run(&mut context())
        .unwrap();
    assert!(asked.is_plain());
}

#[test]
fn markers_and_references_must_agree() {
    let error = ask(
        "[ref#3] and [ref#1]",
        vec![image("a", &[16]), image("b", &[16])],
    )
    .unwrap_err();
    assert_eq!(places(&error), ["0..7", "#1"]);
}

#[test]
fn a_fifth_reference_a_tiny_picture_and_no_picture_are_refused_in_their_place() {
    let all = "[ref#1] [ref#2] [ref#3] [ref#4]";
    let five = (0..5).map(|_| image("a", &[16])).collect();
    assert_eq!(places(&ask(all, five).unwrap_err()), ["#4"]);
    let tiny = vec![image("a", &[16]), image("b", &[16, 1])];
    let error = ask("[ref#1] [ref#2]", tiny).unwrap_err();
    assert_eq!(places(&error), ["#1"]);
    assert!(error.to_string().contains("1x1 pixels"), "{error}");
    assert_eq!(
        places(&ask("[ref#1]", vec![image("a", &[])]).unwrap_err()),
        ["#0"]
    );
}

#[test]
fn words_with_a_marker_in_them_are_refused() {
    for refs in [
        vec![words("[ref#1]")],
        vec![image("[ref#2] cat", &[16])],
        vec![words(" ")],
    ] {
        assert_eq!(places(&ask("[ref#1]", refs).unwrap_err()), ["#0"]);
    }
}

/// `Image("a cat", …)` as a file writes it.
fn written(text: &str) -> Written {
    let text = Written::Value(AnyValue::new(text.to_owned()));
    Written::Call {
        name: "Image".to_owned(),
        arguments: vec![("text".to_owned(), text)],
    }
}

fn checked(text: &str, refs: Written) -> Result<()> {
    let mut known = Values::default();
    known.put("text", AnyValue::new(text.to_owned()));
    let written = [("refs".to_owned(), refs)];
    Instruction::check(&Facts::with_written(&known, &written))
}

#[test]
fn what_is_written_is_checked_before_any_picture_is_there() {
    let one = || Written::List(vec![written("a cat")]);
    assert!(checked("Draw [ref#1].", one()).is_ok());
    assert_eq!(
        places(&checked("Draw [ref#2].", one()).unwrap_err()),
        ["5..12", "#0"]
    );
    let wire = Written::List(vec![written("a cat"), Written::Wire { is_list: true }]);
    assert!(
        checked("Draw [ref#2].", wire).is_ok(),
        "nobody knows how many will come"
    );
    let known = Values::default();
    assert!(Instruction::check(&Facts::new(&known)).is_ok());
}

#[test]
fn a_call_makes_a_reference_and_nothing_else() {
    let text = || ("text".to_owned(), AnyValue::new("a cat".to_owned()));
    let images = AnyValue::list(
        <Image as value::Port>::type_name(),
        vec![AnyValue::new(picture(8))],
    );
    let made = Reference::from_call(Call::new("Image", vec![text(), ("images".into(), images)]));
    assert!(
        matches!(made, Ok(Reference::Image { text, images }) if text == "a cat" && images.len() == 1)
    );
    let made = Reference::from_call(Call::new("Text", vec![text()]));
    assert!(matches!(made, Ok(Reference::Text(text)) if text == "a cat"));
    assert!(Reference::from_call(Call::new("Image", vec![text()])).is_err());
    assert!(Reference::from_call(Call::new("Mask", vec![text()])).is_err());
}

fn template(
    task: Task,
    caption: &str,
    refs: Vec<Reference>,
    seed: u64,
) -> Result<value::Instruction> {
    let node = InstructionTemplate {
        task,
        caption: caption.to_owned(),
        refs: Some(List(refs)),
        seed: Seed(seed),
    };
    node.run(&mut context())
}

#[test]
fn every_seed_words_every_task() {
    for task in Task::ALL {
        let caption = if task.has_caption() {
            "a red apple"
        } else {
            ""
        };
        let mut texts = std::collections::HashSet::new();
        for seed in 0..templates(task).len() as u64 {
            let refs = task.roles().iter().map(|_| image("", &[16])).collect();
            let asked = template(task, caption, refs, seed).unwrap();
            assert_eq!(asked.references().len(), task.roles().len());
            assert!(asked.text().contains(caption));
            for (reference, role) in asked.references().iter().zip(task.roles()) {
                assert_eq!(reference.text, role_words(*role)[0]);
            }
            texts.insert(asked.text().to_owned());
        }
        assert_eq!(texts.len(), templates(task).len(), "{task:?}");
    }
}

#[test]
fn a_task_takes_its_own_references_and_caption() {
    let style = || vec![image("", &[16])];
    assert!(template(Task::Styled, "a cat", style(), 0).is_ok());
    for (task, caption, refs, said) in [
        (Task::Styled, "", style(), "`caption`: is empty"),
        (Task::Styled, "a cat", vec![], "takes 1: style; these are 0"),
        (
            Task::StyleTransfer,
            "",
            style(),
            "takes 2: style, then content",
        ),
        (Task::TextToImage, "a cat", style(), "takes no references"),
        (
            Task::StyleTransfer,
            "a cat",
            vec![image("", &[16]), image("", &[16])],
            "takes none",
        ),
        (Task::Styled, "a [ref#1]", style(), "holds a marker"),
        (
            Task::Styled,
            "a cat",
            vec![words("comic")],
            "refers to pictures",
        ),
    ] {
        let error = template(task, caption, refs, 0).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_description_shows_what_a_model_reads() {
    let refs = vec![image("tabby cat", &[16, 32]), image("comic", &[8])];
    let instruction = ask("Draw [ref#1] in the style of [ref#2].", refs).unwrap();
    let told = DescribeInstruction { instruction }
        .run(&mut context())
        .unwrap();
    assert_eq!(
        told,
        "Draw [ref#1] tabby cat in the style of [ref#2] comic.\n\n3 pictures\n\
         1. [ref#1] tabby cat: 16x16, colour\n2. [ref#1] tabby cat: 32x32, colour\n\
         3. [ref#2] comic: 8x8, colour\nunused: [ref#3], [ref#4]\n"
    );
}

#[test]
fn a_plain_description_says_so() {
    let instruction = ask("a rocket", Vec::new()).unwrap();
    let told = DescribeInstruction { instruction }
        .run(&mut context())
        .unwrap();
    assert_eq!(told, "a rocket\n\nno references: plain text to image\n");
}

#[test]
fn the_pack_lists_every_node_and_its_type() {
    let kinds: Vec<_> = PACK.nodes().iter().map(|entry| entry.id).collect();
    assert_eq!(
        kinds,
        [
            "instruct.DescribeInstruction",
            "instruct.Instruction",
            "instruct.InstructionTemplate"
        ]
    );
    assert!(PACK.types().any(|ty| ty.name() == "Reference"));
}
