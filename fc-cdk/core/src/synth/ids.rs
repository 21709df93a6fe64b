//! Logical ids and stack names.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{place_at, place_diagnostic};
use crate::{
    app::Environment,
    codes,
    diagnostic::Diagnostic,
    logical_id, stack_name,
    tree::{Kind, Scope, Tree},
};

/// The name of every construct that a template or an assembly mentions.
pub(crate) struct Ids {
    /// By construct; empty for those that have none.
    names: Vec<SmolStr>,
}

impl Ids {
    pub(crate) fn assign(tree: &Tree, all: &[u32], diagnostics: &mut Vec<Diagnostic>) -> Ids {
        let mut names = vec![SmolStr::default(); tree.constructs.len()];
        let mut taken: FxHashMap<(u32, SmolStr), u32> = FxHashMap::default();
        let mut stack_names: FxHashMap<(SmolStr, Environment), u32> = FxHashMap::default();
        for &index in all {
            let construct = tree.get(index);
            let (found, scope) = match &construct.kind {
                Kind::Stack(_) => (name_of_stack(tree, index), None),
                Kind::Resource(_) | Kind::Element(_) => {
                    (name_in_template(tree, index), construct.stack)
                }
                _ => continue,
            };
            let name = match found {
                Ok(name) => name,
                Err(mut diagnostic) => {
                    place_diagnostic(tree, index, &mut diagnostic);
                    diagnostics.push(*diagnostic);
                    continue;
                }
            };
            let first = match scope {
                Some(stack) => taken.insert((stack, name.clone()), index),
                None if is_nested(tree, index) => None,
                None => stack_names.insert((name.clone(), environment_of(tree, index)), index),
            };
            if let Some(first) = first {
                let (code, message) = match scope {
                    Some(_) => (
                        codes::DUPLICATE_LOGICAL_ID,
                        format!("the logical id `{name}` is taken by `{}`", tree.path(first)),
                    ),
                    None => (
                        codes::BAD_STACK_NAME,
                        format!("the stack name `{name}` is taken by `{}`", tree.path(first)),
                    ),
                };
                let mut diagnostic = Diagnostic::error(code, message);
                place_diagnostic(tree, index, &mut diagnostic);
                let first = Some(tree.user_location(first));
                diagnostics.push(
                    diagnostic
                        .note("the first one is made here", first)
                        .help("give one of them another name"),
                );
            }
            names[index as usize] = name;
        }
        check_moves(tree, all, diagnostics);
        Ids { names }
    }

    /// The name of a resource or element in its template.
    pub(crate) fn logical_id(&self, index: u32) -> SmolStr {
        self.names[index as usize].clone()
    }

    /// The name of a stack in CloudFormation.
    pub(crate) fn stack_name(&self, index: u32) -> SmolStr {
        self.names[index as usize].clone()
    }
}

/// The logical id of a resource before synth; empty where it has none.
pub(crate) fn logical_id_of(scope: &Scope) -> SmolStr {
    name_in_template(&scope.tree(), scope.index).unwrap_or_default()
}

fn is_nested(tree: &Tree, index: u32) -> bool {
    matches!(&tree.get(index).kind, Kind::Stack(data) if data.nested.is_some())
}

fn name_in_template(tree: &Tree, index: u32) -> Result<SmolStr, Box<Diagnostic>> {
    let construct = tree.get(index);
    let overridden = match &construct.kind {
        Kind::Resource(data) => data.logical_id.as_ref(),
        Kind::Element(data) => data.logical_id.as_ref(),
        _ => None,
    };
    if let Some(name) = overridden {
        let valid = !name.is_empty()
            && name.len() <= 255
            && name.bytes().all(|b| b.is_ascii_alphanumeric());
        return if valid {
            Ok(name.clone())
        } else {
            let message = format!("`{name}` is not a logical id");
            Err(Box::new(
                Diagnostic::error(codes::BAD_LOGICAL_ID, message)
                    .help("use 1 to 255 letters and digits, nothing else"),
            ))
        };
    }
    let mut components = tree.components(index, construct.stack);
    let moved = construct.stack.and_then(|stack| old_components(tree, stack, &components));
    if let Some(old) = &moved {
        components = old.iter().map(String::as_str).collect();
    }
    logical_id::logical_id(&components).map_err(|error| {
        let help = "use at least one letter or digit in its id, or call `override_logical_id`";
        Box::new(Diagnostic::error(codes::BAD_LOGICAL_ID, error.to_string()).help(help))
    })
}

/// The path that a construct had before it moved, if it did.
fn old_components(tree: &Tree, stack: u32, components: &[&str]) -> Option<Vec<String>> {
    let Kind::Stack(data) = &tree.get(stack).kind else { return None };
    // The longest new path wins, so that a part of what moved can move on its own.
    let fits = data.moves.iter().filter(|step| {
        step.new.len() <= components.len()
            && step.new.iter().zip(components).all(|(new, component)| new == component)
    });
    let step = fits.max_by_key(|step| step.new.len())?;
    let rest = components[step.new.len()..].iter().map(|&component| component.to_owned());
    Some(step.old.iter().cloned().chain(rest).collect())
}

/// Reports moves that name nothing, or whose old path is in use again.
fn check_moves(tree: &Tree, all: &[u32], diagnostics: &mut Vec<Diagnostic>) {
    for &index in all {
        let Kind::Stack(data) = &tree.get(index).kind else { continue };
        for step in &data.moves {
            let find =
                |path: &[String]| path.iter().try_fold(index, |parent, id| tree.child(parent, id));
            let mut problem = None;
            if find(&step.new).is_none() {
                let message =
                    format!("nothing is at the new path `{}` of a move", step.new.join("/"));
                problem = Some((message, "drop the move, or correct its path"));
            } else if let Some(old) = find(&step.old)
                && tree
                    .walk(old)
                    .iter()
                    .any(|&index| matches!(tree.get(index).kind, Kind::Resource(_)))
            {
                let message =
                    format!("the old path `{}` of a move is in use again", step.old.join("/"));
                problem = Some((
                    message,
                    "give the new construct another id: its logical ids belong to what moved",
                ));
            }
            if let Some((message, help)) = problem {
                let mut diagnostic = Diagnostic::error(codes::BAD_MOVE, message).help(help);
                let said = "said inside the construct here";
                place_at(tree, index, step.location, said, &mut diagnostic);
                diagnostics.push(diagnostic);
            }
        }
    }
}

fn name_of_stack(tree: &Tree, index: u32) -> Result<SmolStr, Box<Diagnostic>> {
    let Kind::Stack(data) = &tree.get(index).kind else { return Ok(SmolStr::default()) };
    if data.nested.is_some() {
        return Ok(tree.get(index).id.clone());
    }
    let stages = |index: &u32| matches!(tree.get(*index).kind, Kind::Stage(_));
    let stage = tree.ancestors(index).find(stages);
    let mut stage_ids: Vec<&str> =
        tree.ancestors(index).filter(stages).map(|stage| tree.get(stage).id.as_str()).collect();
    stage_ids.reverse();
    let name = match &data.stack_name {
        Some(name) => stack_name::check_stack_name(name).map(|()| name.clone()),
        None => stack_name::stack_name(
            &stack_name::stage_name(&stage_ids),
            &tree.components(index, stage),
        ),
    };
    name.map_err(|error| {
        let help = "start with a letter; use letters, digits and dashes, 128 at most; or call `with_stack_name`";
        Box::new(Diagnostic::error(codes::BAD_STACK_NAME, error.to_string()).help(help))
    })
}

/// The name of a stack in CloudFormation, where it is known now.
pub(crate) fn stack_name_of(tree: &Tree, index: u32) -> SmolStr {
    if is_nested(tree, index) {
        SmolStr::default()
    } else {
        name_of_stack(tree, index).unwrap_or_default()
    }
}

/// The account and region of a construct, as far as they are known.
pub(crate) fn environment_of(tree: &Tree, index: u32) -> Environment {
    let mut environment = Environment::default();
    for ancestor in tree.ancestors(index) {
        let own = match &tree.get(ancestor).kind {
            Kind::App(app) => &app.environment,
            Kind::Stage(stage) => &stage.environment,
            Kind::Stack(stack) => &stack.environment,
            _ => continue,
        };
        environment.account = environment.account.or_else(|| own.account.clone());
        environment.region = environment.region.or_else(|| own.region.clone());
    }
    environment
}
