//! The cloud assembly on disk: written aside, then put in place by a rename.
//!
//! A reader sees the old assembly or the new one, never a mix, and an error at any point leaves the old one as it was. Several
//! processes may write the same folder; the last one wins. What synth did not make is never deleted: a folder that is no
//! assembly is refused, and strange entries of one that is (the locks and caches of the `cdk` CLI, notes of a user) are
//! carried over.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::{self, ErrorKind},
    path::{Component, Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use fc_cdk_core::Node;

use crate::{codes, error::Error};

/// Makes the folder `target` of what `fill` writes into an empty one, in place of an assembly that is there.
///
/// # Errors
///
/// When something else than an assembly is there, or `fill` fails, or the folder cannot be put in place; then nothing has
/// changed.
pub(crate) fn replace(
    target: &Path,
    fill: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::io("write", target, &error).of_kind(codes::NOT_WRITTEN);
    let place = Place::find(target).map_err(failed)?;
    check_replaceable(&place.target, target)?;
    let created = create_parents(&place.parent).map_err(failed)?;
    place.remove_leftovers();
    let staging = place.sibling("new");
    let written =
        fs::create_dir(&staging).and_then(|()| fill(&staging)).and_then(|()| place.swap(&staging));
    if let Err(error) = written {
        // Nobody else knows this folder. That it may resist is no news beside the error at hand.
        let _ = fs::remove_dir_all(&staging);
        // Only those that are still empty: somebody else may use them by now.
        created.iter().for_each(|folder| drop(fs::remove_dir(folder)));
        return Err(failed(error));
    }
    Ok(())
}

/// Where the assembly goes, without symbolic links, so that a link to the folder stays one.
struct Place {
    target: PathBuf,
    parent: PathBuf,
    name: String,
}

impl Place {
    fn find(target: &Path) -> io::Result<Place> {
        let target = match target.canonicalize() {
            Ok(path) => path,
            Err(error) if error.kind() == ErrorKind::NotFound => std::path::absolute(target)?,
            Err(error) => return Err(error),
        };
        let (parent, name) = match (target.parent(), target.file_name()) {
            (Some(parent), Some(name)) => (parent.to_owned(), name.to_string_lossy().into_owned()),
            _ => return Err(io::Error::new(ErrorKind::InvalidInput, "it has no folder around it")),
        };
        Ok(Place { target, parent, name })
    }

    /// A hidden name beside the target that no other process and no other call uses.
    fn sibling(&self, role: &str) -> PathBuf {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        self.parent.join(format!("{}{role}-{}-{count}", self.prefix(), process::id()))
    }

    fn prefix(&self) -> String {
        format!(".{}.", self.name)
    }

    /// Removes what runs that were killed midway have left beside the target, once it is surely nobody's.
    fn remove_leftovers(&self) {
        const SURELY_DEAD: Duration = Duration::from_secs(3600);
        let Ok(entries) = fs::read_dir(&self.parent) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(role) = name.to_str().and_then(|name| name.strip_prefix(&self.prefix()))
            else {
                continue;
            };
            // An `old-` folder may hold what the user put into the assembly; only `new-` is surely ours alone.
            let age = entry.metadata().and_then(|data| data.modified()).ok();
            if role.starts_with("new-")
                && age.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > SURELY_DEAD)
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Puts the finished folder in place of the target.
    fn swap(&self, staging: &Path) -> io::Result<()> {
        // Each round either succeeds or finds that another process was faster, which then has made progress.
        for _ in 0..1000 {
            match fs::rename(staging, &self.target) {
                Ok(()) => return Ok(()),
                Err(error) if is_occupied(&error) => {}
                Err(error) => return Err(error),
            }
            let old = self.sibling("old");
            match fs::rename(&self.target, &old) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            }
            let moved = carry_over(&old, staging).and_then(|()| fs::rename(staging, &self.target));
            match moved {
                Ok(()) => {
                    // The new assembly is in place; a remainder of the old one is no reason to fail.
                    let _ = fs::remove_dir_all(&old);
                    return Ok(());
                }
                Err(error) if is_occupied(&error) => fs::remove_dir_all(&old)?,
                Err(error) => {
                    carry_over(staging, &old)?;
                    fs::rename(&old, &self.target)?;
                    return Err(error);
                }
            }
        }
        Err(io::Error::new(ErrorKind::ResourceBusy, "other processes keep writing it"))
    }
}

fn is_occupied(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists)
}

/// Refuses a target whose replacement could cost the user something.
fn check_replaceable(target: &Path, shown: &Path) -> Result<(), Error> {
    let refuse = |what: &str| {
        Error::of(
            codes::NOT_WRITTEN,
            format!("cannot write the assembly to `{}`: {what}", shown.display()),
        )
        .help("name another folder with `--output`, or move away what is there")
    };
    match fs::metadata(target) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::io("write", shown, &error).of_kind(codes::NOT_WRITTEN)),
        Ok(data) if !data.is_dir() => return Err(refuse("a file is in the way")),
        Ok(_) => {}
    }
    if env::current_dir().is_ok_and(|current| current.starts_with(target)) {
        return Err(refuse("it is the current folder, or around it"));
    }
    // While another process swaps the folder, a look may fall between the old and the new one; not so several.
    for _ in 0..20 {
        match is_ours(target) {
            Ok(true) => return Ok(()),
            Ok(false) => thread::yield_now(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::io("read", shown, &error)),
        }
    }
    Err(refuse("it holds something else"))
}

/// Whether a folder is an assembly, or holds nothing but locks: the `cdk` CLI makes it with its lock in it before it runs the
/// app.
fn is_ours(folder: &Path) -> io::Result<bool> {
    let only_locks = || {
        fs::read_dir(folder)
            .map(|entries| entries.flatten().all(|entry| is_lock(&entry.file_name())))
    };
    Ok(is_assembly(folder) || only_locks()?)
}

fn is_assembly(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join("manifest.json")).unwrap_or_default();
    let Ok(Node::Map(manifest)) = Node::parse_json(&text) else { return false };
    // An app without stacks may leave out `artifacts`. A browser extension has a manifest with a version, too.
    let known = ["version", "minimumCliVersion", "artifacts", "missing", "runtime"];
    manifest.get("version").is_some_and(|version| version.as_str().is_some())
        && manifest.keys().all(|key| known.contains(&key.as_str()))
}

/// Whether an entry of an assembly was made by synth, ours or the AWS CDK's.
fn is_synthesized(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    matches!(name, "manifest.json" | "cdk.out" | "tree.json" | "validation-report.json")
        || [".template.json", ".assets.json", ".metadata.json"]
            .iter()
            .any(|ending| name.ends_with(ending))
        || name.starts_with("asset.")
        || name.starts_with("assembly-")
}

fn is_lock(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.ends_with(".lock"))
}

/// Moves the entries that synth did not make.
fn carry_over(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if !is_synthesized(&entry.file_name()) {
            match fs::rename(entry.path(), to.join(entry.file_name())) {
                // A lock may be released meanwhile.
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Makes the missing folders above the target; returns those, the innermost first.
fn create_parents(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let missing: Vec<PathBuf> =
        parent.ancestors().take_while(|folder| !folder.exists()).map(Path::to_owned).collect();
    let made = fs::create_dir_all(parent);
    if let Err(error) = made {
        missing.iter().for_each(|folder| drop(fs::remove_dir(folder)));
        return Err(error);
    }
    Ok(missing)
}

/// Writes a file by its path relative to the folder.
///
/// # Errors
///
/// When it cannot be written, or its path leads out of the folder.
pub(crate) fn write_file(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> io::Result<()> {
    let relative = Path::new(name);
    if !relative.components().all(|step| matches!(step, Component::Normal(_))) {
        let message = format!("`{name}` is no path within it");
        return Err(io::Error::new(ErrorKind::InvalidInput, message));
    }
    let path = folder.join(relative);
    if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
        fs::create_dir_all(parent)?;
    }
    fs::write(&path, content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(target: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Error> {
        replace(target, |folder| {
            files.iter().try_for_each(|(name, content)| write_file(folder, name, content))
        })
    }

    /// A folder of its own for a test, removed at its end.
    struct Sandbox(PathBuf);

    impl Sandbox {
        fn new(name: &str) -> Sandbox {
            let path = env::temp_dir().join(format!("fc-cdk-{name}-{}", process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Sandbox(path)
        }

        /// All files below, with what is in them.
        fn files(&self) -> Vec<String> {
            let mut files = Vec::new();
            let mut open = vec![self.0.clone()];
            while let Some(folder) = open.pop() {
                for entry in fs::read_dir(folder).unwrap() {
                    let path = entry.unwrap().path();
                    let name = path.strip_prefix(&self.0).unwrap().display().to_string();
                    if path.is_dir() {
                        files.push(format!("{name}/"));
                        open.push(path);
                    } else {
                        files.push(format!("{name}={}", fs::read_to_string(&path).unwrap()));
                    }
                }
            }
            files.sort();
            files
        }
    }

    impl Drop for Sandbox {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn assembly(template: &str) -> Vec<(String, Vec<u8>)> {
        let manifest = r#"{"version":"1","artifacts":{}}"#;
        vec![
            ("manifest.json".to_owned(), manifest.into()),
            (format!("{template}.template.json"), template.into()),
        ]
    }

    const MANIFEST: &str = r#"cdk.out/manifest.json={"version":"1","artifacts":{}}"#;

    #[test]
    fn replaces_an_assembly_and_keeps_what_is_not_its_own() {
        let sandbox = Sandbox::new("replace");
        let target = sandbox.0.join("cdk.out");
        write(&target, &assembly("a")).unwrap();
        fs::write(target.join("synth.lock"), "1").unwrap();
        fs::create_dir(target.join(".cache")).unwrap();
        write(&target, &assembly("b")).unwrap();
        assert_eq!(
            sandbox.files(),
            [
                "cdk.out/",
                "cdk.out/.cache/",
                "cdk.out/b.template.json=b",
                MANIFEST,
                "cdk.out/synth.lock=1"
            ]
        );
    }

    #[test]
    fn an_error_midway_leaves_the_old_assembly_and_nothing_else() {
        let sandbox = Sandbox::new("midway");
        let target = sandbox.0.join("cdk.out");
        write(&target, &assembly("a")).unwrap();
        let before = sandbox.files();
        let error = write(&target, &assembly(&"long".repeat(100))).unwrap_err();
        assert!(error.to_string().ends_with("cdk.out`: file name too long"), "{error}");
        assert_eq!(sandbox.files(), before);
        write(&sandbox.0.join("x/y/cdk.out"), &assembly(&"long".repeat(100))).unwrap_err();
        assert_eq!(sandbox.files(), before);
    }

    #[test]
    fn what_is_no_assembly_is_refused() {
        let sandbox = Sandbox::new("foreign");
        let extension = sandbox.0.join("extension");
        fs::create_dir(&extension).unwrap();
        fs::write(
            extension.join("manifest.json"),
            r#"{"manifest_version":3,"version":"1","name":"x"}"#,
        )
        .unwrap();
        fs::write(sandbox.0.join("file"), "mine").unwrap();
        let before = sandbox.files();
        for (name, reason) in [
            ("extension", "it holds something else"),
            ("file", "a file is in the way"),
            ("file/cdk.out", "not a directory"),
        ] {
            let error = write(&sandbox.0.join(name), &assembly("a")).unwrap_err();
            assert!(error.to_string().ends_with(reason), "{error}");
        }
        assert_eq!(sandbox.files(), before);
        let current = env::current_dir().unwrap();
        let error = write(&current, &assembly("a")).unwrap_err();
        assert!(error.to_string().contains("it is the current folder"), "{error}");
    }

    #[test]
    fn an_empty_or_locked_folder_is_taken() {
        let sandbox = Sandbox::new("empty");
        let target = sandbox.0.join("cdk.out");
        fs::create_dir(&target).unwrap();
        write(&target, &assembly("a")).unwrap();
        fs::remove_dir_all(&target).unwrap();
        fs::create_dir(&target).unwrap();
        fs::write(target.join("synth.lock"), "1").unwrap();
        write(&target, &assembly("a")).unwrap();
        assert!(target.join("synth.lock").exists() && target.join("manifest.json").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_folder_stays_a_link() {
        let sandbox = Sandbox::new("link");
        fs::create_dir(sandbox.0.join("real")).unwrap();
        let link = sandbox.0.join("cdk.out");
        std::os::unix::fs::symlink("real", &link).unwrap();
        write(&link, &assembly("a")).unwrap();
        assert!(link.is_symlink() && sandbox.0.join("real/manifest.json").exists());
    }

    #[test]
    fn many_writers_leave_one_whole_assembly() {
        let sandbox = Sandbox::new("many");
        let target = sandbox.0.join("cdk.out");
        thread::scope(|threads| {
            for writer in 0..8 {
                let target = &target;
                threads.spawn(move || {
                    for round in 0..20 {
                        write(target, &assembly(&format!("w{writer}r{round}"))).unwrap();
                    }
                });
            }
        });
        let files = sandbox.files();
        assert!(matches!(&files[..], [_, _, template] if template.contains("w")), "{files:?}");
    }

    #[test]
    fn paths_out_of_the_folder_are_refused() {
        let sandbox = Sandbox::new("escape");
        for name in ["../escaped", "/escaped", "a/../../escaped"] {
            let files = [(name.to_owned(), Vec::new())];
            assert!(write(&sandbox.0.join("cdk.out"), &files).is_err());
        }
        assert_eq!(sandbox.files(), Vec::<String>::new());
    }
}
