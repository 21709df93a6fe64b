//! [`App`] and [`Stage`]: the top of the construct tree.

use std::{cell::RefCell, ops::Deref, rc::Rc};

use smol_str::SmolStr;

use crate::{
    diagnostic::SourceLocation,
    reference::Strength,
    tree::{Kind, Scope, Tree},
};

/// The account and region of a stack, as far as they are known at synth.
///
/// What is `None` is decided by the deployment: the template says `Ref: AWS::Region` there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Environment {
    /// The 12-digit account.
    pub account: Option<SmolStr>,
    /// The region, such as `ap-northeast-1`.
    pub region: Option<SmolStr>,
}

impl Environment {
    /// A region of whatever account is deployed to.
    pub fn region(region: &str) -> Environment {
        Environment { account: None, region: Some(region.into()) }
    }

    /// A region of one account.
    pub fn new(account: &str, region: &str) -> Environment {
        Environment { account: Some(account.into()), region: Some(region.into()) }
    }
}

pub(crate) struct AppData {
    pub(crate) environment: Environment,
    pub(crate) strength: Strength,
}

pub(crate) struct StageData {
    pub(crate) environment: Environment,
}

/// An application: the root of the construct tree.
///
/// ```
/// use fc_cdk_core::{App, Stack, json};
/// let app = App::new();
/// let stack = Stack::new(&app, "Storage");
/// stack.raw_resource("Bucket", "AWS::S3::Bucket", json!({}));
/// let assembly = app.synth();
/// assert_eq!(assembly.stacks()[0].template().resource_ids().collect::<Vec<_>>(), ["Bucket"]);
/// ```
#[derive(Clone, Debug)]
pub struct App {
    scope: Scope,
}

impl App {
    /// An empty app.
    #[track_caller]
    #[expect(
        clippy::new_without_default,
        reason = "`default` could not know the line that made the app"
    )]
    pub fn new() -> App {
        let data = AppData { environment: Environment::default(), strength: Strength::default() };
        let tree = Tree::new(data, SourceLocation::caller());
        App { scope: Scope { tree: Rc::new(RefCell::new(tree)), index: 0 } }
    }

    /// The account and region of all stacks that do not name their own.
    #[must_use]
    pub fn with_environment(self, environment: Environment) -> App {
        self.change(|app| app.environment = environment);
        self
    }

    /// How stacks refer to each other's values where the stack or the reference does not say; weak by default.
    #[must_use]
    pub fn with_reference_strength(self, strength: Strength) -> App {
        self.change(|app| app.strength = strength);
        self
    }

    fn change(&self, change: impl FnOnce(&mut AppData)) {
        if let Kind::App(data) = &mut self.scope.tree_mut().get_mut(self.scope.index).kind {
            change(data);
        }
    }
}

impl Deref for App {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}

/// A group of stacks that are deployed together, such as one environment of an app: a nested cloud assembly.
///
/// The names of its stacks start with its own: `Prod-Network`.
#[derive(Clone, Debug)]
pub struct Stage {
    scope: Scope,
}

impl Stage {
    /// A stage below an app or another stage.
    #[track_caller]
    pub fn new(parent: &Scope, id: &str) -> Stage {
        let data = StageData { environment: Environment::default() };
        Stage { scope: parent.add(id, Kind::Stage(Box::new(data))) }
    }

    /// The account and region of all stacks below that do not name their own.
    #[must_use]
    pub fn with_environment(self, environment: Environment) -> Stage {
        if let Kind::Stage(data) = &mut self.scope.tree_mut().get_mut(self.scope.index).kind {
            data.environment = environment;
        }
        self
    }
}

impl Deref for Stage {
    type Target = Scope;
    fn deref(&self) -> &Scope {
        &self.scope
    }
}
