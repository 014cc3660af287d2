//! `weft plugin`: write, try, list, lock and develop plugins.

mod check;
mod dev;
mod list;
mod lock;
mod new;
mod sdk;
mod test;

use clap::Subcommand;

use crate::Ending;

/// Write, try, list, lock and develop plugins.
///
/// A plugin is a shared library or a .wgsl file that brings nodes. `weft plugin new acme.dots --lang wgsl` writes one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    New(new::Args),
    Test(test::Args),
    List(list::Args),
    Check(check::Args),
    Lock(lock::Args),
    Dev(dev::Args),
}

/// Does one of these.
pub(crate) fn plugin(args: &Args) -> Ending {
    match &args.verb {
        Verb::New(args) => new::new(args),
        Verb::Test(args) => test::test(args),
        Verb::List(args) => list::list(args),
        Verb::Check(args) => check::check(args),
        Verb::Lock(args) => lock::lock(args),
        Verb::Dev(args) => dev::dev(args),
    }
}
