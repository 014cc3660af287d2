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
            const WORDS: &'static [(Self, &'static str, &'static str)] = &[#(#words),*];
        }
        impl ::weft_node::derive::Value for #ident {
            const TYPE: &'static str = #ty;
            fn form() -> ::weft_node::derive::Form {
                ::weft_node::derive::Form::Choice(<Self as ::weft_node::derive::Choice>::specs())
            }
            fn from_literal(
                literal: &::weft_node::derive::Literal,
            ) -> ::std::result::Result<Self, ::std::string::String> {
                let word = match literal {
                    ::weft_node::derive::Literal::Name(word) => word.as_str(),
                    _ => "",
                };
                <Self as ::weft_node::derive::Choice>::from_word(word)
                    .ok_or_else(|| ::std::format!("{literal} is not one of the words of {}", #ty))
            }
            fn digest(&self) -> ::std::option::Option<::weft_node::derive::Digest> {
                let word = <Self as ::weft_node::derive::Choice>::word(*self);
                ::std::option::Option::Some(
                    ::weft_node::derive::Hasher::new(#ty).field(word.as_bytes()).finish(),
                )
            }
        }
    })
}
