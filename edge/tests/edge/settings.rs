//! The example of the configuration and the table of settings name the same.

use std::collections::BTreeSet;
use std::path::Path;

use lyceum_edge::config::SETTINGS;

#[test]
fn the_example_names_every_setting_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/.env.example");
    let example = std::fs::read_to_string(path).unwrap();
    let named: BTreeSet<String> = example
        .lines()
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.starts_with("LYCEUM_"))
        .collect();
    let known = SETTINGS.iter().map(|setting| format!("LYCEUM_{}", setting.key.to_uppercase()));
    assert_eq!(named, known.collect());
}
