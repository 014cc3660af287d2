//! Nodes in a test of their author's, without a host.

extern crate weft_plugin as weft_node;

use weft_node::{
    AnyValue, ColorSpace, Context, Facts, Image, Inputs, List, Literal, Mask, Node, Pack, Result,
    Values, node,
};

/// Lightens a picture.
#[derive(Inputs)]
struct Lighten {
    /// Picture to lighten.
    image: Image,
    /// How much.
    #[input(default = 0.25, range = 0.0..=1.0)]
    by: f32,
}

impl Node for Lighten {
    const ID: &'static str = "test.alone.Lighten";
    type Output = List<Image>;

    fn run(self, context: &mut Context) -> Result<List<Image>> {
        context.step(0, 1)?;
        context.preview(&self.image);
        context.info("lightening");
        let mut pixels = self.image.pixels()?;
        pixels.iter_mut().for_each(|it| *it += self.by);
        let light = Image::new(self.image.dims(), pixels)?.in_space(self.image.space());
        Ok([self.image, light].into_iter().collect())
    }
}

const PACK: Pack = Pack::new("test.alone", &[node::<Lighten>()]);

fn grey() -> Image {
    let grey = Image::new([1, 1, 1, 2], vec![0.25, 0.5]).expect("two numbers");
    grey.in_space(ColorSpace::Linear)
}

#[test]
fn a_node_runs_by_itself() {
    let lighten = Lighten {
        image: grey(),
        by: 0.25,
    };
    let given = lighten.run(&mut Context::detached()).unwrap();
    assert_eq!(given[0].pixels().unwrap(), [0.25, 0.5]);
    assert_eq!(given[1].pixels().unwrap(), [0.5, 0.75]);
    assert_eq!(given[1].space(), ColorSpace::Linear);
}

#[test]
fn literals_become_values_and_values_become_fields() {
    let mut values = Values::default();
    values.put("image", AnyValue::Image(grey()));
    values.put("by", Lighten::literal("by", &Literal::Integer(1)).unwrap());
    assert_eq!(Facts::new(&values).get::<f32>("by"), Some(1.0));
    let given = (PACK.nodes()[0].run)(&mut values, &mut Context::detached()).unwrap();
    assert!(matches!(&given[0], AnyValue::List(_, images) if images.len() == 2));
}

#[test]
fn what_does_not_fit_is_told_in_words() {
    let literal = Lighten::literal("by", &Literal::Text("much".into()));
    assert!(literal.is_err_and(|message| message.contains("much")));
    assert!(Lighten::literal("bye", &Literal::Bool(true)).is_err());
    let mut values = Values::default();
    values.put("image", AnyValue::Bool(true));
    let error = Lighten::take(&mut values).err().unwrap();
    assert_eq!(error.to_string(), "input `image`: wants Image, got Bool");
}

#[test]
fn a_program_needs_a_host() {
    let made = Context::detached().wgsl("fn main() {}", &[&grey()], &[], &grey());
    assert!(made.is_err_and(|error| error.to_string().contains("without a host")));
}

#[test]
fn a_picture_has_as_many_numbers_as_its_shape() {
    assert!(Image::new([1, 3, 2, 2], vec![0.0; 12]).is_ok());
    assert!(Image::new([1, 2, 2, 2], vec![0.0; 8]).is_err());
    assert!(Image::new([0, 3, 2, 2], Vec::new()).is_err());
    assert!(Mask::new([1, 2, 2], vec![0.0; 3]).is_err());
    assert!(Image::new([usize::MAX, 3, usize::MAX, 2], Vec::new()).is_err());
}
