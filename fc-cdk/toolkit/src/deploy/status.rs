//! [`StackStatus`]: every state of a stack, what it means, and what each command does with it. The page `docs/stack-states.md` is
//! this table.

use std::fmt;

/// What `deploy` does with a stack in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnDeploy {
    /// Makes it.
    Create,
    /// Changes it.
    Update,
    /// Deletes what is left of it, which holds nothing, and makes it anew.
    Recreate,
    /// Follows what goes on, and looks again.
    Wait,
    /// Nothing: it has to be brought out of the state first.
    Refuse,
}

/// What `destroy` does with a stack in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnDestroy {
    /// Nothing: it is gone.
    Nothing,
    /// Deletes it.
    Delete,
    /// Follows what goes on, and looks again.
    Wait,
}

/// What `deploy --recover` does with a stack in a state, before it deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnRecover {
    /// Nothing: it can be deployed as it is.
    Nothing,
    /// Follows what goes on, and looks again.
    Wait,
    /// Deletes what is left of it.
    Delete,
    /// Takes the failed operation back: `RollbackStack`.
    Rollback,
    /// Goes on with taking it back: `ContinueUpdateRollback`.
    ContinueRollback,
    /// Nothing that could be done by itself: a person decides.
    Person,
}

/// A state with all that is known of it.
struct Row {
    status: StackStatus,
    name: &'static str,
    meaning: &'static str,
    deploy: OnDeploy,
    destroy: OnDestroy,
    recover: OnRecover,
    /// Whether the last operation did what it was to do.
    good: bool,
}

macro_rules! states {
    ($($variant:ident $name:literal $good:literal $deploy:ident $destroy:ident $recover:ident $meaning:literal;)+) => {
        /// A state of a stack.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) enum StackStatus {
            $(#[doc = $meaning] $variant,)+
            /// A state that AWS has added since, or none.
            #[default]
            Unknown,
        }

        const TABLE: &[Row] = &[$(Row {
            status: StackStatus::$variant,
            name: $name,
            meaning: $meaning,
            deploy: OnDeploy::$deploy,
            destroy: OnDestroy::$destroy,
            recover: OnRecover::$recover,
            good: $good,
        },)+];
    };
}

states! {
    CreateInProgress "CREATE_IN_PROGRESS" false Wait Wait Wait "it is being made";
    CreateFailed "CREATE_FAILED" false Update Delete Rollback "making it failed, and what was made is kept, because of `--no-rollback`";
    CreateComplete "CREATE_COMPLETE" true Update Delete Nothing "it was made";
    RollbackInProgress "ROLLBACK_IN_PROGRESS" false Wait Wait Wait "making it failed, and what was made is being deleted";
    RollbackFailed "ROLLBACK_FAILED" false Refuse Delete Delete "making it failed, and so did deleting what was made";
    RollbackComplete "ROLLBACK_COMPLETE" false Recreate Delete Delete "making it failed, and what was made is deleted";
    DeleteInProgress "DELETE_IN_PROGRESS" false Wait Wait Wait "it is being deleted";
    DeleteFailed "DELETE_FAILED" false Refuse Delete Delete "deleting it failed, and some of its resources are left";
    DeleteComplete "DELETE_COMPLETE" true Create Nothing Nothing "it is gone";
    UpdateInProgress "UPDATE_IN_PROGRESS" false Wait Wait Wait "it is being changed";
    UpdateCleanup "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" false Wait Wait Wait "it was changed, and what was replaced is being deleted";
    UpdateComplete "UPDATE_COMPLETE" true Update Delete Nothing "it was changed";
    UpdateFailed "UPDATE_FAILED" false Update Delete Rollback "changing it failed, and what was changed is kept, because of `--no-rollback`";
    UpdateRollbackInProgress "UPDATE_ROLLBACK_IN_PROGRESS" false Wait Wait Wait "changing it failed or was canceled, and it is being taken back";
    UpdateRollbackFailed "UPDATE_ROLLBACK_FAILED" false Refuse Delete ContinueRollback "changing it failed, and so did taking that back";
    UpdateRollbackCleanup "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" false Wait Wait Wait "a change was taken back, and what it made is being deleted";
    UpdateRollbackComplete "UPDATE_ROLLBACK_COMPLETE" false Update Delete Nothing "a change was taken back: it is what it was before";
    ReviewInProgress "REVIEW_IN_PROGRESS" false Create Delete Delete "it has a change set that was never executed, and no resources";
    ImportInProgress "IMPORT_IN_PROGRESS" false Wait Wait Wait "resources are being taken over";
    ImportComplete "IMPORT_COMPLETE" true Update Delete Nothing "resources were taken over";
    ImportRollbackInProgress "IMPORT_ROLLBACK_IN_PROGRESS" false Wait Wait Wait "taking over resources failed, and is being taken back";
    ImportRollbackFailed "IMPORT_ROLLBACK_FAILED" false Refuse Delete Person "taking over resources failed, and so did taking that back";
    ImportRollbackComplete "IMPORT_ROLLBACK_COMPLETE" false Update Delete Nothing "taking over resources failed, and was taken back";
}

impl StackStatus {
    /// The state with this name.
    pub(crate) fn of_name(name: &str) -> StackStatus {
        TABLE.iter().find(|row| row.name == name).map_or(StackStatus::Unknown, |row| row.status)
    }

    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.status == self)
    }

    /// CloudFormation's name.
    pub(crate) fn name(self) -> &'static str {
        self.row().map_or("UNKNOWN", |row| row.name)
    }

    /// What it means: "it was made".
    pub(crate) fn meaning(self) -> &'static str {
        self.row().map_or("a state that this version does not know", |row| row.meaning)
    }

    /// What `deploy` does.
    pub(crate) fn on_deploy(self) -> OnDeploy {
        self.row().map_or(OnDeploy::Refuse, |row| row.deploy)
    }

    /// What `destroy` does.
    pub(crate) fn on_destroy(self) -> OnDestroy {
        self.row().map_or(OnDestroy::Delete, |row| row.destroy)
    }

    /// What `deploy --recover` does first.
    pub(crate) fn on_recover(self) -> OnRecover {
        self.row().map_or(OnRecover::Person, |row| row.recover)
    }

    /// Whether something goes on.
    pub(crate) fn is_in_progress(self) -> bool {
        self.on_destroy() == OnDestroy::Wait
    }

    /// Whether the last operation did what it was to do.
    pub(crate) fn is_good(self) -> bool {
        self.row().is_some_and(|row| row.good)
    }

    /// Whether a failed operation is taken back, wholly: the stack is what it was before.
    pub(crate) fn is_rolled_back(self) -> bool {
        matches!(
            self,
            StackStatus::RollbackComplete
                | StackStatus::UpdateRollbackComplete
                | StackStatus::ImportRollbackComplete
        )
    }

    /// Whether there is such a stack, with resources or without.
    pub(crate) fn exists(self) -> bool {
        self != StackStatus::DeleteComplete
    }
}

impl fmt::Display for StackStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, fs, path::Path};

    use aws_sdk_cloudformation::types;

    use super::*;

    #[test]
    fn every_status_that_the_sdk_knows_is_in_the_table() {
        for name in types::StackStatus::values() {
            assert_ne!(StackStatus::of_name(name), StackStatus::Unknown, "{name}");
        }
        assert_eq!(TABLE.len(), types::StackStatus::values().len());
        assert_eq!(StackStatus::of_name("SOMETHING_NEW"), StackStatus::Unknown);
    }

    #[test]
    fn what_goes_on_is_waited_for_everywhere() {
        for row in TABLE {
            let waits = row.name.ends_with("_IN_PROGRESS") && row.name != "REVIEW_IN_PROGRESS";
            assert_eq!(row.deploy == OnDeploy::Wait, waits, "{}", row.name);
            assert_eq!(row.destroy == OnDestroy::Wait, waits, "{}", row.name);
            assert_eq!(row.recover == OnRecover::Wait, waits, "{}", row.name);
            assert!(!(waits && row.good), "{}", row.name);
        }
    }

    #[test]
    fn recovery_leads_out_of_whatever_deploy_refuses() {
        for row in TABLE.iter().filter(|row| row.deploy == OnDeploy::Refuse) {
            assert_ne!(row.recover, OnRecover::Nothing, "{}", row.name);
        }
    }

    #[test]
    fn the_page_in_the_docs_is_this_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/stack-states.md");
        let page = page();
        if std::option_env!("FC_WRITE_DOCS").is_some() {
            fs::write(&path, &page).unwrap();
        }
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            page,
            "write it by `FC_WRITE_DOCS=1 cargo test -p fc-cdk-toolkit --features deploy the_page`"
        );
    }

    fn page() -> String {
        let mut page = "# States of stacks\n\n\
            What each state of a CloudFormation stack means, and what the commands do with it.\n\
            This page is written from the table that `deploy`, `destroy` and `deploy --recover` go by (`fc-cdk/toolkit/src/deploy/status.rs`).\n\n\
            | state | meaning | `deploy` | `deploy --recover`, before it deploys | `destroy` |\n\
            | --- | --- | --- | --- | --- |\n"
            .to_owned();
        let none = "| (none) | there is no such stack | makes it | nothing | nothing |\n";
        page.push_str(none);
        for row in TABLE {
            let deploy = match row.deploy {
                OnDeploy::Create => "makes it",
                OnDeploy::Update => "changes it",
                OnDeploy::Recreate => {
                    "deletes what is left, which holds nothing, and makes it anew"
                }
                OnDeploy::Wait => "follows what goes on, and looks again",
                OnDeploy::Refuse => "refuses, and says that `--recover` leads out",
            };
            let deploy = match row.recover {
                OnRecover::Person => "refuses, and says who has to decide what",
                _ => deploy,
            };
            let recover = match row.recover {
                OnRecover::Nothing => "nothing",
                OnRecover::Wait => "follows what goes on, and looks again",
                OnRecover::Delete => {
                    "deletes what is left; what cannot be deleted is named, and `--skip` keeps it"
                }
                OnRecover::Rollback => "takes the failed operation back (`RollbackStack`)",
                OnRecover::ContinueRollback => {
                    "goes on with taking it back (`ContinueUpdateRollback`); what stands in the way is named, and `--skip` leaves it out"
                }
                OnRecover::Person => "a person decides: the message says what about",
            };
            let destroy = match row.destroy {
                OnDestroy::Nothing => "nothing",
                OnDestroy::Delete => "deletes it",
                OnDestroy::Wait => "follows what goes on, and deletes it then",
            };
            let _ = writeln!(
                page,
                "| `{}` | {} | {deploy} | {recover} | {destroy} |",
                row.name, row.meaning
            );
        }
        page
    }
}
