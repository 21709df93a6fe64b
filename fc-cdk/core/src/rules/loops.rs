//! `Fn::ForEach`, written out: what the transform of the language extensions makes of a template.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>

use smol_str::SmolStr;

use crate::{
    node::{Map, Node},
    template::Template,
};

const LOOP: &str = "Fn::ForEach::";

/// How many values all loops together may make.
const MAX_NODES: usize = 200_000;

/// How deep loops and values may be nested.
const MAX_DEPTH: u32 = 256;

/// A template without its loops.
pub(super) struct Unrolled {
    pub(super) template: Template,
    /// For each resource, the place of the entry that it comes from, and its name where that is a loop.
    pub(super) origins: Vec<(usize, Option<SmolStr>)>,
    /// The parameters and mappings that loops go over, by path.
    pub(super) used: Vec<String>,
    /// What does not work out: the path of the loop, and why.
    pub(super) problems: Vec<(String, String)>,
}

/// Writes out the loops of a template; none where there is none, or where only AWS knows what they go over.
pub(super) fn unroll(template: &Template) -> Option<Unrolled> {
    let sections = template.sections();
    // Without a transform there is nothing that writes them out.
    if !sections.contains_key("Transform") || !sections.iter().any(|(_, body)| has_loop(body, 0)) {
        return None;
    }
    let mut unrolling =
        Unrolling { sections, left: MAX_NODES, used: Vec::new(), problems: Vec::new() };
    let mut origins = Vec::new();
    let mut out = Map::new();
    for (name, body) in sections.iter() {
        let Node::Map(entries) = body else {
            out.push(name.clone(), body.clone());
            continue;
        };
        let mut section = Map::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let before = section.len();
            unrolling.entry(key, value, &[], &mut section, name, 0)?;
            if name == "Resources" {
                let of = key.starts_with(LOOP).then(|| key.clone());
                origins.extend((before..section.len()).map(|_| (index, of.clone())));
            }
        }
        out.push(name.clone(), Node::Map(section));
    }
    let Unrolling { used, problems, .. } = unrolling;
    Some(Unrolled { template: Template::from_sections(out), origins, used, problems })
}

fn has_loop(node: &Node, depth: u32) -> bool {
    match node {
        _ if depth > MAX_DEPTH => false,
        Node::List(items) => items.iter().any(|item| has_loop(item, depth + 1)),
        Node::Map(map) => {
            map.iter().any(|(key, value)| key.starts_with(LOOP) || has_loop(value, depth + 1))
        }
        _ => false,
    }
}

/// A name and what stands for it.
type Binding<'n> = (&'n str, SmolStr);

struct Unrolling<'t> {
    sections: &'t Map,
    left: usize,
    used: Vec<String>,
    problems: Vec<(String, String)>,
}

impl Unrolling<'_> {
    fn entry(
        &mut self,
        key: &str,
        value: &Node,
        bound: &[Binding<'_>],
        out: &mut Map,
        path: &str,
        depth: u32,
    ) -> Option<()> {
        if !key.starts_with(LOOP) {
            let key = replaced(key, bound);
            if out.contains_key(&key) && !bound.is_empty() {
                self.problems.push((path.to_owned(), format!("the loop makes `{key}` twice")));
                return Some(());
            }
            let value = self.node(value, bound, path, depth)?;
            out.push(key, value);
            return Some(());
        }
        let path = format!("{path}.{key}");
        let [Node::Str(name), collection, Node::Map(body)] = value.as_list()? else { return None };
        let defaults;
        let items = match collection {
            Node::List(items) => items,
            other => {
                defaults = self.items(other, &path)?;
                &defaults
            }
        };
        for item in items {
            let item = match item {
                Node::Str(text) => replaced(text, bound),
                Node::Int(_) | Node::Float(_) | Node::Bool(_) => item.to_json().into(),
                _ => return None,
            };
            let mut bound = bound.to_vec();
            bound.push((name, item));
            for (key, value) in body.iter() {
                self.entry(key, value, &bound, out, &path, depth + 1)?;
            }
        }
        Some(())
    }

    /// What a loop goes over by a name: what the parameter is unless somebody says otherwise, or what a mapping has.
    fn items(&mut self, collection: &Node, path: &str) -> Option<Vec<Node>> {
        let entry = |section: &str, name: &str| self.sections.get(section)?.as_map()?.get(name);
        match collection.as_function()? {
            ("Ref", Node::Str(name)) => {
                let Some(parameter) = entry("Parameters", name) else {
                    let message = format!("the loop goes over `{name}`, which is no parameter");
                    self.problems.push((path.to_owned(), message));
                    return Some(Vec::new());
                };
                self.used.push(format!("Parameters.{name}"));
                let is_list = matches!(
                    parameter.get("Type").and_then(Node::as_str),
                    Some("CommaDelimitedList" | "List<String>" | "List<Number>")
                );
                let default = parameter.get("Default").and_then(Node::as_str);
                let default = default.filter(|text| is_list && !text.is_empty())?;
                Some(default.split(',').map(|item| Node::Str(item.trim().into())).collect())
            }
            ("Fn::FindInMap", Node::List(keys)) => {
                let [Node::Str(map), Node::Str(first), Node::Str(second)] = keys.as_slice() else {
                    return None;
                };
                self.used.push(format!("Mappings.{map}"));
                let found = entry("Mappings", map)?.get(first)?.get(second)?;
                Some(found.as_list()?.to_vec())
            }
            _ => None,
        }
    }

    fn node(&mut self, node: &Node, bound: &[Binding<'_>], path: &str, depth: u32) -> Option<Node> {
        self.left = self.left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(("Ref", Node::Str(name))) = node.as_function()
            && let Some((_, value)) = bound.iter().rev().find(|(other, _)| other == name)
        {
            return Some(Node::Str(value.clone()));
        }
        Some(match node {
            Node::Str(text) => Node::Str(replaced(text, bound)),
            Node::List(items) => {
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    all.push(self.node(item, bound, path, depth + 1)?);
                }
                Node::List(all)
            }
            Node::Map(map) => {
                let mut out = Map::with_capacity(map.len());
                for (key, value) in map.iter() {
                    self.entry(key, value, bound, &mut out, path, depth + 1)?;
                }
                Node::Map(out)
            }
            other => other.clone(),
        })
    }
}

/// A text with the names of loops replaced: `${Name}`, and `&{Name}` without what is not a letter or digit.
fn replaced(text: &str, bound: &[Binding<'_>]) -> SmolStr {
    if bound.is_empty() || !text.contains('{') {
        return text.into();
    }
    let mut text = text.to_owned();
    for (name, value) in bound.iter().rev() {
        text = text.replace(&format!("${{{name}}}"), value);
        let short: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        text = text.replace(&format!("&{{{name}}}"), &short);
    }
    text.into()
}
