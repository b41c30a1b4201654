//! Free loopback ports.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

/// Below the range from which Linux takes the ports of outgoing connections,
/// also with the 10,000 that SeaweedFS adds for its second port: nothing takes
/// such a port between our look and the server's start but by name.
const FIRST: u16 = 12_000;
const LAST: u16 = 22_000;

/// A port that is free now, and so is the one 10,000 above.
pub(super) fn free() -> Result<u16> {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    // A fresh hasher is seeded by the system, which is chance enough to keep
    // two runs on one machine apart.
    let start = RandomState::new().build_hasher().finish() % u64::from(LAST - FIRST);
    let start = u16::try_from(start).unwrap_or_default();
    (0..LAST - FIRST)
        .map(|step| FIRST + (start + step) % (LAST - FIRST))
        .find(|port| free(*port) && free(port + 10_000))
        .context("no free port")
}
