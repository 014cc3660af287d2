//! `#[derive(Outputs)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Field, Result};

use crate::doc;

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let lack = "`Outputs` wants a struct with named fields: each field is an output";
    let fields = doc::named_fields(item, lack)?;
    let ident = &item.ident;
    if fields.is_empty() {
        return Err(Error::new(ident.span(), "a node needs at least one output"));
    }
    let ports = fields
        .iter()
        .map(|field| port(field))
        .collect::<Result<Vec<_>>>()?;
    let names = fields.iter().map(|field| &field.ident);
    Ok(quote! {
        impl ::weft_node::derive::Outputs for #ident {
            fn ports() -> ::std::vec::Vec<::weft_node::derive::OutputSpec> {
                ::std::vec![#(#ports),*]
            }
            fn give(self) -> ::std::vec::Vec<::weft_node::derive::AnyValue> {
                ::std::vec![#(::weft_node::derive::Product::give(self.#names)),*]
            }
        }
    })
}

fn port(field: &Field) -> Result<TokenStream> {
    let (Some(ident), ty) = (&field.ident, &field.ty) else {
        return Err(Error::new_spanned(field, "an output needs a name"));
    };
    let name = ident.to_string();
    let help = doc::required(
        &field.attrs,
        ident.span(),
        "an output needs a doc comment: it is the output's help",
    )?;
    Ok(quote! {
        ::weft_node::derive::OutputSpec {
            name: #name.to_owned(),
            ty: <#ty as ::weft_node::derive::Product>::type_name(),
            help: #help.to_owned(),
        }
    })
}
