//! [`Scenario`]: what a test writes down.

/// Stacks as they are at first, and what will happen.
///
/// What happens to a stack is a list of lines: a status, a logical id, and where it matters a reason after a colon.
///
/// ```
/// use fc_cdk_testing::deploy::{FakeStack, Scenario};
///
/// Scenario::new()
///     .stack(FakeStack::new("Orders", "UPDATE_COMPLETE").resource("Topic", "AWS::SNS::Topic"))
///     .when_updated("Orders", "
///         UPDATE_IN_PROGRESS Orders
///         UPDATE_FAILED Topic: Invalid parameter: DisplayName
///         UPDATE_ROLLBACK_IN_PROGRESS Orders: The following resource(s) failed to update: [Topic].
///         UPDATE_ROLLBACK_COMPLETE Orders
///     ");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    pub(super) stacks: Vec<FakeStack>,
    pub(super) scripts: Vec<Script>,
    pub(super) outcomes: Vec<(String, ChangeSetOutcome)>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) importers: Vec<(String, String)>,
    pub(super) has_no_bucket: bool,
}

/// What happens when an action is taken on a stack.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) stack: String,
    pub(super) action: Action,
    pub(super) lines: String,
}

/// What CloudFormation is told to do with a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Update,
    Delete,
    /// `RollbackStack` and `ContinueUpdateRollback`.
    RollBack,
}

/// A call that is refused.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) action: String,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) times: usize,
}

/// How the making of a change set ends, where not as usual.
#[derive(Clone, Debug)]
pub enum ChangeSetOutcome {
    /// It fails, with this reason.
    Fails(String),
    /// It fails early validation: `DescribeEvents` tells what is wrong.
    Invalid(Vec<Validation>),
    /// It is made, but obsolete before it is executed.
    Obsolete,
}

/// Something that early validation finds wrong.
#[derive(Clone, Debug)]
pub struct Validation {
    /// Such as `NAME_CONFLICT_VALIDATION`.
    pub name: String,
    /// Such as `/Resources/Photos/Properties/BucketName`.
    pub path: String,
    /// For people.
    pub reason: String,
}

/// A stack as it is at first.
#[derive(Clone, Debug)]
pub struct FakeStack {
    pub(super) name: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) template: String,
    pub(super) resources: Vec<(String, String)>,
    pub(super) outputs: Vec<(String, String, Option<String>)>,
    pub(super) parameters: Vec<(String, String)>,
    pub(super) is_protected: bool,
    pub(super) going_on: String,
}

impl FakeStack {
    /// A stack in a status such as `UPDATE_ROLLBACK_FAILED`.
    pub fn new(name: &str, status: &str) -> FakeStack {
        FakeStack {
            name: name.to_owned(),
            status: status.to_owned(),
            reason: String::new(),
            template: r#"{"Resources":{}}"#.to_owned(),
            resources: Vec::new(),
            outputs: Vec::new(),
            parameters: Vec::new(),
            is_protected: false,
            going_on: String::new(),
        }
    }

    /// Why it is in its status.
    #[must_use]
    pub fn reason(mut self, reason: &str) -> FakeStack {
        reason.clone_into(&mut self.reason);
        self
    }

    /// Its template.
    #[must_use]
    pub fn template(mut self, json: &str) -> FakeStack {
        json.clone_into(&mut self.template);
        self
    }

    /// A resource that it has, beside those of its template.
    #[must_use]
    pub fn resource(mut self, logical_id: &str, type_name: &str) -> FakeStack {
        self.resources.push((logical_id.to_owned(), type_name.to_owned()));
        self
    }

    /// An output that it has, with the name of its export if it is one.
    #[must_use]
    pub fn output(mut self, name: &str, value: &str, export: Option<&str>) -> FakeStack {
        self.outputs.push((name.to_owned(), value.to_owned(), export.map(str::to_owned)));
        self
    }

    /// The value of a parameter.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> FakeStack {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// It must not be deleted.
    #[must_use]
    pub fn protected(mut self) -> FakeStack {
        self.is_protected = true;
        self
    }

    /// What goes on with it from the beginning, as somebody else began it.
    #[must_use]
    pub fn going_on(mut self, lines: &str) -> FakeStack {
        lines.clone_into(&mut self.going_on);
        self
    }
}

impl Scenario {
    /// No stacks; whatever is done goes well.
    pub fn new() -> Scenario {
        Scenario::default()
    }

    /// A stack that there is at first.
    #[must_use]
    pub fn stack(mut self, stack: FakeStack) -> Scenario {
        self.stacks.push(stack);
        self
    }

    /// What happens when a stack is created; the first time, where it is said more than once.
    #[must_use]
    pub fn when_created(self, stack: &str, lines: &str) -> Scenario {
        self.when(stack, Action::Create, lines)
    }

    /// What happens when a stack is updated.
    #[must_use]
    pub fn when_updated(self, stack: &str, lines: &str) -> Scenario {
        self.when(stack, Action::Update, lines)
    }

    /// What happens when a stack is deleted.
    #[must_use]
    pub fn when_deleted(self, stack: &str, lines: &str) -> Scenario {
        self.when(stack, Action::Delete, lines)
    }

    /// What happens when a stack is told to roll back, or to go on with that.
    #[must_use]
    pub fn when_rolled_back(self, stack: &str, lines: &str) -> Scenario {
        self.when(stack, Action::RollBack, lines)
    }

    fn when(mut self, stack: &str, action: Action, lines: &str) -> Scenario {
        let (stack, lines) = (stack.to_owned(), lines.to_owned());
        self.scripts.push(Script { stack, action, lines });
        self
    }

    /// How the next change set of a stack ends.
    #[must_use]
    pub fn change_set(mut self, stack: &str, outcome: ChangeSetOutcome) -> Scenario {
        self.outcomes.push((stack.to_owned(), outcome));
        self
    }

    /// An action of the API is refused, so many times.
    #[must_use]
    pub fn refuse(mut self, action: &str, code: &str, message: &str, times: usize) -> Scenario {
        let [action, code, message] = [action, code, message].map(str::to_owned);
        self.refusals.push(Refusal { action, code, message, times });
        self
    }

    /// A stack that is not here imports an export.
    #[must_use]
    pub fn importer(mut self, export: &str, stack: &str) -> Scenario {
        self.importers.push((export.to_owned(), stack.to_owned()));
        self
    }

    /// There is no bucket of the bootstrapping.
    #[must_use]
    pub fn without_bucket(mut self) -> Scenario {
        self.has_no_bucket = true;
        self
    }
}
