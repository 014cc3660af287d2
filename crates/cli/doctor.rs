//! `weft doctor`: what this machine offers, what is used and what is wrong.

use weft::{
    engine::Packs,
    tensor::{Adapter, AdapterKind, adapters},
};

use crate::{Ending, GOOD, machine::Machine, summary::bytes};

/// Say what this machine offers, what Weft uses of it, and what is wrong.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    machine: Machine,
}

/// Prints the state of the machine.
pub(crate) fn doctor(args: &Args) -> Ending {
    anstream::println!(
        "weft {} ({}, {})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    anstream::println!(
        "\nprocessor\n  threads   {processors}\n  vectors   {}",
        vectors()
    );
    anstream::println!("\nadapters");
    let adapters = adapters();
    for adapter in &adapters {
        anstream::println!("{}", described(adapter));
    }
    if adapters.is_empty() {
        anstream::println!("  none; a GPU needs its Vulkan, Metal or DirectX 12 driver");
    }
    let mut weft = args.machine.start()?;
    let device = weft.device();
    anstream::println!(
        "\ndevice\n  {} ({}: {})",
        device.name,
        args.machine.device,
        device.why
    );
    print_cache(args, &mut weft);
    print_packs(weft.packs());
    Ok(GOOD)
}

fn print_cache(args: &Args, weft: &mut weft::Weft) {
    anstream::println!("\ncache");
    match (args.machine.folder(), weft.engine().store().disk_usage()) {
        (Some(folder), Some(usage)) => {
            anstream::println!(
                "  {}\n  {} results in {}",
                folder.display(),
                usage.entries,
                bytes(usage.bytes)
            );
        }
        _ => anstream::println!("  in memory only: nothing is recalled by the next run"),
    }
    for warning in weft.engine().store().warnings() {
        anstream::println!("  wrong: {warning}");
    }
}

fn print_packs(packs: &Packs) {
    anstream::println!("\npacks");
    for (id, version) in packs.registry().packs() {
        let count = packs
            .registry()
            .nodes()
            .filter(|node| node.pack() == id)
            .count();
        anstream::println!("  {id:10} {version:8} {count} kinds");
    }
}

fn described(adapter: &Adapter) -> String {
    let kind = match adapter.kind {
        AdapterKind::Discrete => "a card",
        AdapterKind::Integrated => "part of the processor",
        AdapterKind::Virtual => "a virtual card",
        AdapterKind::Software => "software: only used when asked for with `--device gpu`",
        AdapterKind::Unknown => "of unknown kind: only used when asked for",
    };
    let half = if adapter.has_f16 { "f16" } else { "no f16" };
    let subgroups = if adapter.has_subgroups {
        "subgroups"
    } else {
        "no subgroups"
    };
    let memory = match adapter.memory_bytes {
        Some(memory) => format!("{} of memory", bytes(memory)),
        None => "memory not told".to_owned(),
    };
    format!(
        "  gpu:{} {} ({kind})\n        {}, {}\n        {memory}, buffers up to {}, {} shared by a group, {half}, {subgroups}",
        adapter.index,
        adapter.name,
        adapter.interface,
        adapter.driver,
        bytes(adapter.buffer_bytes),
        bytes(adapter.shared_bytes.into()),
    )
}

/// The vector instructions that kernels choose from.
fn vectors() -> String {
    #[cfg(target_arch = "x86_64")]
    {
        let known = [
            ("avx2", std::arch::is_x86_feature_detected!("avx2")),
            ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
            (
                "avx512bf16",
                std::arch::is_x86_feature_detected!("avx512bf16"),
            ),
        ];
        let found: Vec<_> = known
            .iter()
            .filter(|(_, is_there)| *is_there)
            .map(|(name, _)| *name)
            .collect();
        if found.is_empty() {
            "sse2".to_owned()
        } else {
            found.join(", ")
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        "those of every such processor".to_owned()
    }
}
