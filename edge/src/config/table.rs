//! Every setting there is: its key, its default and one line of help.

/// One thing an operator may set.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key in `edge.toml`; the variable is `LYCEUM_` and the key in capitals.
    pub key: &'static str,
    /// What counts when it is not set. `None` means that there is no value.
    pub default: Option<&'static str>,
    /// One line of help.
    pub about: &'static str,
}

const fn setting(key: &'static str, default: Option<&'static str>, about: &'static str) -> Setting {
    Setting { key, default, about }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting("public_url", Some("http://localhost:4000"), "the origin that browsers see"),
    setting("listen", Some("127.0.0.1:4000"), "where the service listens"),
    setting("admin_listen", Some("127.0.0.1:4001"), "health and metrics, for operators only"),
    setting("roles", Some("gate, campus, site"), "what this edge does"),
    setting("data_dir", Some("data"), "the folder of the embedded defaults"),
    setting("store_public", None, "file:///dir or s3://bucket/prefix"),
    setting("store_private", None, "file:///dir or s3://bucket/prefix"),
    setting("store_endpoint", None, "the S3 server, when it is not AWS"),
    setting("store_browser_endpoint", None, "how a browser reaches it, when not by that address"),
    setting("store_region", None, "the region of the S3 server"),
    setting("release_keys", None, "public keys that may sign a release"),
    setting("catalog_refresh_seconds", Some("5"), "how often a new release is looked for"),
    setting("ledger", None, "sqlite:path or postgres://…; by default sqlite in data_dir"),
    setting("cache", Some("memory:"), "memory: or redis://…"),
    setting("mail", Some("console:"), "console: or smtp://…"),
    setting("mail_from", None, "the sender of letters, such as School <post@school.org>"),
    setting("session_key", None, "32 random bytes; by variable only, or by file"),
    setting("session_key_file", None, "the file that holds the session key"),
    setting("retired_session_key_files", None, "files of keys that still verify"),
    setting("link_key", None, "32 random bytes; by variable only, or by file"),
    setting("link_key_file", None, "the file that holds the link key"),
    setting("trusted_proxies", None, "addresses whose X-Forwarded-For is believed"),
    setting("connections_per_address", Some("256"), "connections one address may hold open"),
    setting("log", Some("info"), "what is logged, as in RUST_LOG"),
];

/// `, did you mean …?` when a setting is nearly what was written.
pub(super) fn closest(key: &str) -> String {
    let near = SETTINGS
        .iter()
        .map(|setting| (distance(setting.key, key), setting.key))
        .min()
        .filter(|(distance, _)| *distance <= 3);
    near.map(|(_, key)| format!(", hint: did you mean `{key}`?")).unwrap_or_default()
}

/// The number of insertions, removals and swaps between two words.
fn distance(a: &str, b: &str) -> usize {
    // A key much longer than ours is not a misspelling of it.
    if b.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, up) in b.bytes().zip(row.iter().skip(1)) {
            let cost = usize::from(from != to);
            left = (diagonal + cost).min(up + 1).min(left + 1);
            diagonal = *up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
