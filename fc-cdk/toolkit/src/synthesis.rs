//! [`Synthesis`]: an app turned into an assembly, with the files that go with it.

use std::path::Path;

use fc_cdk_core::{App, Assembly, IdsLock, StackArtifact, spec::ResourceSpec};

use crate::{
    assembly_dir, assets,
    error::Error,
    selection::{self, Candidate},
};

/// What AWS's specification says of a resource type, by its name.
pub(crate) type ResourceTypes = fn(&str) -> Option<ResourceSpec>;

/// A synthesized app.
pub struct Synthesis {
    assembly: Assembly,
}

impl Synthesis {
    /// Reads the assets of an app and synthesizes it. Assets that cannot be read are errors of the result, and so are ids of a lock
    /// that have vanished. What AWS's specification says of resource types, by name, serves to check raw resources.
    pub fn of(app: App, lock: Option<IdsLock>, types: Option<ResourceTypes>) -> Synthesis {
        let mut options = assets::read(&app.assets());
        if let Some(types) = types {
            options.set_resource_types(types);
        }
        if let Some(lock) = lock {
            options.set_ids_lock(lock);
        }
        Synthesis { assembly: app.into_assembly(&options) }
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
        let candidates: Vec<Candidate<'_>> = stacks.iter().map(Candidate::of).collect();
        let selected = selection::select(&candidates, patterns)?;
        Ok(selected.into_iter().map(|index| &stacks[index]).collect())
    }

    /// The stacks that the patterns name, or all, in deployment order; nested ones are deployed with those around them.
    ///
    /// # Errors
    ///
    /// When a pattern names none, or only nested ones.
    #[cfg(feature = "deploy")]
    pub(crate) fn select_deployable(
        &self,
        patterns: &[String],
    ) -> Result<Vec<&StackArtifact>, Error> {
        let mut stacks = match patterns {
            [] => self.assembly.stacks().iter().collect(),
            patterns => self.select(patterns)?,
        };
        if let [nested] = stacks.as_slice()
            && nested.is_nested()
        {
            return Err(Error::of(
                crate::codes::NESTED_STACK,
                format!("`{}` is a nested stack", nested.display_name()),
            )
            .help("name the stack around it, which deploys it"));
        }
        stacks.retain(|stack| !stack.is_nested());
        Ok(stacks)
    }

    /// Writes the cloud assembly, in place of one that is there.
    ///
    /// # Errors
    ///
    /// When it cannot be written; then what was there is unchanged.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let assets = self.assembly.staged_assets();
        assembly_dir::replace(folder, |folder| {
            self.assembly
                .write_files(|path, content| assembly_dir::write_file(folder, path, content))?;
            assets.iter().try_for_each(|asset| assets::write(asset, folder))
        })
    }
}
