//! SeaweedFS with its S3 front: it checks signatures and their expiry as S3
//! does, without which a test of a paywall proves nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Ground, Leftover, Service, port};
use crate::process::{Running, Stop, run};
use crate::secret;

/// A pair of keys made for this run.
struct Identity {
    access: String,
    secret: String,
}

impl Identity {
    fn make() -> Result<Self> {
        Ok(Self { access: format!("LYCEUM{}", secret()?), secret: secret()? })
    }
}

pub(super) fn start(ground: Ground<'_>) -> Result<Service> {
    let s3 = port::free()?;
    let master = port::free()?;
    let filer = port::free()?;
    let volume = port::free()?;
    let writer = Identity::make()?;
    let reader = Identity::make()?;
    let folder = ground.folder("object-store")?;
    let config = folder.join("s3.json");
    fs::write(&config, identities(&writer, &reader)).context("failed to write `s3.json`")?;

    let mut command = ground.command(ground.tools.python.join("weed"));
    command.arg("mini").arg(format!("-dir={}", folder.display()));
    command.args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3.iam=false"]);
    // Left alone, these two take fixed ports, and a second server dies.
    command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-admin.ui=false", "-webdav=false"]);
    command.arg(format!("-s3.config={}", config.display()));
    command.arg(format!("-s3.port={s3}")).arg(format!("-master.port={master}"));
    command.arg(format!("-filer.port={filer}")).arg(format!("-volume.port={volume}"));
    // Each bucket takes one volume at a time, not seven: on a disk with little
    // room left there would be none for the later tests.
    command.env("WEED_MASTER_VOLUME_GROWTH_COPY_1", "1");
    command.current_dir(&folder).env("HOME", &folder).env("TMPDIR", &folder);
    let log = ground.log("object store");
    let running = Running::start("object store", &mut command, Stop::Terminate, &log)?;

    let endpoint = format!("http://127.0.0.1:{s3}");
    let variables = vec![
        ("LYCEUM_TEST_S3_ENDPOINT", endpoint.clone()),
        ("LYCEUM_TEST_S3_ACCESS_KEY", writer.access.clone()),
        ("LYCEUM_TEST_S3_SECRET_KEY", writer.secret.clone()),
        ("LYCEUM_TEST_S3_READER_ACCESS_KEY", reader.access),
        ("LYCEUM_TEST_S3_READER_SECRET_KEY", reader.secret),
    ];
    let ready = Box::new(move || keeps_an_object(&endpoint, &writer, &folder).is_ok());
    let socket = Leftover(format!("/tmp/seaweedfs-s3-{s3}.sock").into());
    Ok(Service {
        running,
        within: Duration::from_secs(90),
        ready,
        variables,
        _leftover: Some(socket),
    })
}

/// Two identities: one may do everything; the other may only read the objects
/// of buckets whose name begins with `private-`, as an edge should be held.
fn identities(writer: &Identity, reader: &Identity) -> String {
    let identity = |name: &str, keys: &Identity, actions: &str| {
        format!(
            r#"{{"name":"{name}","credentials":[{{"accessKey":"{}","secretKey":"{}"}}],"actions":[{actions}]}}"#,
            keys.access, keys.secret
        )
    };
    format!(
        r#"{{"identities":[{},{}]}}"#,
        identity("writer", writer, r#""Admin","Read","List","Tagging","Write""#),
        identity("reader", reader, r#""Read:private-*""#)
    )
}

/// The server answers its health check well before it can keep an object, so
/// one is really written and read.
fn keeps_an_object(endpoint: &str, keys: &Identity, folder: &Path) -> Result<()> {
    let curl = |arguments: &[&str]| {
        let mut command = Command::new("curl");
        command.args(["-sf", "-m", "5", "--aws-sigv4", "aws:amz:us-east-1:s3"]);
        command.args(["-u", &format!("{}:{}", keys.access, keys.secret)]);
        run(command.args(arguments))
    };
    let file: PathBuf = folder.join("s3.json");
    let bucket = format!("{endpoint}/ready");
    let object = format!("{bucket}/object");
    curl(&["-X", "PUT", &bucket]).or_else(|_| curl(&["-I", &bucket]))?;
    curl(&["-T", &file.to_string_lossy(), &object])?;
    curl(&[&object])?;
    Ok(())
}
