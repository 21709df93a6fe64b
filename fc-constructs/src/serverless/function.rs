//! [`Function`]: a Lambda function.

use std::{path::PathBuf, time::Duration};

use fc_cdk_aws::{ids, lambda};
use fc_cdk_core::{
    Asset, Diagnostic, IntoValue, Map, Node, Scope, Value,
    policy::{Principal, Statement},
};

use super::{codes, needs};
use crate::{
    builder::construct,
    handle::stands_for,
    messaging::Queue,
    monitoring::{LogGroup, Metric, Retention, Statistic},
    security::{Grantee, Key, Role},
};

/// Where a function's code comes from.
#[derive(Clone, Debug)]
pub enum Code {
    /// A folder, uploaded as a ZIP archive.
    Directory(PathBuf),
    /// A ZIP archive that is there already.
    Archive(PathBuf),
    /// A few lines of Python or JavaScript in the template: 4 MB at most, and only as the module `index`.
    Inline(String),
}

/// A Lambda function with a role and a log group of its own.
///
/// Makes one `AWS::Lambda::Function`, its role and policy, and one log group with a stated retention; runs on ARM, and is traced by X-Ray.
///
/// ```
/// use fc_cdk_core::{App, Stack};
/// use fc_constructs::serverless::{Code, Function};
/// let app = App::new();
/// let stack = Stack::new(&app, "Notifier");
/// let notifier = Function::builder()
///     .runtime("python3.13")
///     .handler("index.handler")
///     .code(Code::Inline("def handler(event, context): return event".into()))
///     .build(&stack, "Notifier");
/// notifier.add_environment("CHANNEL", "ops");
/// ```
///
/// Reference: <https://docs.aws.amazon.com/lambda/latest/dg/welcome.html>.
#[derive(Clone)]
pub struct Function {
    /// The function itself, for everything that has no setting here.
    pub handle: lambda::FunctionHandle,
    /// Where its logs go.
    pub log_group: LogGroup,
    role: Role,
    scope: Scope,
}

construct! {
    Function, FunctionBuilder, FunctionOptions {
        required {
            /// The runtime, such as `python3.13` or `nodejs22.x`; see
            /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>.
            runtime: IntoValue<lambda::FunctionRuntime>,
            /// The file and function that are called, such as `index.handler`.
            handler: Into<String>,
            /// The code.
            code: Into<Code>,
        }
        optional {
            /// What the function is for, up to 256 characters. Default: nothing.
            description: Into<String>,
            /// The longest run, a second to 15 minutes. Default: 30 seconds.
            timeout: Into<Duration> = Duration::from_secs(30),
            /// Memory in MiB, 128 to 10,240; the processor grows with it. Default: 256.
            memory_mib: Into<u32> = 256,
            /// Variables that the code sees; the key of `encryption_key` encrypts them. Default: none.
            environment: Into<Vec<(String, Value<String>)>> = Vec::new(),
            /// The key that encrypts variables and logs. Default: AWS's own.
            encryption_key: Into<Key>,
            /// How long logs are kept. Default: one month.
            log_retention: Into<Retention> = Retention::OneMonth,
            /// How many run at the same time, at most; also how many are set aside for it. Default: no bound of its own.
            reserved_concurrency: Into<u32>,
            /// What takes events that the function has failed at three times, where nobody waits for the answer. Default: they are lost.
            dead_letter_queue: Into<Queue>,
        }
    }
}

impl Function {
    fn create(
        scope: &Scope,
        runtime: Value<lambda::FunctionRuntime>,
        handler: String,
        code: Code,
        options: FunctionOptions,
    ) -> Function {
        let seconds = options.timeout.as_secs();
        if !(1..=900).contains(&seconds) {
            let message = format!("a function runs 1 to 900 seconds, not {seconds}");
            scope.report(
                Diagnostic::error(codes::BAD_FUNCTION, message)
                    .property("timeout")
                    .help("split the work into steps"),
            );
        }
        if !(128..=10_240).contains(&options.memory_mib) {
            let message =
                format!("a function has 128 to 10240 MiB of memory, not {}", options.memory_mib);
            scope.report(
                Diagnostic::error(codes::BAD_FUNCTION, message)
                    .property("memory_mib")
                    .help("choose a size in that range"),
            );
        }
        let role = Role::builder()
            .assumed_by(Principal::service("lambda.amazonaws.com"))
            .build(scope, "ServiceRole");
        let mut log_group = LogGroup::builder().retention(options.log_retention);
        if let Some(key) = &options.encryption_key {
            log_group = log_group.encryption_key(key.clone());
        }
        let log_group = log_group.build(scope, "LogGroup");
        log_group.grant_write(&role);
        // X-Ray has no resources that a policy could name.
        let trace =
            Statement::allow().actions(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]);
        role.add_statement(trace.resources(["*"]));
        if let Some(queue) = &options.dead_letter_queue {
            queue.grant_send(&role);
        }
        let dead_letters = options
            .dead_letter_queue
            .map(|queue| lambda::DeadLetterConfig::new().target_arn(&queue));
        let code = match code {
            Code::Inline(source) => lambda::Code::new().zip_file(source),
            Code::Directory(path) => uploaded(&Asset::directory(scope, "Code", path)),
            Code::Archive(path) => uploaded(&Asset::file(scope, "Code", path)),
        };
        let mut function = lambda::Function::new()
            .code(code)
            .role(&role)
            .runtime(runtime)
            .handler(handler)
            .description(options.description)
            .architectures(["arm64"])
            .timeout(seconds as i64)
            .memory_size(options.memory_mib)
            .logging_config(lambda::FunctionLoggingConfig::new().log_group(&log_group))
            .tracing_config(lambda::TracingConfig::new().mode("Active"))
            .kms_key_arn(options.encryption_key.as_ref().map(Key::arn))
            .reserved_concurrent_executions(options.reserved_concurrency)
            .dead_letter_config(dead_letters);
        if !options.environment.is_empty() {
            function =
                function.environment(lambda::Environment::new().variables(options.environment));
        }
        let handle = function.build(scope, "Resource");
        if let Some(policy) = role.policy() {
            handle.depends_on(&policy);
        }
        if let Some(key) = &options.encryption_key {
            key.grant_decrypt(&role);
        }
        Function { handle, log_group, role, scope: scope.clone() }
    }

    /// The ARN.
    pub fn arn(&self) -> Value<ids::lambda::FunctionArn> {
        self.handle.arn()
    }

    /// Sets a variable that the code sees.
    pub fn add_environment(&self, name: &str, value: impl IntoValue<String>) {
        let value = value.into_value();
        self.handle.update_property("Environment", |environment| {
            let mut environment = environment.as_map().cloned().unwrap_or_default();
            let variables = environment.get_or_insert_with("Variables", || Node::Map(Map::new()));
            if let Some(variables) = variables.as_map_mut() {
                variables.insert(name, value);
            }
            Node::Map(environment)
        });
    }

    /// Lets an AWS service call the function on behalf of one resource, such as a topic or a rule.
    #[track_caller]
    pub fn allow_invoke(
        &self,
        id: &str,
        service: &str,
        source: impl IntoValue<ids::lambda::PermissionSourceArn>,
    ) -> lambda::PermissionHandle {
        lambda::Permission::new()
            .action("lambda:InvokeFunction")
            .function_name(&self.handle)
            .principal(service)
            .source_arn(source)
            .build(&self.scope, id)
    }

    /// Lets a role call the function.
    pub fn grant_invoke(&self, grantee: &impl Grantee) {
        let statement =
            Statement::allow().actions(["lambda:InvokeFunction"]).resources([self.arn()]);
        grantee.grant_role().add_statement(statement);
    }

    /// How often the function failed.
    pub fn metric_errors(&self) -> Metric {
        Metric::new("AWS/Lambda", "Errors")
            .dimension("FunctionName", &self.handle)
            .statistic(Statistic::Sum)
    }
}

fn uploaded(asset: &Asset) -> lambda::Code {
    lambda::Code::new().s3_bucket(asset.bucket_name()).s3_key(asset.object_key())
}

impl Grantee for Function {
    fn grant_role(&self) -> &Role {
        &self.role
    }
}

stands_for!(Function.handle: lambda::FunctionHandle);
