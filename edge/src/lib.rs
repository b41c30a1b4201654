//! The edge: a small service that reads the current release from the store
//! and decides, lesson by lesson, who may open what.
//!
//! It never renders a template, never writes a published object and knows no
//! Markdown; `wire` alone names the adapters.

mod answer;
pub mod app;
mod body;
pub mod config;
pub mod cookie;
pub mod entitlement_cache;
pub mod error;
mod html;
pub mod mail;
pub mod metrics;
pub mod operator;
mod origin;
mod page;
pub mod peer;
mod preview;
pub mod published;
mod range;
pub mod rate;
mod request_log;
mod return_to;
mod route;
pub mod router;
pub mod secret;
mod security_headers;
pub mod serve;
pub mod service;
mod session;
mod sign_in_cookie;
mod stored;
pub mod token;
mod viewer;
pub mod wire;

pub use preview::{Preview, PreviewError, PreviewViewer, Ready, preview};
