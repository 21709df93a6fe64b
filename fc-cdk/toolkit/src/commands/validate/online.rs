//! What CloudFormation itself says: of the app by change sets, of files by `ValidateTemplate`.

use fc_cdk_core::{
    Assembly, Diagnostic, Environment, MAX_INLINE_TEMPLATE_BYTES, SourceLocation, StackArtifact,
};

use crate::{
    aws::{Aws, cloudformation::Source, error::Kind},
    deploy::{early_validation, options::Options},
    error::Error,
    forecast::rules,
    session::Session,
};

/// Asks about the stacks of the app.
pub(super) fn of_stacks(
    session: &mut Session<'_>,
    assembly: &Assembly,
    stacks: &[&StackArtifact],
) -> Result<Vec<Diagnostic>, Error> {
    let options = Options::of(session.args)?;
    let aws = Aws::connect(session)?;
    let stacks: Vec<&StackArtifact> =
        stacks.iter().copied().filter(|stack| !stack.is_nested()).collect();
    let mut say = |text: &str| session.terminal.note(format_args!("note: {text}"));
    early_validation::ask(&aws, assembly, &stacks, &options, &mut say)
}

/// Asks about templates, each with the name of its file.
pub(super) fn of_templates(
    session: &Session<'_>,
    templates: &[(&'static str, String)],
) -> Result<Vec<Diagnostic>, Error> {
    let aws = Aws::connect(session)?;
    let target = aws.target(&Environment::default())?;
    let mut findings = Vec::new();
    for (file, text) in templates {
        let location = Some(SourceLocation { file, line: 1, column: 1 });
        let mut add = |mut finding: Diagnostic| {
            finding.location = location;
            findings.push(finding);
        };
        if text.len() > MAX_INLINE_TEMPLATE_BYTES {
            let bytes = text.len();
            add(rules::NOT_ASKED.finding(format!(
                "CloudFormation is not asked about this template: it has {bytes} bytes, and is asked without a bucket up to {MAX_INLINE_TEMPLATE_BYTES}"
            )));
            continue;
        }
        match aws.block_on(target.cloudformation().validate_template(Source::Body(text.clone()))) {
            Ok(()) => {}
            Err(error) if matches!(error.kind, Kind::Refused | Kind::Limit) => {
                add(rules::NOT_ACCEPTED.finding(error.message));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(findings)
}
