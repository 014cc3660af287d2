//! `#[derive(Inputs)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Expr, Field, Result, spanned::Spanned};

use crate::doc;

/// The parts of the implementation that one field adds.
struct Port {
    spec: TokenStream,
    literal: TokenStream,
    take: TokenStream,
}

pub(crate) fn expand(item: &DeriveInput) -> Result<TokenStream> {
    let fields = doc::named_fields(
        item,
        "`Inputs` wants a struct with named fields: each field is an input",
    )?;
    let ident = &item.ident;
    let kind = ident.to_string();
    let lack = "a node needs a doc comment: its first line is the node's help";
    let help = doc::required(&item.attrs, ident.span(), lack)?;
    let ports = fields.into_iter().map(port).collect::<Result<Vec<_>>>()?;
    let specs = ports.iter().map(|port| &port.spec);
    let literals = ports.iter().map(|port| &port.literal);
    let takes = ports.iter().map(|port| &port.take);
    Ok(quote! {
        impl ::weft_node::derive::Inputs for #ident {
            const KIND: &'static str = #kind;
            const HELP: &'static str = #help;
            fn ports() -> ::std::vec::Vec<::weft_node::derive::PortSpec> {
                ::std::vec![#(#specs),*]
            }
            fn literal(
                port: &str,
                literal: &::weft_node::derive::Literal,
            ) -> ::std::result::Result<::weft_node::derive::AnyValue, ::std::string::String> {
                match port {
                    #(#literals,)*
                    _ => ::std::result::Result::Err(::std::format!("there is no input `{port}`")),
                }
            }
            fn take(
                values: &mut ::weft_node::derive::Values,
            ) -> ::weft_node::derive::Result<Self> {
                let _ = &values;
                ::std::result::Result::Ok(Self { #(#takes),* })
            }
        }
    })
}

fn port(field: &Field) -> Result<Port> {
    let (Some(ident), ty) = (&field.ident, &field.ty) else {
        return Err(syn::Error::new(field.span(), "an input needs a name"));
    };
    let name = ident.to_string();
    let help = doc::required(
        &field.attrs,
        ident.span(),
        "an input needs a doc comment: it is the input's help",
    )?;
    let (mut default, mut range) = (
        quote!(::std::option::Option::None),
        quote!(::std::option::Option::None),
    );
    for attribute in field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("input"))
    {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("default") {
                let value: Expr = meta.value()?.parse()?;
                default = quote!(::weft_node::derive::canonical::<#ty>(#value));
            } else if meta.path.is_ident("range") {
                let value: Expr = meta.value()?.parse()?;
                range =
                    quote!(::std::option::Option::Some(::weft_node::derive::Range::from(#value)));
            } else {
                return Err(meta.error("expected `default` or `range`"));
            }
            Ok(())
        })?;
    }
    Ok(Port {
        spec: quote! {
            ::weft_node::derive::PortSpec {
                name: #name.to_owned(),
                ty: <#ty as ::weft_node::derive::Port>::type_name(),
                form: <#ty as ::weft_node::derive::Port>::form(),
                help: #help.to_owned(),
                default: #default,
                optional: <#ty as ::weft_node::derive::Port>::OPTIONAL,
                range: #range,
            }
        },
        literal: quote!(#name => <#ty as ::weft_node::derive::Port>::from_literal(literal)),
        take: quote!(#ident: values.take(#name)?),
    })
}
