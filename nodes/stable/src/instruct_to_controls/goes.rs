//! Which network each reference of an instruction goes to.

use std::fmt;

use weft_node::{
    Error, Result,
    value::instruction::{Reference, Role},
};

use super::{InstructToControls, Lacking};
use crate::{ControlNet, IpAdapter};

/// What becomes of a reference.
pub(super) enum Goes<'a> {
    /// Into a network, with a strength above 0.
    In(To<'a>, f32),
    /// It is left out for lack of a network, which is why.
    Out(String),
    /// It is left out by a strength of 0.
    Unwanted,
}

/// Where a reference goes.
#[derive(Clone, Copy)]
pub(super) enum To<'a> {
    /// A ControlNet, from that input.
    ControlNet(&'a ControlNet, &'static str),
    Adapter(&'a IpAdapter),
}

impl fmt::Display for Goes<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::In(To::ControlNet(_, input), strength) => {
                write!(out, "leads through `{input}`, {strength}")
            }
            Self::In(To::Adapter(_), strength) => write!(out, "is shown to `adapter`, {strength}"),
            Self::Out(why) => write!(out, "left out: {why}"),
            Self::Unwanted => write!(out, "left out by a strength of 0"),
        }
    }
}

/// A network that may be given, and what to say if it is not.
struct Place<'a> {
    to: Option<To<'a>>,
    input: &'static str,
    strength: (&'static str, f32),
    loader: &'static str,
}

impl InstructToControls {
    /// What becomes of each reference, in their order.
    ///
    /// # Errors
    /// All references that have no place.
    pub(super) fn goes(&self) -> Result<Vec<Goes<'_>>> {
        let (mut found, mut errors) = (Vec::new(), Vec::<Error>::new());
        for reference in self.instruction.references() {
            match self.place_of(reference) {
                Ok(goes) => found.push(goes),
                Err(error) => errors.push(error),
            }
        }
        // Several pictures of one marker lack the same.
        errors.dedup_by_key(|error| error.to_string());
        Error::all(errors)?;
        Ok(found)
    }

    fn place_of(&self, reference: &Reference) -> Result<Goes<'_>> {
        let label = reference.label();
        let role = Role::of(&reference.text);
        let Some(place) = role.and_then(|role| self.place(role)) else {
            return self.lacks("instruction", unknown(&label, role));
        };
        let (name, strength) = place.strength;
        if strength == 0.0 {
            return Ok(Goes::Unwanted);
        }
        match place.to {
            Some(to) => Ok(Goes::In(to, strength)),
            None => {
                let why = format!(
                    "nothing is given for `{label}`; wire a `{}`, or leave the reference out by `{name}: 0.0`",
                    place.loader
                );
                self.lacks(place.input, why)
            }
        }
    }

    /// The place for references of a role, if these networks have one.
    fn place(&self, role: Role) -> Option<Place<'_>> {
        let control = |net: &'static str, given, strength| Place {
            to: Option::map(given, |found| To::ControlNet(found, net)),
            input: net,
            strength,
            loader: "LoadControlNet",
        };
        let adapter = |strength| Place {
            to: self.adapter.as_ref().map(To::Adapter),
            input: "adapter",
            strength,
            loader: "LoadIpAdapter",
        };
        match role {
            Role::Edge => {
                let strength = ("edge_strength", self.edge_strength);
                Some(control("edges", self.edges.as_ref(), strength))
            }
            Role::Mask => {
                let strength = ("mask_strength", self.mask_strength);
                Some(control("masks", self.masks.as_ref(), strength))
            }
            Role::Style => Some(adapter(("style_strength", self.style_strength))),
            Role::Subject => Some(adapter(("subject_strength", self.subject_strength))),
            Role::Content => None,
        }
    }

    fn lacks(&self, input: &'static str, why: String) -> Result<Goes<'_>> {
        match self.lacking {
            Lacking::LeaveOut => Ok(Goes::Out(why)),
            Lacking::Refuse => Err(Error::input(input, why)),
        }
    }
}

/// What to say of a reference whose role has no place.
fn unknown(label: &str, role: Option<Role>) -> String {
    let what = match role {
        Some(_) => {
            "is content to be drawn again, for which there is no network; begin from it with `EncodeLatent`, or \
             name its part here"
        }
        None => "does not say what it is for; name it so that it ends in a word of its part",
    };
    format!(
        "`{label}` {what}: `edge map`, `mask`, `style`, or what a subject is called, such as `cat`; or set \
         `lacking: LeaveOut`"
    )
}
