//! Asks one site about one address: HEAD, then GET, redirects followed by hand,
//! every address looked at before it is called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::StreamExt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use url::{Host, Url};

use super::answer::Answer;

/// A chain that is longer goes in a circle.
const MAX_HOPS: usize = 8;
/// Attempts for what may pass: no answer, a server that is busy.
const ATTEMPTS: u32 = 3;
/// A server that wants more patience is asked another day.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Of a page in which a heading is looked for.
const MAX_PAGE_BYTES: usize = 2 * 1024 * 1024;

/// Asks.
pub(super) struct Client {
    http: reqwest::Client,
    /// Hosts of a private network that may be asked all the same.
    local: Arc<[String]>,
}

impl Client {
    pub(super) fn new(local: &[String]) -> anyhow::Result<Self> {
        let local: Arc<[String]> = local.iter().map(|host| host.to_lowercase()).collect();
        let http = reqwest::Client::builder()
            .user_agent(concat!("lyceum/", env!("CARGO_PKG_VERSION"), " (link check)"))
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would look names up itself, and lead into its own network.
            .no_proxy()
            .dns_resolver(Arc::new(PublicOnly { local: local.clone() }))
            .build()
            .context("failed to start")?;
        Ok(Self { http, local })
    }

    /// What the site says. `pause` is waited before every further request.
    pub(super) async fn ask(&self, url: &str, pause: Duration) -> Answer {
        let Ok(mut url) = Url::parse(url) else {
            return Answer::Broken("it is no address".to_owned());
        };
        let fragment = url.fragment().map(str::to_owned);
        url.set_fragment(None);
        let mut is_lasting = true;
        let start = url.clone();
        for hop in 0..MAX_HOPS {
            if !self.may_call(&url) {
                return Answer::Inside;
            }
            let response = match self.response(&url, fragment.is_some(), pause).await {
                Ok(response) => response,
                Err(answer) => return answer,
            };
            let status = response.status();
            if status.is_redirection() {
                let target = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                let Some(target) = target.and_then(|to| url.join(to).ok()) else {
                    return Answer::Broken("it redirects to nowhere".to_owned());
                };
                if !matches!(target.scheme(), "http" | "https") {
                    return Answer::Broken(format!("it redirects to `{}:`", target.scheme()));
                }
                is_lasting &= matches!(
                    status,
                    StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT
                );
                url = target;
                tokio::time::sleep(pause).await;
                continue;
            }
            let answer = settled(status, response, fragment.as_deref()).await;
            let has_moved = hop > 0 && is_lasting && url != start && answer == Answer::Fine;
            return if has_moved { Answer::Moved(url.into()) } else { answer };
        }
        Answer::Broken(format!("it redirects more than {MAX_HOPS} times"))
    }

    /// Whether the host is no address of a private network. Names are judged
    /// when they are looked up.
    fn may_call(&self, url: &Url) -> bool {
        let is_local = |host: &str| self.local.iter().any(|local| local == &host.to_lowercase());
        let address = match url.host() {
            None => return false,
            Some(Host::Domain(_)) => return true,
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
        };
        is_public(address) || url.host_str().is_some_and(is_local)
    }

    /// The first answer that is not about to pass.
    async fn response(
        &self,
        url: &Url,
        wants_page: bool,
        pause: Duration,
    ) -> Result<Response, Answer> {
        let mut method = if wants_page { Method::GET } else { Method::HEAD };
        let mut attempt = 1;
        loop {
            let answer = self.http.request(method.clone(), url.clone()).send().await;
            let wait = match answer {
                // Some servers don't know HEAD, and say so in many ways.
                Ok(response)
                    if method == Method::HEAD
                        && response.status().as_u16() >= 400
                        && response.status() != StatusCode::TOO_MANY_REQUESTS =>
                {
                    method = Method::GET;
                    tokio::time::sleep(pause).await;
                    continue;
                }
                Ok(response) if !may_pass(response.status()) || attempt == ATTEMPTS => {
                    return Ok(response);
                }
                Ok(response) => retry_after(&response).unwrap_or(pause * 2_u32.pow(attempt)),
                Err(error) if is_inside(&error) => return Err(Answer::Inside),
                Err(error) if attempt == ATTEMPTS => return Err(Answer::Broken(reason(&error))),
                Err(_) => pause * 2_u32.pow(attempt),
            };
            if wait > LONGEST_WAIT {
                return Err(Answer::Unsure);
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }
}

/// The host of an address, to keep requests to it apart.
pub(super) fn host(url: &str) -> String {
    let url = Url::parse(url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

fn may_pass(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// What the server asks to wait, in seconds; a date is not worth it.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

async fn settled(status: StatusCode, response: Response, fragment: Option<&str>) -> Answer {
    match status.as_u16() {
        200..=299 => match fragment {
            Some(fragment) if is_html(&response) => heading(response, fragment).await,
            _ => Answer::Fine,
        },
        // There is something, and not for everyone.
        401 | 402 | 403 | 405 | 407 | 429 | 451 | 999 => Answer::Unsure,
        _ => Answer::Broken(format!("the site answers {status}")),
    }
}

fn is_html(response: &Response) -> bool {
    let kind = response.headers().get(reqwest::header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind.starts_with("text/html"))
}

/// Looks for the heading as it stands in HTML. A page that is too long, or that
/// is made in the browser, can't be judged.
async fn heading(response: Response, fragment: &str) -> Answer {
    let mut page = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(Ok(bytes)) = stream.next().await {
        page.extend_from_slice(&bytes);
        if page.len() > MAX_PAGE_BYTES {
            return Answer::Fine;
        }
    }
    let page = String::from_utf8_lossy(&page);
    let decoded = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
    // `#:~:text=` is for the browser.
    if fragment.starts_with(":~:") || decoded.is_empty() || decoded == "top" {
        return Answer::Fine;
    }
    let names = ["id", "name"].into_iter().flat_map(|key| {
        let decoded = &decoded;
        ["\"", "'", ""].into_iter().map(move |quote| format!("{key}={quote}{decoded}{quote}"))
    });
    let mut names = names;
    if names.any(|name| page.contains(&name)) { Answer::Fine } else { Answer::NoHeading }
}

/// What went wrong, without the address, which may hold a secret.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "the site doesn't answer in time".to_owned()
    } else if error.is_connect() {
        "the site can't be reached".to_owned()
    } else {
        "the site's answer can't be read".to_owned()
    }
}

fn is_inside(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<Private>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// A name that leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads into a private network")]
struct Private;

/// Looks names up, and answers only addresses that everyone can reach.
struct PublicOnly {
    local: Arc<[String]>,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_local = self.local.iter().any(|local| local == &name.as_str().to_lowercase());
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|a| is_local || is_public(a.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(Private.into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address belongs to the open internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_special =
        (a == 192 && b == 0 && c == 0) || (a == 198 && matches!(b, 18 | 19)) || a >= 240;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || is_shared
        || is_special)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let embeds = first == 0x2002 || (first == 0x64 && second == 0xff9b);
    // Only this block is given out for the open internet.
    (0x2000..0x4000).contains(&first)
        && !(first == 0x2001 && matches!(second, 0 | 0xdb8))
        && !embeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_known() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001:db8::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
