//! The engine: made once, asked for each template.

use std::{cell::RefCell, collections::BTreeMap, path::PathBuf};

use cel_engine::CelEngine;
use fc_cdk_core::{Severity, codes, rules::Rule};
use rules::{RuleDefinition, RuleInfo, RuleOrigin};
use schema_validator::SchemaValidator;
use template_model::PseudoParameterOverrides;
use validation_engine::{EngineConfig, ValidateConfig, ValidationEngine, validate_bytes_with_path};

use super::{AwsFinding, finding, guard};
use crate::{error::Error, session::Session};

/// AWS's rules, and the Guard rules of some files.
pub(crate) struct Engine {
    engine: CelEngine,
    schemas: SchemaValidator,
    /// What the rules of the files say of themselves, by name.
    guard_rules: BTreeMap<String, RuleInfo>,
    /// What the codes that were found stand for.
    found: RefCell<BTreeMap<String, Option<&'static Rule>>>,
}

impl Engine {
    /// The engine with the rules of these files, and of all files in these folders.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is no file of rules; says where in it.
    pub(crate) fn start(_: &Session<'_>, rules: &[PathBuf]) -> Result<Option<Engine>, Error> {
        Engine::new(rules).map(Some)
    }

    fn new(rules: &[PathBuf]) -> Result<Engine, Error> {
        let config = EngineConfig::new().with_guard_rules(guard::read(rules)?);
        let engine = CelEngine::new(config).map_err(|error| failed(&error.to_string()))?;
        let guard_rules = engine.list_rules().into_iter();
        let guard_rules = guard_rules.filter(|rule| rule.origin == RuleOrigin::Guard);
        let guard_rules = guard_rules.map(|rule| (rule.id.clone(), rule)).collect();
        Ok(Engine {
            engine,
            schemas: SchemaValidator::default(),
            guard_rules,
            found: RefCell::default(),
        })
    }

    /// What the rules find in a template of this name: errors and warnings, in the order of the engine.
    ///
    /// # Errors
    ///
    /// When the engine itself fails.
    pub(crate) fn check(
        &self,
        name: &str,
        template: &[u8],
        region: Option<&str>,
    ) -> Result<Vec<AwsFinding>, Error> {
        let config = ValidateConfig {
            // Its notes say of every resource what could be written beside it, such as tags.
            severity_level: rules::Severity::Warn,
            pseudo_parameter_overrides: PseudoParameterOverrides {
                region: region.map(str::to_owned),
                ..PseudoParameterOverrides::default()
            },
            ..ValidateConfig::default()
        };
        let report = validate_bytes_with_path(
            &self.engine,
            &self.schemas,
            template,
            config,
            name.to_owned(),
        )
        .map_err(|error| failed(&error.to_string()))?;
        let mut findings: Vec<AwsFinding> = report.diagnostics.iter().map(finding::of).collect();
        let mut known = self.found.borrow_mut();
        for AwsFinding { diagnostic, .. } in &mut findings {
            let code = diagnostic.code.as_str();
            diagnostic.rule = match known.get(code) {
                Some(rule) => *rule,
                None => *known.entry(code.to_owned()).or_insert(self.rule(code)),
            };
        }
        Ok(findings)
    }

    /// Whether a code is one of these rules.
    pub(crate) fn knows(&self, code: &str) -> bool {
        match code.strip_prefix(codes::GUARD_RULE) {
            Some(name) => self.guard_rules.contains_key(name),
            None => code.starts_with(codes::AWS_RULE),
        }
    }

    /// What a code stands for.
    fn rule(&self, code: &str) -> Option<&'static Rule> {
        let Some(name) = code.strip_prefix(codes::GUARD_RULE) else { return aws_rule(code) };
        let rule = self.guard_rules.get(name)?;
        let title = guard::message(&rule.description).0;
        Some(leak(Rule {
            code: text(code.to_owned()),
            severity: Severity::Error,
            title: text(title),
            why: "A rule of a Guard file that `validate --rules` was given.",
            fix: "Do what the rule asks for, or allow it with a reason.",
            docs_url: "https://docs.aws.amazon.com/cfn-guard/latest/ug/what-is-guard.html",
        }))
    }
}

/// What a rule stands for, if it is one of the engine's.
///
/// # Errors
///
/// None; a build without the engine has one.
#[expect(clippy::unnecessary_wraps, reason = "a build without the engine has an error here")]
pub(crate) fn explain(_: &Session<'_>, code: &str) -> Result<Option<&'static Rule>, Error> {
    Ok(aws_rule(code))
}

fn aws_rule(code: &str) -> Option<&'static Rule> {
    let rule = rules::lookup_rule(code.strip_prefix(codes::AWS_RULE)?)?;
    let why = match rule.origin {
        RuleOrigin::CfnLint => "A rule of cfn-lint, as AWS's engine has it.",
        _ => "A rule of AWS's engine, by what CloudFormation and the schemas of its types demand.",
    };
    Some(leak(Rule {
        code: text(code.to_owned()),
        severity: finding::severity(rule.severity()),
        title: rule.description,
        why: text(format!("{why} Its category there is: {}.", rule.category.as_str())),
        fix: "Correct what the finding names, or allow it with a reason.",
        docs_url: text(docs(rule)),
    }))
}

/// The page that says more of a rule.
pub(super) fn docs(rule: &RuleDefinition) -> String {
    match rule.origin {
        RuleOrigin::CfnLint => {
            format!(
                "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md#{}",
                rule.id
            )
        }
        _ => "https://github.com/aws-cloudformation/cloudformation-validate".to_owned(),
    }
}

/// Rules are part of the program, and these few are made while it runs: they live as long.
fn leak(rule: Rule) -> &'static Rule {
    Box::leak(Box::new(rule))
}

fn text(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn failed(reason: &str) -> Error {
    Error::new(format!("AWS's rules cannot be run: {reason}"))
}
