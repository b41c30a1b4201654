//! The commands: one file each, all of the same shape: arguments in, an outcome
//! or a failure out.

use crate::args::{Arguments, Command};
use crate::failure::Outcome;

mod build;
mod check;
mod completions;
mod config;
mod demo;
mod explain;
mod import;
mod list;
mod man;
pub(crate) mod new;
pub(crate) mod publish;
mod rollback;
mod schema;
mod secrecy;
mod serve;
mod translations;

/// Runs the command that was typed.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    let school = &arguments.school;
    match arguments.command {
        Command::New(new) => new::run(new, school),
        Command::Check(check) => check::run(&check, school),
        Command::Explain(explain) => explain::run(explain.code.as_deref()),
        Command::List(list) => list::run(&list, school),
        Command::Translations(asked) => translations::run(&asked, school),
        Command::Config(config) => config::run(&config, school),
        Command::Schema(schema) => schema::run(schema.kind),
        Command::Man(man) => man::run(&man.folder),
        Command::Build(build) => build::run(&build, school),
        Command::Serve(serve) => serve::run(&serve, school),
        Command::Demo(demo) => demo::run(&demo, school),
        Command::Completions(asked) => completions::run(asked.shell),
        Command::Import(import) => import::run(&import, school),
        Command::Publish(publish) => publish::run(&publish, school),
        Command::Rollback(rollback) => rollback::run(&rollback, school),
    }
}
