//! The edge: a small service that reads the current release from the store
//! and decides, lesson by lesson, who may open what.
//!
//! It never renders a template, never writes a published object and knows no
//! Markdown; `wire` alone names the adapters.

pub mod answer;
pub mod app;
pub mod body;
pub mod config;
pub mod cookie;
pub mod decision;
pub mod entitlement_cache;
pub mod error;
pub mod html;
pub mod mail;
pub mod metrics;
pub mod operator;
pub mod origin;
pub mod page;
pub mod peer;
mod preview;
pub mod published;
pub mod range;
pub mod rate;
pub mod request_log;
pub mod return_to;
pub mod route;
pub mod router;
pub mod secret;
pub mod security_headers;
pub mod serve;
pub mod service;
pub mod session;
pub mod sign_in_cookie;
pub mod stored;
pub mod token;
pub mod viewer;
pub mod wire;

pub use preview::{
    PageEnd, Preview, PreviewError, PreviewViewer, Ready, Seen, Visit, Visitor, preview,
};
