//! The `lyceum-edge` command: serve, check, grant, withdraw.
//!
//! Words and exit codes for operators live here: 0 done, 1 the configuration
//! or the order is wrong, 2 the tool failed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use lyceum_edge::config::Config;
use lyceum_edge::operator::{self, Order, OrderError, Outcome};
use lyceum_edge::{service, wire};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

const GRANT_EXAMPLE: &str =
    "Example:\n  lyceum-edge grant ada@example.org rust --reason \"paid by bank transfer\"";
const WITHDRAW_EXAMPLE: &str =
    "Example:\n  lyceum-edge withdraw ada@example.org rust --reason \"paid back\"";

/// Opens the paid parts of a Lyceum school to those who may read them.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The configuration file; without it `edge.toml` in this folder is read, if
    /// it is there. Every setting can be given as a variable `LYCEUM_…` too.
    #[arg(long, global = true, env = "LYCEUM_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the service (the default).
    Serve,
    /// Checks the whole configuration and says everything that is wrong.
    ///
    /// Nothing is started. The exit code is 0 when the configuration is in order
    /// and 1 when it is not.
    Check,
    /// Gives a learner a course for good.
    ///
    /// The learner need not have signed in before; whoever signs in with the
    /// address has the course. Edges follow at once.
    #[command(after_help = GRANT_EXAMPLE)]
    Grant(OrderArgs),
    /// Takes back a course that was given with `grant`.
    ///
    /// What the learner has from elsewhere, such as a purchase, stays.
    #[command(after_help = WITHDRAW_EXAMPLE)]
    Withdraw(OrderArgs),
}

#[derive(Args)]
struct OrderArgs {
    /// The learner's e-mail address.
    email: String,
    /// The course, as in its address: `rust` for `/courses/rust/`. Its id does
    /// too.
    course: String,
    /// Why, for whoever reads the audit later; it stays there for good.
    #[arg(long)]
    reason: String,
    /// Who does this, for the audit.
    #[arg(long, env = "USER", default_value = "operator")]
    by: String,
}

/// How a command ended when nothing broke.
enum Ended {
    Done,
    Refused,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Refused) => ExitCode::from(1),
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<Ended> {
    let file = read_file(cli.config.as_deref())?;
    let config = match Config::from_env(file.as_deref(), variables()) {
        Ok(config) => config,
        Err(error) => {
            say(&format!("error: {error}"));
            return Ok(Ended::Refused);
        }
    };
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(config).await,
        Command::Check => check(&config).await,
        Command::Grant(order) => change(&config, &order, Change::Grant).await,
        Command::Withdraw(order) => change(&config, &order, Change::Withdraw).await,
    }
}

async fn serve(config: Config) -> anyhow::Result<Ended> {
    let filter = EnvFilter::try_new(&config.log)
        .with_context(|| format!("failed to read the setting `log`, `{}`", config.log))?;
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut terminate = signal(SignalKind::terminate()).context("failed to listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("failed to listen for SIGINT")?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    };
    service::run(config, shutdown).await?;
    Ok(Ended::Done)
}

async fn check(config: &Config) -> anyhow::Result<Ended> {
    let problems = wire::problems(config);
    if problems.is_empty() {
        say("the configuration is in order");
        // No reason to refuse: an edge may be set up before its first release.
        if let Err(error) = wire::published(config)?.refresh().await {
            let error = anyhow::Error::new(error);
            say(&format!("warning: no release can be served yet: {error:#}"));
        }
        return Ok(Ended::Done);
    }
    say("error: the configuration has errors");
    for problem in problems {
        say(&format!("  {problem}"));
    }
    Ok(Ended::Refused)
}

enum Change {
    Grant,
    Withdraw,
}

impl Change {
    fn told(&self, outcome: Outcome, order: &Order<'_>) -> String {
        let (email, course) = (order.email, order.course);
        let done = match self {
            Self::Grant => format!("`{email}` may open the course `{course}`"),
            Self::Withdraw => format!("`{email}` has lost what was granted of `{course}`"),
        };
        let already = match self {
            Self::Grant => format!("nothing to do: `{email}` owns the course `{course}` already"),
            Self::Withdraw => {
                format!("nothing to do: `{email}` has no grant of the course `{course}`")
            }
        };
        let untold = "the cache can't be told, so edges follow within ten minutes";
        match outcome {
            Outcome::Done => done,
            Outcome::DoneButNotCached => format!("{done}; {untold}"),
            Outcome::Already => already,
            Outcome::AlreadyButNotCached => format!("{already}; {untold}"),
        }
    }
}

async fn change(config: &Config, order: &OrderArgs, change: Change) -> anyhow::Result<Ended> {
    let published = wire::published(config)?;
    published.refresh().await.context("failed to read the published school")?;
    let publication = published.publication()?;
    let manifest = publication.live.manifest();
    let (ledger, cache) = wire::ledger_and_cache(config).await?;
    let (email, course) = (order.email.as_str(), order.course.as_str());
    let order = Order { email, course, reason: &order.reason, actor: &order.by };
    let now = Timestamp::now();
    let answer = match &change {
        Change::Grant => operator::grant(&ledger, cache.as_ref(), manifest, &order, now).await,
        Change::Withdraw => {
            operator::withdraw(&ledger, cache.as_ref(), manifest, &order, now).await
        }
    };
    ledger.close().await;
    match answer {
        Ok(outcome) => {
            say(&change.told(outcome, &order));
            Ok(Ended::Done)
        }
        Err(OrderError::Ledger(error)) => Err(error.into()),
        Err(error) => {
            say(&format!("error: {error}"));
            Ok(Ended::Refused)
        }
    }
}

/// A file that was named has to be there; the usual one may be missing.
fn read_file(named: Option<&Path>) -> anyhow::Result<Option<String>> {
    let path = named.unwrap_or(Path::new("edge.toml"));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("failed to read `{}`", path.display())),
    }
}

/// A variable that is no UTF-8 can't be one of ours.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

fn say(text: &str) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{text}");
}
