//! What the user has switched off, with reasons.

use crate::{
    codes,
    diagnostic::{Diagnostic, Severity},
    judges::judge_of,
    synth::place_at,
    tree::Tree,
};

/// A finding that the user has allowed.
#[derive(Clone, Debug, PartialEq)]
pub struct Allowed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Why it is allowed.
    pub reason: String,
}

fn is_structural(code: &str) -> bool {
    codes::STRUCTURAL.iter().any(|rule| rule.code == code)
}

/// Takes out what is allowed, and reports allowances that allow nothing. Errors of the engine's own, without which there is no
/// template, cannot be allowed: see [`codes::STRUCTURAL`].
pub(super) fn apply(tree: &Tree, diagnostics: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<Allowed>) {
    if tree.allowances.is_empty() {
        return (diagnostics, Vec::new());
    }
    let mut taken_out = Vec::new();
    let mut used = vec![false; tree.allowances.len()];
    let scopes: Vec<String> =
        tree.allowances.iter().map(|allowance| tree.path(allowance.scope).to_string()).collect();
    let mut kept: Vec<Diagnostic> = diagnostics
        .into_iter()
        .filter(|diagnostic| {
            let mut allowed = None;
            for (index, allowance) in tree.allowances.iter().enumerate() {
                let scope = &scopes[index];
                let within = scope.is_empty()
                    || diagnostic
                        .path
                        .strip_prefix(scope.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                if within && diagnostic.code == allowance.code && !is_structural(&diagnostic.code) {
                    used[index] = true;
                    allowed = Some(allowance.reason.clone());
                }
            }
            if let Some(reason) = &allowed {
                taken_out.push(Allowed { diagnostic: diagnostic.clone(), reason: reason.clone() });
            }
            allowed.is_none()
        })
        .collect();
    for (index, allowance) in tree.allowances.iter().enumerate().filter(|(index, _)| !used[*index])
    {
        if let Some(judge) = judge_of(&allowance.code) {
            // Only that tool knows what it finds.
            let message = format!("{} is told that this rule does not apply", judge.name);
            let mut diagnostic =
                Diagnostic::of_tool(Severity::Info, allowance.code.as_str(), message);
            diagnostic.path = scopes[index].as_str().into();
            diagnostic.location = Some(tree.users_line(allowance.scope, allowance.location).0);
            taken_out.push(Allowed { diagnostic, reason: allowance.reason.clone() });
            continue;
        }
        let message = if is_structural(&allowance.code) {
            format!("`{}` cannot be allowed: without it there is no template", allowance.code)
        } else {
            format!("`{}` is allowed here, but nothing needs it", allowance.code)
        };
        let mut diagnostic = Diagnostic::warning(codes::UNUSED_ALLOW, message);
        let said = "allowed inside the construct here";
        place_at(tree, allowance.scope, allowance.location, said, &mut diagnostic);
        kept.push(
            diagnostic
                .note(format!("the reason given is: {}", allowance.reason), None)
                .help("drop the allowance"),
        );
    }
    (kept, taken_out)
}
