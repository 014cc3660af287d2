//! The derives, as an author of nodes uses them.

use burn::tensor::Device;
use weft_node::{
    Choice, Context, Form, Inputs, Literal, Node, Outputs, Pack, Result, Values, node,
};
use weft_value::{AnyValue, List};

/// How to say it.
#[derive(Clone, Copy, Debug, PartialEq, Choice)]
enum Voice {
    /// Softly.
    Quiet,
    /// With all one's might.
    Loud,
}

/// Repeats a word.
///
/// As often as it is told.
#[derive(Inputs)]
struct Repeat {
    /// Word to repeat.
    word: String,
    /// How often.
    #[input(default = 2, range = 0..=9)]
    times: usize,
    /// How to say it.
    #[input(default = Voice::Quiet)]
    voice: Voice,
    /// What to say at the end.
    end: Option<String>,
    /// Words to say before.
    before: List<String>,
}

/// What was said.
#[derive(Outputs)]
struct Said {
    /// All of it.
    text: String,
    /// Its words.
    words: List<String>,
}

impl Node for Repeat {
    const ID: &'static str = "test.Repeat";
    type Output = Said;

    fn run(self, _: &mut Context) -> Result<Said> {
        let word = if self.voice == Voice::Loud {
            self.word.to_uppercase()
        } else {
            self.word
        };
        let words: List<String> = self
            .before
            .into_iter()
            .chain(std::iter::repeat_n(word, self.times))
            .chain(self.end)
            .collect();
        Ok(Said {
            text: words.join(" "),
            words,
        })
    }
}

const PACK: Pack = Pack::new("test", &[node::<Repeat>()]);

#[test]
fn a_struct_describes_itself() {
    let spec = (PACK.nodes()[0].spec)();
    assert_eq!(spec.id, "test.Repeat");
    assert_eq!(spec.kind(), Repeat::KIND);
    assert_eq!(spec.help, "Repeats a word.\n\nAs often as it is told.");
    let times = spec.input("times").unwrap();
    assert_eq!(times.default, Some(Literal::Integer(2)));
    assert_eq!(times.range.unwrap().to_string(), "0..=9");
    assert_eq!(times.help, "How often.");
    assert!(spec.input("end").unwrap().optional);
    assert_eq!(spec.input("before").unwrap().ty.as_str(), "List<Text>");
    assert_eq!(
        spec.input("voice").unwrap().default,
        Some(Literal::Name("Quiet".into()))
    );
    assert!(
        matches!(&spec.input("voice").unwrap().form, Form::Choice(words) if words[1].help == "With all one's might.")
    );
    let outputs: Vec<_> = spec
        .outputs
        .iter()
        .map(|port| (port.name.as_str(), port.ty.as_str()))
        .collect();
    assert_eq!(outputs, [("text", "Text"), ("words", "List<Text>")]);
}

#[test]
fn literals_become_values_and_values_become_fields() {
    let entry = &PACK.nodes()[0];
    let mut values = Values::default();
    for (port, literal) in [
        ("word", Literal::Text("ha".into())),
        ("times", Literal::Integer(3)),
        ("voice", Literal::Name("Loud".into())),
        ("before", Literal::List(vec![Literal::Text("well".into())])),
    ] {
        values.put(port, (entry.literal)(port, &literal).unwrap());
    }
    let outputs = (entry.run)(&mut values, &mut Context::detached(Device::flex())).unwrap();
    assert_eq!(outputs[0].get::<String>().unwrap(), "well HA HA HA");
    assert_eq!(outputs[1].items().unwrap().len(), 4);
}

#[test]
fn a_value_that_does_not_fit_is_refused_by_name() {
    let mut values = Values::default();
    values.put("word", AnyValue::new(true));
    let error = Repeat::take(&mut values).err().unwrap();
    assert_eq!(error.to_string(), "input `word`: wants Text, got Bool");
    values.put("word", AnyValue::new("x".to_owned()));
    values.put("times", AnyValue::new(-1i64));
    let error = Repeat::take(&mut values).err().unwrap();
    assert_eq!(error.to_string(), "input `times`: -1 is out of range");
}
