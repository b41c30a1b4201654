//! Names that every file system can hold: none that Windows keeps for a device,
//! none that differs from another one only in capitals, none too long.
//!
//! Here stands what is safe; who names a file says what became of its name.

/// What Windows keeps for devices, with any extension behind it; `COM` and `LPT`
/// have a digit after them.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// A name may have 255 bytes, and a number before it, a language and an ending
/// behind it.
const NAME_BYTES: usize = 180;

/// Why a file has another name than in the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsafe {
    Device,
    TooLong,
    Taken,
}

impl Unsafe {
    /// The reason, as the report gives it.
    pub(super) fn why(self) -> &'static str {
        match self {
            Self::Device => "Windows keeps the name for a device",
            Self::TooLong => "the name is too long",
            Self::Taken => "another one has the name, or one that differs only in capitals",
        }
    }
}

/// Whether a file of this name can't be on a disk of Windows.
pub(super) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_numbered = |device: &str| {
        let rest = stem.strip_prefix(device).unwrap_or_default();
        let mut rest = rest.chars();
        let digit = rest.next().filter(|c| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³'));
        digit.is_some() && rest.next().is_none()
    };
    DEVICES.contains(&stem.as_str()) || NUMBERED_DEVICES.iter().any(|device| is_numbered(device))
}

/// The name as disks compare it that don't tell capitals apart.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// The beginning of a name that fits, if the whole doesn't.
pub(super) fn fitting(name: &str) -> &str {
    name.get(..name.floor_char_boundary(NAME_BYTES)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_devices_are_known_with_any_ending() {
        for name in ["con", "CON", "nul.png", "Aux.tar.gz", "com1", "LPT9.txt", "com³", "prn .md"]
        {
            assert!(is_device(name), "{name}");
        }
        for name in ["console", "com", "com10", "lpt", "03-con", "icon.png", "nul-2", "", "comx"] {
            assert!(!is_device(name), "{name}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_two_characters() {
        assert_eq!(fitting("short"), "short");
        assert_eq!(fitting(&"树".repeat(100)).chars().count(), 60);
        assert_eq!(fitting(&"𠀀x".repeat(60)).len(), 180);
    }
}
