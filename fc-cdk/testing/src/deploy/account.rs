//! [`Account`]: where an app is deployed to, and what came of it.

use std::{collections::BTreeMap, io, process::Command, time::Duration};

use fc_cdk_core::{Node, Template, json};

use crate::deploy::{
    emulator::Emulator,
    error::Error,
    http,
    proxy::FaultProxy,
    query::Caller,
    run::{self, Run, Running},
    xml::Element,
};

/// One account of an [`Emulator`] in one region.
#[derive(Clone, Debug)]
pub struct Account<'a> {
    emulator: &'a Emulator,
    /// Its address is the emulator's, or that of a proxy before it.
    caller: Caller,
}

/// A stack as `DescribeStacks` tells it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Its ARN, which is another one after it has been deleted and created again.
    pub id: String,
    /// Such as `CREATE_COMPLETE`.
    pub status: String,
    /// Why it is in this status, or empty.
    pub status_reason: String,
    /// Values by the names of outputs.
    pub outputs: BTreeMap<String, String>,
    /// Values by the names of parameters; `****` for those that are not echoed.
    pub parameters: BTreeMap<String, String>,
    /// Tags of the stack.
    pub tags: BTreeMap<String, String>,
    /// Whether it is protected from being deleted.
    pub termination_protection: bool,
}

/// A resource of a stack.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Resource {
    /// Its id in the template.
    pub logical_id: String,
    /// Its id in the account.
    pub physical_id: String,
    /// Such as `AWS::S3::Bucket`.
    pub type_name: String,
    /// Such as `CREATE_COMPLETE`.
    pub status: String,
}

/// Something that happened to a stack, or to a resource of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Of the resource, or the name of the stack.
    pub logical_id: String,
    /// Of the resource; `AWS::CloudFormation::Stack` for the stack.
    pub type_name: String,
    /// Such as `CREATE_FAILED`.
    pub status: String,
    /// Why, or empty.
    pub reason: String,
}

/// What CloudFormation does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes it, first or as a replacement.
    Create,
    /// Changes it, or changes it back.
    Update,
    /// Removes it.
    Delete,
}

/// An operation on a resource that fails or waits.
#[derive(Clone, Debug)]
pub struct ResourceFault {
    stack: String,
    logical_id: String,
    operation: Operation,
    reason: Option<String>,
    wait: Duration,
    skip: u32,
    times: u32,
}

impl ResourceFault {
    /// An operation on the resource with this logical id fails, with this reason.
    pub fn fails(operation: Operation, logical_id: &str, reason: &str) -> ResourceFault {
        ResourceFault {
            stack: String::new(),
            logical_id: logical_id.to_owned(),
            operation,
            reason: Some(reason.to_owned()),
            wait: Duration::ZERO,
            skip: 0,
            times: u32::MAX,
        }
    }

    /// An operation on the resource with this logical id takes that long, or until [`Account::clear_faults`].
    pub fn waits(operation: Operation, logical_id: &str, wait: Duration) -> ResourceFault {
        ResourceFault { reason: None, wait, ..ResourceFault::fails(operation, logical_id, "") }
    }

    /// Only in this stack.
    #[must_use]
    pub fn in_stack(mut self, name: &str) -> ResourceFault {
        name.clone_into(&mut self.stack);
        self
    }

    /// Only after so many that went well.
    #[must_use]
    pub fn after(mut self, count: u32) -> ResourceFault {
        self.skip = count;
        self
    }

    /// Only so many times.
    #[must_use]
    pub fn times(mut self, count: u32) -> ResourceFault {
        self.times = count;
        self
    }
}

impl<'a> Account<'a> {
    pub(crate) fn new(emulator: &'a Emulator, caller: Caller) -> Account<'a> {
        Account { emulator, caller }
    }

    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Its 12 digits.
    pub fn id(&self) -> &str {
        &self.caller.account
    }

    /// Its region.
    pub fn region(&self) -> &str {
        &self.caller.region
    }

    /// The same account in another region.
    #[must_use]
    pub fn in_region(&self, region: &str) -> Account<'a> {
        let mut other = self.clone();
        region.clone_into(&mut other.caller.region);
        other
    }

    /// The same account; programs and calls reach it through this proxy.
    #[must_use]
    pub fn through(&self, proxy: &FaultProxy) -> Account<'a> {
        let mut other = self.clone();
        other.caller.address = proxy.address().to_owned();
        other
    }

    /// The environment variables by which AWS's SDKs, the AWS CLI and the `cdk` CLI find the account.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let Caller { address, account, region } = &self.caller;
        environment(address, account, region)
    }

    /// Leads a program to the account, and keeps from it what else the test's own environment says of AWS, proxies and terminals.
    /// [`run`](Account::run) and [`spawn`](Account::spawn) do it by themselves; this is for programs that are started otherwise.
    pub fn lead(&self, command: &mut Command) {
        run::lead(command, self.environment());
    }

    /// Runs a program, such as that of an app, in this account, and waits for its end.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn run(&self, command: &mut Command) -> Result<Run, Error> {
        self.spawn(command)?.wait()
    }

    /// Starts a program in this account, and goes on while it runs.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn spawn(&self, command: &mut Command) -> Result<Running, Error> {
        Running::start(command, self.environment())
    }

    /// Calls an action of CloudFormation, such as `DescribeStacks`; the reply is its outermost element.
    ///
    /// # Errors
    ///
    /// When the emulator refuses it.
    pub fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Element, Error> {
        self.caller.call("cloudformation", "2010-05-15", action, parameters)
    }

    /// Calls an action of another service that has a Query API, such as `sns`, `2010-03-31`, `SetTopicAttributes`.
    ///
    /// # Errors
    ///
    /// When the emulator refuses it.
    pub fn call_service(
        &self,
        (service, version): (&str, &str),
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Element, Error> {
        self.caller.call(service, version, action, parameters)
    }

    /// A stack, if there is one with this name.
    ///
    /// # Errors
    ///
    /// When the emulator does not answer.
    pub fn stack(&self, name: &str) -> Result<Option<Stack>, Error> {
        Ok(self.stacks()?.into_iter().find(|stack| stack.name == name))
    }

    /// All stacks that there are, by name.
    ///
    /// # Errors
    ///
    /// When the emulator does not answer.
    pub fn stacks(&self) -> Result<Vec<Stack>, Error> {
        let mut stacks: Vec<Stack> = self
            .pages("DescribeStacks", &[], "Stacks")?
            .iter()
            .map(|stack| {
                let map = |list: &str, key: &str, value: &str| {
                    let entries = stack.list(list).iter();
                    entries
                        .map(|entry| {
                            (entry.text_of(key).to_owned(), entry.text_of(value).to_owned())
                        })
                        .collect()
                };
                let text = |name: &str| stack.text_of(name).to_owned();
                Stack {
                    name: text("StackName"),
                    id: text("StackId"),
                    status: text("StackStatus"),
                    status_reason: text("StackStatusReason"),
                    outputs: map("Outputs", "OutputKey", "OutputValue"),
                    parameters: map("Parameters", "ParameterKey", "ParameterValue"),
                    tags: map("Tags", "Key", "Value"),
                    termination_protection: stack.text_of("EnableTerminationProtection") == "true",
                }
            })
            .collect();
        stacks.retain(|stack| stack.status != "DELETE_COMPLETE");
        stacks.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(stacks)
    }

    /// The resources of a stack, by logical id.
    ///
    /// # Errors
    ///
    /// When there is no such stack.
    pub fn resources(&self, stack: &str) -> Result<Vec<Resource>, Error> {
        let list =
            self.pages("ListStackResources", &[("StackName", stack)], "StackResourceSummaries")?;
        let mut resources: Vec<Resource> = list
            .iter()
            .map(|resource| {
                let text = |name: &str| resource.text_of(name).to_owned();
                Resource {
                    logical_id: text("LogicalResourceId"),
                    physical_id: text("PhysicalResourceId"),
                    type_name: text("ResourceType"),
                    status: text("ResourceStatus"),
                }
            })
            .collect();
        resources.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
        Ok(resources)
    }

    /// What happened to a stack, the oldest first.
    ///
    /// # Errors
    ///
    /// When there is no such stack.
    pub fn events(&self, stack: &str) -> Result<Vec<Event>, Error> {
        let list = self.pages("DescribeStackEvents", &[("StackName", stack)], "StackEvents")?;
        let event = |event: &Element| {
            let text = |name: &str| event.text_of(name).to_owned();
            Event {
                logical_id: text("LogicalResourceId"),
                type_name: text("ResourceType"),
                status: text("ResourceStatus"),
                reason: text("ResourceStatusReason"),
            }
        };
        Ok(list.iter().rev().map(event).collect())
    }

    /// The template of a stack as it was given.
    ///
    /// # Errors
    ///
    /// When there is no such stack.
    pub fn template(&self, stack: &str) -> Result<Template, Error> {
        let reply =
            self.call("GetTemplate", &[("StackName", stack), ("TemplateStage", "Original")])?;
        let body = reply.find("TemplateBody").map(|body| body.text.clone()).unwrap_or_default();
        Template::parse(&body)
            .map_err(|error| Error::new(format!("the template of the stack {stack}: {error}")))
    }

    /// Sets a parameter of Systems Manager. The public ones, by which AWS names its machine images, have a value without it.
    ///
    /// # Errors
    ///
    /// When the emulator refuses it.
    pub fn put_parameter(&self, name: &str, value: &str) -> Result<(), Error> {
        let parameter =
            json!({ "Name": name, "Value": value, "Type": "String", "Overwrite": true });
        self.caller.call_json("ssm", "AmazonSSM.PutParameter", &parameter).map(drop)
    }

    /// Calls an operation of a service that speaks JSON, such as `DynamoDB_20120810.GetItem` of `dynamodb`; the reply is its JSON.
    ///
    /// # Errors
    ///
    /// When the emulator refuses it.
    pub fn call_json(&self, service: &str, target: &str, body: &Node) -> Result<Node, Error> {
        self.caller.call_json(service, target, body)
    }

    /// Stores an object in a bucket.
    ///
    /// # Errors
    ///
    /// When there is no such bucket.
    pub fn put_object(&self, bucket: &str, key: &str, body: &[u8]) -> Result<(), Error> {
        self.object("PUT", bucket, key, body).map(drop)
    }

    /// What is in an object of a bucket.
    ///
    /// # Errors
    ///
    /// When there is no such object.
    pub fn object_body(&self, bucket: &str, key: &str) -> Result<Vec<u8>, Error> {
        self.object("GET", bucket, key, b"")
    }

    fn object(&self, method: &str, bucket: &str, key: &str, body: &[u8]) -> Result<Vec<u8>, Error> {
        let target = format!("/{bucket}/{key}");
        let head = self.caller.head(method, &target, "s3");
        let (reply, body) = http::exchange(&self.caller.address, &head, body)
            .map_err(Error::during(format!("{method} {target}")))?;
        match reply.status() {
            200 => Ok(body),
            status => {
                let text = String::from_utf8_lossy(&body);
                Err(Error::new(format!("{method} {target} gives status {status}: {text}")))
            }
        }
    }

    /// Makes an operation on a resource fail or wait, in this account.
    ///
    /// # Errors
    ///
    /// When the emulator does not answer.
    pub fn fault(&self, fault: &ResourceFault) -> Result<(), Error> {
        let operation = match fault.operation {
            Operation::Create => "create",
            Operation::Update => "update",
            Operation::Delete => "delete",
        };
        let wait = i64::try_from(fault.wait.as_millis()).unwrap_or(i64::MAX);
        let rule = json!({
            "account": self.id(),
            "stack": (fault.stack.as_str()),
            "logical_id": (fault.logical_id.as_str()),
            "operation": operation,
            "reason": (fault.reason.as_deref()),
            "milliseconds": wait,
            "skip": (i64::from(fault.skip)),
            "times": (i64::from(fault.times)),
        });
        self.emulator.command(&format!("fault {}", rule.to_json()))
    }

    /// Ends all faults of resources in this account, those that are waiting included.
    ///
    /// # Errors
    ///
    /// When the emulator does not answer.
    pub fn clear_faults(&self) -> Result<(), Error> {
        self.emulator.command(&format!("clear {}", self.id()))
    }

    /// A proxy before the emulator, for [`Account::through`].
    ///
    /// # Errors
    ///
    /// When there is no free port.
    pub fn proxy(&self) -> io::Result<FaultProxy> {
        FaultProxy::start(&self.caller.address)
    }

    /// All items of a reply that comes in pages.
    fn pages(
        &self,
        action: &str,
        parameters: &[(&str, &str)],
        list: &str,
    ) -> Result<Vec<Element>, Error> {
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let mut parameters = parameters.to_vec();
            if !token.is_empty() {
                parameters.push(("NextToken", &token));
            }
            let reply = self.call(action, &parameters)?;
            let found = reply.find(list).map(|list| list.children.clone());
            items.extend(found.unwrap_or_default());
            let next = reply.find("NextToken").map(|token| token.text.clone());
            match next.filter(|next| !next.is_empty()) {
                Some(next) => token = next,
                None => return Ok(items),
            }
        }
    }
}

/// The environment variables by which programs find a server on this machine.
pub(crate) fn environment(
    address: &str,
    account: &str,
    region: &str,
) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_ENDPOINT_URL", format!("http://{address}")),
        ("AWS_ACCESS_KEY_ID", account.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_REGION", region.to_owned()),
        ("AWS_DEFAULT_REGION", region.to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        // Not those of the user.
        ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
    ]
}
