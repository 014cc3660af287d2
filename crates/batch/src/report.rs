//! One self-contained page of HTML about a batch: thumbnails, inputs, times, failures.

use std::{fmt::Write, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use weft_value::Image;
use weft_vision::codec::{EncodeOptions, Format, encode};

use crate::{
    grid::shrunk_to,
    ledger::{Ended, Entry, Session},
    outputs::picture,
};

/// Longest side of a thumbnail, in pixels.
const THUMBNAIL: usize = 192;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#222;background:#fff}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}.item{background:#222}}\
h1{font-size:1.4rem;margin-bottom:.2rem}.sum{color:#777}.items{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:1rem}\
.item{border:1px solid #8884;border-radius:6px;padding:.7rem;overflow-wrap:anywhere}.item img{max-width:100%;border-radius:3px}\
.failed{border-color:#c33}.failed pre{color:#c33;white-space:pre-wrap;font-size:.85rem}dl{display:grid;grid-template-columns:auto 1fr;gap:0 .6rem;margin:.4rem 0;font-size:.85rem}\
dt{color:#888}dd{margin:0}label{margin-right:1rem}.only-failed .item:not(.failed){display:none}";

/// The page. `seen` hears of each item as its pictures are read.
pub fn report(out: &Path, entries: &[(&Session, &Entry)], seen: &mut dyn FnMut()) -> String {
    let mut page = String::new();
    let graph = entries
        .last()
        .map_or("a batch", |(session, _)| session.graph.as_str());
    // Writing to a string does not fail.
    let _ = write!(
        page,
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>{0}</title><style>{STYLE}</style><h1>{0}</h1><p class=sum>{1}</p>\
         <p><label><input type=checkbox onchange=\"document.body.classList.toggle('only-failed',this.checked)\"> failures only</label></p>\
         <div class=items>",
        escaped(graph),
        in_sum(entries)
    );
    for (_, entry) in entries {
        page.push_str(&item(out, entry));
        seen();
    }
    let ledger = entries.last().map(|(session, _)| session.text.as_str());
    let _ = writeln!(
        page,
        "</div><details><summary>the graph</summary><pre>{}</pre></details></html>",
        escaped(ledger.unwrap_or(""))
    );
    page
}

fn in_sum(entries: &[(&Session, &Entry)]) -> String {
    let count = |ended| {
        entries
            .iter()
            .filter(|(_, entry)| entry.ended == ended)
            .count()
    };
    let (done, failed) = (
        count(Ended::Done) + count(Ended::Skipped),
        count(Ended::Failed),
    );
    let bytes: u64 = entries
        .iter()
        .flat_map(|(_, entry)| &entry.outputs)
        .map(|it| it.bytes)
        .sum();
    let worked: f64 = entries
        .iter()
        .flat_map(|(_, entry)| entry.nodes.values())
        .sum();
    let device = entries
        .last()
        .map_or("", |(session, _)| session.device.as_str());
    format!(
        "{} items: {done} done, {failed} failed · {:.1} s of work · {:.1} MB · {}",
        entries.len(),
        worked / 1e3,
        bytes as f64 / 1e6,
        escaped(device)
    )
}

fn item(out: &Path, entry: &Entry) -> String {
    let mut card = String::new();
    let class = if entry.ended == Ended::Failed {
        "item failed"
    } else {
        "item"
    };
    let _ = write!(card, "<article class='{class}' id='{}'>", entry.item);
    if let Some(data) = picture(out, entry).and_then(|picture| thumbnail(&picture)) {
        let path = entry
            .outputs
            .first()
            .map_or("", |output| output.path.as_str());
        let link = escaped(
            &path
                .replace('%', "%25")
                .replace('#', "%23")
                .replace('?', "%3f"),
        );
        let _ = write!(
            card,
            "<a href='{link}'><img alt='{}' src='data:image/jpeg;base64,{data}'></a>",
            escaped(&entry.label)
        );
    }
    let _ = write!(card, "<div><b>{}</b></div><dl>", escaped(&entry.label));
    for (name, value) in &entry.inputs {
        let _ = write!(card, "<dt>{}<dd>{}", escaped(name), escaped(value));
    }
    for (node, seed) in &entry.seeds {
        let _ = write!(card, "<dt>seed of {}<dd>{seed}", escaped(node));
    }
    let _ = write!(card, "<dt>time<dd>{:.0} ms</dl>", entry.ms);
    if let Some(why) = &entry.error {
        let _ = write!(card, "<pre>{}</pre>", escaped(why));
    }
    card + "</article>"
}

fn thumbnail(image: &Image) -> Option<String> {
    let small = Image::new(shrunk_to(image, THUMBNAIL));
    let options = EncodeOptions {
        format: Format::Jpeg,
        quality: 80,
        ..EncodeOptions::default()
    };
    Some(STANDARD.encode(encode(&small, &options).ok()?))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\'', "&#39;")
        .replace('"', "&quot;")
}
