//! [`IdsLock`]: a file that remembers the logical ids of everything that holds data.
//!
//! CloudFormation knows a resource by its logical id, and ids come from paths: a renamed construct is a new, empty resource beside one
//! that is deleted. The lock file is checked in; synth compares, and an id that vanishes is an error until the code says that the
//! construct moved ([`moved!`](crate::moved!)) or may go ([`Stack::removed`](crate::Stack::removed)).

use std::fmt;

use smol_str::SmolStr;

use crate::{Diagnostic, assembly::Assembly, codes};

const HEADER: &str = "# Logical ids of what holds data: stack, logical id, type, path. Checked by synth; accept a change with \
                      `synth --accept-ids`.\n";

/// The logical ids of the stateful resources of an app, as they were last accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdsLock {
    entries: Vec<LockedId>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LockedId {
    stack: SmolStr,
    logical_id: SmolStr,
    type_name: SmolStr,
    path: SmolStr,
}

impl IdsLock {
    /// The ids as they are in an assembly.
    pub fn of(assembly: &Assembly) -> IdsLock {
        let mut entries: Vec<LockedId> = Vec::new();
        for stack in assembly.stacks() {
            let template = stack.template();
            for (logical_id, path) in stack.stateful_resources() {
                let type_name =
                    template.resource(logical_id).map(|resource| resource.type_name().into());
                entries.push(LockedId {
                    stack: stack.stack_name().into(),
                    logical_id: logical_id.into(),
                    type_name: type_name.unwrap_or_default(),
                    path: path.into(),
                });
            }
        }
        entries.sort();
        IdsLock { entries }
    }

    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// Where a line does not have four columns; says which.
    pub fn parse(text: &str) -> Result<IdsLock, String> {
        let mut entries = Vec::new();
        for (index, line) in
            text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        {
            let columns: Vec<&str> = line.split('\t').collect();
            let [stack, logical_id, type_name, path] = columns[..] else {
                return Err(format!(
                    "line {} has {} columns, not stack, logical id, type and path separated by tabs",
                    index + 1,
                    columns.len()
                ));
            };
            let (stack, logical_id, type_name, path) =
                (stack.into(), logical_id.into(), type_name.into(), path.into());
            entries.push(LockedId { stack, logical_id, type_name, path });
        }
        entries.sort();
        Ok(IdsLock { entries })
    }

    /// What has vanished from an assembly without the code saying so.
    pub(crate) fn check(&self, assembly: &Assembly) -> Vec<Diagnostic> {
        let lost = self.entries.iter().filter(|locked| {
            let stack = assembly.stacks().iter().find(|stack| stack.stack_name() == locked.stack);
            let kept = stack.is_some_and(|stack| {
                let resource = stack.template().resource(&locked.logical_id);
                resource.is_some_and(|resource| resource.type_name() == locked.type_name)
            });
            !kept && !assembly.is_removed(&locked.path)
        });
        lost.map(|locked| {
            let LockedId { stack, logical_id, type_name, path } = locked;
            let message = format!(
                "this {type_name} holds data and was `{logical_id}` in the stack `{stack}`, and nothing has that id any more: \
                 a deployment would delete it, or leave it behind"
            );
            let mut diagnostic = Diagnostic::error(codes::STATEFUL_ID_LOST, message).help(
                "if the construct moved, say `moved!(stack, \"Old/Path\" => \"New/Path\")`; if it may go, say \
                 `stack.removed(\"Path\")` and accept the ids with `synth --accept-ids`",
            );
            diagnostic.path = path.clone();
            diagnostic.logical_id = Some(logical_id.clone());
            diagnostic
        })
        .collect()
    }
}

impl fmt::Display for IdsLock {
    /// The lock file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEADER)?;
        for LockedId { stack, logical_id, type_name, path } in &self.entries {
            writeln!(f, "{stack}\t{logical_id}\t{type_name}\t{path}")?;
        }
        Ok(())
    }
}
