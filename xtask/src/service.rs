//! The real servers, started together on free loopback ports and stopped
//! together: an object store, a cache, a database, a catcher of mail and a
//! browser's driver.
//!
//! Keys and passwords are made here at every start and die with the servers.

mod mail;
mod object_store;
mod port;
mod postgres;
mod redis;
mod webdriver;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::install::Tools;
use crate::process::{Interrupt, Running, wait_until_ready};
use crate::secret;

/// One server and the variables by which the tests find it.
struct Service {
    running: Running,
    /// How long it may take to start.
    within: Duration,
    /// Whether it answers, found out by really asking it.
    ready: Box<dyn Fn() -> bool>,
    variables: Vec<(&'static str, String)>,
    /// What it leaves behind; after `running`, so that it goes after the stop.
    _leftover: Option<Leftover>,
}

/// A file outside our folder that a server makes and does not take away.
struct Leftover(PathBuf);

impl Drop for Leftover {
    fn drop(&mut self) {
        // It may never have been made, and that is as good.
        let _ = fs::remove_file(&self.0);
    }
}

/// Starts one server without waiting for it.
type Start = fn(Ground<'_>) -> Result<Service>;

/// What a server is started with.
#[derive(Debug, Clone, Copy)]
struct Ground<'a> {
    /// Where the programs are.
    tools: &'a Tools,
    /// A folder of our own, gone after the stop.
    folder: &'a Path,
}

/// All servers.
pub(crate) struct Services {
    // Before the folder: fields are dropped in order, and no server may still
    // write when its folder goes.
    services: Vec<Service>,
    _folder: Folder,
}

impl Services {
    /// Starts all of them and waits until each answers. When one fails, the
    /// others are stopped and its log is shown.
    pub(crate) fn start(tools: &Tools, interrupt: &Interrupt) -> Result<Self> {
        let folder = Folder::create()?;
        let ground = Ground { tools, folder: &folder.0 };
        // The slowest first: they all start side by side, and are waited for
        // in order afterwards. Not on threads: the kernel takes the end of the
        // starting thread for our death, see `Ground::command`.
        let starts: [Start; 5] =
            [object_store::start, postgres::start, mail::start, webdriver::start, redis::start];
        let mut services =
            starts.into_iter().map(|start| start(ground)).collect::<Result<Vec<_>>>()?;
        for Service { running, within, ready, .. } in &mut services {
            wait_until_ready(running, *within, interrupt, &*ready).with_context(|| {
                format!("the log ends so:\n{}", tail(&folder.0, running.name()))
            })?;
        }
        Ok(Self { services, _folder: folder })
    }

    /// The variables of the environment by which the tests find the servers.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.services
            .iter()
            .flat_map(|service| &service.variables)
            .map(|(name, value)| (*name, value.as_str()))
    }

    /// Waits for Ctrl-C, then `None`; or for a server that ends by itself,
    /// then its name.
    pub(crate) fn wait_for_any_end(
        &mut self,
        interrupt: &Interrupt,
    ) -> Result<Option<&'static str>> {
        while !interrupt.has_come() {
            for service in &mut self.services {
                if service.running.has_ended()? {
                    return Ok(Some(service.running.name()));
                }
            }
            thread::sleep(Duration::from_millis(200));
        }
        Ok(None)
    }
}

impl Ground<'_> {
    /// A command that the kernel ends when we die without having stopped it.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(program);
        command
    }

    /// Where the output of a server goes.
    fn log(&self, name: &str) -> PathBuf {
        log(self.folder, name)
    }

    /// A folder for one server.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        fs::create_dir(&folder)
            .with_context(|| format!("failed to create `{}`", folder.display()))?;
        Ok(folder)
    }
}

fn log(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{}.log", name.replace(' ', "-")))
}

/// The last lines of a server's log, for the error about it.
fn tail(folder: &Path, name: &str) -> String {
    let text = fs::read_to_string(log(folder, name)).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().take(15).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

/// A folder that goes with the servers. It stands in the system's temporary
/// folder, not below `target/`: PostgreSQL runs as another user, who may have
/// no way into this one's home.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        // Short, because the path of a Unix socket below it may have no more
        // than 107 bytes, and Chromium's have long names.
        let chance = secret()?;
        let chance = chance.get(..10).unwrap_or(&chance);
        let path = std::env::temp_dir().join(format!("lyceum-{chance}"));
        let context = || format!("failed to create `{}`", path.display());
        fs::create_dir(&path).with_context(context)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).with_context(context)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("xtask: failed to remove `{}`: {error}", self.0.display());
        }
    }
}
