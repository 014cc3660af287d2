//! The derives of `weft_node`: they only add to an item, and refuse one without doc comments, since
//! those are the help text that people read.

mod choice;
mod doc;
mod inputs;
mod outputs;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes the fields of a struct the inputs of a node.
///
/// A field may say `#[input(default = …, range = …)]`; its type implements `weft_value::Port`.
#[proc_macro_derive(Inputs, attributes(input))]
pub fn derive_inputs(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    inputs::expand(&item)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Makes the fields of a struct the outputs of a node; the first is taken by a wire that names none.
#[proc_macro_derive(Outputs)]
pub fn derive_outputs(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    outputs::expand(&item)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}

/// Makes the variants of an enum words that a graph file can choose from.
#[proc_macro_derive(Choice)]
pub fn derive_choice(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    choice::expand(&item)
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
