//! Files and folders that are deployed with an app: read, hashed, and put beside the templates.
//!
//! A folder becomes a ZIP archive that is the same on every machine: files in the order of their names, one date, permissions
//! `0644` or, where the owner may run the file, `0755`. Symbolic links are followed, so that the archive holds what they lead to.
//! Folders without files are left out, as git leaves them out, and so is what [`IGNORED`] names.
//!
//! An asset's hash is of what it holds, not of the archive: to know it, nothing is compressed.

mod zip; // archives

use std::{
    collections::BTreeMap,
    fs::{self, File, Metadata},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use fc_cdk_core::{AssetRequest, AssetSource, Diagnostic, StagedAsset, SynthOptions, codes};
use hmac_sha256::Hash as Sha256;

#[cfg(feature = "deploy")]
use crate::error::Error;
use crate::error::reason;

use self::zip::Archive;

/// What is no part of a folder that is deployed: names, or endings of names.
const IGNORED: [&str; 4] = [".git", "__pycache__", "*.pyc", ".DS_Store"];

/// How many folders may lie in each other, symbolic links followed: more is a link that leads around in a circle.
const MAX_DEPTH: usize = 64;

/// Reads the assets of an app: their hashes, and what is wrong with them, for synth.
pub(crate) fn read(requests: &[AssetRequest]) -> SynthOptions {
    let mut options = SynthOptions::default();
    // Several constructs may deploy the same folder.
    let mut known: BTreeMap<(bool, &Path), Result<String, Problem>> = BTreeMap::new();
    for request in requests {
        let result = match &request.source {
            AssetSource::Content { .. } => continue, // synth hashes it
            AssetSource::File(path) => known
                .entry((false, path))
                .or_insert_with(|| file_hash(path).map_err(|error| Problem::file(path, &error))),
            AssetSource::Directory(path) => known.entry((true, path)).or_insert_with(|| {
                folder_hash(path).map_err(|error| Problem::folder(path, &error))
            }),
        };
        match result {
            Ok(hash) => options.set_asset_hash(request, hash.as_str()),
            Err(problem) => options.report(problem.at(request)),
        }
    }
    options
}

/// Puts an asset of an assembly into the assembly's folder.
///
/// # Errors
///
/// When it cannot be read or written, or is not any more what it was when it was hashed.
pub(crate) fn write(asset: &StagedAsset, assembly: &Path) -> io::Result<()> {
    let target = assembly.join(&asset.path);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    let hash = match &asset.source {
        AssetSource::Content { bytes, .. } => return fs::write(target, bytes),
        AssetSource::File(path) => {
            let mut hasher = Tee { to: File::create(target)?, hasher: Sha256::new() };
            io::copy(&mut File::open(path)?, &mut hasher)?;
            hex(hasher.hasher)
        }
        AssetSource::Directory(path) => write_archive(path, &target)?,
    };
    if asset.path.contains(&hash) {
        return Ok(());
    }
    let (AssetSource::File(path) | AssetSource::Directory(path)) = &asset.source else {
        return Ok(());
    };
    let message =
        format!("`{}` has changed since it was read; run the command again", path.display());
    Err(io::Error::other(message))
}

/// What an asset is uploaded as: the file itself, or the archive of the folder.
///
/// # Errors
///
/// As [`write`].
#[cfg(feature = "deploy")]
pub(crate) fn content(source: &AssetSource, hash: &str) -> Result<Vec<u8>, Error> {
    let (path, read) = match source {
        AssetSource::Content { bytes, .. } => return Ok(bytes.clone()),
        AssetSource::File(path) => {
            (path, fs::read(path).map(|content| (hex_of(&content), content)))
        }
        AssetSource::Directory(path) => (path, pack(path, Vec::new())),
    };
    let (found, content) = read.map_err(|error| Error::io("read", path, &error))?;
    if found != hash {
        let message = format!("`{}` has changed since it was read", path.display());
        return Err(Error::new(message).help("run the command again"));
    }
    Ok(content)
}

#[cfg(feature = "deploy")]
fn hex_of(content: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(content);
    hex(hasher)
}

/// Why an asset cannot be read.
struct Problem {
    message: String,
    help: &'static str,
}

impl Problem {
    const PATHS: &'static str = "relative paths start where the app is run; write \
         `concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/…\")` for one that starts at the crate";

    fn file(path: &Path, error: &io::Error) -> Problem {
        match error.kind() {
            io::ErrorKind::IsADirectory => Problem {
                message: format!("`{}` is a folder, not a file", path.display()),
                help: "use `Asset::directory`",
            },
            _ => Problem {
                message: format!("cannot read the file `{}`: {}", path.display(), reason(error)),
                help: Problem::PATHS,
            },
        }
    }

    fn folder(path: &Path, error: &io::Error) -> Problem {
        match error.kind() {
            io::ErrorKind::NotADirectory => Problem {
                message: format!("`{}` is no folder", path.display()),
                help: "use `Asset::file`",
            },
            _ => Problem {
                message: format!("cannot read the folder `{}`: {}", path.display(), reason(error)),
                help: Problem::PATHS,
            },
        }
    }

    fn at(&self, request: &AssetRequest) -> Diagnostic {
        let mut finding = Diagnostic::error(codes::UNREADABLE_ASSET, &self.message).help(self.help);
        finding.path = request.path.clone();
        finding.location = Some(request.location);
        finding
    }
}

/// The SHA-256 of a file's content, in hexadecimal.
fn file_hash(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    check_regular(&metadata)?;
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(path)?, &mut HashWriter(&mut hasher))?;
    Ok(hex(hasher))
}

/// The SHA-256 of what a folder holds, in hexadecimal: of each file's name, whether it can be run, and its content.
fn folder_hash(folder: &Path) -> io::Result<String> {
    let mut hasher = folder_hasher();
    for entry in files_of(folder)? {
        let mut content = Sha256::new();
        let file = File::open(&entry.path);
        file.and_then(|mut file| io::copy(&mut file, &mut HashWriter(&mut content)))
            .map_err(|error| entry.error(&error))?;
        entry.hash(&mut hasher, content);
    }
    Ok(hex(hasher))
}

/// Writes a folder as an archive, and tells the hash of what went into it.
fn write_archive(folder: &Path, target: &Path) -> io::Result<String> {
    let (hash, mut file) = pack(folder, io::BufWriter::new(File::create(target)?))?;
    file.flush()?;
    Ok(hash)
}

/// Packs a folder, and tells the hash of what went into the archive.
fn pack<W: Write>(folder: &Path, target: W) -> io::Result<(String, W)> {
    let mut hasher = folder_hasher();
    let mut archive = Archive::new(target);
    let mut content = Vec::new();
    for entry in files_of(folder)? {
        content.clear();
        let file = File::open(&entry.path);
        file.and_then(|mut file| file.read_to_end(&mut content))
            .map_err(|error| entry.error(&error))?;
        let mut hash = Sha256::new();
        hash.update(&content);
        entry.hash(&mut hasher, hash);
        archive.add(&entry.name, entry.executable, &content)?;
    }
    Ok((hex(hasher), archive.finish()?))
}

fn folder_hasher() -> Sha256 {
    // A hash of a folder is never that of a file, and changes if ever what is hashed does.
    let mut hasher = Sha256::new();
    hasher.update(b"fc-cdk folder 1\0");
    hasher
}

fn hex(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of a folder that is deployed.
struct Entry {
    /// The path in the archive, with `/` between folders.
    name: String,
    path: PathBuf,
    executable: bool,
}

impl Entry {
    fn hash(&self, hasher: &mut Sha256, content: Sha256) {
        hasher.update((self.name.len() as u64).to_le_bytes());
        hasher.update(&self.name);
        hasher.update([u8::from(self.executable)]);
        hasher.update(content.finalize());
    }

    fn error(&self, error: &io::Error) -> io::Error {
        named(&self.name, error)
    }
}

fn named(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{name}`: {}", reason(error)))
}

/// The files of a folder, by name.
fn files_of(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut files = Vec::new();
    collect(folder, "", 0, &mut files)?;
    if files.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "there is no file in it"));
    }
    files.sort_unstable_by(|a: &Entry, b| a.name.cmp(&b.name));
    Ok(files)
}

fn collect(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<Entry>) -> io::Result<()> {
    if depth > MAX_DEPTH {
        let message =
            "the folders are nested too deep; does a symbolic link lead around in a circle?";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let at = |error: io::Error| if prefix.is_empty() { error } else { named(prefix, &error) };
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let name = entry.file_name().into_string().map_err(|name| {
            let message = format!("the name {name:?} is no Unicode text");
            io::Error::new(io::ErrorKind::InvalidData, message)
        })?;
        if is_ignored(&name) {
            continue;
        }
        let name = format!("{prefix}{name}");
        // Follows symbolic links; one that leads nowhere is an error.
        let metadata = fs::metadata(entry.path()).map_err(|error| named(&name, &error))?;
        if metadata.is_dir() {
            collect(&entry.path(), &format!("{name}/"), depth + 1, files)?;
        } else {
            check_regular(&metadata).map_err(|error| named(&name, &error))?;
            files.push(Entry { name, path: entry.path(), executable: is_executable(&metadata) });
        }
    }
    Ok(())
}

fn is_ignored(name: &str) -> bool {
    IGNORED.iter().any(|ignored| match ignored.strip_prefix('*') {
        Some(ending) => name.ends_with(ending),
        None => name == *ignored,
    })
}

/// Refuses pipes, sockets and devices, reading from which may never end.
fn check_regular(metadata: &Metadata) -> io::Result<()> {
    if metadata.is_file() {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"))
    }
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

/// Without permissions on disk, nothing says what can be run.
#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Hashes what it writes.
struct Tee {
    to: File,
    hasher: Sha256,
}

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests;
