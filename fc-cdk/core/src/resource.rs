//! [`Resource`]: the handle of a resource in the tree, by which it is referred to and changed.

use std::fmt;

use smol_str::SmolStr;

use crate::{
    codes,
    diagnostic::{Diagnostic, SourceLocation},
    elements::Condition,
    judges::judge_of,
    node::{Map, Node},
    reference::{Attribute, Reference},
    spec::{ResourceSpec, Table},
    sub::SubValue,
    tree::{Dependency, Kind, NodeId, Scope},
    value::{IntoValue, List, Value},
};

pub(crate) struct ResourceData {
    pub(crate) type_name: SmolStr,
    /// What AWS's specification says of the type, if it is known.
    pub(crate) spec: Option<ResourceSpec>,
    pub(crate) properties: Map,
    pub(crate) logical_id: Option<SmolStr>,
    /// Everything but type and properties, by the template's key.
    pub(crate) attributes: Map,
    pub(crate) condition: Option<NodeId>,
    /// Raw changes of the finished resource, by path; `None` deletes.
    pub(crate) overrides: Vec<(String, Option<Node>, SourceLocation)>,
}

impl ResourceData {
    /// Whether deleting it loses data, as far as that is known.
    pub(crate) fn is_stateful(&self) -> bool {
        self.spec.is_some_and(ResourceSpec::is_stateful)
    }
}

/// What CloudFormation does with a resource that leaves its stack.
///
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalPolicy {
    /// Deletes it, with what it holds.
    Delete,
    /// Leaves it in the account.
    Retain,
    /// Leaves it in the account, but deletes it if its own creation fails.
    RetainExceptOnCreate,
    /// Takes a last snapshot, then deletes it; only for types that have snapshots.
    Snapshot,
}

impl RemovalPolicy {
    /// The word in the template.
    pub fn as_str(self) -> &'static str {
        match self {
            RemovalPolicy::Delete => "Delete",
            RemovalPolicy::Retain => "Retain",
            RemovalPolicy::RetainExceptOnCreate => "RetainExceptOnCreate",
            RemovalPolicy::Snapshot => "Snapshot",
        }
    }
}

/// The handle of a resource: a cheap clone. The handles of generated types dereference to it.
#[derive(Clone)]
pub struct Resource {
    scope: Scope,
}

/// The handle of one resource type, such as `s3::BucketHandle`, or of a construct that stands for one.
pub trait ResourceHandle {
    /// The resource behind it.
    fn resource(&self) -> &Resource;
}

impl ResourceHandle for Resource {
    fn resource(&self) -> &Resource {
        self
    }
}

impl Scope {
    /// A resource of any type by its CloudFormation name, with raw properties: for types that are newer than this crate.
    ///
    /// Where synth knows the resource types ([`SynthOptions::set_resource_types`](crate::SynthOptions::set_resource_types), which the
    /// command line of `fc_cdk::cli` sets), it is checked, tagged and kept as one of a typed builder. Elsewhere, as by plain
    /// [`App::synth`](crate::App::synth), its literals are not checked against AWS's schema, and tags of scopes and the removal
    /// policy of what holds data have to be set by hand.
    #[track_caller]
    pub fn raw_resource(&self, id: &str, type_name: &str, properties: impl Into<Node>) -> Resource {
        let location = SourceLocation::caller();
        let (properties, wrong) = match properties.into() {
            Node::Map(map) => (map, None),
            Node::Null => (Map::new(), None),
            other => (Map::new(), Some(other.kind())),
        };
        let resource = Resource::add(self, id, type_name, None, properties, location);
        if let Some(kind) = wrong {
            resource.report(
                Diagnostic::error(
                    codes::BAD_OVERRIDE,
                    format!("expected the properties as an object, found {kind}"),
                )
                .help("pass `json!({ \"Name\": value })`"),
            );
        }
        resource
    }
}

impl Resource {
    /// Adds a resource to the tree; the generated builders end in this.
    pub fn add(
        scope: &Scope,
        id: &str,
        type_name: impl Into<SmolStr>,
        table: Option<&'static Table>,
        properties: Map,
        location: SourceLocation,
    ) -> Resource {
        let type_name = type_name.into();
        let data = ResourceData {
            spec: table.and_then(|table| table.resource(&type_name)),
            type_name,
            properties,
            logical_id: None,
            attributes: Map::new(),
            condition: None,
            overrides: Vec::new(),
        };
        let scope = scope.add_at(id, Kind::Resource(Box::new(data)), location);
        if scope.tree().get(scope.index).stack.is_none() {
            let message = "a resource has to be in a stack";
            scope.report(
                Diagnostic::error(codes::OUTSIDE_STACK, message).help("make it below a `Stack`"),
            );
        }
        Resource { scope }
    }

    pub(crate) fn from_scope(scope: Scope) -> Resource {
        Resource { scope }
    }

    pub(crate) fn index(&self) -> u32 {
        self.scope.index
    }

    fn data<R>(&self, read: impl FnOnce(&ResourceData) -> R) -> Option<R> {
        match &self.scope.tree().get(self.scope.index).kind {
            Kind::Resource(data) => Some(read(data)),
            _ => None,
        }
    }

    fn change(&self, change: impl FnOnce(&mut ResourceData)) -> &Resource {
        if let Kind::Resource(data) = &mut self.scope.tree_mut().get_mut(self.scope.index).kind {
            change(data);
        }
        self
    }

    /// The construct of the resource, for paths, source lines and reports.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The CloudFormation type, such as `AWS::S3::Bucket`.
    pub fn type_name(&self) -> SmolStr {
        self.data(|data| data.type_name.clone()).unwrap_or_default()
    }

    /// What AWS's specification says of the type, if it is known.
    pub fn spec(&self) -> Option<ResourceSpec> {
        self.data(|data| data.spec).flatten()
    }

    /// The property as it stands now, if it is set.
    pub fn property(&self, name: &str) -> Option<Node> {
        self.data(|data| data.properties.get(name).cloned()).flatten()
    }

    /// What `Ref` returns for the resource.
    pub fn ref_value<T: ?Sized>(&self) -> Value<T> {
        Value::from_node(self.reference(Attribute::Ref, false))
    }

    /// What `Fn::GetAtt` returns for an attribute, such as `Arn`. Generated handles have a typed method for each known attribute.
    pub fn get_att<T: ?Sized>(&self, attribute: impl Into<SmolStr>) -> Value<T> {
        Value::from_node(self.reference(Attribute::Att(attribute.into()), false))
    }

    /// What `Fn::GetAtt` returns for an attribute that is a list, such as the `NameServers` of a hosted zone.
    pub fn get_att_list<T: ?Sized>(&self, attribute: impl Into<SmolStr>) -> Value<List<T>> {
        Value::from_node(self.reference(Attribute::Att(attribute.into()), true))
    }

    fn reference(&self, attribute: Attribute, list: bool) -> Node {
        Node::Ref(Box::new(Reference {
            target: self.scope.node_id(),
            attribute,
            strength: None,
            list,
        }))
    }

    /// The name of the resource in its template.
    pub fn logical_id(&self) -> SmolStr {
        crate::synth::logical_id_of(&self.scope)
    }

    /// Sets a raw property, beside or over what the builder has set: for properties newer than this crate.
    pub fn set_property(&self, name: &str, value: impl Into<Node>) -> &Resource {
        let value = value.into();
        self.change(|data| {
            if value.is_null() {
                data.properties.remove(name);
            } else {
                data.properties.insert(name, value);
            }
        })
    }

    /// Changes a property in place; it is `null` where it was not set, and left out if it stays so.
    pub fn update_property(&self, name: &str, update: impl FnOnce(Node) -> Node) -> &Resource {
        let old = self.property(name).unwrap_or_default();
        self.set_property(name, update(old))
    }

    /// Deploys this resource after another.
    #[track_caller]
    pub fn depends_on(&self, other: &impl ResourceHandle) -> &Resource {
        let location = SourceLocation::caller();
        let dependency = Dependency { from: self.index(), on: other.resource().index(), location };
        self.scope.tree_mut().dependencies.push(dependency);
        self
    }

    /// Makes the resource only where a condition holds.
    pub fn condition(&self, condition: &Condition) -> &Resource {
        let id = condition.node_id();
        self.change(|data| data.condition = Some(id))
    }

    /// What happens to the resource when it leaves the stack or is replaced: sets both `DeletionPolicy` and `UpdateReplacePolicy`.
    pub fn removal_policy(&self, policy: RemovalPolicy) -> &Resource {
        // An update has no creation that could fail.
        let replace = match policy {
            RemovalPolicy::RetainExceptOnCreate => RemovalPolicy::Retain,
            other => other,
        };
        self.deletion_policy(policy).update_replace_policy(replace)
    }

    /// What happens to the resource when it leaves the stack.
    pub fn deletion_policy(&self, policy: RemovalPolicy) -> &Resource {
        self.attribute("DeletionPolicy", policy.as_str())
    }

    /// What happens to the old resource when an update replaces it.
    pub fn update_replace_policy(&self, policy: RemovalPolicy) -> &Resource {
        self.attribute("UpdateReplacePolicy", policy.as_str())
    }

    /// How CloudFormation knows that the resource is ready.
    /// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html>.
    pub fn creation_policy(&self, policy: impl Into<Node>) -> &Resource {
        self.attribute("CreationPolicy", policy)
    }

    /// How CloudFormation updates the resource, such as a rolling update of an Auto Scaling group.
    /// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html>.
    pub fn update_policy(&self, policy: impl Into<Node>) -> &Resource {
        self.attribute("UpdatePolicy", policy)
    }

    /// Sets an entry of the resource's `Metadata`.
    pub fn metadata(&self, key: &str, value: impl Into<Node>) -> &Resource {
        let value = value.into();
        self.update_metadata(key, |_| value)
    }

    /// Changes an entry of the resource's `Metadata`, which is null where there is none yet.
    pub(crate) fn update_metadata(
        &self,
        key: &str,
        change: impl FnOnce(&Node) -> Node,
    ) -> &Resource {
        self.change(|data| {
            let metadata = data.attributes.get_or_insert_with("Metadata", || Node::Map(Map::new()));
            if let Some(metadata) = metadata.as_map_mut() {
                let value = change(metadata.get(key).unwrap_or(&Node::Null));
                metadata.insert(key, value);
            }
        })
    }

    fn attribute(&self, key: &'static str, value: impl Into<Node>) -> &Resource {
        let value = value.into();
        self.change(|data| {
            data.attributes.insert(SmolStr::new_static(key), value);
        })
    }

    /// Gives the resource this logical id, whatever its path.
    pub fn override_logical_id(&self, logical_id: &str) -> &Resource {
        self.change(|data| data.logical_id = Some(logical_id.into()))
    }

    /// Changes the finished resource at a path, such as `Properties.VersioningConfiguration.Status`, after everything else. Numbers
    /// select list items. The last escape hatch: nothing checks what it is given, but the result is checked like all else.
    #[track_caller]
    pub fn add_override(&self, path: &str, value: impl Into<Node>) -> &Resource {
        let entry = (path.to_owned(), Some(value.into()), SourceLocation::caller());
        self.change(|data| data.overrides.push(entry))
    }

    /// Takes out what the finished resource has at a path.
    #[track_caller]
    pub fn delete_override(&self, path: &str) -> &Resource {
        let entry = (path.to_owned(), None, SourceLocation::caller());
        self.change(|data| data.overrides.push(entry))
    }

    /// Files a finding about this resource.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.scope.report(diagnostic);
    }

    /// Switches a rule off for this resource. See [`Scope::allow`].
    #[track_caller]
    pub fn allow(&self, rule: impl AsRef<str>, reason: &str) -> &Resource {
        let code = rule.as_ref();
        self.scope.add_allowance(code, reason);
        if let Some(judge) = judge_of(code) {
            judge.excuse(self, code, reason);
        }
        self
    }

    /// A tag of this resource. See [`Scope::tag`].
    #[track_caller]
    pub fn tag(&self, key: &str, value: &str) -> &Resource {
        self.scope.tag(key, value);
        self
    }
}

/// What `Ref` returns.
impl IntoValue<String> for &Resource {
    fn into_value(self) -> Value<String> {
        self.ref_value()
    }
}

impl SubValue for Resource {
    fn sub_value(&self) -> Node {
        self.ref_value::<String>().into_node()
    }
}

impl fmt::Debug for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.type_name(), self.scope.path())
    }
}
