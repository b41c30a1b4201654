//! Tags of a page on their way to a lesson: those that Lyceum can give an address
//! are carried over, the others are told.

use super::note::{Notes, quoted};

/// The tags of a lesson, each once.
pub(super) fn valid(words: Vec<String>, source: &str, notes: &mut Notes) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut addresses = Vec::new();
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        match compiler::slug::from_name(&word) {
            Ok(address) if addresses.contains(&address) => {}
            Ok(address) => {
                addresses.push(address);
                tags.push(word);
            }
            Err(error) => {
                let why = format!("left out: it gives no address, since it {error}");
                notes.add(source, 1, format!("tag {}", quoted(&word)), why);
            }
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_tag_is_told() {
        let mut notes = Notes::default();
        let words = ["Go", "go", "?!", "y"].map(str::to_owned).to_vec();
        assert_eq!(valid(words, "a.md", &mut notes), ["Go", "y"]);
        let notes = notes.into_sorted();
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].what, "tag `?!`");
        assert!(notes[0].why.starts_with("left out: it gives no address, since it "));
    }
}
