//! Free ports for the programs under test.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result};

/// Above the ports of `cargo xtask`'s services and below those that Linux
/// gives to outgoing connections, so that none is taken between our look and
/// the program's start.
const FIRST: u16 = 23_000;
const LAST: u16 = 32_000;

/// A loopback port that nobody listens on.
pub(crate) fn free() -> Result<u16> {
    // A fresh hasher is seeded by chance, which keeps tests apart that look at
    // the same moment.
    let chance = RandomState::new().hash_one(0) % u64::from(LAST - FIRST);
    let start = u16::try_from(chance).unwrap_or_default();
    (0..LAST - FIRST)
        .map(|step| FIRST + (start + step) % (LAST - FIRST))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .context("no port is free")
}
