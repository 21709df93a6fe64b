//! [`TemplateTest`]: assertions about a template.

use std::fmt::Write as _;

use fc_cdk_core::{App, Assembly, Map, Node, SourceLocation, Template};

use crate::{
    findings::Findings,
    known,
    pattern::{Comparison, Pattern, absent, fail, one_of},
    snapshot,
};

/// A template under test.
///
/// An assertion that does not hold ends the test and says which resource comes closest, where it was made, and what of it differs.
///
/// ```
/// use fc_cdk_core::{App, Stack, json};
/// use fc_cdk_testing::{TemplateTest, absent, like};
///
/// let app = App::new();
/// let stack = Stack::new(&app, "Orders");
/// let queue = stack.raw_resource("Queue", "AWS::SQS::Queue", json!({ "SqsManagedSseEnabled": true }));
///
/// let template = TemplateTest::of_app(&app);
/// template.count("AWS::SQS::Queue", 1);
/// template.has_properties("AWS::SQS::Queue", like!({ "SqsManagedSseEnabled": true, "QueueName": absent() }));
/// template.none("AWS::SQS::QueuePolicy", like!({}));
/// assert_eq!(template.logical_id("Orders/Queue"), queue_id(&template));
/// # fn queue_id(template: &TemplateTest) -> String {
/// #     template.find("AWS::SQS::Queue", like!({}))[0].logical_id.clone()
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TemplateTest {
    name: String,
    template: Template,
    /// Logical ids with the path and line of their constructs.
    sources: Vec<(String, String, SourceLocation)>,
    /// Whether assertions may ask for what the tables of types do not have.
    unchecked: bool,
}

/// A resource that an assertion found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its logical id.
    pub logical_id: String,
    /// What the template says of it: `Type`, `Properties`, and so on.
    pub body: Map,
}

impl Found {
    /// Its properties.
    pub fn properties(&self) -> Map {
        self.body.get("Properties").and_then(Node::as_map).cloned().unwrap_or_default()
    }
}

impl TemplateTest {
    /// The stack with this name or path.
    ///
    /// # Panics
    ///
    /// When there is none, or the assembly has errors.
    #[track_caller]
    pub fn of(assembly: &Assembly, stack: &str) -> TemplateTest {
        Findings::of(assembly).no_errors();
        let Some(artifact) = assembly.stack(stack) else {
            let names = assembly.stacks().iter().map(|stack| stack.display_name());
            let names = names.collect::<Vec<_>>().join(", ");
            fail(&format!("there is no stack `{stack}`; there are: {names}"));
        };
        let template = artifact.template().clone();
        let sources = template.resource_ids().filter_map(|id| {
            let (path, location) = artifact.source_of(id)?;
            Some((id.to_string(), path.to_owned(), location))
        });
        let sources = sources.collect();
        TemplateTest { name: stack.to_owned(), template, sources, unchecked: false }
    }

    /// The only stack of an app, which is synthesized for it.
    ///
    /// # Panics
    ///
    /// When it has none or several, or has errors.
    #[track_caller]
    pub fn of_app(app: &App) -> TemplateTest {
        let assembly = app.synth();
        match assembly.stacks() {
            [stack] => TemplateTest::of(&assembly, stack.display_name()),
            stacks => {
                Findings::of(&assembly).no_errors();
                fail(&format!(
                    "the app has {} stacks: name the one to test, by `TemplateTest::of`",
                    stacks.len()
                ))
            }
        }
    }

    /// A template that was read or made elsewhere; `name` is what messages call it.
    pub fn new(name: &str, template: Template) -> TemplateTest {
        TemplateTest { name: name.to_owned(), template, sources: Vec::new(), unchecked: false }
    }

    /// The same template, whose assertions may ask for types, properties and values that the tables of types do not have yet.
    ///
    /// Otherwise they fail: a test that asks for `BucketNmae` would find none in any template.
    #[must_use]
    pub fn unchecked(mut self) -> TemplateTest {
        self.unchecked = true;
        self
    }

    /// The template itself.
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The template for a snapshot: pretty JSON in which the hashes of assets, which change with every change of a file, are
    /// `<hash of an asset>`. [`assert_template_snapshot!`](crate::assert_template_snapshot) compares it; so can any other library.
    pub fn snapshot(&self) -> String {
        snapshot::text(&self.template)
    }

    /// The logical id of the resource that the construct with this path made.
    ///
    /// # Panics
    ///
    /// When no resource has this path.
    #[track_caller]
    pub fn logical_id(&self, path: &str) -> String {
        let source = self.sources.iter().find(|(_, other, _)| other == path);
        match source {
            Some((logical_id, _, _)) => logical_id.clone(),
            None => {
                let mut message =
                    format!("no resource of `{}` has the path `{path}`; there are:", self.name);
                for (_, path, _) in &self.sources {
                    let _ = write!(message, "\n  {path}");
                }
                fail(&message)
            }
        }
    }

    /// The resources of this type that are like the pattern. `Type`, `Properties`, `DeletionPolicy` are keys of the pattern.
    ///
    /// # Panics
    ///
    /// Like every assertion, when CloudFormation has no such type, or the type has no such property or value.
    #[track_caller]
    pub fn find(&self, resource_type: &str, pattern: impl Into<Pattern>) -> Vec<Found> {
        let pattern = pattern.into();
        self.compared(resource_type, &pattern)
            .into_iter()
            .filter(|(_, comparison)| comparison.is_like())
            .map(|(found, _)| found)
            .collect()
    }

    /// Asserts that a resource of this type is like the pattern, whose keys are `Properties`, `DeletionPolicy`, `DependsOn` and so on.
    /// Returns the first one.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[track_caller]
    pub fn has_resource(&self, resource_type: &str, pattern: impl Into<Pattern>) -> Found {
        let pattern = pattern.into();
        let mut closest: Option<(Found, Comparison)> = None;
        let mut count = 0;
        for (found, comparison) in self.compared(resource_type, &pattern) {
            count += 1;
            if comparison.is_like() {
                comparison.keep_captures();
                return found;
            }
            let differences = |closest: &(Found, Comparison)| closest.1.differences.len();
            if closest
                .as_ref()
                .is_none_or(|other| comparison.differences.len() < differences(other))
            {
                closest = Some((found, comparison));
            }
        }
        let Some((found, comparison)) = closest else { fail(&self.no_such_type(resource_type)) };
        let mut message = format!(
            "no {resource_type} of `{}` is like the pattern ({count} there).\nThe closest is ",
            self.name
        );
        self.describe(&mut message, &found, &comparison);
        fail(&message)
    }

    /// Asserts that a resource of this type has properties like the pattern. Returns the first one.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[track_caller]
    pub fn has_properties(&self, resource_type: &str, properties: impl Into<Pattern>) -> Found {
        self.has_resource(resource_type, in_properties(properties))
    }

    /// Asserts that all resources of this type have properties like the pattern, and that there is one.
    ///
    /// # Panics
    ///
    /// When one has not, or there is none.
    #[track_caller]
    pub fn all(&self, resource_type: &str, properties: impl Into<Pattern>) {
        let pattern = in_properties(properties);
        let compared = self.compared(resource_type, &pattern);
        if compared.is_empty() {
            fail(&self.no_such_type(resource_type));
        }
        let total = compared.len();
        let (like, unlike): (Vec<_>, Vec<_>) =
            compared.into_iter().partition(|(_, comparison)| comparison.is_like());
        if !unlike.is_empty() {
            let name = &self.name;
            let mut message = format!(
                "{} of {total} {resource_type} of `{name}` are not like the pattern:\n",
                unlike.len()
            );
            for (found, comparison) in &unlike {
                self.describe(&mut message, found, comparison);
            }
            fail(&message);
        }
        like.into_iter().for_each(|(_, comparison)| comparison.keep_captures());
    }

    /// Asserts that no resource of this type has properties like the pattern; `like!({})` is any.
    ///
    /// # Panics
    ///
    /// When one has.
    #[track_caller]
    pub fn none(&self, resource_type: &str, properties: impl Into<Pattern>) {
        let found = self.find(resource_type, in_properties(properties));
        if !found.is_empty() {
            let mut message =
                format!("`{}` should have no such {resource_type}, but has:", self.name);
            for found in found {
                let _ = write!(message, "\n  {}", self.place(&found.logical_id));
            }
            fail(&message);
        }
    }

    /// Asserts how many resources of this type there are.
    ///
    /// # Panics
    ///
    /// When there are more or fewer.
    #[track_caller]
    pub fn count(&self, resource_type: &str, count: usize) {
        self.count_like(resource_type, like_any(), count);
    }

    /// Asserts how many resources of this type have properties like the pattern.
    ///
    /// # Panics
    ///
    /// When there are more or fewer.
    #[track_caller]
    pub fn count_like(&self, resource_type: &str, properties: impl Into<Pattern>, count: usize) {
        let found = self.find(resource_type, in_properties(properties));
        if found.len() != count {
            let mut message = format!(
                "`{}` should have {count} such {resource_type}, but has {}",
                self.name,
                found.len()
            );
            for found in found {
                let _ = write!(message, "\n  {}", self.place(&found.logical_id));
            }
            fail(&message);
        }
    }

    /// Asserts that the output with this name is like the pattern, whose keys are `Value`, `Export` and so on.
    ///
    /// # Panics
    ///
    /// When there is no such output, or it is not like it.
    #[track_caller]
    pub fn has_output(&self, name: &str, pattern: impl Into<Pattern>) {
        self.has_entry("Outputs", name, pattern);
    }

    /// Asserts that the parameter with this name is like the pattern.
    ///
    /// # Panics
    ///
    /// When there is no such parameter, or it is not like it.
    #[track_caller]
    pub fn has_parameter(&self, name: &str, pattern: impl Into<Pattern>) {
        self.has_entry("Parameters", name, pattern);
    }

    /// Asserts that a section, such as `Conditions` or `Mappings`, has an entry with this name that is like the pattern.
    ///
    /// # Panics
    ///
    /// When there is no such entry, or it is not like it.
    #[track_caller]
    pub fn has_entry(&self, section: &str, name: &str, pattern: impl Into<Pattern>) {
        let entries = self.template.section(section);
        let Some(entry) = entries.and_then(|entries| entries.get(name)) else {
            let names = entries.into_iter().flat_map(Map::keys).map(|name| name.as_str());
            let names = names.collect::<Vec<_>>().join(", ");
            fail(&format!("`{}` has no `{name}` in {section}; there are: {names}", self.name));
        };
        let comparison = pattern.into().compare(Some(entry));
        if !comparison.is_like() {
            let mut message =
                format!("`{name}` of {section} of `{}` is not like the pattern:\n", self.name);
            list(&mut message, &comparison);
            fail(&message);
        }
        comparison.keep_captures();
    }

    /// Asserts that the whole template is like the pattern.
    ///
    /// # Panics
    ///
    /// When it is not.
    #[track_caller]
    pub fn is_like(&self, pattern: impl Into<Pattern>) {
        let whole = Node::Map(self.template.sections().clone());
        let comparison = pattern.into().compare(Some(&whole));
        if !comparison.is_like() {
            let mut message = format!("`{}` is not like the pattern:\n", self.name);
            list(&mut message, &comparison);
            fail(&message);
        }
        comparison.keep_captures();
    }

    #[track_caller]
    fn compared(&self, resource_type: &str, pattern: &Pattern) -> Vec<(Found, Comparison)> {
        if !self.unchecked
            && let Some(mistake) = known::mistake(resource_type, pattern)
        {
            fail(&mistake);
        }
        self.template
            .resources()
            .filter(|resource| resource.type_name() == resource_type)
            .map(|resource| {
                let body = Node::Map(resource.body().clone());
                let comparison = pattern.compare(Some(&body));
                let logical_id = resource.logical_id().to_string();
                (Found { logical_id, body: resource.body().clone() }, comparison)
            })
            .collect()
    }

    fn describe(&self, message: &mut String, found: &Found, comparison: &Comparison) {
        let _ = writeln!(message, "{}:", self.place(&found.logical_id));
        list(message, comparison);
    }

    fn place(&self, logical_id: &str) -> String {
        match self.sources.iter().find(|(id, _, _)| id == logical_id) {
            Some((_, path, location)) => format!("{logical_id} (`{path}`, {location})"),
            None => logical_id.to_owned(),
        }
    }

    fn no_such_type(&self, resource_type: &str) -> String {
        let mut types: Vec<_> =
            self.template.resources().map(|resource| resource.type_name().to_owned()).collect();
        types.sort_unstable();
        types.dedup();
        format!("`{}` has no {resource_type}; there are: {}", self.name, types.join(", "))
    }
}

fn like_any() -> Pattern {
    Pattern::object(Vec::new())
}

/// A pattern of properties as one of a resource. One that asks for nothing holds for a resource without properties, too.
fn in_properties(properties: impl Into<Pattern>) -> Pattern {
    let properties = properties.into();
    if properties.compare(Some(&Node::Map(Map::new()))).is_like() {
        let without = Pattern::object(vec![("Properties".into(), absent())]);
        let with = Pattern::object(vec![("Properties".into(), properties)]);
        return one_of([with, without]);
    }
    Pattern::object(vec![("Properties".into(), properties)])
}

fn list(message: &mut String, comparison: &Comparison) {
    for (path, difference) in &comparison.differences {
        let path = if path.is_empty() { "the whole" } else { path };
        let _ = writeln!(message, "  {path}: {difference}");
    }
}
