//! ZIP archives that depend on their content only.
//!
//! Written by hand: the format is two small records per file, and what the archive crates bring beside it (dates, encryption,
//! reading) takes longer to build than all of the toolkit.
//! The format: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

use std::io::{self, Write};

use miniz_oxide::deflate::compress_to_vec;

/// January 1st, 1980, 00:00: the earliest date of the format.
const TIME: u16 = 0;
const DATE: u16 = (1 << 5) | 1;

/// Version 2.0 of the format: deflate, and nothing newer.
const VERSION: u16 = 20;
/// Made on Unix, so that the permissions count.
const MADE_BY: u16 = (3 << 8) | VERSION;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// The level of compression, of 10: the usual compromise.
const LEVEL: u8 = 6;

/// An archive that is being written.
pub(super) struct Archive<W: Write> {
    to: W,
    /// The directory at the archive's end.
    directory: Vec<u8>,
    entries: u16,
    /// How many bytes are written.
    offset: u32,
}

impl<W: Write> Archive<W> {
    pub(super) fn new(to: W) -> Archive<W> {
        Archive { to, directory: Vec::new(), entries: 0, offset: 0 }
    }

    /// Adds a file.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or the archive becomes too large for the format: 65,535 files, 4 GiB.
    pub(super) fn add(&mut self, name: &str, executable: bool, content: &[u8]) -> io::Result<()> {
        let size = u32::try_from(content.len()).map_err(|_| too_large())?;
        let compressed = compress_to_vec(content, LEVEL);
        let (method, data) = if compressed.len() < content.len() {
            (DEFLATED, compressed.as_slice())
        } else {
            (STORED, content)
        };
        let mut header = Vec::with_capacity(26 + name.len());
        put16(&mut header, &[VERSION, FLAGS, method, TIME, DATE]);
        put32(
            &mut header,
            &[crc32(content), u32::try_from(data.len()).map_err(|_| too_large())?, size],
        );
        put16(&mut header, &[u16::try_from(name.len()).map_err(|_| too_large())?, 0]);

        let mode: u32 = if executable { 0o100_755 } else { 0o100_644 };
        self.directory.extend_from_slice(b"PK\x01\x02");
        put16(&mut self.directory, &[MADE_BY]);
        self.directory.extend_from_slice(&header);
        put16(&mut self.directory, &[0, 0, 0]);
        put32(&mut self.directory, &[mode << 16, self.offset]);
        self.directory.extend_from_slice(name.as_bytes());

        self.entries = self.entries.checked_add(1).ok_or_else(too_large)?;
        self.put(b"PK\x03\x04")?;
        self.put(&header)?;
        self.put(name.as_bytes())?;
        self.put(data)
    }

    /// Writes the directory.
    ///
    /// # Errors
    ///
    /// As [`add`](Archive::add).
    pub(super) fn finish(mut self) -> io::Result<W> {
        let (start, directory) = (self.offset, std::mem::take(&mut self.directory));
        self.put(&directory)?;
        let mut end = b"PK\x05\x06".to_vec();
        put16(&mut end, &[0, 0, self.entries, self.entries]);
        put32(&mut end, &[self.offset - start, start]);
        put16(&mut end, &[0]);
        self.put(&end)?;
        Ok(self.to)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| too_large())?;
        self.offset = self.offset.checked_add(length).ok_or_else(too_large)?;
        self.to.write_all(bytes)
    }
}

fn too_large() -> io::Error {
    let message = "a ZIP archive takes up to 65,535 files and 4 GiB, and names up to 65,535 bytes";
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

fn put16(to: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| to.extend_from_slice(&number.to_le_bytes()));
}

fn put32(to: &mut Vec<u8>, numbers: &[u32]) {
    numbers.iter().for_each(|number| to.extend_from_slice(&number.to_le_bytes()));
}

/// The checksum of the format, as in Ethernet and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| CRC_TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8))
}

const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    #[test]
    fn crc32_has_its_check_value() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(super::crc32(b""), 0);
    }
}
