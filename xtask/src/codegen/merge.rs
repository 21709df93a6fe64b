//! Merging: the provider schemas give the structure, the service specification is laid over it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    combinations,
    model::{Attribute, Facts, Kind, Model, Property, Resource, Rule, Shape, Target},
    names::camel,
    schema::{Place, place, resolve},
    sources::Sources,
};

/// Merges both sources into one model.
pub(crate) fn merge(sources: &Sources) -> Model {
    let mut model = Model::default();
    let names: BTreeSet<&String> = sources.schemas.keys().chain(sources.spec.keys()).collect();
    for name in names {
        let mut merger = Merger {
            sources,
            root: sources.schemas.get(name).unwrap_or(&Value::Null),
            type_name: name,
            model: &mut model,
            by_spec: BTreeMap::new(),
            by_schema: BTreeMap::new(),
        };
        let resource = merger.resource();
        model.resources.insert(name.clone(), resource);
    }
    model
}

struct Merger<'a, 'm> {
    sources: &'a Sources,
    /// The schema of the resource type, `null` if there is none.
    root: &'a Value,
    type_name: &'a str,
    model: &'m mut Model,
    /// Nested types by their number in the service specification, with the schema's places seen for each.
    by_spec: BTreeMap<&'a str, (usize, Vec<&'a Value>)>,
    /// Nested types that only the schema has, by the address of their definition.
    by_schema: BTreeMap<*const Value, usize>,
}

impl<'a> Merger<'a, '_> {
    fn disagree(&mut self, path: &str, what: &str) {
        self.model.disagreements.insert(format!("{}.{path}: {what}", self.type_name));
    }

    fn resource(&mut self) -> Resource {
        let spec = self.sources.spec.get(self.type_name);
        let root = self.root;
        let top_open = root["patternProperties"].is_object();
        let mut top = if root.is_null() { Place::default() } else { place(root, root) };
        let list = |key: &str| pointers(&root[key]);
        let (read_only, create_only) = (list("readOnlyProperties"), list("createOnlyProperties"));
        let spec_properties = spec.and_then(|spec| spec["properties"].as_object());
        // What only AWS sets is an attribute; the service specification may still know it as a property.
        top.properties.retain(|key, _| {
            !read_only.contains(*key) || spec_properties.is_some_and(|p| p.contains_key(*key))
        });
        let properties = self.properties(&[top], spec_properties, spec.is_some(), "");
        let mut resource = Resource {
            type_name: self.type_name.into(),
            attributes: self.attributes(&read_only, spec),
            replaces: create_only,
            may_replace: list("conditionalCreateOnlyProperties"),
            write_only: list("writeOnlyProperties"),
            deprecated: list("deprecatedProperties"),
            groups: if root.is_null() { Default::default() } else { place(root, root).groups },
            regions: self.sources.regions.get(self.type_name).cloned().unwrap_or_default(),
            rules: self.rules(),
            open: top_open,
            shut_down: root["lifecycle"]["status"].as_str() == Some("shutdown"),
            properties,
            ..Resource::default()
        };
        for (name, handler) in root["handlers"].as_object().into_iter().flatten() {
            let permissions =
                handler["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str);
            resource.handlers.insert(name.clone(), permissions.map(str::to_owned).collect());
        }
        self.drop_read_only(&mut resource, &read_only);
        resource.read_only = read_only;
        let names = |value: &Value| -> Vec<String> {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        };
        resource.primary_identifier = list_in_order(&root["primaryIdentifier"]);
        if let Some(spec) = spec {
            for (key, property) in spec["properties"].as_object().into_iter().flatten() {
                match property["causesReplacement"].as_str() {
                    Some("yes") => resource.replaces.insert(key.clone()),
                    Some("maybe") => resource.may_replace.insert(key.clone()),
                    _ => false,
                };
            }
            resource.stateful = spec["isStateful"].as_bool() == Some(true);
            resource.arn = spec["arnTemplate"].as_str().map(str::to_owned);
            let identifier = names(&spec["primaryIdentifier"]);
            if resource.primary_identifier.is_empty() {
                resource.primary_identifier = identifier;
            }
            let reference = names(&spec["cfnRefIdentifier"]);
            if let [single] = reference.as_slice() {
                resource.reference = Some(single.clone());
            } else if reference.is_empty() && resource.primary_identifier.len() == 1 {
                resource.reference = resource.primary_identifier.first().cloned();
            }
            let tags = &spec["tagInformation"];
            if let (Some(property), Some(variant)) =
                (tags["tagPropertyName"].as_str(), tags["variant"].as_str())
            {
                resource.tags = Some((property.into(), variant.into()));
            }
        } else if let [single] = resource.primary_identifier.as_slice() {
            resource.reference = Some(single.clone());
        }
        let both: Vec<String> =
            resource.may_replace.intersection(&resource.replaces).cloned().collect();
        both.iter().for_each(|path| _ = resource.replaces.remove(path));
        resource
    }

    /// The properties of one object, from all the places that describe it and from the service specification.
    fn properties(
        &mut self,
        places: &[Place<'a>],
        spec: Option<&'a serde_json::Map<String, Value>>,
        known: bool,
        path: &str,
    ) -> Vec<Property> {
        let mut keys: BTreeSet<&'a str> =
            places.iter().flat_map(|place| place.properties.keys().copied()).collect();
        keys.extend(spec.into_iter().flatten().map(|(key, _)| key.as_str()));
        let described = places.iter().any(|place| !place.properties.is_empty());
        let mut properties = Vec::new();
        for key in keys {
            let nodes: Vec<&'a Value> = places
                .iter()
                .filter_map(|place| place.properties.get(key))
                .flatten()
                .copied()
                .collect();
            let spec = spec.and_then(|spec| spec.get(key));
            let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            let in_schema = places.iter().all(|place| place.required.contains(key)) && described;
            let in_spec = spec.is_some_and(|spec| spec["required"].as_bool() == Some(true));
            let required = match (!nodes.is_empty(), spec.is_some()) {
                (true, true) => in_schema && in_spec,
                (true, false) => in_schema,
                _ => in_spec,
            };
            if !nodes.is_empty() && spec.is_some() && in_schema != in_spec {
                self.disagree(
                    &path,
                    if in_schema {
                        "required only by the schema"
                    } else {
                        "required only by the specification"
                    },
                );
            } else if known && described && spec.is_none() {
                self.disagree(&path, "only in the schema");
            } else if described && nodes.is_empty() {
                self.disagree(&path, "only in the specification");
            }
            let mut property = self.property(key, &nodes, spec, &path);
            property.required = required;
            properties.push(property);
        }
        properties
    }

    fn property(
        &mut self,
        key: &'a str,
        nodes: &[&'a Value],
        spec: Option<&'a Value>,
        path: &str,
    ) -> Property {
        let (mut kind, mut facts, mut targets) = (None, Facts::default(), BTreeSet::new());
        let mut default = None;
        for (index, node) in nodes.iter().enumerate() {
            let found = self.value(Some(node), spec.map(|spec| &spec["type"]), key, path);
            kind = match kind {
                None => {
                    facts = found.1;
                    Some(found.0)
                }
                Some(kind) if kind == found.0 => Some(kind),
                // A branch that narrows an enum does not take values away from the others.
                Some(kind) => Some(match (kind, found.0) {
                    (Kind::Enum(mut values), Kind::Enum(more)) => {
                        values.extend(more);
                        values.sort();
                        values.dedup();
                        Kind::Enum(values)
                    }
                    (Kind::String | Kind::Enum(_), Kind::String | Kind::Enum(_)) => Kind::String,
                    (Kind::Json, kind) | (kind, Kind::Json) => kind,
                    (kind, _) => {
                        self.disagree(
                            path,
                            &format!("the schema's branch {index} gives another kind"),
                        );
                        if matches!(kind.leaf(), Kind::Shape(_)) { kind } else { Kind::Json }
                    }
                }),
            };
            if index > 0 {
                facts = Facts::default();
            }
            targets.extend(found.2);
            let value = place(node, self.root).default;
            default = default.or(value
                .filter(|v| !v.is_object() && !v.is_array())
                .map(|v| v.as_str().map_or(v.to_string(), str::to_owned)));
        }
        let kind = match kind {
            Some(kind) => kind,
            None => self.value(None, spec.map(|spec| &spec["type"]), key, path).0,
        };
        if let Some(spec) = spec {
            for target in spec["relationshipRefs"].as_array().into_iter().flatten() {
                let text = |key: &str| target[key].as_str().unwrap_or_default().to_owned();
                targets.insert((text("cloudFormationType"), text("propertyName")));
            }
        }
        let deprecated = spec.is_some_and(|spec| spec["deprecated"].is_string());
        Property { key: key.into(), kind, required: false, default, deprecated, facts, targets }
    }

    /// What a value is: its kind, the facts about literals, and the ids that it or its items refer to.
    fn value(
        &mut self,
        node: Option<&'a Value>,
        spec: Option<&'a Value>,
        hint: &str,
        path: &str,
    ) -> (Kind, Facts, BTreeSet<Target>) {
        let spec = spec.filter(|spec| spec.is_object());
        let mut place = node.map(|node| place(node, self.root)).unwrap_or_default();
        // The keys of a DynamoDB table: a list, or "any JSON" that stands for what AWS took years ago.
        let list = spec.and_then(list_or_json);
        if list.is_some() {
            place.types.remove("object");
        }
        let spec = list.or(spec);
        let (mut targets, mut facts) = (place.targets.clone(), place.facts.clone());
        let spec_name = spec.map_or("", |spec| spec["type"].as_str().unwrap_or(""));
        if spec_name == "tag" {
            return (Kind::Tag, Facts::default(), targets);
        }
        let types: Vec<&str> = place.types.iter().copied().collect();
        let object = types == ["object"] || types.is_empty();
        let kind = if !place.properties.is_empty() && object {
            let nested = spec.filter(|_| spec_name == "ref");
            if spec.is_some() && nested.is_none() && spec_name != "union" {
                self.disagree(
                    path,
                    &format!("an object in the schema, {spec_name} in the specification"),
                );
            }
            Kind::Shape(self.shape(node, nested, hint, &place))
        } else if types == ["array"] || (types.is_empty() && place.items.is_some()) {
            let element = spec.filter(|_| spec_name == "array").map(|spec| &spec["element"]);
            if spec.is_some() && element.is_none() {
                self.disagree(
                    path,
                    &format!("a list in the schema, {spec_name} in the specification"),
                );
            }
            let (item, item_facts, item_targets) = self.value(place.items, element, hint, path);
            targets.extend(item_targets);
            facts.items = (item_facts != Facts::default()).then(|| Box::new(item_facts));
            Kind::List(Box::new(item))
        } else if types == ["object"]
            && (place.values.is_some() || (place.values_open && spec_name == "map"))
        {
            let element = spec.filter(|_| spec_name == "map").map(|spec| &spec["element"]);
            if spec.is_some() && element.is_none() && spec_name != "json" {
                self.disagree(
                    path,
                    &format!("a map in the schema, {spec_name} in the specification"),
                );
            }
            let (item, item_facts, item_targets) = self.value(place.values, element, hint, path);
            targets.extend(item_targets);
            facts.items = (item_facts != Facts::default()).then(|| Box::new(item_facts));
            Kind::Map(Box::new(item))
        } else {
            let scalar = self.scalar(&place, &types, &mut facts);
            self.overlay(scalar, spec, spec_name, hint, path)
        };
        facts.no_list = kind == Kind::Json && !types.is_empty() && !types.contains(&"array");
        (kind, facts, targets)
    }

    /// The kind of a place that is no list, map or object with properties; `None` where the schema does not say.
    fn scalar(&self, place: &Place<'a>, types: &[&str], facts: &mut Facts) -> Option<Kind> {
        let text = |value: &&Value| value.as_str().map(str::to_owned);
        if let Some(values) = &place.enumeration {
            if values.iter().all(|value| value.is_string()) {
                let mut values: Vec<String> = values.iter().filter_map(text).collect();
                values.sort();
                values.dedup();
                return Some(Kind::Enum(values));
            }
            facts.numbers = values.iter().filter_map(|value| value.as_i64()).collect();
        }
        match types {
            _ if place.json_text => Some(Kind::Json),
            ["string"] => Some(Kind::String),
            ["integer"] => Some(Kind::Integer),
            ["number"] | ["integer", "number"] => Some(Kind::Number),
            ["boolean"] => Some(Kind::Boolean),
            ["object"] => Some(Kind::Json),
            [] if !place.targets.is_empty() || place.facts.pattern.is_some() => Some(Kind::String),
            [] => None,
            types if types.contains(&"object") || types.contains(&"array") => Some(Kind::Json),
            _ => None,
        }
    }

    fn overlay(
        &mut self,
        schema: Option<Kind>,
        spec: Option<&'a Value>,
        spec_name: &str,
        hint: &str,
        path: &str,
    ) -> Kind {
        let Some(spec) = spec else { return schema.unwrap_or(Kind::Json) };
        let allowed = || -> Option<Vec<String>> {
            let mut values: Vec<String> = spec["allowedValues"]
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            values.sort();
            Some(values)
        };
        let kind = match spec_name {
            "string" => allowed().map_or(Kind::String, Kind::Enum),
            "date-time" => Kind::String,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            "array" => Kind::List(Box::new(self.value(None, Some(&spec["element"]), hint, path).0)),
            "map" => Kind::Map(Box::new(self.value(None, Some(&spec["element"]), hint, path).0)),
            "ref" => Kind::Shape(self.shape(None, Some(spec), hint, &Place::default())),
            "tag" => Kind::Tag,
            _ => Kind::Json,
        };
        let Some(schema) = schema else { return kind };
        match (schema, kind) {
            (a, b) if a == b => a,
            (Kind::Enum(mut a), Kind::Enum(b)) => {
                a.extend(b);
                a.sort();
                a.dedup();
                Kind::Enum(a)
            }
            // cfn-lint corrects enumerations by removing those that are wrong or too short.
            (Kind::String, Kind::Enum(_)) => Kind::String,
            (a @ Kind::Enum(_), Kind::String) => a,
            (Kind::Json, b @ (Kind::Map(_) | Kind::List(_)))
                if spec_name == "array" || matches!(b, Kind::Map(_)) =>
            {
                b
            }
            (Kind::Json, b @ Kind::Shape(_)) => b,
            (Kind::Json, _) | (_, Kind::Json) => Kind::Json,
            (a, b) => {
                self.disagree(
                    path,
                    &format!("{} in the schema, {} in the specification", name(&a), name(&b)),
                );
                a
            }
        }
    }

    /// The rules over several properties: of rule files, and of the schema itself.
    fn rules(&self) -> Vec<Rule> {
        let mut rules = self.sources.rules.rules.get(self.type_name).cloned().unwrap_or_default();
        if !self.root.is_null() {
            rules.extend(combinations::rules(self.root));
        }
        rules
    }

    /// The nested type that a place is; made on first sight.
    fn shape(
        &mut self,
        node: Option<&'a Value>,
        spec: Option<&'a Value>,
        hint: &str,
        first: &Place<'a>,
    ) -> usize {
        let root = self.root;
        let id = spec.and_then(|spec| spec["reference"]["$ref"].as_str());
        let definition = node.map(|node| resolve(node, root));
        let index = self.model.shapes.len();
        let (index, places) = if let Some(id) = id {
            let entry = self.by_spec.entry(id).or_insert((index, Vec::new()));
            let is_new = entry.0 == self.model.shapes.len();
            match definition {
                Some(definition) if !entry.1.iter().any(|seen| std::ptr::eq(*seen, definition)) => {
                    entry.1.push(definition)
                }
                None if is_new => {}
                _ => return entry.0,
            }
            (entry.0, entry.1.clone())
        } else if let Some(definition) = definition {
            match self.by_schema.get(&std::ptr::from_ref(definition)) {
                Some(index) => return *index,
                None => _ = self.by_schema.insert(definition, index),
            }
            (index, vec![definition])
        } else {
            (index, Vec::new())
        };
        let spec = id.and_then(|id| self.sources.types.get(id));
        let name = spec
            .and_then(|spec| spec["name"].as_str())
            .or(first.definition.as_deref())
            .unwrap_or(hint);
        let places: Vec<Place<'a>> =
            places.iter().map(|definition| place(definition, root)).collect();
        if index == self.model.shapes.len() {
            self.model.shapes.push(Shape {
                resource: self.type_name.into(),
                name: camel(name),
                properties: Vec::new(),
                groups: Default::default(),
            });
        }
        self.model.shapes[index].groups = match places.as_slice() {
            [place] => place.groups.clone(),
            _ => Default::default(),
        };
        let fields = spec.and_then(|spec| spec["properties"].as_object());
        let properties = self.properties(&places, fields, spec.is_some(), &camel(name));
        self.model.shapes[index].properties = properties;
        index
    }

    fn attributes(
        &mut self,
        read_only: &BTreeSet<String>,
        spec: Option<&'a Value>,
    ) -> Vec<Attribute> {
        let mut attributes = BTreeMap::new();
        let root = self.root;
        for path in read_only.iter().filter(|path| !path.contains('*')) {
            let mut node = root;
            for step in path.split('/') {
                let inner = resolve(node, root);
                let holder = place(inner, root);
                node = holder
                    .properties
                    .get(step)
                    .and_then(|nodes| nodes.first())
                    .copied()
                    .unwrap_or(&Value::Null);
            }
            let (kind, _, targets) = if node.is_null() {
                (Kind::String, Facts::default(), BTreeSet::new())
            } else {
                self.attribute_kind(Some(node), None)
            };
            let name = path.replace('/', ".");
            attributes.insert(name.clone(), Attribute { name, kind, targets });
        }
        for (name, attribute) in
            spec.and_then(|spec| spec["attributes"].as_object()).into_iter().flatten()
        {
            let (kind, _, mut targets) = self.attribute_kind(None, Some(&attribute["type"]));
            for target in attribute["relationshipRefs"].as_array().into_iter().flatten() {
                let text = |key: &str| target[key].as_str().unwrap_or_default().to_owned();
                targets.insert((text("cloudFormationType"), text("propertyName")));
            }
            let entry = attributes.entry(name.clone()).or_insert(Attribute {
                name: name.clone(),
                kind: kind.clone(),
                targets: BTreeSet::new(),
            });
            entry.kind = kind;
            entry.targets.extend(targets);
        }
        attributes.into_values().collect()
    }

    /// Attributes that are objects are read by their own dotted attributes; whole they are JSON.
    fn attribute_kind(
        &mut self,
        node: Option<&'a Value>,
        spec: Option<&'a Value>,
    ) -> (Kind, Facts, BTreeSet<Target>) {
        let simple = |name: &str| match name {
            "string" | "date-time" => Kind::String,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            _ => Kind::Json,
        };
        let list =
            |item: Kind| if item == Kind::Json { Kind::Json } else { Kind::List(Box::new(item)) };
        if let Some(spec) = spec {
            let name = spec["type"].as_str().unwrap_or("");
            let kind = match name {
                "array" => list(simple(spec["element"]["type"].as_str().unwrap_or(""))),
                name => simple(name),
            };
            return (kind, Facts::default(), BTreeSet::new());
        }
        let place = node.map(|node| place(node, self.root)).unwrap_or_default();
        let first = |types: &BTreeSet<&str>| {
            if types.len() == 1 {
                types.first().map_or(Kind::Json, |name| simple(name))
            } else {
                Kind::Json
            }
        };
        let mut targets = place.targets.clone();
        let kind = match place.items {
            Some(items) => {
                let items = super::schema::place(items, self.root);
                targets.extend(items.targets.clone());
                list(first(&items.types))
            }
            None => first(&place.types),
        };
        (kind, Facts::default(), targets)
    }

    /// Takes out nested properties that only AWS sets, unless the service specification has them as properties.
    fn drop_read_only(&mut self, resource: &mut Resource, read_only: &BTreeSet<String>) {
        for path in read_only.iter().filter(|path| path.contains('/')) {
            let mut steps: Vec<&str> =
                path.split('/').filter(|step| *step != "*" && *step != "items").collect();
            let Some(last) = steps.pop() else { continue };
            let mut properties = &resource.properties;
            let mut shape = None;
            for step in steps {
                shape =
                    properties.iter().find(|property| property.key == step).and_then(|property| {
                        match property.kind.leaf() {
                            Kind::Shape(index) => Some(*index),
                            _ => None,
                        }
                    });
                match shape {
                    Some(index) => properties = &self.model.shapes[index].properties,
                    None => break,
                }
            }
            let Some(shape) = shape else { continue };
            let in_spec = self.by_spec.iter().any(|(id, (index, _))| {
                *index == shape
                    && self
                        .sources
                        .types
                        .get(*id)
                        .is_some_and(|spec| spec["properties"][last].is_object())
            });
            if !in_spec {
                self.model.shapes[shape].properties.retain(|property| property.key != last);
            }
        }
    }
}

fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::String | Kind::Enum(_) => "string",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::Boolean => "boolean",
        Kind::Json => "json",
        Kind::Tag => "tag",
        Kind::Shape(_) => "object",
        Kind::List(_) => "list",
        Kind::Map(_) => "map",
    }
}

/// The list of a union of a list and any JSON.
fn list_or_json(spec: &Value) -> Option<&Value> {
    let kinds = spec["types"].as_array()?;
    let of = |name: &str| kinds.iter().find(|kind| kind["type"] == name);
    of("json").and(of("array")).filter(|_| kinds.len() == 2)
}

fn list_in_order(value: &Value) -> Vec<String> {
    let paths = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    paths.map(|path| path.trim_start_matches("/properties/").replace('/', ".")).collect()
}

fn pointers(value: &Value) -> BTreeSet<String> {
    let paths = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    paths
        .map(|path| {
            path.trim_start_matches("/properties/")
                .trim_start_matches('/')
                .replace("/items/", "/*/")
                .replace("properties/", "")
        })
        .collect()
}
