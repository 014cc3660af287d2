//! `#[derive(Choice)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result};

use crate::doc;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let ident = &item.ident;
    let Data::Enum(data) = &item.data else {
        return Err(Error::new(
            ident.span(),
            "`Choice` wants an enum: each variant is a word",
        ));
    };
    let mut words = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(Error::new(
                variant.ident.span(),
                "a word of a `Choice` has no fields",
            ));
        }
        let lack = "a word needs a doc comment: it is the word's help";
        let help = doc::required(&variant.attrs, variant.ident.span(), lack)?;
        let (name, word) = (&variant.ident, variant.ident.to_string());
        words.push(quote!((Self::#name, #word, #help)));
    }
    let ty = ident.to_string();
    Ok(quote! {
        impl ::weft_node::derive::Choice for #ident {
            const NAME: &'static str = #ty;
            const WORDS: &'static [(Self, &'static str, &'static str)] = &[#(#words),*];
        }
        impl ::weft_node::derive::Worded for #ident {}
    })
}
