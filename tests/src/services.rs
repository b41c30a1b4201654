//! The real services that `cargo xtask test` started, as the environment names
//! them.
//!
//! Each may be absent; then a test says what it left out and passes, so that
//! plain `cargo test` needs nothing.

use std::env;
use std::io::Write;
use std::path::PathBuf;

/// An S3 server and two identities.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Where it listens.
    pub endpoint: String,
    /// May do everything.
    pub writer: Keys,
    /// May only read objects of buckets called `private-…` by its own hand.
    pub reader: Keys,
}

/// Keys to an S3 server.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Names the key.
    pub access: String,
    /// The secret.
    pub secret: String,
}

/// A mail server and the folder of what it received.
#[derive(Debug, Clone)]
pub struct Mail {
    /// `smtp://…`
    pub url: String,
    /// One file for each letter, below `new`.
    pub maildir: PathBuf,
}

/// The servers of a distributed school.
#[derive(Debug, Clone)]
pub struct Services {
    /// Holds the school.
    pub s3: S3,
    /// `redis://…`
    pub redis: String,
    /// `postgres://…`, as one who may create databases.
    pub postgres: String,
    /// Takes the letters.
    pub mail: Mail,
}

impl S3 {
    /// The server, or a note on stderr that `test` is left out.
    #[must_use]
    pub fn or_leave_out(test: &str) -> Option<Self> {
        let s3 = Self::named();
        if s3.is_none() {
            leave_out(test, "S3");
        }
        s3
    }

    fn named() -> Option<Self> {
        let keys = |access: &str, secret: &str| {
            Some(Keys { access: variable(access)?, secret: variable(secret)? })
        };
        Some(Self {
            endpoint: variable("LYCEUM_TEST_S3_ENDPOINT")?,
            writer: keys("LYCEUM_TEST_S3_ACCESS_KEY", "LYCEUM_TEST_S3_SECRET_KEY")?,
            reader: keys("LYCEUM_TEST_S3_READER_ACCESS_KEY", "LYCEUM_TEST_S3_READER_SECRET_KEY")?,
        })
    }
}

impl Services {
    /// All of them, or a note on stderr that `test` is left out.
    #[must_use]
    pub fn or_leave_out(test: &str) -> Option<Self> {
        let services = Self::named();
        if services.is_none() {
            leave_out(test, "S3, Redis, PostgreSQL and a mail server");
        }
        services
    }

    fn named() -> Option<Self> {
        Some(Self {
            s3: S3::named()?,
            redis: variable("LYCEUM_TEST_REDIS_URL")?,
            postgres: variable("LYCEUM_TEST_POSTGRES_URL")?,
            mail: Mail {
                url: variable("LYCEUM_TEST_SMTP_URL")?,
                maildir: variable("LYCEUM_TEST_MAILDIR")?.into(),
            },
        })
    }
}

/// Where a browser is driven, or a note on stderr that `test` is left out.
#[must_use]
pub fn webdriver_or_leave_out(test: &str) -> Option<String> {
    let url = variable("LYCEUM_TEST_WEBDRIVER_URL");
    if url.is_none() {
        leave_out(test, "a browser");
    }
    url
}

/// The script that looks for what keeps people out of a page, or a note on stderr
/// that `test` is left out.
#[must_use]
pub fn axe_or_leave_out(test: &str) -> Option<PathBuf> {
    let path = variable("LYCEUM_TEST_AXE");
    if path.is_none() {
        leave_out(test, "axe-core");
    }
    path.map(PathBuf::from)
}

/// The two validators of HTML.
#[derive(Debug, Clone)]
pub struct Validators {
    /// The archive of the checker that the W3C runs.
    pub vnu: PathBuf,
    /// The script of `html-validate`.
    pub html_validate: PathBuf,
}

impl Validators {
    /// Both, or a note on stderr that `test` is left out.
    #[must_use]
    pub fn or_leave_out(test: &str) -> Option<Self> {
        let named = || {
            Some(Self {
                vnu: variable("LYCEUM_TEST_VNU")?.into(),
                html_validate: variable("LYCEUM_TEST_HTML_VALIDATE")?.into(),
            })
        };
        let validators = named();
        if validators.is_none() {
            leave_out(test, "the validators of HTML");
        }
        validators
    }
}

/// Renders books as their own tools do.
#[derive(Debug, Clone)]
pub struct Renderers {
    /// An interpreter of Python that has Python-Markdown and markdown-it.
    pub python: PathBuf,
}

impl Renderers {
    /// They, or a note on stderr that `test` is left out.
    #[must_use]
    pub fn or_leave_out(test: &str) -> Option<Self> {
        let python = variable("LYCEUM_TEST_PYTHON");
        if python.is_none() {
            leave_out(test, "the renderers of other tools");
        }
        python.map(|python| Self { python: python.into() })
    }
}

/// Says on stderr what did not run. Not by `eprintln!`, whose output the test
/// runner keeps to itself when a test passes.
pub fn leave_out(test: &str, needs: &str) {
    let line = format!("left out: {test} (needs {needs}; run `cargo xtask test`)\n");
    // A closed stderr is no reason to fail.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
