//! What the user has switched off, with reasons.

use smol_str::SmolStr;

use crate::{
    codes,
    diagnostic::{Diagnostic, Severity},
    judges::judge_of,
    rules,
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
    let mut allowances = Allowances {
        tree,
        scopes: tree.allowances.iter().map(|allowance| tree.path(allowance.scope)).collect(),
        used: vec![false; tree.allowances.len()],
        kept: Vec::new(),
        taken_out: Vec::new(),
    };
    diagnostics.into_iter().for_each(|diagnostic| allowances.judge(diagnostic));
    // That an allowance is not used may be allowed, too; whether that is used shows in the end.
    for last in [false, true] {
        for (index, allowance) in tree.allowances.iter().enumerate() {
            let is_last = allowance.code == codes::UNUSED_ALLOW.code;
            if is_last == last && !allowances.used[index] {
                allowances.unused(index);
            }
        }
    }
    (allowances.kept, allowances.taken_out)
}

/// The allowances of an app, and what has become of the findings.
struct Allowances<'t> {
    tree: &'t Tree,
    /// The path of each allowance's scope.
    scopes: Vec<SmolStr>,
    used: Vec<bool>,
    kept: Vec<Diagnostic>,
    taken_out: Vec<Allowed>,
}

impl Allowances<'_> {
    /// Takes a finding out if it is allowed. Of several allowances the nearest counts; of several at one scope, the first.
    fn judge(&mut self, diagnostic: Diagnostic) {
        if is_structural(&diagnostic.code) {
            return self.kept.push(diagnostic);
        }
        let covers = |index: usize| {
            let scope = self.scopes[index].as_str();
            self.tree.allowances[index].code == diagnostic.code
                && (scope.is_empty()
                    || diagnostic
                        .path
                        .strip_prefix(scope)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        };
        let all = (0..self.scopes.len()).filter(|&index| covers(index));
        let Some(nearest) = all.rev().max_by_key(|&index| self.scopes[index].len()) else {
            return self.kept.push(diagnostic);
        };
        self.used[nearest] = true;
        let reason = self.tree.allowances[nearest].reason.clone();
        self.taken_out.push(Allowed { diagnostic, reason });
    }

    /// Reports an allowance that nothing needs.
    fn unused(&mut self, index: usize) {
        let tree = self.tree;
        let allowance = &tree.allowances[index];
        // That it has no reason is said already.
        if allowance.reason.trim().is_empty() {
            return;
        }
        if let Some(judge) = judge_of(&allowance.code) {
            // Only that tool knows what it finds.
            let message = format!("{} is told that this rule does not apply", judge.name);
            let code = allowance.code.as_str();
            let mut diagnostic = Diagnostic::of_tool(Severity::Info, code, message);
            diagnostic.path = self.scopes[index].clone();
            let (line, _) = tree.users_line(allowance.scope, allowance.location);
            diagnostic.location = Some(line);
            return self.taken_out.push(Allowed { diagnostic, reason: allowance.reason.clone() });
        }
        let code = &allowance.code;
        let first = tree.allowances[..index]
            .iter()
            .find(|other| other.scope == allowance.scope && other.code == *code);
        let message = if is_structural(code) {
            format!("`{code}` cannot be allowed: without it there is no template")
        } else if first.is_some() {
            format!("`{code}` is allowed here already")
        } else {
            format!("`{code}` is allowed here, but nothing needs it")
        };
        let mut diagnostic = Diagnostic::warning(codes::UNUSED_ALLOW, message);
        let said = "allowed inside the construct here";
        place_at(tree, allowance.scope, allowance.location, said, &mut diagnostic);
        if let Some(first) = first {
            diagnostic = diagnostic.note("it is allowed here first", Some(first.location));
        }
        diagnostic = diagnostic.note(format!("the reason given is: {}", allowance.reason), None);
        // A code that the engine knows, or that some finding has, is right.
        let known = || rules::all().map(|rule| rule.code);
        if !known().any(|known| known == code)
            && let Some(near) = rules::nearest(code, known())
        {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        // One that allows just this is not needed for itself.
        if *code == codes::UNUSED_ALLOW.code {
            self.kept.push(diagnostic);
        } else {
            self.judge(diagnostic);
        }
    }
}
