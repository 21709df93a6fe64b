//! References from one stack to another: outputs, exports, and what passes in and out of nested stacks.

use smol_str::{SmolStr, format_smolstr};

use super::{Drafts, resolve::Resolver};
use crate::{
    codes,
    diagnostic::Diagnostic,
    elements::Section,
    export_name, json,
    node::{Map, Node},
    reference::{Attribute, Reference, Strength},
    tree::Kind,
};

/// Between the items of a list that passes through an output, which can only be a text. The AWS CDK uses the same.
const LIST_DELIMITER: &str = "||";

impl Resolver<'_, '_> {
    /// A reference to a construct of another stack.
    pub(super) fn across_stacks(&mut self, reference: &Reference, producer: usize) -> Node {
        let target = reference.target.index;
        let section = self.drafts.section_of(target);
        if reference.attribute == Attribute::LogicalId
            || section.is_some_and(|section| section != Section::Parameters)
        {
            let tree = self.drafts.tree;
            let what = section.map_or("Resources", Section::as_str);
            let message = format!(
                "`{}` of the stack `{}` is used in the stack `{}`, but entries of `{what}` cannot cross stacks",
                tree.path(target),
                self.drafts.stacks[producer].stack_name,
                self.drafts.stacks[self.place].stack_name,
            );
            let help = "make one of its own in each stack that needs it";
            return self.fail(Diagnostic::error(codes::UNRESOLVABLE_REFERENCE, message).help(help));
        }
        let strength = reference.strength.unwrap_or_else(|| self.drafts.strength_of(self.place));
        let crossing = Crossing {
            target,
            attribute: reference.attribute.clone(),
            list: reference.list,
            strength,
            from: self.from,
        };
        match self.drafts.cross(&crossing, producer, self.place) {
            Ok(node) => node,
            Err(diagnostic) => self.fail(*diagnostic),
        }
    }
}

/// A value on its way from one stack to another.
#[derive(Clone)]
struct Crossing {
    target: u32,
    attribute: Attribute,
    list: bool,
    strength: Strength,
    /// The construct that wants it.
    from: u32,
}

impl Drafts<'_> {
    /// What the template at `consumer` says for a value of the template at `producer`.
    fn cross(
        &mut self,
        crossing: &Crossing,
        producer: usize,
        consumer: usize,
    ) -> Result<Node, Box<Diagnostic>> {
        if producer == consumer {
            return Ok(self.local(crossing.target, &crossing.attribute));
        }
        if let Some((parent, resource)) = self.nesting(consumer)
            && !self.is_nested_in(producer, consumer)
        {
            // Down: a parameter of the nested stack, filled by its parent.
            let value = self.cross(crossing, producer, parent)?;
            let value =
                if crossing.list { Node::function("Fn::Join", json!([",", value])) } else { value };
            let name = format_smolstr!(
                "referenceto{}{}",
                self.stack_key(producer),
                self.name_for(crossing.target, &crossing.attribute)
            );
            let type_name = if crossing.list { "CommaDelimitedList" } else { "String" };
            let parameters = self.stacks[consumer].section(Section::Parameters);
            if !parameters.contains_key(&name) {
                parameters.push(name.clone(), json!({ "Type": type_name }));
            }
            self.set_nested_parameter(resource, &name, value);
            return Ok(Node::function("Ref", Node::Str(name)));
        }
        if let Some((parent, resource)) = self.nesting(producer) {
            // Up: an output of the nested stack, read from its resource in the parent.
            let name = self.add_output(producer, crossing)?;
            let mut up = crossing.clone();
            up.target = resource;
            up.attribute = Attribute::Att(format_smolstr!("Outputs.{name}"));
            let list = std::mem::take(&mut up.list);
            let value = self.cross(&up, parent, consumer)?;
            return Ok(if list {
                Node::function("Fn::Split", json!([LIST_DELIMITER, value]))
            } else {
                value
            });
        }
        self.cross_top_level(crossing, producer, consumer)
    }

    /// Between two stacks that are deployed on their own.
    fn cross_top_level(
        &mut self,
        crossing: &Crossing,
        producer: usize,
        consumer: usize,
    ) -> Result<Node, Box<Diagnostic>> {
        let (ours, theirs) =
            (self.stacks[consumer].environment.clone(), self.stacks[producer].environment.clone());
        let unknown = |what: &str| {
            let message = format!(
                "the stack `{}` reads a value of the stack `{}`, and only one of them says its {what}",
                self.stacks[consumer].stack_name, self.stacks[producer].stack_name,
            );
            let help =
                format!("name the {what} of both stacks with `with_environment`, or of neither");
            Err(Box::new(Diagnostic::error(codes::UNRESOLVABLE_REFERENCE, message).help(help)))
        };
        let other_region = ours.region != theirs.region;
        if other_region && (ours.region.is_none() || theirs.region.is_none()) {
            return unknown("region");
        }
        let other_account = ours.account != theirs.account;
        if other_account && (ours.account.is_none() || theirs.account.is_none()) {
            return unknown("account");
        }
        let role = match &self.tree.get(self.stacks[producer].index).kind {
            Kind::Stack(data) => data.reader_role.clone(),
            _ => None,
        };
        if other_account && role.is_none() {
            let message = format!(
                "the stack `{}` reads a value of the stack `{}` in another account, which has to offer a role for that",
                self.stacks[consumer].stack_name, self.stacks[producer].stack_name,
            );
            let help = "name a role that may call `cloudformation:DescribeStacks` there: `with_output_reader_role`";
            return Err(Box::new(
                Diagnostic::error(codes::UNRESOLVABLE_REFERENCE, message).help(help),
            ));
        }
        if crossing.strength == Strength::Strong && (other_region || other_account) {
            let message = format!(
                "a strong reference from the stack `{}` to the stack `{}`: exports do not leave their account and region",
                self.stacks[consumer].stack_name, self.stacks[producer].stack_name,
            );
            let help = "make it weak: `.weak()` on the value, or `with_reference_strength(Strength::Weak)`";
            return Err(Box::new(
                Diagnostic::error(codes::UNRESOLVABLE_REFERENCE, message).help(help),
            ));
        }
        self.graph.refer_stack(
            self.stacks[consumer].index,
            self.stacks[producer].index,
            crossing.from,
            crossing.target,
        );
        let name = self.add_output(producer, crossing)?;
        let stack_name = self.stacks[producer].stack_name.clone();
        let value = match crossing.strength {
            Strength::Strong => {
                let local = self.local(crossing.target, &crossing.attribute).to_json();
                let export = export_name::export_name(&stack_name, &local).map_err(|error| {
                    Box::new(Diagnostic::error(codes::BAD_LOGICAL_ID, error.to_string()))
                })?;
                let outputs = self.stacks[producer].section(Section::Outputs);
                if let Some(output) = outputs.get_mut(&name).and_then(Node::as_map_mut) {
                    output.insert("Export", json!({ "Name": export.clone() }));
                }
                Node::function("Fn::ImportValue", Node::Str(export))
            }
            Strength::Weak => {
                let mut arguments = Map::with_capacity(4);
                arguments.push("StackName", stack_name);
                arguments.push("OutputName", name);
                if let (true, Some(region)) = (other_region, theirs.region) {
                    arguments.push("Region", region);
                }
                if let (true, Some(role)) = (other_account, role) {
                    arguments.push("RoleArn", role);
                }
                Node::function("Fn::GetStackOutput", Node::Map(arguments))
            }
        };
        Ok(if crossing.list {
            Node::function("Fn::Split", json!([LIST_DELIMITER, value]))
        } else {
            value
        })
    }

    /// Adds the output that carries a value, under the name that the AWS CDK gives its exports.
    fn add_output(
        &mut self,
        producer: usize,
        crossing: &Crossing,
    ) -> Result<SmolStr, Box<Diagnostic>> {
        let local = self.local(crossing.target, &crossing.attribute);
        let name = match crossing.strength {
            Strength::Strong => export_name::export_id(&local.to_json()),
            Strength::Weak => export_name::output_id(&local.to_json()),
        };
        let name = name.map_err(|error| {
            Box::new(Diagnostic::error(codes::BAD_LOGICAL_ID, error.to_string()))
        })?;
        let value = if crossing.list {
            Node::function("Fn::Join", json!([LIST_DELIMITER, local]))
        } else {
            local
        };
        let outputs = self.stacks[producer].section(Section::Outputs);
        if !outputs.contains_key(&name) {
            outputs.push(name.clone(), json!({ "Value": value }));
        }
        Ok(name)
    }

    fn set_nested_parameter(&mut self, resource: u32, name: &SmolStr, value: Node) {
        let pending = self.nested_parameters.entry(resource).or_default();
        if !pending.contains_key(name) {
            pending.push(name.clone(), value);
        }
    }

    fn strength_of(&self, place: usize) -> Strength {
        let stack = self.stacks[place].index;
        let own = self.tree.ancestors(stack).find_map(|index| match &self.tree.get(index).kind {
            Kind::Stack(data) => data.strength,
            Kind::App(data) => Some(data.strength),
            _ => None,
        });
        own.unwrap_or_default()
    }

    /// The stack around a nested one, and the resource that stands for it there.
    fn nesting(&self, place: usize) -> Option<(usize, u32)> {
        let Kind::Stack(data) = &self.tree.get(self.stacks[place].index).kind else { return None };
        let resource = data.nested?;
        let parent = self.tree.get(resource).stack?;
        Some((*self.by_construct.get(&parent)?, resource))
    }

    fn is_nested_in(&self, inner: usize, outer: usize) -> bool {
        std::iter::successors(Some(inner), |&place| self.nesting(place).map(|(parent, _)| parent))
            .any(|place| place == outer)
    }

    fn stack_key(&self, place: usize) -> SmolStr {
        self.tree
            .components(self.stacks[place].index, None)
            .concat()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "")
            .into()
    }
}
