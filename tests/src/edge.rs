//! A running `lyceum-edge`, configured by its variables alone.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::letter::Letters;
use crate::place::{Place, Side};
use crate::program::Program;
use crate::school::succeed;
use crate::services::Services;
use crate::{port, wait};

/// What edges of one school have in common.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Where each stateful part is; `None` for SQLite, memory and letters that
    /// are printed.
    engines: Option<Engines>,
    /// Signs sessions; thirty-two bytes.
    pub session_key: [u8; 32],
    /// Signs links of folders.
    pub link_key: [u8; 32],
}

/// PostgreSQL, a mail server, and Redis or memory.
#[derive(Debug, Clone)]
struct Engines {
    ledger: String,
    cache: Option<String>,
    services: Services,
}

/// Where an edge will stand; known before it starts, since the school's pages
/// name it.
#[derive(Debug, Clone)]
pub struct Address {
    port: u16,
    admin_port: u16,
}

/// A running edge; dropping it ends it.
#[derive(Debug)]
pub struct Edge {
    child: Child,
    address: Address,
    public_url: String,
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
    keys: Vec<(String, String)>,
    mail: Option<Services>,
}

impl Address {
    /// Two ports that nobody has.
    pub fn free() -> Result<Self> {
        Ok(Self { port: port::free()?, admin_port: port::free()? })
    }

    /// The origin that browsers see.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Shared {
    /// Everything in the edge's own process and folder.
    pub fn embedded() -> Result<Self> {
        Self::with(None)
    }

    /// A fresh database of PostgreSQL, the mail server, and Redis.
    pub async fn distributed(services: &Services) -> Result<Self> {
        let ledger = fresh_database(&services.postgres).await?;
        let cache = Some(services.redis.clone());
        Self::with(Some(Engines { ledger, cache, services: services.clone() }))
    }

    /// The same, each edge with a cache of its own.
    #[must_use]
    pub fn without_redis(self) -> Self {
        let engines = self.engines.map(|engines| Engines { cache: None, ..engines });
        Self { engines, ..self }
    }

    fn with(engines: Option<Engines>) -> Result<Self> {
        Ok(Self { engines, session_key: random()?, link_key: random()? })
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![
            ("LYCEUM_SESSION_KEY", STANDARD.encode(self.session_key)),
            ("LYCEUM_LINK_KEY", STANDARD.encode(self.link_key)),
        ];
        if let Some(Engines { ledger, cache, services }) = &self.engines {
            variables.push(("LYCEUM_LEDGER", ledger.clone()));
            variables.extend(cache.clone().map(|url| ("LYCEUM_CACHE", url)));
            variables.push(("LYCEUM_MAIL", services.mail.url.clone()));
            variables.push(("LYCEUM_MAIL_FROM", "School <post@school.test>".to_owned()));
        }
        variables
    }

    fn services(&self) -> Option<&Services> {
        self.engines.as_ref().map(|engines| &engines.services)
    }
}

impl Edge {
    /// Starts one on a published school and waits until it is ready. Browsers
    /// see it as `public_url`, which edges of one school have in common.
    pub async fn start(
        address: &Address,
        public_url: &str,
        place: &Place,
        public_key: &str,
        shared: &Shared,
    ) -> Result<Self> {
        let folder = TempDir::new()?;
        let mut variables = shared.variables();
        variables.extend([
            ("LYCEUM_PUBLIC_URL", public_url.to_owned()),
            ("LYCEUM_LISTEN", format!("127.0.0.1:{}", address.port)),
            ("LYCEUM_ADMIN_LISTEN", format!("127.0.0.1:{}", address.admin_port)),
            ("LYCEUM_DATA_DIR", folder.path().join("data").display().to_string()),
            ("LYCEUM_STORE_PUBLIC", place.url(Side::Public)),
            ("LYCEUM_STORE_PRIVATE", place.url(Side::Private)),
            ("LYCEUM_RELEASE_KEYS", public_key.to_owned()),
            ("LYCEUM_CATALOG_REFRESH_SECONDS", "1".to_owned()),
        ]);
        if let Some(endpoint) = place.endpoint() {
            variables.push(("LYCEUM_STORE_ENDPOINT", endpoint.to_owned()));
            variables.push(("LYCEUM_STORE_REGION", "us-east-1".to_owned()));
        }
        let mut command = Program::edge().command();
        command.arg("serve").current_dir(folder.path()).envs(variables.iter().cloned());
        place.hand_keys_to_edge(&mut command);
        let keys = command
            .get_envs()
            .filter_map(|(name, value)| {
                Some((name.to_str()?.to_owned(), value?.to_str()?.to_owned()))
            })
            .filter(|(name, _)| name.starts_with("AWS_"))
            .collect();
        let out = File::create(folder.path().join("log"))?;
        command.stdout(Stdio::from(out.try_clone()?)).stderr(Stdio::from(out));
        let child = command.spawn().context("failed to start `lyceum-edge`")?;
        let mail = shared.services().cloned();
        let (address, public_url) = (address.clone(), public_url.to_owned());
        let mut edge = Self { child, address, public_url, folder, variables, keys, mail };
        edge.wait_until_ready().await?;
        Ok(edge)
    }

    /// The origin at which this very edge listens.
    #[must_use]
    pub fn origin(&self) -> String {
        self.address.origin()
    }

    /// The origin of the school, which its edges have in common.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// An address of the operators' listener.
    #[must_use]
    pub fn admin(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.address.admin_port)
    }

    /// What it has said so far.
    pub fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.folder.path().join("log"))?).into_owned())
    }

    /// `lyceum-edge grant`
    pub fn grant(&self, email: &str, course: &str) -> Result<()> {
        succeed(self.command().args(["grant", email, course, "--reason", "a test"])).map(drop)
    }

    /// `lyceum-edge withdraw`
    pub fn withdraw(&self, email: &str, course: &str) -> Result<()> {
        succeed(self.command().args(["withdraw", email, course, "--reason", "a test"])).map(drop)
    }

    /// Where the letters it sends arrive.
    #[must_use]
    pub fn letters(&self) -> Letters {
        match &self.mail {
            Some(services) => Letters::Maildir {
                folder: services.mail.maildir.clone(),
                origin: self.public_url.clone(),
            },
            None => Letters::Printed(self.folder.path().join("log")),
        }
    }

    /// A command of the operator with the same configuration.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Program::edge().command();
        command.current_dir(self.folder.path()).envs(self.variables.iter().cloned());
        command.envs(self.keys.iter().cloned());
        command
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let client = reqwest::Client::new();
        let url = self.admin("/readyz");
        let ready = wait::until("the edge's start", Duration::from_secs(30), async || {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(Err(status));
            }
            let answer = client.get(&url).send().await;
            answer.is_ok_and(|answer| answer.status().is_success()).then_some(Ok(()))
        });
        match ready.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(status)) => bail!("the edge ended with {status}:\n{}", self.log()?),
            Err(error) => Err(error.context(self.log()?)),
        }
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        // It may have ended by itself, and that is as good.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// A database of its own, so that tests don't see each other's learners.
async fn fresh_database(url: &str) -> Result<String> {
    let name =
        format!("lab_{}", random()?.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let name = name.get(..20).unwrap_or(&name);
    let mut connection = PgConnection::connect(url).await.context("failed to reach PostgreSQL")?;
    // The name is ours, letters and digits alone.
    connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    let mut url = url::Url::parse(url)?;
    url.set_path(name);
    Ok(url.into())
}

fn random() -> Result<[u8; 32]> {
    use std::io::Read;
    let mut bytes = [0; 32];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}
