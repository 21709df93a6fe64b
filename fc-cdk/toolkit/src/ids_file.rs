//! The file in which an app remembers the logical ids of what holds data, so that one which vanishes is an error.

use std::{fs, io::ErrorKind, path::Path};

use fc_cdk_core::{Assembly, IdsLock};

use crate::error::Error;

/// The ids that were accepted last; none where the file is not there yet.
///
/// # Errors
///
/// When there is a file that cannot be read, or that is none of ours.
pub(crate) fn read(path: &Path) -> Result<Option<IdsLock>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => IdsLock::parse(&text).map(Some).map_err(|problem| {
            Error::of(crate::codes::BAD_IDS_LOCK, format!("cannot read `{}`: {problem}", path.display()))
                .help("take the file back from version control, or delete it and run `synth --accept-ids`")
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

/// Accepts the ids of an assembly.
///
/// # Errors
///
/// When the file cannot be written; then it is as it was.
pub(crate) fn write(path: &Path, assembly: &Assembly) -> Result<(), Error> {
    let aside = path.with_extension(format!("new-{}", std::process::id()));
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder
        .and_then(|()| fs::write(&aside, IdsLock::of(assembly).to_string()))
        .and_then(|()| fs::rename(&aside, path));
    written.map_err(|error| {
        // It may not be there at all.
        let _ = fs::remove_file(&aside);
        Error::io("write", path, &error)
    })
}
