//! [`Synthesis`]: an app turned into an assembly, with the files that go with it.

use std::{cell::OnceCell, path::Path};

use fc_cdk_core::{App, Assembly, IdsLock, StackArtifact};

use crate::{
    assembly_dir, assets,
    error::Error,
    selection::{self, Candidate},
};

/// A synthesized app.
pub struct Synthesis {
    assembly: Assembly,
    /// The files of the assembly, made when they are first needed.
    files: OnceCell<Vec<(String, Vec<u8>)>>,
}

impl Synthesis {
    /// Reads the assets of an app and synthesizes it. Assets that cannot be read are errors of the result, and so are ids of a lock
    /// that have vanished.
    pub fn of(app: App, lock: Option<IdsLock>) -> Synthesis {
        let mut options = assets::read(&app.assets());
        if let Some(lock) = lock {
            options.set_ids_lock(lock);
        }
        Synthesis { assembly: app.synth_with(&options), files: OnceCell::new() }
    }

    /// The stacks and all that is wrong.
    pub fn assembly(&self) -> &Assembly {
        &self.assembly
    }

    /// The stacks that the patterns name, in deployment order.
    ///
    /// # Errors
    ///
    /// When a pattern names none.
    pub fn select(&self, patterns: &[String]) -> Result<Vec<&StackArtifact>, Error> {
        let stacks = self.assembly.stacks();
        let candidates: Vec<Candidate<'_>> = stacks
            .iter()
            .map(|stack| Candidate {
                display_name: stack.display_name(),
                stack_name: stack.stack_name(),
                artifact_id: stack.artifact_id(),
            })
            .collect();
        let selected = selection::select(&candidates, patterns)?;
        Ok(selected.into_iter().map(|index| &stacks[index]).collect())
    }

    /// The template of a stack, as it is written to its file: JSON.
    pub fn template_bytes(&self, stack: &StackArtifact) -> &[u8] {
        let path = self.assembly.template_path(stack);
        let file = self.files().iter().find(|(name, _)| *name == path);
        file.map_or(&[], |(_, bytes)| bytes)
    }

    fn files(&self) -> &[(String, Vec<u8>)] {
        self.files.get_or_init(|| self.assembly.files())
    }

    /// Writes the cloud assembly, in place of one that is there.
    ///
    /// # Errors
    ///
    /// When it cannot be written; then what was there is unchanged.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let assets = self.assembly.staged_assets();
        assembly_dir::replace(folder, |folder| {
            assembly_dir::write_files(folder, self.files())?;
            assets.iter().try_for_each(|asset| assets::write(asset, folder))
        })
    }
}
