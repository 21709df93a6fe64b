//! Nested types and enums that mean the same thing within a service are one type; all get their names here.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    model::{Facts, Kind, Model, Property},
    names::{camel, module},
    relations::Ids,
};

/// Names that a generated type may not have, because the generated lines use them.
const RESERVED: &[&str] = &[
    "Box",
    "Clone",
    "Default",
    "Dict",
    "IntoDict",
    "IntoList",
    "IntoValue",
    "Json",
    "List",
    "None",
    "Ok",
    "Option",
    "Result",
    "Set",
    "Some",
    "String",
    "Tag",
    "Value",
    "Vec",
    "Given",
    "PolicyDocument",
];

/// The types of one service, by their names.
#[derive(Default)]
pub(crate) struct Service {
    /// Nested types: the shape that stands for all that share the name.
    pub(crate) shapes: BTreeMap<String, usize>,
    pub(crate) enums: BTreeMap<String, Vec<String>>,
    pub(crate) aliases: BTreeMap<String, String>,
    /// CloudFormation names of the resource types.
    pub(crate) resources: Vec<String>,
}

/// The result: services by module, and the names of shapes and enums.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) services: BTreeMap<String, Service>,
    /// The name of each shape of the model.
    pub(crate) shapes: Vec<String>,
    /// The name of an enum, by module, owner and property.
    pub(crate) enums: BTreeMap<(String, String, String), String>,
}

pub(crate) fn name_all(model: &mut Model, ids: &Ids) -> Names {
    let classes = classes(model);
    weaken(model, &classes);
    let mut names = Names { shapes: vec![String::new(); model.shapes.len()], ..Names::default() };
    let mut taken: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, name) in ids.ids.values().chain(ids.unions.values()) {
        taken.entry(module.clone()).or_default().insert(name.clone());
    }
    for resource in model.resources.values() {
        let service = module(&resource.type_name);
        let taken = taken.entry(service.clone()).or_default();
        taken.extend([resource_name(&resource.type_name), handle_name(model, &resource.type_name)]);
        taken.extend(RESERVED.iter().map(|&name| name.to_owned()));
        names.services.entry(service).or_default().resources.push(resource.type_name.clone());
    }
    // Classes by service and plain name; each with its shapes in order.
    let mut groups: BTreeMap<(String, String), BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
    for (index, shape) in model.shapes.iter().enumerate() {
        groups
            .entry((module(&shape.resource), shape.name.clone()))
            .or_default()
            .entry(classes[index])
            .or_default()
            .push(index);
    }
    for ((service, plain), classes) in &groups {
        let Some(taken) = taken.get_mut(service) else { continue };
        let alone = classes.len() == 1 && !taken.contains(plain);
        for shapes in classes.values() {
            let Some(&first) = shapes.first() else { continue };
            let long = |shape: usize| resource_name(&model.shapes[shape].resource) + plain;
            let mut name = if alone { plain.clone() } else { long(first) };
            while taken.contains(&name) {
                name.push_str("Property");
            }
            taken.insert(name.clone());
            let entry = names.services.entry(service.clone()).or_default();
            entry.shapes.insert(name.clone(), first);
            for &shape in shapes {
                names.shapes[shape] = name.clone();
                let alias = long(shape);
                if !alone && alias != name && taken.insert(alias.clone()) {
                    entry.aliases.insert(alias, name.clone());
                }
            }
        }
    }
    name_enums(model, &mut names, &mut taken);
    names
}

pub(crate) fn resource_name(type_name: &str) -> String {
    camel(type_name.rsplit("::").next().unwrap_or(type_name))
}

/// `BucketHandle`; `AWS::CloudFormation::WaitConditionHandle` is a resource type itself, so there it is `WaitConditionResourceHandle`.
pub(crate) fn handle_name(model: &Model, type_name: &str) -> String {
    let middle =
        if model.resources.contains_key(&format!("{type_name}Handle")) { "Resource" } else { "" };
    format!("{}{middle}Handle", resource_name(type_name))
}

/// Groups shapes that have the same name in the same service and are the same all the way down.
fn classes(model: &Model) -> Vec<usize> {
    let mut numbers: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut classes: Vec<usize> = Vec::new();
    for shape in &model.shapes {
        let next = numbers.len();
        classes.push(*numbers.entry((module(&shape.resource), &shape.name)).or_insert(next));
    }
    let mut count = numbers.len();
    loop {
        let mut numbers = BTreeMap::new();
        let next: Vec<usize> = model
            .shapes
            .iter()
            .enumerate()
            .map(|(index, shape)| {
                let properties: Vec<_> = shape
                    .properties
                    .iter()
                    .map(|property| {
                        let targets: Vec<_> = property.targets.iter().collect();
                        (
                            &property.key,
                            abstracted(&property.kind, &classes),
                            property.required,
                            targets,
                        )
                    })
                    .collect();
                let next = numbers.len();
                *numbers.entry((classes[index], properties)).or_insert(next)
            })
            .collect();
        let refined = numbers.len();
        classes = next;
        if refined == count {
            return classes;
        }
        count = refined;
    }
}

fn abstracted(kind: &Kind, classes: &[usize]) -> Kind {
    let mut kind = kind.clone();
    if let Kind::Shape(index) = kind.leaf_mut() {
        *index = classes[*index];
    }
    kind
}

/// A shared type keeps the facts that hold for all that share it.
fn weaken(model: &mut Model, classes: &[usize]) {
    let mut merged: BTreeMap<usize, Vec<Property>> = BTreeMap::new();
    for (index, shape) in model.shapes.iter().enumerate() {
        match merged.get_mut(&classes[index]) {
            None => _ = merged.insert(classes[index], shape.properties.clone()),
            Some(properties) => {
                for (mine, other) in properties.iter_mut().zip(&shape.properties) {
                    weaken_facts(&mut mine.facts, &other.facts);
                    mine.deprecated &= other.deprecated;
                    if mine.default != other.default {
                        mine.default = None;
                    }
                }
            }
        }
    }
    for (index, shape) in model.shapes.iter_mut().enumerate() {
        for (mine, other) in shape.properties.iter_mut().zip(&merged[&classes[index]]) {
            (mine.facts, mine.default, mine.deprecated) =
                (other.facts.clone(), other.default.clone(), other.deprecated);
        }
    }
    let mut groups = BTreeMap::new();
    for (index, shape) in model.shapes.iter().enumerate() {
        let entry = groups.entry(classes[index]).or_insert_with(|| shape.groups.clone());
        if *entry != shape.groups {
            *entry = Default::default();
        }
    }
    for (index, shape) in model.shapes.iter_mut().enumerate() {
        shape.groups = groups[&classes[index]].clone();
    }
}

fn weaken_facts(mine: &mut Facts, other: &Facts) {
    fn looser<T: PartialOrd + Copy>(a: Option<T>, b: Option<T>, pick: fn(T, T) -> T) -> Option<T> {
        Some(pick(a?, b?))
    }
    mine.min_length = looser(mine.min_length, other.min_length, i64::min);
    mine.max_length = looser(mine.max_length, other.max_length, i64::max);
    mine.minimum = looser(mine.minimum, other.minimum, f64::min);
    mine.maximum = looser(mine.maximum, other.maximum, f64::max);
    mine.multiple_of = mine.multiple_of.filter(|_| mine.multiple_of == other.multiple_of);
    mine.min_items = looser(mine.min_items, other.min_items, i64::min);
    mine.max_items = looser(mine.max_items, other.max_items, i64::max);
    mine.unique &= other.unique;
    mine.no_list &= other.no_list;
    mine.min_properties =
        mine.min_properties.filter(|_| mine.min_properties == other.min_properties);
    mine.max_properties =
        mine.max_properties.filter(|_| mine.max_properties == other.max_properties);
    if mine.choices != other.choices {
        mine.choices.clear();
    }
    if mine.unique_keys != other.unique_keys {
        mine.unique_keys.clear();
    }
    if mine.pattern != other.pattern {
        mine.pattern = None;
    }
    if mine.format != other.format {
        mine.format = None;
    }
    if mine.numbers != other.numbers {
        mine.numbers.clear();
    }
    match (&mut mine.items, &other.items) {
        (Some(mine), Some(other)) => weaken_facts(mine, other),
        (mine, _) => *mine = None,
    }
}

fn name_enums(model: &Model, names: &mut Names, taken: &mut BTreeMap<String, BTreeSet<String>>) {
    // Owners of each enum: by service and property, then by values.
    type Owners = Vec<(String, String)>;
    let mut groups: BTreeMap<(String, String), BTreeMap<Vec<String>, Owners>> = BTreeMap::new();
    let mut note = |service: &str, owner: &str, property: &Property| {
        if let (Kind::Enum(values), true) = (property.kind.leaf(), property.targets.is_empty()) {
            let key = (service.to_owned(), camel(&property.key));
            groups
                .entry(key)
                .or_default()
                .entry(values.clone())
                .or_default()
                .push((owner.into(), property.key.clone()));
        }
    };
    for (service, types) in &names.services {
        for type_name in &types.resources {
            model.resources[type_name]
                .properties
                .iter()
                .for_each(|property| note(service, &resource_name(type_name), property));
        }
        for (name, &shape) in &types.shapes {
            model.shapes[shape]
                .properties
                .iter()
                .for_each(|property| note(service, name, property));
        }
    }
    for ((service, plain), sets) in groups {
        let Some(taken) = taken.get_mut(&service) else { continue };
        let entry = names.services.entry(service.clone()).or_default();
        // Where all of a service mean the same by a property, it is one type, named after the property; else one for each owner.
        let shared = matches!(sets.values().collect::<Vec<_>>().as_slice(), [owners] if owners.len() > 1)
            && !taken.contains(&plain);
        for (values, owners) in sets {
            for (owner, key) in owners {
                let mut name = format!("{owner}{plain}");
                if shared {
                    if taken.insert(name.clone()) {
                        entry.aliases.insert(name, plain.clone());
                    }
                    name = plain.clone();
                } else {
                    while taken.contains(&name) {
                        name.push_str("Value");
                    }
                }
                taken.insert(name.clone());
                entry.enums.insert(name.clone(), values.clone());
                names.enums.insert((service.clone(), owner, key), name);
            }
        }
    }
}
