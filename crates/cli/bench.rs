//! `weft bench`: how fast this machine computes what people wait for, beside another program.

mod diffusion;
mod drawing;
mod peer;
mod table;

use crate::Ending;

/// Measure how fast this machine draws, beside another program.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Diffusion(diffusion::Args),
}

/// Measures.
pub(crate) fn bench(args: &Args) -> Ending {
    match &args.what {
        What::Diffusion(args) => diffusion::diffusion(args),
    }
}
