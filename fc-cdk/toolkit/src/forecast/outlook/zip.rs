//! What is in a ZIP archive, by the directory at its end: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

/// What the end of an archive, with the directory in it, says: how many bytes all files have, unpacked. `None` where it is no archive, or
/// the directory is not wholly in these bytes.
pub(super) fn unpacked_size(tail: &[u8]) -> Option<u64> {
    // A comment may follow; the last record that fits counts.
    let end = (0..=tail.len().checked_sub(22)?).rev().find(|&at| {
        tail[at..].starts_with(b"PK\x05\x06")
            && read16(tail, at + 20)
                .is_some_and(|comment| at + 22 + usize::from(comment) == tail.len())
    })?;
    let entries = read16(tail, end + 10)?;
    let size = usize::try_from(read32(tail, end + 12)?).ok()?;
    // Above that, another record has the numbers.
    if entries == u16::MAX {
        return None;
    }
    let mut at = end.checked_sub(size)?;
    let mut total = 0;
    for _ in 0..entries {
        if !tail.get(at..)?.starts_with(b"PK\x01\x02") {
            return None;
        }
        total += u64::from(read32(tail, at + 24)?);
        let lengths = [28, 30, 32].map(|offset| read16(tail, at + offset).map(usize::from));
        at += 46 + lengths.into_iter().sum::<Option<usize>>()?;
    }
    Some(total)
}

fn read16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn read32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The end of an archive with files of these sizes.
    fn archive(sizes: &[u32], comment: &[u8]) -> Vec<u8> {
        let mut directory = Vec::new();
        for size in sizes {
            let mut entry = vec![0; 46];
            entry[..4].copy_from_slice(b"PK\x01\x02");
            entry[24..28].copy_from_slice(&size.to_le_bytes());
            entry[28] = 3;
            entry.extend_from_slice(b"a.b");
            directory.extend(entry);
        }
        let mut end = vec![0; 22];
        end[..4].copy_from_slice(b"PK\x05\x06");
        end[10] = u8::try_from(sizes.len()).unwrap();
        end[12..16].copy_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
        end[20] = u8::try_from(comment.len()).unwrap();
        [b"packed".as_slice(), &directory, &end, comment].concat()
    }

    #[test]
    fn sizes_are_those_of_the_directory() {
        assert_eq!(unpacked_size(&archive(&[100, 23], b"")), Some(123));
        assert_eq!(unpacked_size(&archive(&[0], b"a comment")), Some(0));
        assert_eq!(unpacked_size(&archive(&[], b"")), Some(0));
        let whole = archive(&[100, 23], b"");
        for from in 1..whole.len() {
            let cut = unpacked_size(&whole[from..]);
            assert!(cut.is_none() || from <= 6, "{from}: {cut:?}");
        }
        assert_eq!(unpacked_size(b""), None);
        assert_eq!(unpacked_size(&[b'P'; 100]), None);
    }
}
