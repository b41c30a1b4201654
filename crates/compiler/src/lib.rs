//! The compiler: an author's folder in, a [`site::Site`] and diagnostics out.
//!
//! It is pure apart from [`source`]: the same input gives the same bytes, and
//! no clock, network, environment or output folder may come in.

pub mod address;
pub mod diagnostic;
pub mod document;
pub(crate) mod field;
pub mod front_matter;
pub mod manifest;
pub mod highlight;
pub mod image;
pub mod link;
pub mod markdown;
pub mod parse;
pub mod render;
pub mod school;
pub mod site;
pub mod site_config;
pub mod slug;
pub mod source;
pub mod theme;
