//! The rules: what each code stands for, and the checks of finished templates.
//!
//! A check says only what is certain. What AWS decides at deploy time (parameters, references, conditions) is skipped, never guessed.

pub(crate) mod catalogue; // what each code stands for
mod nearest; // "did you mean"
mod rule; // the form of a rule

// What the rules stand on
mod cidr; // ranges of addresses
mod conditions; // what conditions say about each other
mod findings; // what has been found
mod known; // what is known now, and what only AWS will know
mod model; // a template as the rules read it
mod regions; // of AWS
mod scenarios; // a resource in each case that its conditions make
pub(crate) mod values; // what functions come to
mod walk; // every value of a template
pub(crate) mod yields; // what kinds of values functions give

// The rules
mod arguments; // which functions may stand in which arguments
mod conflicts; // settings that do not go together
mod attributes; // what resources have beside properties
mod cycles; // resources that need each other
mod deprecated; // properties that AWS advises against
mod dynamic; // references to Secrets Manager and Parameter Store
mod functions; // intrinsic functions
mod loops; // written out
mod lists; // what is in them twice, or missing
mod limits; // how large a template may be
mod names; // two resources by one name
mod network; // addresses, routes, security groups
mod parameters; // the section of them
mod policies; // what policies name
mod references; // what a template mentions
mod retired; // tables of versions
mod routes; // where they lead
mod secrets; // secrets in plain text
mod services; // what single services ask for
mod structure; // sections and keys
mod sections; // parameters, outputs, tags, dependencies
mod security; // what auditors ask for
mod texts; // with a language of their own
mod unused; // what nothing uses
mod storage; // how long data is kept, and versions past their end

pub(crate) use self::names::name_property;
pub use self::{
    findings::Finding,
    limits::{check_aliases, check_size},
    nearest::nearest,
    parameters::refused_value,
    rule::Rule,
};
use self::{
    findings::Findings,
    model::{Model, Resource},
    walk::Walk,
    yields::Yields,
};
use crate::{
    codes,
    diagnostic::Severity,
    node::Node,
    path::Path,
    policy::{self, PolicyAt, policies_of},
    spec::{Checker, Functions, ResourceSpec},
    template::Template,
};

/// A topic of the catalogue: a heading and its rules.
pub type Group = (&'static str, &'static [Rule]);

/// All rules of the engine, by topic, in the order of the documentation.
pub const GROUPS: &[Group] = &[
    catalogue::structure::RULES,
    catalogue::template::RULES,
    catalogue::properties::RULES,
    catalogue::network::RULES,
    catalogue::data::RULES,
    catalogue::policies::RULES,
    catalogue::security::RULES,
];

/// All rules of the engine.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|(_, rules)| *rules)
}

/// The rule with this code.
///
/// ```
/// use fc_cdk_core::rules;
/// assert_eq!(rules::find("duplicate-id").map(|rule| rule.title), Some("two constructs of one scope have the same name"));
/// assert_eq!(rules::find("no-such-rule"), None);
/// ```
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

/// What a check is told beside the template.
#[derive(Clone, Copy)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by whoever checks; `..CheckOptions::default()` fills in the rest"
)]
pub struct CheckOptions<'a> {
    /// Where the template is deployed to, if that is known.
    pub region: Option<&'a str>,
    /// The table of a resource's type, by the resource's place in the template and the type's name, where there is one.
    pub spec: &'a dyn Fn(usize, &str) -> Option<ResourceSpec>,
    /// Whether `spec` knows every type of AWS, so that there is none without a table.
    pub knows_all_types: bool,
}

impl Default for CheckOptions<'_> {
    /// No region, no tables.
    fn default() -> Self {
        CheckOptions { region: None, spec: &|_, _| None, knows_all_types: false }
    }
}

/// Checks a finished template: what synth says of each of its templates, and `validate` of any.
///
/// The `checker` may serve for many templates.
///
/// ```
/// use fc_cdk_core::{Template, rules::{self, CheckOptions}, spec::Checker};
/// let template = Template::parse(r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic", "DependsOn": "B"}}}"#)?;
/// let findings = rules::check(&template, &CheckOptions::default(), &mut Checker::new());
/// assert_eq!(findings[0].diagnostic.code, "dangling-reference");
/// # Ok::<(), fc_cdk_core::template::ParseError>(())
/// ```
pub fn check(
    template: &Template,
    options: &CheckOptions<'_>,
    checker: &mut Checker,
) -> Vec<Finding> {
    let Some(unrolled) = loops::unroll(template) else {
        return check_plain(template, options, checker);
    };
    // Loops are wrong as they stand, or what they make is.
    let model = Model::new(template, options.spec);
    let mut findings = Findings::default();
    structure::check_loops(&model, &mut findings);
    for (path, problem) in unrolled.problems {
        findings.template(codes::BAD_INTRINSIC, &path, problem);
    }
    let origins = &unrolled.origins;
    let origin = |place: usize| origins.get(place).map_or(place, |(origin, _)| *origin);
    let spec = |place: usize, name: &str| (options.spec)(origin(place), name);
    let options = CheckOptions { spec: &spec, ..*options };
    for mut finding in check_plain(&unrolled.template, &options, checker) {
        let property = finding.diagnostic.property.as_ref();
        if finding.diagnostic.code == codes::UNUSED.code
            && property.is_some_and(|path| unrolled.used.contains(path))
        {
            continue;
        }
        if let Some((_, Some(of))) = finding.resource.and_then(|place| origins.get(place)) {
            let id = finding.diagnostic.logical_id.replace(of.clone()).unwrap_or_default();
            finding.diagnostic.message = format!("`{id}`: {}", finding.diagnostic.message);
        }
        finding.resource = finding.resource.map(origin);
        for (_, place) in &mut finding.notes {
            *place = origin(*place);
        }
        findings.all.push(finding);
    }
    findings.all
}

/// Checks a template without loops, or with those that nobody can write out yet.
fn check_plain(
    template: &Template,
    options: &CheckOptions<'_>,
    checker: &mut Checker,
) -> Vec<Finding> {
    let model = Model::new(template, options.spec);
    let mut findings = Findings::default();
    let mut edges = Vec::new();
    let (mut has_subnets, mut has_routes) = (false, false);
    let mut scratch = policies::Scratch::default();
    limits::check(&model, &mut findings);
    structure::check(&model, &mut findings);
    structure::check_loops(&model, &mut findings);
    if !model.is_rewritten {
        parameters::check(&model, &mut findings);
    }
    for resource in &model.resources {
        has_subnets |= resource.type_name == "AWS::EC2::Subnet";
        has_routes |= matches!(resource.type_name, "AWS::EC2::Route" | "AWS::EC2::NatGateway");
        structure::check_resource(&model, resource, &mut findings);
        sections::check_resource(&model, resource, options, &mut findings);
        references::check_resource(&model, resource, &mut edges, &mut findings);
        let policies = policies_of(resource.type_name, resource.properties);
        if resource.type_name.starts_with("AWS::") {
            storage::check_resource(resource, &mut findings);
            security::check_resource(&model, resource, &mut findings);
            security::check_policies(resource, &policies, &mut findings);
            policies::check(&model, resource, &policies, &mut scratch, &mut findings);
        }
        let mut walk = Walk {
            model: &model,
            resource: Some(resource),
            edges: &mut edges,
            facts: resource.condition().map(|name| (name, true)).into_iter().collect(),
            before_resources: None,
            in_properties: true,
            in_user_data: false,
            in_sub: 0,
            has_cases: false,
            findings: &mut findings,
        };
        for (key, value) in resource.properties.iter() {
            walk.entry(key, value, &Path::new(key));
        }
        walk.in_properties = false;
        let has_cases = walk.has_cases;
        for key in
            ["CreationPolicy", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy"]
        {
            if let Some(attribute) = resource.body.get(key) {
                walk.node(attribute, &Path::new(key));
            }
        }
        if let Some(spec) = resource.spec {
            deprecated::check(spec, resource, &mut findings);
        }
        check_values(&model, resource, &policies, options.region, checker, &mut findings);
        if has_cases && !model.has_macros {
            check_cases(&model, resource, options.region, checker, &mut findings);
        }
    }
    if has_subnets {
        network::check_subnets(&model, &mut findings);
    }
    if has_routes {
        routes::check(&model, &mut findings);
    }
    services::check(&model, &mut findings);
    names::check(&model, &mut findings);
    cycles::check(&model, edges, &mut findings);
    sections::check(&model, &mut findings);
    let mut edges = Vec::new();
    for section in ["Outputs", "Conditions", "Rules"] {
        let before = match section {
            "Conditions" => Some("conditions"),
            "Rules" => Some("rules"),
            _ => None,
        };
        for (name, body) in model.section(section) {
            let condition = body.get("Condition").and_then(Node::as_str);
            let mut walk = Walk {
                model: &model,
                resource: None,
                edges: &mut edges,
                facts: condition.map(|name| (name, true)).into_iter().collect(),
                before_resources: before,
                in_properties: section == "Outputs",
                in_user_data: false,
                in_sub: 0,
                has_cases: false,
                findings: &mut findings,
            };
            let place = Path::new(section);
            let place = place.join(name);
            match body {
                // Only the value of an output waits for resources.
                Node::Map(output) if section == "Outputs" => {
                    for (key, value) in output.iter() {
                        walk.before_resources = (key == "Export").then_some("names of exports");
                        walk.entry(key, value, &place.join(key));
                    }
                }
                _ => walk.node(body, &place),
            }
        }
    }
    unused::check(&model, &mut findings);
    if model.has_own_macros {
        findings.soften();
    }
    findings.all
}

/// What the values of one resource's properties have to satisfy, by its tables and by the rules of its service.
fn check_values(
    model: &Model<'_>,
    resource: &Resource<'_>,
    policies: &[PolicyAt<'_>],
    region: Option<&str>,
    checker: &mut Checker,
    findings: &mut Findings,
) {
    if resource.type_name.starts_with("AWS::") {
        network::check_resource(model, resource, findings);
        services::check_resource(model, resource, findings);
        conflicts::check_resource(resource, findings);
        lists::check_resource(resource, findings);
        texts::check_resource(resource, findings);
        for finding in policy::check_policies(policies) {
            findings.take(resource, finding);
        }
    }
    if let Some(spec) = resource.spec {
        let target = |value: &Node| {
            let target = model.target(value)?;
            Some((target.spec, target.properties))
        };
        let yields = |value: &Node| match model.has_macros {
            true => Yields::ANY,
            false => yields::of(model, value),
        };
        // What is there only in some cases may never come to the values of others.
        let values = |value: &Node| match model.has_macros || resource.condition().is_some() {
            true => None,
            false => values::of(model, value),
        };
        let functions = Functions { yields: &yields, values: &values };
        checker.check_among(spec, resource.node, region, &target, &functions, &mut |finding| {
            findings.take(resource, finding)
        });
    }
}

/// Checks a resource as it is in each case that its conditions make, and tells what is not told yet.
fn check_cases(
    model: &Model<'_>,
    resource: &Resource<'_>,
    region: Option<&str>,
    checker: &mut Checker,
    findings: &mut Findings,
) {
    scenarios::each(model, resource, &mut |in_case, when| {
        let mut found = Findings::default();
        let policies = policies_of(in_case.type_name, in_case.properties);
        check_values(model, in_case, &policies, region, checker, &mut found);
        for mut finding in found.all {
            let same = |known: &Finding| {
                known.resource == finding.resource
                    && known.diagnostic.code == finding.diagnostic.code
                    && (known.diagnostic.property == finding.diagnostic.property
                        || known.diagnostic.message == finding.diagnostic.message)
            };
            if finding.diagnostic.severity == Severity::Error && !findings.all.iter().any(same) {
                if !when.is_empty() {
                    finding.diagnostic.message = format!("{} {when}", finding.diagnostic.message);
                }
                findings.all.push(finding);
            }
        }
    });
}
