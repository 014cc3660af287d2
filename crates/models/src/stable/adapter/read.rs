//! Reads an IP-Adapter by the keys of its published files; every size but that of a head is told by the shapes.

use super::{
    Adapter,
    projection::{Layer, Projection, Resampler, Whole},
};
use crate::{
    WeightsError,
    layers::Linear,
    stable::{
        File,
        layout::{Layout, Renames},
        source::Source,
    },
};

const NAME: &str = "the IP-Adapter";
/// Channels of a head of the resampler in every published size.
const HEAD: usize = 64;
/// Added to variances.
const EPSILON: f64 = 1e-5;

impl Adapter {
    /// Reads an adapter, plain or with a resampler ("plus").
    ///
    /// # Errors
    /// The bytes are not a safetensors file, or not one of these adapters: then every key that does not fit is
    /// named.
    pub fn read(file: File<'_>) -> Result<Self, WeightsError> {
        let mut source = Source::new(file, NAME, |weights| {
            Ok(Layout::new(weights, "", Renames::identity(), |_| false))
        })?;
        let refused = |why| WeightsError::Config { network: NAME, why };
        let network = Self {
            projection: projection(&mut source).map_err(refused)?,
            pairs: pairs(&mut source).map_err(refused)?,
        };
        source.finish(NAME)?;
        Ok(network)
    }
}

/// Those of `ip_adapter.1`, `ip_adapter.3`, …: in between stands attention of a map to itself.
fn pairs(source: &mut Source<'_>) -> Result<Vec<[Linear; 2]>, String> {
    let number = |name: &str| -> Option<usize> {
        let rest = name.strip_prefix("ip_adapter.")?;
        rest.strip_suffix(".to_k_ip.weight")?.parse().ok()
    };
    let mut numbers: Vec<usize> = source.names().filter_map(number).collect();
    numbers.sort_unstable();
    if numbers.is_empty() {
        return Err("none of its keys is ip_adapter.1.to_k_ip.weight".to_owned());
    }
    let mut pairs = Vec::with_capacity(numbers.len());
    for i in numbers {
        let [key, value] = ["k", "v"].map(|part| format!("ip_adapter.{i}.to_{part}_ip"));
        let [width, context] = source.shape(&format!("{key}.weight"))?;
        pairs.push([key, value].map(|name| source.plain_linear(&name, [context, width])));
    }
    Ok(pairs)
}

fn projection(source: &mut Source<'_>) -> Result<Projection, String> {
    if source.has("image_proj.proj.weight") {
        return Ok(Projection::Whole(whole(source)?));
    }
    if source.has("image_proj.latents") {
        return Ok(Projection::Resampled(resampler(source)?));
    }
    Err("none of its keys is image_proj.proj.weight or image_proj.latents; adapters of faces are not read".to_owned())
}

fn whole(source: &mut Source<'_>) -> Result<Whole, String> {
    let [outputs, inputs] = source.shape("image_proj.proj.weight")?;
    let [context] = source.shape("image_proj.norm.weight")?;
    if context == 0 || !outputs.is_multiple_of(context) {
        return Err(format!(
            "image_proj.proj.weight gives {outputs} numbers, no tokens of {context}"
        ));
    }
    Ok(Whole {
        dense: source.linear("image_proj.proj", [inputs, outputs]),
        norm: source.layer_norm("image_proj.norm", context, EPSILON),
        tokens: outputs / context,
    })
}

fn resampler(source: &mut Source<'_>) -> Result<Resampler, String> {
    let [one, tokens, width] = source.shape("image_proj.latents")?;
    let [_, inputs] = source.shape("image_proj.proj_in.weight")?;
    let [outputs, _] = source.shape("image_proj.proj_out.weight")?;
    let mut layers = Vec::new();
    for i in 0..source.count("image_proj.layers") {
        layers.push(layer(source, &format!("image_proj.layers.{i}"), width)?);
    }
    Ok(Resampler {
        queries: source.param("image_proj.latents", [one, tokens, width]),
        first: source.linear("image_proj.proj_in", [inputs, width]),
        layers,
        last: source.linear("image_proj.proj_out", [width, outputs]),
        norm: source.layer_norm("image_proj.norm_out", outputs, EPSILON),
    })
}

fn layer(source: &mut Source<'_>, name: &str, width: usize) -> Result<Layer, String> {
    let [attention, dense] = [format!("{name}.0"), format!("{name}.1")];
    let [inner, _] = source.shape(&format!("{attention}.to_q.weight"))?;
    let [wide, _] = source.shape(&format!("{dense}.1.weight"))?;
    if inner == 0 || !inner.is_multiple_of(HEAD) {
        return Err(format!(
            "{attention}.to_q.weight gives {inner} channels, no heads of {HEAD}"
        ));
    }
    let mut plain = |name: String, sizes| source.plain_linear(&name, sizes);
    let [query, pair] = [("to_q", inner), ("to_kv", 2 * inner)]
        .map(|(leaf, outputs)| plain(format!("{attention}.{leaf}"), [width, outputs]));
    let out = plain(format!("{attention}.to_out"), [inner, width]);
    let (wide, narrow) = (
        plain(format!("{dense}.1"), [width, wide]),
        plain(format!("{dense}.3"), [wide, width]),
    );
    let mut norm = |name: String| source.layer_norm(&name, width, EPSILON);
    Ok(Layer {
        of_features: norm(format!("{attention}.norm1")),
        of_tokens: norm(format!("{attention}.norm2")),
        norm: norm(format!("{dense}.0")),
        query,
        pair,
        out,
        wide,
        narrow,
        heads: inner / HEAD,
        precision: source.precision(),
    })
}
