//! What an operator can get wrong, and what they are told.

use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn least(data_dir: &std::path::Path) -> String {
    format!(
        "store_public = \"file:///srv/public\"\nstore_private = \"file:///srv/private\"\n\
         release_keys = [\"ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]\ndata_dir = \"{}\"\n",
        data_dir.display()
    )
}

fn problems(file: &str, pairs: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = least(folder.path()) + file;
    Config::from_env(Some(&file), variables(pairs)).map_or_else(|e| e.problems, |_| vec![])
}

#[test]
fn three_settings_are_enough_and_the_embedded_default_makes_its_keys() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::from_env(Some(&least(folder.path())), []).unwrap();
    assert_eq!(config.public_url.as_str(), "http://localhost:4000/");
    assert!(config.admin_listen.ip().is_loopback());
    assert!(config.trusted_proxies.is_empty());
    assert!(config.plays(Role::Gate) && config.plays(Role::Campus) && config.plays(Role::Site));
    assert!(folder.path().join("session.key").exists());
    let again = Config::from_env(Some(&least(folder.path())), []).unwrap();
    assert_eq!(again.session_key.expose(), config.session_key.expose());
    assert_ne!(again.session_key.expose(), again.link_key.expose());
}

#[test]
fn an_empty_configuration_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().display().to_string();
    let error = Config::from_env(None, variables(&[("LYCEUM_DATA_DIR", &data_dir)])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the configuration has errors\n  \
         `store_public` (or `LYCEUM_STORE_PUBLIC`) is missing, hint: \
         `file:///srv/school/public` or `s3://bucket/public`\n  \
         `store_private` (or `LYCEUM_STORE_PRIVATE`) is missing, hint: \
         `file:///srv/school/private` or `s3://bucket/private`\n  \
         `release_keys` (or `LYCEUM_RELEASE_KEYS`) is missing, hint: \
         `lyceum publish` prints the school's public key"
    );
}

#[test]
fn everything_wrong_is_reported_at_once() {
    let found = problems(
        "publc_url = \"x\"\nlisten = \"4000\"\nmail = \"pigeon:\"\nlog = \"a=b=c\"\nroles = [\"gate\", \"office\"]\n\
         catalog_refresh_seconds = 0\n",
        &[("LYCEUM_LISTN", "x"), ("LYCEUM_CACHE", "disk:"), ("LYCEUM_TRUSTED_PROXIES", "any")],
    );
    assert_eq!(
        found,
        [
            "unknown key `publc_url` in `edge.toml`, hint: did you mean `public_url`?",
            "unknown variable `LYCEUM_LISTN`, hint: did you mean `listen`?",
            "`cache` (or `LYCEUM_CACHE`) must be `memory:` or `redis://host:port`",
            "`listen` (or `LYCEUM_LISTEN`) must be an address such as `127.0.0.1:4000`",
            "`roles` (or `LYCEUM_ROLES`) knows no `office`, only gate, campus, site",
            "`mail` (or `LYCEUM_MAIL`) must be `console:` or `smtp://host:port`",
            "`trusted_proxies` (or `LYCEUM_TRUSTED_PROXIES`) `any` is not an IP address",
            "`log` (or `LYCEUM_LOG`) must be a filter such as `info` or `lyceum_edge=debug`",
            "`catalog_refresh_seconds` (or `LYCEUM_CATALOG_REFRESH_SECONDS`) must be above 0",
        ]
    );
}

#[test]
fn a_school_on_the_open_net_says_how_it_sends_mail() {
    let https = ("LYCEUM_PUBLIC_URL", "https://school.org");
    assert_eq!(
        problems("", &[https]),
        ["`mail` (or `LYCEUM_MAIL`) is missing, hint: `smtp://host:port`, or `console:` to print \
          the letters"]
    );
    assert!(problems("", &[https, ("LYCEUM_MAIL", "console:")]).is_empty());
}

#[test]
fn a_short_secret_stops_the_start() {
    let found = problems("", &[("LYCEUM_SESSION_KEY", "c2hvcnQ="), ("LYCEUM_LINK_KEY", "?")]);
    assert_eq!(
        found,
        [
            "`session_key` (or `LYCEUM_SESSION_KEY`) has 5 bytes instead of 32, \
             hint: make one with `openssl rand -base64 32`",
            "`link_key` (or `LYCEUM_LINK_KEY`) is neither hexadecimal nor base64, \
             hint: make one with `openssl rand -base64 32`",
        ]
    );
}

#[test]
fn a_secret_that_edges_have_to_share_is_never_made() {
    for (variable, url) in
        [("LYCEUM_LEDGER", "postgres://db/school"), ("LYCEUM_CACHE", "redis://cache:6379")]
    {
        let found = problems("", &[(variable, url)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("edges that share a ledger or a cache must share it"));
    }
}

#[test]
fn a_secret_does_not_stand_in_the_file_and_is_not_given_twice() {
    assert_eq!(
        problems("session_key = \"abc\"\n", &[]),
        ["`session_key` must not stand in `edge.toml`, hint: use `session_key_file`"]
    );
    let found = problems("link_key_file = \"/nowhere\"\n", &[("LYCEUM_LINK_KEY", "abc")]);
    assert_eq!(
        found,
        ["`link_key` (or `LYCEUM_LINK_KEY`) is given twice, hint: drop it or `link_key_file`"]
    );
}

#[test]
fn cookies_need_a_secure_origin() {
    let mail = ("LYCEUM_MAIL", "console:");
    for url in
        ["http://school.org", "ftp://localhost", "https://school.org/learn", "https://u:p@s.org"]
    {
        assert_eq!(problems("", &[("LYCEUM_PUBLIC_URL", url), mail]).len(), 1, "{url}");
    }
    for url in ["https://school.org", "http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"]
    {
        assert!(problems("", &[("LYCEUM_PUBLIC_URL", url), mail]).is_empty(), "{url}");
    }
}

#[test]
fn a_broken_file_is_named_by_line_and_does_not_show_its_content() {
    let found = problems("ledger = \"postgres://u:hunter2@db\n", &[]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("`edge.toml` line 5:"), "{found:?}");
    assert!(!found[0].contains("hunter2"));
}

#[test]
fn the_variables_of_other_programs_are_left_alone() {
    assert!(
        problems("", &[("LYCEUM_TEST_REDIS_URL", "x"), ("LYCEUM_RELEASE_KEY", "x")]).is_empty()
    );
}

#[test]
fn a_configuration_does_not_show_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = least(folder.path());
    let key = "ab".repeat(32);
    let set = variables(&[
        ("LYCEUM_LEDGER", "postgres://u:hunter2@db/school"),
        ("LYCEUM_CACHE", "redis://:hunter2@cache"),
        ("LYCEUM_MAIL", "smtp://u:hunter2@mail"),
        ("LYCEUM_MAIL_FROM", "a@b.test"),
        ("LYCEUM_SESSION_KEY", &key),
        ("LYCEUM_LINK_KEY", &key),
    ]);
    let shown = format!("{:?}", Config::from_env(Some(&file), set).unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains("abab"), "{shown}");
}
