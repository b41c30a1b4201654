//! Redis with a password, nothing kept on disk.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Ground, Service, port};
use crate::process::{Running, Stop};
use crate::secret;

pub(super) fn start(ground: Ground<'_>) -> Result<Service> {
    let port = port::free()?;
    let password = secret()?;
    let folder = ground.folder("redis")?;
    // In a file: a password among the arguments is visible to every account.
    let config = folder.join("redis.conf");
    let text = format!(
        "port {port}\nbind 127.0.0.1\nsave \"\"\nappendonly no\nmaxmemory 64mb\n\
         requirepass {password}\ndir {}\n",
        folder.display()
    );
    fs::write(&config, text).context("failed to write `redis.conf`")?;

    let mut command = ground.command("redis-server");
    command.arg(&config);
    let running = Running::start("redis", &mut command, Stop::Terminate, &ground.log("redis"))?;
    let url = format!("redis://:{password}@127.0.0.1:{port}/");
    Ok(Service {
        running,
        within: Duration::from_secs(20),
        ready: Box::new(move || answers(port, &password).unwrap_or(false)),
        variables: vec![("LYCEUM_TEST_REDIS_URL", url)],
        _leftover: None,
    })
}

fn answers(port: u16, password: &str) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(format!("AUTH {password}\r\nPING\r\n").as_bytes())?;
    let mut answer = [0; b"+OK\r\n+PONG\r\n".len()];
    stream.read_exact(&mut answer)?;
    Ok(answer == *b"+OK\r\n+PONG\r\n")
}
