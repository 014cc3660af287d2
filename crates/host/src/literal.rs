//! What a literal at an input of a plugin's node stands for; the host knows the types, the plugin is not asked.

use weft_spec::{Form, Literal, NodeSpec, TypeName};
use weft_value::{AnyValue, TYPES};

/// The value of a canonical literal at the input `port`.
///
/// # Errors
/// A sentence on why the literal does not fit.
pub(crate) fn value(spec: &NodeSpec, port: &str, literal: &Literal) -> Result<AnyValue, String> {
    let port = spec.input(port);
    let port = port.ok_or_else(|| "there is no such input".to_owned())?;
    of(&port.ty, &port.form, literal)
}

fn of(ty: &TypeName, form: &Form, literal: &Literal) -> Result<AnyValue, String> {
    if let (Some(element), Form::List(form), Literal::List(items)) = (ty.element(), form, literal) {
        let items = items.iter().map(|item| of(&element, form, item));
        let items = items.collect::<Result<_, _>>()?;
        return Ok(AnyValue::list(element, items));
    }
    if let (Form::Choice(_), Literal::Name(word)) = (form, literal) {
        return Ok(AnyValue::new(word.clone()));
    }
    let known = TYPES.iter().find(|known| known.name() == ty.as_str());
    known
        .ok_or_else(|| format!("a value of type {ty} cannot be written here"))?
        .literal(literal)
}
