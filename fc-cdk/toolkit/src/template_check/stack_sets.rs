//! Templates within templates: what stack sets deploy.

use fc_cdk_core::{Diagnostic, Severity, SourceLocation, Template, codes, template::Position};

/// A template that stands in a property of another one.
pub(super) struct Inline<'t> {
    logical_id: &'t str,
    text: &'t str,
}

/// The templates of a template's stack sets, where they are texts.
pub(super) fn of(template: &Template) -> impl Iterator<Item = Inline<'_>> {
    let sets = template.resources().filter(|it| it.type_name() == "AWS::CloudFormation::StackSet");
    sets.filter_map(|set| {
        let text = set.property("TemplateBody")?.as_str()?;
        Some(Inline { logical_id: set.logical_id(), text })
    })
}

impl Inline<'_> {
    /// The JSON pointer of the text.
    pub(super) fn pointer(&self) -> String {
        format!("/Resources/{}/Properties/TemplateBody", super::escaped(self.logical_id))
    }

    /// What is wrong in it, by the same rules. `key` is where the property stands in the file.
    pub(super) fn check(
        &self,
        file: &str,
        key: SourceLocation,
        rules: impl FnOnce(&Template, &dyn Fn(&Diagnostic) -> SourceLocation) -> Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        let (template, positions) = match Template::parse_with_positions(self.text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let finding = codes::NOT_A_TEMPLATE.finding(error.message());
                let at = self.line(file, key, error.position()).unwrap_or(key);
                return vec![self.placed(finding, Some(at))];
            }
        };
        let root = fc_cdk_core::Node::Map(template.sections().clone());
        let nearest = |finding: &Diagnostic| {
            let at = positions.nearest(&super::pointer(&root, finding, None));
            self.line(file, key, at).unwrap_or(key)
        };
        let found = rules(&template, &nearest).into_iter();
        let found = found.filter(|finding| finding.severity != Severity::Info);
        found
            .map(|finding| {
                let at = finding.location;
                self.placed(finding, at)
            })
            .collect()
    }

    /// The same finding, of the stack set.
    fn placed(&self, mut finding: Diagnostic, at: Option<SourceLocation>) -> Diagnostic {
        let id = finding.logical_id.replace(self.logical_id.into());
        let inner = [id.map(|id| id.to_string()), finding.property.take()];
        let inner: Vec<String> = inner.into_iter().flatten().collect();
        let inner = match inner.join(".") {
            none if none.is_empty() => none,
            inner => format!(", `{inner}`"),
        };
        finding.message = format!("in the template of the stack set{inner}: {}", finding.message);
        finding.property = Some("TemplateBody".to_owned());
        finding.location = at;
        finding
    }

    /// Where a line of the text stands in the file: below its key, as YAML writes texts of several lines. None where it does not.
    fn line(&self, file: &str, key: SourceLocation, at: Position) -> Option<SourceLocation> {
        let inner = self.text.lines().nth(at.line.checked_sub(1)? as usize)?;
        let line = key.line.checked_add(at.line)?;
        let outer = file.lines().nth(line.checked_sub(1)? as usize)?;
        let indent = outer.strip_suffix(inner)?;
        let is_there = !inner.trim().is_empty() && indent.chars().all(|letter| letter == ' ');
        let column = at.column + u32::try_from(indent.len()).ok()?;
        is_there.then_some(SourceLocation { file: key.file, line, column })
    }
}
