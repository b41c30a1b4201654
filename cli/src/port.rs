//! Which port of this machine a preview may use.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use url::Url;

use crate::console;
use crate::failure::Failure;

/// How many ports after the wanted one are tried.
const NEXT_TRIED: u16 = 20;

/// A free port, and the address under which a browser reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalAddress {
    /// What to listen on: this machine alone.
    pub(crate) listen: SocketAddr,
    /// `http://localhost:<port>/`
    pub(crate) url: Url,
}

/// The wanted port, or the next free one, and then says so.
pub(crate) fn find(wanted: u16) -> anyhow::Result<LocalAddress> {
    for port in wanted..=wanted.saturating_add(NEXT_TRIED) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => {
                let listen = listener.local_addr()?;
                if wanted != 0 && port != wanted {
                    console::say(&format!("port {wanted} is taken, so this is port {port}"));
                }
                let url = Url::parse(&format!("http://localhost:{}/", listen.port()))?;
                return Ok(LocalAddress { listen, url });
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(Failure::new(
                    format!("can't listen on port {port}: {error}"),
                    "choose another one with `--port`",
                )
                .into());
            }
        }
    }
    Err(Failure::new(
        format!("port {wanted} and the {NEXT_TRIED} after it are taken"),
        "choose another one with `--port`",
    )
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_gives_the_next_one() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let wanted = taken.local_addr().unwrap().port();
        let found = find(wanted).unwrap();
        assert!(found.listen.port() > wanted, "{found:?}");
        assert_eq!(found.url.port(), Some(found.listen.port()));
    }

    #[test]
    fn without_a_free_port_the_way_out_is_told() {
        // The last port has none after it. If somebody has it already, so much the better.
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, u16::MAX));
        let error = find(u16::MAX).unwrap_err();
        assert_eq!(error.to_string(), "port 65535 and the 20 after it are taken");
    }
}
