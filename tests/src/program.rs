//! The two programs as a user runs them: the binaries beside the tests.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One of our binaries.
#[derive(Debug, Clone)]
pub struct Program {
    name: &'static str,
    path: PathBuf,
}

impl Program {
    /// `lyceum`
    #[must_use]
    pub fn lyceum() -> Self {
        Self::find("lyceum")
    }

    /// `lyceum-edge`
    #[must_use]
    pub fn edge() -> Self {
        Self::find("lyceum-edge")
    }

    /// The binary stands two folders above a test: `target/debug/deps/test`.
    /// `cargo test --workspace` builds it, since its package has tests too.
    fn find(name: &'static str) -> Self {
        let test = env::current_exe().unwrap_or_default();
        let folder = test.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        let path = folder.join(name);
        assert!(
            path.exists(),
            "`{}` is not built; run `cargo build -p lyceum -p lyceum-edge` first",
            path.display()
        );
        Self { name, path }
    }

    /// A command line that begins with it, without variables of ours or of the
    /// cloud that would change what it does.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("LYCEUM_") || text.starts_with("AWS_") {
                command.env_remove(&name);
            }
        }
        command.env("NO_COLOR", "1").stdin(std::process::Stdio::null());
        command
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
