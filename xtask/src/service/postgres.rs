//! PostgreSQL on a fresh cluster, with a password and without the care for a
//! crash, which no test needs and every test would wait for.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Ground, Service, port};
use crate::install::Account;
use crate::process::{Running, Stop, run};
use crate::secret;

pub(super) fn start(ground: Ground<'_>) -> Result<Service> {
    let port = port::free()?;
    let password = secret()?;
    let folder = ground.folder("postgres")?;
    let password_file = folder.join("password");
    fs::write(&password_file, &password).context("failed to write the password file")?;
    if ground.tools.account == Account::Root {
        for path in [&folder, &password_file] {
            chown(path, Some(id("-u")?), Some(id("-g")?)).context("failed to change an owner")?;
        }
    }

    let data = folder.join("data");
    let mut initdb = as_postgres(ground, "initdb");
    initdb.arg("-D").arg(&data).arg("--pwfile").arg(&password_file);
    initdb.args(["-U", "lyceum", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "-N"]);
    run(initdb.current_dir(&folder))?;

    let mut server = as_postgres(ground, "postgres");
    server.arg("-D").arg(&data).args(settings(port, &folder)).current_dir(&folder);
    let log = ground.log("postgres");
    let running = Running::start("postgres", &mut server, Stop::Interrupt, &log)?;
    let pg_isready = ground.tools.postgres.join("pg_isready");
    let url = format!("postgres://lyceum:{password}@127.0.0.1:{port}/postgres");
    Ok(Service {
        running,
        within: Duration::from_secs(60),
        ready: Box::new(move || {
            let mut command = Command::new(&pg_isready);
            run(command.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])).is_ok()
        }),
        variables: vec![("LYCEUM_TEST_POSTGRES_URL", url)],
        _leftover: None,
    })
}

fn settings(port: u16, folder: &Path) -> Vec<String> {
    let pairs = [
        ("port", port.to_string()),
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("unix_socket_directories", folder.display().to_string()),
        ("fsync", "off".to_owned()),
        ("full_page_writes", "off".to_owned()),
        ("synchronous_commit", "off".to_owned()),
        ("shared_buffers", "32MB".to_owned()),
        // Each test opens pools of its own, and they run side by side.
        ("max_connections", "200".to_owned()),
    ];
    pairs.into_iter().flat_map(|(key, value)| ["-c".to_owned(), format!("{key}={value}")]).collect()
}

/// A program of PostgreSQL, as the user `postgres` when we are root, for which
/// it refuses to run.
fn as_postgres(ground: Ground<'_>, program: &str) -> Command {
    let program = ground.tools.postgres.join(program);
    if ground.tools.account == Account::Ordinary {
        return ground.command(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

fn id(which: &str) -> Result<u32> {
    let text = run(Command::new("id").args([which, "postgres"]))?;
    text.trim().parse().context("failed to read the id of the user `postgres`")
}
