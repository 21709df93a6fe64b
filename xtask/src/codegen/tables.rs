//! Writing the run-time tables; `fc-cdk/core/src/spec.rs` says how they are read.

use std::collections::BTreeMap;

use super::{
    model::{Facts, Groups, Kind, Model, Property, Resource},
    share::{Names, Service, resource_name},
};

const NONE: u32 = u32::MAX;
const HEADER: usize = 9;

/// Objects in whose place `aws cloudformation package` takes the path of a local file, as a string.
/// See <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>.
const PACKAGED: &[(&str, &str)] = &[
    ("AWS::ApiGateway::RestApi", "BodyS3Location"),
    ("AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle"),
    ("AWS::Lambda::Function", "Code"),
    ("AWS::Lambda::LayerVersion", "Content"),
    ("AWS::StepFunctions::StateMachine", "DefinitionS3Location"),
];

/// Lists in whose place AWS still takes the object that was there before them.
const ONCE_AN_OBJECT: &[(&str, &str)] = &[("AWS::DynamoDB::Table", "KeySchema")];

/// The table of one service.
pub(crate) fn table(
    service: &Service,
    model: &Model,
    names: &Names,
    regions: &[String],
) -> Vec<u8> {
    let mut table = Table::new(model, names);
    for name in service.shapes.keys() {
        let number = table.numbers.len() as u32;
        table.numbers.insert(name, number);
    }
    for (name, &shape) in &service.shapes {
        table.shape(name, &model.shapes[shape].properties, &model.shapes[shape].groups, None);
    }
    let mut resources: Vec<&Resource> =
        service.resources.iter().map(|name| &model.resources[name]).collect();
    resources.sort_by_key(|resource| &resource.type_name);
    for resource in resources {
        let shape = table.shapes.len() as u32;
        table.shape(
            &resource_name(&resource.type_name),
            &resource.properties,
            &resource.groups,
            Some(resource),
        );
        table.resource(resource, shape, regions);
    }
    table.finish()
}

/// The parts of a table under construction; equal kinds, lists and texts are stored once.
struct Table<'a> {
    names: &'a Names,
    model: &'a Model,
    /// The numbers of nested types, by name.
    numbers: BTreeMap<&'a str, u32>,
    resources: Vec<[u32; 17]>,
    shapes: Vec<[u32; 5]>,
    properties: Vec<[u32; 4]>,
    kinds: Vec<[u32; 2]>,
    kind_numbers: BTreeMap<[u32; 2], u32>,
    lists: Vec<u32>,
    list_offsets: BTreeMap<Vec<u32>, u32>,
    texts: Vec<String>,
    text_numbers: BTreeMap<String, u32>,
}

impl<'a> Table<'a> {
    fn new(model: &'a Model, names: &'a Names) -> Table<'a> {
        Table {
            names,
            model,
            numbers: BTreeMap::new(),
            resources: Vec::new(),
            shapes: Vec::new(),
            properties: Vec::new(),
            kinds: Vec::new(),
            kind_numbers: BTreeMap::new(),
            // The list at 0 is empty.
            lists: vec![0],
            list_offsets: BTreeMap::from([(Vec::new(), 0)]),
            texts: Vec::new(),
            text_numbers: BTreeMap::new(),
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.text_numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.into());
        self.text_numbers.insert(text.into(), number);
        number
    }

    fn list(&mut self, words: Vec<u32>) -> u32 {
        if let Some(&offset) = self.list_offsets.get(&words) {
            return offset;
        }
        let offset = self.lists.len() as u32;
        self.lists.push(words.len() as u32);
        self.lists.extend(&words);
        self.list_offsets.insert(words, offset);
        offset
    }

    fn text_list<'t>(&mut self, texts: impl IntoIterator<Item = &'t String>) -> u32 {
        let words = texts.into_iter().map(|text| self.text(text)).collect();
        self.list(words)
    }

    fn kind(&mut self, kind: &Kind, property: Option<&Property>) -> u32 {
        let targets =
            property.map(|property| &property.targets).filter(|targets| !targets.is_empty());
        let record = match (kind, targets) {
            (Kind::String | Kind::Enum(_), Some(targets)) => {
                let targets: Vec<String> =
                    targets.iter().map(|target| format!("{}.{}", target.0, target.1)).collect();
                [7, self.text_list(&targets)]
            }
            (Kind::String, None) => [0, 0],
            (Kind::Integer, _) => [1, 0],
            (Kind::Number, _) => [2, 0],
            (Kind::Boolean, _) => [3, 0],
            (Kind::Json, _) => [4, 0],
            (Kind::Tag, _) => [5, 0],
            (Kind::Enum(values), None) => [6, self.text_list(values)],
            (Kind::Shape(index), _) => [8, self.numbers[self.names.shapes[*index].as_str()]],
            (Kind::List(item), _) => [9, self.kind(item, property)],
            (Kind::Map(item), _) => [10, self.kind(item, property)],
        };
        if let Some(&number) = self.kind_numbers.get(&record) {
            return number;
        }
        let number = self.kinds.len() as u32;
        self.kinds.push(record);
        self.kind_numbers.insert(record, number);
        number
    }

    fn facts(&mut self, facts: &Facts, default: Option<&String>) -> u32 {
        let mut words = Vec::new();
        let counts = [
            (1, facts.min_length),
            (2, facts.max_length),
            (3, facts.min_items),
            (4, facts.max_items),
        ];
        for (what, count) in counts {
            // A least length of 0 and lengths beyond 32 bits say nothing.
            if let Some(count) = count
                .and_then(|count| u32::try_from(count).ok())
                .filter(|&count| count > 0 || what % 2 == 0)
            {
                words.extend([what, count]);
            }
        }
        for (what, bound) in [(5, facts.minimum), (6, facts.maximum), (18, facts.multiple_of)] {
            if let Some(bits) = bound.map(f64::to_bits) {
                words.extend([what, bits as u32, (bits >> 32) as u32]);
            }
        }
        if let Some(pattern) = &facts.pattern {
            words.extend([7, self.text(pattern)]);
        }
        words.extend(facts.unique.then_some(8));
        words.extend(facts.no_list.then_some(14));
        if !facts.numbers.is_empty() {
            let numbers: Vec<String> = facts.numbers.iter().map(i64::to_string).collect();
            words.extend([10, self.text_list(&numbers)]);
        }
        for (what, texts) in [(9, &facts.choices), (15, &facts.unique_keys)] {
            if !texts.is_empty() {
                words.extend([what, self.text_list(texts)]);
            }
        }
        for (what, count) in [(16, facts.min_properties), (17, facts.max_properties)] {
            if let Some(count) = count.and_then(|count| u32::try_from(count).ok())
                && (count > 0 || what == 17)
            {
                words.extend([what, count]);
            }
        }
        if let Some(default) = default {
            words.extend([11, self.text(default)]);
        }
        if let Some(format) = &facts.format {
            words.extend([13, self.text(format)]);
        }
        if let Some(items) = &facts.items {
            words.extend([12, self.facts(items, None)]);
        }
        self.list(words)
    }

    fn shape(
        &mut self,
        name: &str,
        properties: &[Property],
        groups: &Groups,
        resource: Option<&Resource>,
    ) {
        let (name, first) = (self.text(name), self.properties.len() as u32);
        for property in properties {
            let is_among = |list: &[(&str, &str)]| {
                resource.is_some_and(|resource| {
                    list.contains(&(resource.type_name.as_str(), property.key.as_str()))
                })
            };
            let record = [
                self.text(&property.key),
                self.kind(&property.kind, Some(property)),
                self.facts(&property.facts, property.default.as_ref()),
                u32::from(property.required)
                    | u32::from(property.deprecated) << 1
                    | u32::from(is_among(PACKAGED)) << 2
                    | u32::from(is_among(ONCE_AN_OBJECT)) << 3,
            ];
            self.properties.push(record);
        }
        let mut rules = Vec::new();
        for (rule, sets) in [(1, &groups.one_of), (2, &groups.any_of)] {
            for set in sets {
                rules.extend([rule, self.text_list(set)]);
            }
        }
        for (rule, sets) in [(3, &groups.excludes), (4, &groups.needs)] {
            for (key, others) in sets {
                rules.extend([rule, self.text_list(std::iter::once(key).chain(others))]);
            }
        }
        let open = resource.is_some_and(|resource| resource.open);
        let count = properties.len() as u32 | u32::from(open) << 31;
        let required = (first..)
            .zip(properties)
            .filter(|(_, property)| property.required)
            .map(|(index, _)| index)
            .collect();
        let record = [name, first, count, self.list(rules), self.list(required)];
        self.shapes.push(record);
    }

    fn resource(&mut self, resource: &Resource, shape: u32, regions: &[String]) {
        let (property, format) = resource.tags.as_ref().map_or((NONE, 0), |(property, variant)| {
            let list_of_tag_keys = resource.properties.iter().any(|it| {
                it.key == *property
                    && matches!(it.kind.leaf(), Kind::Shape(index) if self.model.shapes[*index].properties.iter().any(|it| it.key == "TagKey"))
            });
            let format = match variant.as_str() {
                "map" => 2,
                "asg" => 3,
                _ if list_of_tag_keys => 4,
                _ => 1,
            };
            (self.text(property), format)
        });
        let bits = (0..)
            .zip(regions)
            .filter(|(_, name)| resource.regions.contains(*name))
            .fold(0_u64, |bits, (at, _)| bits | 1 << at);
        let mut attributes = Vec::new();
        for attribute in &resource.attributes {
            let typed = Property {
                key: attribute.name.clone(),
                kind: attribute.kind.clone(),
                required: false,
                default: None,
                deprecated: false,
                facts: Facts::default(),
                targets: attribute.targets.clone(),
            };
            attributes.extend([self.text(&attribute.name), self.kind(&typed.kind, Some(&typed))]);
        }
        let rules = resource
            .rules
            .iter()
            .flat_map(|rule| {
                [self.text(&rule.path), self.text(&rule.text), u32::from(rule.is_advice)]
            })
            .collect();
        let record = [
            self.text(&resource.type_name),
            shape,
            u32::from(resource.stateful) | u32::from(resource.shut_down) << 1,
            property,
            format,
            resource.reference.as_ref().map_or(NONE, |text| self.text(text)),
            resource.arn.as_ref().map_or(NONE, |text| self.text(text)),
            bits as u32,
            (bits >> 32) as u32,
            self.text_list(&resource.primary_identifier),
            self.text_list(&resource.replaces),
            self.text_list(&resource.may_replace),
            self.text_list(&resource.read_only),
            self.text_list(&resource.write_only),
            self.text_list(&resource.deprecated),
            self.list(attributes),
            self.list(rules),
        ];
        self.resources.push(record);
    }

    fn finish(self) -> Vec<u8> {
        let mut words = vec![u32::from_le_bytes(*b"fct1"), self.resources.len() as u32];
        words.resize(HEADER, 0);
        let mut part = |at: usize, content: &mut dyn Iterator<Item = u32>| {
            words[at] = words.len() as u32;
            words.extend(content);
        };
        part(2, &mut self.resources.into_iter().flatten());
        part(3, &mut self.shapes.into_iter().flatten());
        part(4, &mut self.properties.into_iter().flatten());
        part(5, &mut self.kinds.into_iter().flatten());
        part(6, &mut self.lists.into_iter());
        let mut end = 0;
        let mut offsets = vec![0];
        offsets.extend(self.texts.iter().map(|text| {
            end += text.len() as u32;
            end
        }));
        part(7, &mut offsets.into_iter());
        words[8] = words.len() as u32;
        let mut bytes: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
        self.texts.iter().for_each(|text| bytes.extend(text.as_bytes()));
        bytes
    }
}
