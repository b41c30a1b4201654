//! How each setting is read, and what is said when it can't be.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use store::config::{S3Access, StoreConfig};
use store::release::key::PublicKey;
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use crate::config::table::{SETTINGS, closest};
use crate::config::{CacheConfig, Config, ConfigError, MailConfig, Role};
use crate::secret::{Secret, SecretError};

/// Variables with our prefix that belong to other programs of the house.
const FOREIGN_VARIABLES: &[&str] = &["LYCEUM_RELEASE_KEY", "LYCEUM_CONFIG"];
const FOREIGN_PREFIX: &str = "LYCEUM_TEST_";

/// Settings as text, before they are read, and what is wrong with them.
pub struct Settings {
    values: BTreeMap<&'static str, String>,
    /// The usual variables of AWS, which the store reads.
    aws: BTreeMap<String, String>,
    problems: Vec<String>,
}

/// Which edges sign with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyUse {
    /// This one alone, so it may make the key itself.
    Own,
    /// All that share a ledger or a cache, so the operator has to give it.
    Shared,
}

impl Settings {
    /// Collects file and variables; the variables win. A file that is no TOML
    /// is the only problem then, since nobody knows what it says.
    pub fn collect(
        file: Option<&str>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut settings =
            Self { values: BTreeMap::new(), aws: BTreeMap::new(), problems: Vec::new() };
        if let Some(text) = file {
            settings.collect_file(parse_file(text)?);
        }
        for (name, value) in variables {
            settings.collect_variable(&name, value);
        }
        Ok(settings)
    }

    /// The configuration, as far as it can be read.
    pub fn read(&mut self) -> Option<Config> {
        let data_dir = PathBuf::from(self.text("data_dir").unwrap_or_default());
        let ledger = self.ledger(&data_dir);
        let cache = self.cache();
        let is_alone = ledger.as_deref().unwrap_or_default().starts_with("sqlite:")
            && !matches!(cache, Some(CacheConfig::Redis(_)));
        let use_of_keys = if is_alone { KeyUse::Own } else { KeyUse::Shared };
        let session_key = self.secret("session_key", &data_dir, use_of_keys);
        let link_key = self.secret("link_key", &data_dir, use_of_keys);
        // Every part is read before the first `?`, so that all are reported.
        let public_url = self.public_url();
        let listen = self.parse::<SocketAddr>("listen", "an address such as `127.0.0.1:4000`");
        let admin = self.parse::<SocketAddr>("admin_listen", "an address such as `127.0.0.1:4001`");
        let roles = self.roles();
        let store = self.store();
        let release_keys = self.release_keys();
        let refresh =
            self.parse::<u32>("catalog_refresh_seconds", "a whole number of seconds above 0");
        let mail = self.mail();
        let retired = self.retired_session_keys();
        let proxies = self.trusted_proxies();
        let log = self.log();
        let connections = self.parse::<u32>("connections_per_address", "a whole number above 0");
        for (key, value) in
            [("catalog_refresh_seconds", refresh), ("connections_per_address", connections)]
        {
            if value == Some(0) {
                self.wrong(key, "must be above 0");
            }
        }
        Some(Config {
            public_url: public_url?,
            listen: listen?,
            admin_listen: admin?,
            roles,
            store: store?,
            release_keys,
            catalog_refresh: Duration::from_secs(u64::from(refresh?)),
            ledger: SecretString::from(ledger?),
            cache: cache?,
            mail: mail?,
            session_key: session_key?,
            retired_session_keys: retired,
            link_key: link_key?,
            trusted_proxies: proxies,
            connections_per_address: usize::try_from(connections?).ok()?,
            log: log?,
            data_dir,
        })
    }

    /// What is wrong, in the order it was found.
    pub fn into_problems(self) -> Vec<String> {
        self.problems
    }

    fn collect_file(&mut self, table: toml::Table) {
        for (key, value) in table {
            let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
                let hint = closest(&key);
                self.problems.push(format!("unknown key `{key}` in `edge.toml`{hint}"));
                continue;
            };
            if matches!(setting.key, "session_key" | "link_key") {
                self.problems
                    .push(format!("`{key}` must not stand in `edge.toml`, hint: use `{key}_file`"));
                continue;
            }
            match plain(value) {
                Some(value) => drop(self.values.insert(setting.key, value)),
                None => self.wrong(setting.key, "must be text, a number or a list of texts"),
            }
        }
    }

    fn collect_variable(&mut self, name: &str, value: String) {
        let Some(key) = name.strip_prefix("LYCEUM_") else {
            if name.starts_with("AWS_") {
                self.aws.insert(name.to_owned(), value);
            }
            return;
        };
        if FOREIGN_VARIABLES.contains(&name) || name.starts_with(FOREIGN_PREFIX) {
            return;
        }
        let key = key.to_ascii_lowercase();
        match SETTINGS.iter().find(|setting| setting.key == key) {
            Some(setting) => drop(self.values.insert(setting.key, value)),
            None => {
                let hint = closest(&key);
                self.problems.push(format!("unknown variable `{name}`{hint}"));
            }
        }
    }

    fn wrong(&mut self, key: &str, what: &str) {
        let variable = key.to_ascii_uppercase();
        self.problems.push(format!("`{key}` (or `LYCEUM_{variable}`) {what}"));
    }

    /// The value or the default; an empty value counts as not set.
    fn text(&self, key: &str) -> Option<String> {
        let set = self.values.get(key).map(|value| value.trim()).filter(|value| !value.is_empty());
        let default = || SETTINGS.iter().find(|setting| setting.key == key)?.default;
        set.or_else(default).map(str::to_owned)
    }

    fn required(&mut self, key: &'static str, hint: &str) -> Option<String> {
        let value = self.text(key);
        if value.is_none() {
            self.wrong(key, &format!("is missing, hint: {hint}"));
        }
        value
    }

    fn parse<T: std::str::FromStr>(&mut self, key: &'static str, wanted: &str) -> Option<T> {
        let parsed = self.text(key)?.parse().ok();
        if parsed.is_none() {
            self.wrong(key, &format!("must be {wanted}"));
        }
        parsed
    }

    fn list(&self, key: &str) -> Vec<String> {
        let text = self.text(key).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(str::to_owned).collect()
    }

    fn public_url(&mut self) -> Option<Url> {
        let url = self.parse::<Url>("public_url", "a URL such as `https://school.org`")?;
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || url.username() != "" || url.password().is_some() {
            self.wrong("public_url", "must be an origin alone, without path, query or user");
            return None;
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && local) {
            // Browsers keep our cookies only where the connection is secure.
            self.wrong("public_url", "must start with `https://` unless it is localhost");
            return None;
        }
        Some(url)
    }

    fn roles(&mut self) -> BTreeSet<Role> {
        let mut roles = BTreeSet::new();
        for word in self.list("roles") {
            match word.as_str() {
                "gate" => drop(roles.insert(Role::Gate)),
                "campus" => drop(roles.insert(Role::Campus)),
                "site" => drop(roles.insert(Role::Site)),
                other => {
                    self.wrong("roles", &format!("knows no `{other}`, only gate, campus, site"));
                }
            }
        }
        roles
    }

    fn store(&mut self) -> Option<StoreConfig> {
        let hint = |side| format!("`file:///srv/school/{side}` or `s3://bucket/{side}`");
        let public = self.required("store_public", &hint("public"));
        let private = self.required("store_private", &hint("private"));
        let endpoint = self.parse::<Url>("store_endpoint", "a URL such as `http://127.0.0.1:9000`");
        let browser_endpoint = self.parse::<Url>("store_browser_endpoint", "a URL");
        let aws = S3Access::from_lookup(|name| self.aws.get(name).cloned());
        let aws = aws.map_err(|error| self.problems.push(error.to_string())).ok()?;
        let access = S3Access {
            endpoint: endpoint.or(aws.endpoint),
            browser_endpoint,
            region: self.text("store_region").or(aws.region),
            credentials: aws.credentials,
        };
        let config = StoreConfig::parse(&public?, &private?, access);
        let config = config.map_err(|error| self.problems.push(error.to_string())).ok()?;
        // A learner waits for it, unlike a publisher.
        Some(StoreConfig { request_timeout: Duration::from_secs(10), ..config })
    }

    fn release_keys(&mut self) -> Vec<PublicKey> {
        self.required("release_keys", "`lyceum publish` prints the school's public key");
        let mut keys = Vec::new();
        for text in self.list("release_keys") {
            match PublicKey::parse(&text) {
                Ok(key) => keys.push(key),
                Err(error) => self.wrong("release_keys", &error.to_string()),
            }
        }
        keys
    }

    fn ledger(&mut self, data_dir: &Path) -> Option<String> {
        let Some(url) = self.text("ledger") else {
            return Some(ledger::sqlite_url(&data_dir.join("ledger.db")));
        };
        let known = ["sqlite:", "postgres:", "postgresql:"];
        if known.iter().any(|scheme| url.starts_with(scheme)) {
            return Some(url);
        }
        self.wrong("ledger", "must start with `sqlite:` or `postgres:`");
        None
    }

    fn cache(&mut self) -> Option<CacheConfig> {
        let url = self.text("cache")?;
        match url.split_once(':')?.0 {
            "memory" => Some(CacheConfig::Memory),
            "redis" | "rediss" => Some(CacheConfig::Redis(SecretString::from(url))),
            _ => {
                self.wrong("cache", "must be `memory:` or `redis://host:port`");
                None
            }
        }
    }

    fn mail(&mut self) -> Option<MailConfig> {
        let url = self.text("mail")?;
        match url.split_once(':').map_or("", |(scheme, _)| scheme) {
            "console" if self.is_deployed() && !self.values.contains_key("mail") => {
                self.wrong(
                    "mail",
                    "is missing, hint: `smtp://host:port`, or `console:` to print the letters",
                );
                None
            }
            "console" => Some(MailConfig::Console),
            "smtp" | "smtps" => {
                let hint = "`School <post@school.org>`";
                let from = self.required("mail_from", hint)?;
                Some(MailConfig::Smtp { url: SecretString::from(url), from })
            }
            _ => {
                self.wrong("mail", "must be `console:` or `smtp://host:port`");
                None
            }
        }
    }

    /// Whether the school is on the open net: there, a forgotten setting must
    /// not print sign-in links into a log.
    fn is_deployed(&self) -> bool {
        self.values.get("public_url").is_some_and(|url| url.starts_with("https:"))
    }

    fn secret(&mut self, key: &'static str, data_dir: &Path, key_use: KeyUse) -> Option<Secret> {
        let file_key = if key == "session_key" { "session_key_file" } else { "link_key_file" };
        let answer = match (self.text(key), self.text(file_key)) {
            (Some(_), Some(_)) => {
                self.wrong(key, &format!("is given twice, hint: drop it or `{file_key}`"));
                return None;
            }
            (Some(text), None) => Secret::parse(&text),
            (None, Some(path)) => Secret::from_file(Path::new(&path)),
            (None, None) if key_use == KeyUse::Shared => {
                self.wrong(
                    key,
                    &format!(
                        "is missing, and edges that share a ledger or a cache must share it, \
                     hint: make one with `openssl rand -base64 32` and set `{file_key}`"
                    ),
                );
                return None;
            }
            (None, None) => {
                let name = key.trim_end_matches("_key");
                Secret::from_file_or_new(&data_dir.join(format!("{name}.key")))
            }
        };
        self.usable(key, answer)
    }

    fn retired_session_keys(&mut self) -> Vec<Secret> {
        let files = self.list("retired_session_key_files");
        files
            .iter()
            .filter_map(|path| {
                self.usable("retired_session_key_files", Secret::from_file(Path::new(path)))
            })
            .collect()
    }

    fn usable(&mut self, key: &str, answer: Result<Secret, SecretError>) -> Option<Secret> {
        answer.map_err(|error| self.wrong(key, &error.to_string())).ok()
    }

    fn log(&mut self) -> Option<String> {
        let text = self.text("log")?;
        if EnvFilter::try_new(&text).is_err() {
            self.wrong("log", "must be a filter such as `info` or `lyceum_edge=debug`");
            return None;
        }
        Some(text)
    }

    fn trusted_proxies(&mut self) -> BTreeSet<IpAddr> {
        let mut proxies = BTreeSet::new();
        for item in self.list("trusted_proxies") {
            match item.parse() {
                Ok(address) => drop(proxies.insert(address)),
                Err(_) => self.wrong("trusted_proxies", &format!("`{item}` is not an IP address")),
            }
        }
        proxies
    }
}

fn parse_file(text: &str) -> Result<toml::Table, ConfigError> {
    text.parse::<toml::Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        // `message` leaves the source line out, which may hold a password.
        let problem = format!("`edge.toml` line {line}: {}", error.message());
        ConfigError { problems: vec![problem] }
    })
}

/// A TOML value as the text a variable would hold; lists are joined by commas.
fn plain(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<_>> = items.into_iter().map(plain).collect();
            Some(texts?.join(","))
        }
        toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Table(_) => None,
    }
}
