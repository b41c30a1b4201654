//! ChromeDriver, through which the tests drive a real browser.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::{Ground, Service, port};
use crate::process::{Running, Stop, run};

pub(super) fn start(ground: Ground<'_>) -> Result<Service> {
    let port = port::free()?;
    let folder = ground.folder("webdriver")?;
    let mut command = ground.command("chromedriver");
    // Profiles of browsers that a failed test left behind go with our folder.
    command.arg(format!("--port={port}")).env("TMPDIR", &folder).current_dir(&folder);
    let log = ground.log("webdriver");
    let running = Running::start("webdriver", &mut command, Stop::TerminateGroup, &log)?;
    let url = format!("http://127.0.0.1:{port}");
    let status = format!("{url}/status");
    let ready = move || {
        run(Command::new("curl").args(["-sf", "-m", "2", &status]))
            .is_ok_and(|answer| answer.contains("\"ready\":true"))
    };
    Ok(Service {
        running,
        within: Duration::from_secs(30),
        ready: Box::new(ready),
        variables: vec![("LYCEUM_TEST_WEBDRIVER_URL", url)],
        _leftover: None,
    })
}
