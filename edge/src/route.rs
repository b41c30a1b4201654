//! The handlers. Each extracts, asks a pure function or a port, answers and
//! names a cache policy; no SQL, no key building and no header writing.

pub mod account;
pub mod auth;
pub mod health;
pub mod jwks;
pub mod learn;
pub mod lessons;
pub mod me;
pub mod metrics;
pub mod objects;
pub mod sign_in;
pub mod site;
