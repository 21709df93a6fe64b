//! `drift`: what was changed by hand in the deployed stacks.

use clap::{Arg, ArgAction, Command};

use super::{connection_args, json_arg, stacks_arg};
use crate::{
    error::{Error, Exit},
    session::Session,
};

pub(crate) fn definition() -> Command {
    Command::new("drift")
        .about("Shows what was changed or deleted by hand in the deployed stacks, nested ones among them")
        .long_about(
            "Shows what was changed or deleted by hand in the deployed stacks: which property, what the template says and\n\
             what is there, and the line of code that makes the resource. CloudFormation compares what it can read of the\n\
             types that it can compare; properties that a template does not set are not compared.",
        )
        .arg(stacks_arg("Only these stacks, such as `Network` or `Prod/*`"))
        .arg(
            Arg::new("fail")
                .long("fail")
                .action(ArgAction::SetTrue)
                .help("Exits with 2 if anything drifted"),
        )
        .arg(json_arg())
        .args(connection_args())
        .after_help(
            "Examples:\n  \
             {app} drift\n  \
             {app} drift 'Prod/*' --fail          # in CI, every night: 2 if anything was changed by hand\n  \
             {app} drift Network --json\n\n\
             `{app} deploy --revert-drift` puts back what the templates say.",
        )
}

#[cfg(not(feature = "deploy"))]
pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
    Err(super::needs_deploy(session))
}

#[cfg(feature = "deploy")]
pub(crate) use with_aws::run;

#[cfg(feature = "deploy")]
mod with_aws {
    use fc_cdk_core::{Node, StackArtifact, diff::show, json};
    use futures_util::future::join_all;

    use super::{super::stacks_of, Error, Exit, Session};
    use crate::{
        aws::{
            Aws, Target,
            cloudformation::{DriftedProperty, ResourceDrift},
            error::{AwsError, Kind},
        },
        deploy::nested,
        table::count,
        terminal::Paint,
    };

    /// A stack with what drifted in it; `None` where it is not deployed.
    type Found<'a> = (&'a StackArtifact, Result<Option<Vec<ResourceDrift>>, AwsError>);

    pub(crate) fn run(session: &mut Session<'_>) -> Result<Exit, Error> {
        let synthesis = session.synthesize_or_report()?;
        let stacks = synthesis.select_deployable(&stacks_of(session.args))?;
        let aws = Aws::connect(session)?;
        let stacks: Vec<(&StackArtifact, Target)> = stacks
            .into_iter()
            .map(|stack| Ok((stack, aws.target(stack.environment())?)))
            .collect::<Result<_, Error>>()?;
        // CloudFormation compares the stacks side by side.
        let assembly = synthesis.assembly();
        let found = stacks.iter().map(|(stack, target)| async move {
            let artifacts = [&[*stack][..], &assembly.nested_stacks(stack)].concat();
            detect_all(&artifacts, target).await
        });
        let found: Vec<Found<'_>> = aws.block_on(join_all(found)).into_iter().flatten().collect();
        let mut failed = None;
        let mut drifted = false;
        let mut list = Vec::new();
        let paint = session.terminal.out_paint();
        let json = session.args.get_flag("json");
        for (stack, result) in found {
            match result {
                Err(error) => {
                    // One stack that cannot be compared does not hide the others.
                    session.terminal.error(&Error::from(error));
                    failed = Some(Error::reported());
                }
                Ok(None) => session
                    .terminal
                    .note(format_args!("`{}` is not deployed", stack.display_name())),
                Ok(Some(drifts)) => {
                    drifted |= !drifts.is_empty();
                    list.push(to_json(stack, &drifts));
                    if !json {
                        session.terminal.print(&text(stack, &drifts, paint))?;
                    }
                }
            }
        }
        if json {
            session.terminal.line(Node::List(list).to_json_pretty())?;
        }
        match failed {
            Some(error) => Err(error),
            None if drifted && session.args.get_flag("fail") => Ok(Exit::Differences),
            None => Ok(Exit::Ok),
        }
    }

    /// A stack, which comes first, and those nested in it: CloudFormation compares each by itself.
    async fn detect_all<'a>(artifacts: &[&'a StackArtifact], target: &Target) -> Vec<Found<'a>> {
        let Some((stack, nested)) = artifacts.split_first() else { return Vec::new() };
        let own = detect(stack.stack_name(), target).await;
        if nested.is_empty() || !matches!(own, Ok(Some(_))) {
            return vec![(stack, own)];
        }
        match nested::deployed(target, stack.stack_name(), artifacts).await {
            Err(error) => vec![(stack, own), (stack, Err(error))],
            Ok(inner) => {
                let inner = inner
                    .iter()
                    .map(|(stack, id)| async move { (*stack, detect(id, target).await) });
                let inner = join_all(inner).await;
                [(*stack, own)].into_iter().chain(inner).collect()
            }
        }
    }

    /// What drifted in a stack, by its name or ARN; `None` where there is none.
    async fn detect(stack: &str, target: &Target) -> Result<Option<Vec<ResourceDrift>>, AwsError> {
        let cloudformation = target.cloudformation();
        match cloudformation.detect_drift(stack).await {
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
            Ok(()) => cloudformation.drifts(stack).await.map(Some),
        }
    }

    fn text(stack: &StackArtifact, drifts: &[ResourceDrift], paint: Paint) -> String {
        let name = paint.bold(stack.display_name());
        if drifts.is_empty() {
            return format!("{name}: nothing drifted\n");
        }
        let mut out = format!("{name}: {} drifted\n", count(drifts.len(), "resource"));
        for drift in drifts {
            let (path, source) = place(stack, drift);
            let sign = if drift.deleted { paint.red("-") } else { paint.yellow("~") };
            out += &format!("  {sign} {} {path}", paint.cyan(&drift.type_name));
            if drift.deleted {
                out += &paint.red(" deleted by hand");
            }
            if let Some(source) = source {
                out += &format!("  {}", paint.dim(source));
            }
            out.push('\n');
            for property in &drift.properties {
                let (expected, actual) = values(property);
                out += &format!(
                    "      {}: {} → {}\n",
                    dotted(&property.path),
                    shown(expected),
                    shown(actual)
                );
            }
        }
        out
    }

    /// The path of the construct, else the logical id; and the line that makes it.
    fn place(stack: &StackArtifact, drift: &ResourceDrift) -> (String, Option<String>) {
        match stack.source_of(&drift.logical_id) {
            Some((path, at)) => (path.to_owned(), Some(format!("{}:{}", at.file, at.line))),
            None => (drift.logical_id.clone(), None),
        }
    }

    /// `/Tags/0/Value` as `diff` writes it: `Tags.0.Value`.
    fn dotted(path: &str) -> String {
        path.trim_start_matches('/').replace('/', ".")
    }

    fn values(property: &DriftedProperty) -> (Option<Node>, Option<Node>) {
        let node = |text: &str| match text {
            "" | "null" => None,
            text => Some(Node::parse_json(text).unwrap_or_else(|_| text.into())),
        };
        (node(&property.expected), node(&property.actual))
    }

    fn shown(value: Option<Node>) -> String {
        value.as_ref().map_or_else(|| "nothing".to_owned(), show)
    }

    fn to_json(stack: &StackArtifact, drifts: &[ResourceDrift]) -> Node {
        let resources = drifts.iter().map(|drift| {
            let source = stack.source_of(&drift.logical_id);
            let properties = drift.properties.iter().map(|property| {
                let (expected, actual) = values(property);
                json!({ "path": dotted(&property.path), "expected": expected, "actual": actual })
            });
            json!({
                "logicalId": drift.logical_id.clone(),
                "physicalId": drift.physical_id.clone(),
                "type": drift.type_name.clone(),
                "status": if drift.deleted { "deleted" } else { "modified" },
                "path": source.map(|(path, _)| path),
                "source": source.map(|(_, at)| format!("{}:{}", at.file, at.line)),
                "properties": properties.collect::<Vec<_>>()
            })
        });
        json!({
            "stack": stack.display_name(),
            "name": stack.stack_name(),
            "drifted": !drifts.is_empty(),
            "resources": resources.collect::<Vec<_>>()
        })
    }
}
