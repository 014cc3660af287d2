//! Which files belong to a file of weights: the networks of a folder of diffusers, the shards of an index.

use serde_json::Value;

/// The names of files of weights in the folder of a network, the fullest first.
pub const WEIGHTS: [&str; 8] = [
    "diffusion_pytorch_model.safetensors",
    "model.safetensors",
    "diffusion_pytorch_model.safetensors.index.json",
    "model.safetensors.index.json",
    "diffusion_pytorch_model.fp16.safetensors",
    "model.fp16.safetensors",
    "diffusion_pytorch_model.fp16.safetensors.index.json",
    "model.fp16.safetensors.index.json",
];

/// The folders of networks that are read from a folder of diffusers.
const NETWORKS: [&str; 4] = ["unet", "vae", "text_encoder", "text_encoder_2"];

/// Whether a file of that name tells of others.
pub fn is_index(path: &str) -> bool {
    path.ends_with("model_index.json") || path.ends_with(".safetensors.index.json")
}

/// The files that belong to the one at `path`, whose text is `text` if it is an index. All paths are written with
/// slashes from the same folder; `is_there` says which there are.
///
/// Of a network without any file of weights the first is named that it could have.
pub fn belonging(path: &str, text: &str, is_there: &dyn Fn(&str) -> bool) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |name: &str| match folder {
        "" => name.to_owned(),
        _ => format!("{folder}/{name}"),
    };
    let index: Value = serde_json::from_str(text).unwrap_or_default();
    if path.ends_with("model_index.json") {
        let is_used = |name: &&str| index[*name].get(1).is_some_and(|class| !class.is_null());
        let networks = NETWORKS.into_iter().filter(is_used);
        let files = networks.flat_map(|name| {
            let within = |file: &str| beside(&format!("{name}/{file}"));
            let usual = if name.starts_with("text") { 1 } else { 0 };
            let found = WEIGHTS.into_iter().map(within).find(|path| is_there(path));
            let weights = found.unwrap_or_else(|| within(WEIGHTS[usual]));
            [within("config.json"), weights]
        });
        let scheduler = beside("scheduler/scheduler_config.json");
        return files.chain([scheduler]).collect();
    }
    if path.ends_with(".safetensors.index.json") {
        return shards(&index)
            .into_iter()
            .map(|name| beside(&name))
            .collect();
    }
    Vec::new()
}

/// The files that an index of shards names, each once, in their order.
fn shards(index: &Value) -> Vec<String> {
    let names = index["weight_map"].as_object().into_iter();
    let names = names.flat_map(|map| map.values()).filter_map(Value::as_str);
    // A name with a folder in it is none that a library writes.
    let mut names: Vec<_> = names
        .filter(|name| !name.contains(['/', '\\']) && name.ends_with(".safetensors"))
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_diffusers_needs_its_networks_and_no_other() {
        let index = r#"{"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "U"], "vae": ["diffusers", "V"],
            "text_encoder": ["transformers", "T"], "text_encoder_2": [null, null], "safety_checker": ["x", "S"],
            "scheduler": ["diffusers", "S"]}"#;
        let there = |path: &str| path == "sub/unet/diffusion_pytorch_model.fp16.safetensors";
        assert_eq!(
            belonging("sub/model_index.json", index, &there),
            [
                "sub/unet/config.json",
                "sub/unet/diffusion_pytorch_model.fp16.safetensors",
                "sub/vae/config.json",
                "sub/vae/diffusion_pytorch_model.safetensors",
                "sub/text_encoder/config.json",
                "sub/text_encoder/model.safetensors",
                "sub/scheduler/scheduler_config.json",
            ]
        );
    }

    #[test]
    fn an_index_of_shards_names_each_once_and_none_elsewhere() {
        let index = r#"{"weight_map": {"a": "m-2.safetensors", "b": "m-1.safetensors", "c": "m-1.safetensors",
            "d": "../x.safetensors", "e": "m.bin"}}"#;
        let found = belonging("unet/m.safetensors.index.json", index, &|_| false);
        assert_eq!(found, ["unet/m-1.safetensors", "unet/m-2.safetensors"]);
    }
}
