//! Exports that other stacks import, which keep a stack from being deleted.

use super::{Forecast, Outlook};
use crate::{aws::error::AwsError, forecast::rules};

/// Asks who imports what the stacks export, beside those that are deleted with them.
pub(super) async fn check(forecast: &Forecast<'_>) -> Result<Outlook, AwsError> {
    let mut outlook = Outlook::default();
    let target = forecast.target;
    let mut exports = Vec::new();
    for (stack, found) in forecast.stacks.iter().zip(&forecast.found) {
        let outputs = found.stack.iter().flat_map(|stack| &stack.outputs);
        let named = outputs.filter_map(|output| Some((*stack, output, output.export.as_deref()?)));
        exports.extend(named);
    }
    let answers =
        forecast.each(&exports, |(.., export)| target.cloudformation().imports(export)).await;
    for ((stack, output, export), answer) in exports.iter().zip(answers) {
        let importers = outlook.answer(&format!("who imports `{export}`"), answer)?;
        let goes = |name: &String| forecast.stacks.iter().any(|it| it.stack_name() == name);
        let others: Vec<String> = importers
            .unwrap_or_default()
            .into_iter()
            .filter(|name| !goes(name))
            .map(|name| format!("`{name}`"))
            .collect();
        if !others.is_empty() {
            let message = format!("`{export}` is imported by {}", others.join(", "));
            let property = format!("Outputs.{}", output.name);
            outlook.find_in(rules::EXPORT_IN_USE, stack, "", &property, message);
        }
    }
    Ok(outlook)
}
