//! A real browser, driven by the WebDriver protocol over plain HTTP: the few
//! commands that the tests need, and Chromium's own for media and looks.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use url::Url;

use crate::{repository, wait};

/// How long a page may take until it shows what it should.
const PATIENCE: Duration = Duration::from_secs(20);

/// Under this key WebDriver names an element; the value is fixed by the
/// standard, <https://www.w3.org/TR/webdriver2/#elements>.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The screen.
    pub screen: Screen,
    /// What the system prefers.
    pub scheme: Scheme,
    /// Whether scripts of pages run.
    pub script: Script,
}

/// The size of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// 390 by 844 points.
    Phone,
    /// 1280 by 900 points.
    Desktop,
}

/// What the system prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// Whether scripts of pages run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// As with most learners.
    On,
    /// Switched off in the browser.
    Off,
}

impl Look {
    /// A desktop in daylight.
    pub const PLAIN: Self =
        Self { screen: Screen::Desktop, scheme: Scheme::Light, script: Script::On };

    /// Every screen in every scheme, with the words for a file name.
    #[must_use]
    pub fn gallery() -> Vec<(String, Screen, Scheme)> {
        let screens = [("phone", Screen::Phone), ("desktop", Screen::Desktop)];
        let schemes = [("light", Scheme::Light), ("dark", Scheme::Dark)];
        screens
            .into_iter()
            .flat_map(|(a, screen)| schemes.map(|(b, scheme)| (format!("{a}-{b}"), screen, scheme)))
            .collect()
    }
}

/// One window; dropping it closes it.
#[derive(Debug)]
pub struct Browser {
    http: Client,
    driver: Url,
    session: String,
}

impl Browser {
    /// Opens an empty window.
    pub async fn open(driver: &str, look: Look) -> Result<Self> {
        let mut browser = Self {
            http: Client::builder().timeout(Duration::from_secs(60)).build()?,
            driver: Url::parse(driver)?,
            session: String::new(),
        };
        let script = if look.script == Script::Off { 2 } else { 1 };
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": {
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update",
                    "--disable-sync", "--disable-dev-shm-usage", "--window-size=1280,900",
                    "--autoplay-policy=no-user-gesture-required", "--mute-audio",
                ],
                "prefs": { "profile.managed_default_content_settings.javascript": script },
            },
        } } });
        let answer = browser.ask(Method::POST, "/session", Some(capabilities)).await?;
        let id = answer["sessionId"].as_str().context("the driver opened no session")?;
        browser.session = format!("/session/{id}");
        browser.look(look.screen, look.scheme).await?;
        Ok(browser)
    }

    /// Takes another screen and scheme; the page stays.
    pub async fn look(&self, screen: Screen, scheme: Scheme) -> Result<()> {
        let (width, height, mobile) = match screen {
            Screen::Phone => (390, 844, true),
            Screen::Desktop => (1280, 900, false),
        };
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile,
        });
        self.chromium("Emulation.setDeviceMetricsOverride", metrics).await?;
        let value = if scheme == Scheme::Dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.chromium("Emulation.setEmulatedMedia", media).await.map(drop)
    }

    /// Goes to an address and waits until it is loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        self.command(Method::POST, "/url", Some(json!({ "url": url }))).await.map(drop)
    }

    /// The address that is shown.
    pub async fn address(&self) -> Result<String> {
        let answer = self.command(Method::GET, "/url", None).await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// Takes over the session of a learner who signed in elsewhere; the page
    /// that is shown has to be one of the edge.
    pub async fn take_cookies(&self, cookies: &BTreeMap<String, String>) -> Result<()> {
        for (name, value) in cookies {
            let cookie = json!({ "cookie": {
                "name": name, "value": value, "path": "/", "secure": true, "httpOnly": true,
            } });
            self.command(Method::POST, "/cookie", Some(cookie)).await?;
        }
        Ok(())
    }

    /// Forgets a cookie, as when its time is over.
    pub async fn forget(&self, cookie: &str) -> Result<()> {
        self.command(Method::DELETE, &format!("/cookie/{cookie}"), None).await.map(drop)
    }

    /// The answer of a script's `return`.
    pub async fn run(&self, script: &str) -> Result<Value> {
        let body = json!({ "script": script, "args": [] });
        self.command(Method::POST, "/execute/sync", Some(body)).await
    }

    /// The whole document as it stands now, scripts' work included.
    pub async fn document(&self) -> Result<String> {
        let answer = self.command(Method::GET, "/source", None).await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// What a reader sees of an element.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let element = self.find(selector).await?;
        let answer = self.command(Method::GET, &format!("{element}/text"), None).await?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// Presses an element.
    pub async fn press(&self, selector: &str) -> Result<()> {
        let element = self.find(selector).await?;
        self.command(Method::POST, &format!("{element}/click"), Some(json!({}))).await.map(drop)
    }

    /// Types into a field.
    pub async fn write(&self, selector: &str, text: &str) -> Result<()> {
        let element = self.find(selector).await?;
        let body = Some(json!({ "text": text }));
        self.command(Method::POST, &format!("{element}/value"), body).await.map(drop)
    }

    /// Waits until a script's `return` is true.
    pub async fn wait_for(&self, what: &str, script: &str) -> Result<()> {
        let seen = wait::until(what, PATIENCE, async || {
            self.run(script).await.is_ok_and(|answer| answer == json!(true)).then_some(())
        });
        match seen.await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(self.said().await.unwrap_or_default())),
        }
    }

    /// Waits until an element is there.
    pub async fn wait_for_element(&self, selector: &str) -> Result<()> {
        let what = format!("`{selector}`");
        let found = wait::until(&what, PATIENCE, async || self.find(selector).await.ok().map(drop));
        match found.await {
            Ok(()) => Ok(()),
            Err(error) => Err(error.context(self.document().await.unwrap_or_default())),
        }
    }

    /// Keeps a picture of the whole page in `target/screenshots`.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let answer = self
            .chromium("Page.captureScreenshot", json!({ "captureBeyondViewport": true }))
            .await?;
        let data = answer["data"].as_str().context("no picture")?;
        let folder = repository::path("target/screenshots");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{name}.png")), STANDARD.decode(data)?)?;
        Ok(())
    }

    /// What pages complained about since the last look, one line each.
    pub async fn said(&self) -> Result<String> {
        let body = Some(json!({ "type": "browser" }));
        let answer = self.command(Method::POST, "/se/log", body).await?;
        let entries = answer.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        Ok(severe.map(|entry| format!("{}\n", entry["message"])).collect())
    }

    async fn find(&self, selector: &str) -> Result<String> {
        let body = json!({ "using": "css selector", "value": selector });
        let answer = self.command(Method::POST, "/element", Some(body)).await?;
        let id = answer[ELEMENT].as_str().with_context(|| format!("no `{selector}`"))?;
        Ok(format!("/element/{id}"))
    }

    /// A command of Chromium's own protocol.
    async fn chromium(&self, name: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": name, "params": parameters });
        self.command(Method::POST, "/goog/cdp/execute", Some(body)).await
    }

    async fn command(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        self.ask(method, &format!("{}{path}", self.session), body).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value> {
        let mut request = self.http.request(method, self.driver.join(path)?);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.context("failed to reach the browser's driver")?;
        let good = answer.status().is_success();
        let mut body: Value = answer.json().await.context("the driver's answer is not JSON")?;
        if !good {
            bail!("{path}: {}", body["value"]["message"].as_str().unwrap_or("no reason given"));
        }
        Ok(body["value"].take())
    }
}

impl Drop for Browser {
    /// By a plain socket, because nothing can be awaited here, and a window
    /// that stays open outlives the test.
    fn drop(&mut self) {
        let (Some(host), Some(port)) = (self.driver.host_str(), self.driver.port()) else {
            return;
        };
        let request = format!(
            "DELETE {} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n",
            self.session
        );
        if self.session.is_empty() {
            return;
        }
        let closed = TcpStream::connect((host, port)).and_then(|mut stream| {
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            stream.write_all(request.as_bytes())?;
            // The first byte of the answer says that it is done.
            stream.read_exact(&mut [0])
        });
        if let Err(error) = closed {
            let _ = writeln!(std::io::stderr(), "a browser window was not closed: {error}");
        }
    }
}
