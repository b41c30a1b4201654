//! Numbers and texts as bytes, for the record.
//!
//! Reading gives `None` where bytes are missing, and never takes more memory than
//! there are bytes: a record may be damaged or made by anybody.

use contracts::digest::Digest;

use crate::record::stamp::Stamp;

/// Collects bytes.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

/// Gives out what was collected, in the same order.
#[derive(Debug)]
pub(crate) struct Reader<'b>(&'b [u8]);

impl Writer {
    /// A number.
    pub(crate) fn number(&mut self, number: u64) {
        self.0.extend(number.to_le_bytes());
    }

    /// Bytes with their length.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }

    /// A digest.
    pub(crate) fn digest(&mut self, digest: &Digest) {
        self.0.extend(digest.as_bytes());
    }

    /// A stamp.
    pub(crate) fn stamp(&mut self, stamp: Stamp) {
        self.0.extend(stamp.to_bytes());
    }

    /// All of it.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl<'b> Reader<'b> {
    /// Reads these bytes.
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// A number.
    pub(crate) fn number(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(*self.chunk()?))
    }

    /// Bytes with their length.
    pub(crate) fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A text with its length.
    pub(crate) fn text(&mut self) -> Option<String> {
        std::str::from_utf8(self.bytes()?).ok().map(str::to_owned)
    }

    /// A digest.
    pub(crate) fn digest(&mut self) -> Option<Digest> {
        self.chunk().copied().map(Digest::from_bytes)
    }

    /// A stamp.
    pub(crate) fn stamp(&mut self) -> Option<Stamp> {
        self.chunk().map(Stamp::from_bytes)
    }

    /// Whether all was read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn chunk<const N: usize>(&mut self) -> Option<&'b [u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(chunk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_too_early_is_none() {
        let mut writer = Writer::default();
        writer.number(7);
        writer.bytes("价".as_bytes());
        writer.digest(&Digest::from_bytes([3; 32]));
        writer.stamp(Stamp::UNKNOWN);
        let bytes = writer.into_bytes();
        let read = |bytes: &[u8]| {
            let mut reader = Reader::new(bytes);
            let read = (reader.number()?, reader.text()?, reader.digest()?);
            reader.stamp()?;
            reader.is_at_end().then_some(read)
        };
        assert_eq!(read(&bytes), Some((7, "价".to_owned(), Digest::from_bytes([3; 32]))));
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), None);
        }
        assert_eq!(read(&[0xff; 200]), None);
    }
}
