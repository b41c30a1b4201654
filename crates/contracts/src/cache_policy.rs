//! How long an answer may be kept, named once and rendered once.

/// The caching rule of a stored object or of a response.
///
/// Without a policy a response is sent as [`CachePolicy::NoStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CachePolicy {
    /// The address holds a digest of the content: a year, never asked again.
    Immutable,
    /// Public, at a fixed address that is overwritten by each release:
    /// any cache may keep it but must revalidate.
    Revalidate,
    /// For one learner's browser only, for five minutes: the length of one
    /// signing bucket, so a cached copy never outlives its signed URL by much.
    Private,
    /// Never kept anywhere: decisions, tokens, pages about a person.
    NoStore,
}

impl CachePolicy {
    /// The value of the `Cache-Control` header.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::Revalidate => "public, max-age=0, must-revalidate",
            Self::Private => "private, max-age=300",
            Self::NoStore => "private, no-store",
        }
    }
}
