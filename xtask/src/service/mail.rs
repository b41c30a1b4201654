//! A mail server that delivers nothing: each letter becomes a file of a Maildir.

use std::io::Read;
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::Result;

use super::{Ground, Service, port};
use crate::process::{Running, Stop};

pub(super) fn start(ground: Ground<'_>) -> Result<Service> {
    let port = port::free()?;
    let maildir = ground.folder.join("maildir");
    let mut command = ground.command(ground.tools.python.join("python"));
    command.args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")]);
    command.args(["-c", "aiosmtpd.handlers.Mailbox"]).arg(&maildir);
    let running = Running::start("mail", &mut command, Stop::Terminate, &ground.log("mail"))?;
    let variables = vec![
        ("LYCEUM_TEST_SMTP_URL", format!("smtp://127.0.0.1:{port}")),
        ("LYCEUM_TEST_MAILDIR", maildir.display().to_string()),
    ];
    let ready = Box::new(move || greets(port).unwrap_or(false));
    Ok(Service { running, within: Duration::from_secs(30), ready, variables, _leftover: None })
}

fn greets(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut code = [0; 3];
    stream.read_exact(&mut code)?;
    Ok(code == *b"220")
}
