//! The words that both halves of Lyceum share: ids, access, money, products,
//! object keys, the manifest and claims.
//!
//! Only plain data and pure functions live here; no disk, network, clock,
//! environment or async may come in, because both the compiler and the edge
//! stand on this floor.

pub mod access;
pub mod cache_policy;
pub mod claims;
pub mod digest;
pub mod frame;
pub mod grant;
pub mod id;
pub mod language;
pub mod manifest;
pub mod message;
pub mod money;
pub mod object_key;
pub mod product;
pub mod release;
pub mod site_path;
