//! Who is asking, as an address to limit by. It never decides what is opened.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::HeaderMap;

/// The other end of the connection, put on each request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// The address to count for a request.
///
/// `X-Forwarded-For` counts only from a trusted peer, and of it the rightmost
/// address that is not trusted itself: everything left of it can be made up.
#[must_use]
pub fn address(peer: Option<Peer>, headers: &HeaderMap, trusted: &BTreeSet<IpAddr>) -> IpAddr {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    if !trusted.contains(&peer) {
        return network(peer);
    }
    let hops = headers.get_all("x-forwarded-for").into_iter().rev();
    let hops = hops.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    let client = hops.map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    network(client.map(|hop| hop.to_canonical()).find(|hop| !trusted.contains(hop)).unwrap_or(peer))
}

/// One household has a whole /64 of IPv6, so its last half says nothing.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn asked(peer: &str, forwarded: &'static str, trusted: &[&str]) -> IpAddr {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        let peer = Peer(SocketAddr::new(ip(peer), 1));
        address(Some(peer), &headers, &trusted.iter().map(|text| ip(text)).collect())
    }

    #[test]
    fn by_default_nobody_can_write_their_own_address() {
        assert_eq!(asked("10.0.0.1", "1.2.3.4", &[]), ip("10.0.0.1"));
    }

    #[test]
    fn behind_a_trusted_proxy_the_rightmost_stranger_counts() {
        let trusted = ["10.0.0.1", "10.0.0.2"];
        assert_eq!(asked("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", &trusted), ip("1.2.3.4"));
        assert_eq!(asked("10.0.0.1", "1.2.3.4, nonsense", &trusted), ip("10.0.0.1"));
        assert_eq!(asked("9.9.9.9", "1.2.3.4", &trusted), ip("9.9.9.9"));
    }

    #[test]
    fn a_household_is_one_address() {
        assert_eq!(asked("2001:db8::1:2:3", "", &[]), asked("2001:db8::9", "", &[]));
        assert_eq!(asked("::ffff:10.0.0.1", "", &[]), ip("10.0.0.1"));
    }
}
