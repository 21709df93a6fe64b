//! Tables of what AWS offers where: values by region, and by what other properties say; `fc-cdk/core/src/spec/offers.rs` says how
//! they are read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The regions that offer each value, as bits.
type Values = BTreeMap<String, u64>;

/// The property that a file with conditions is about.
const CONDITIONAL: &[(&str, &str)] = &[
    ("aws_rds_dbinstance/dbinstanceclass_enum", "DBInstanceClass"),
    ("aws_rds_dbcluster/dbclusterinstanceclass_enum", "DBClusterInstanceClass"),
];

/// Whether a rule file lists values by region.
pub(crate) fn is_regional(schema: &Value) -> bool {
    let Some(parts) = schema.as_object() else { return false };
    let mut names = parts.keys().filter(|key| !["all", "description"].contains(&key.as_str()));
    parts.len() > 1 && names.all(|key| key.contains('-') && !key.contains('$'))
}

/// The table of a rule file that lists values by region.
pub(crate) fn table(file: &str, schema: &Value, versions: &Versions) -> Result<String, String> {
    let regions: Vec<(&String, &Value)> = schema
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !["all", "description"].contains(&name.as_str()))
        .collect();
    let names: Vec<&str> = regions.iter().map(|(name, _)| name.as_str()).collect();
    let names = names.join(" ");
    let mut all = Values::new();
    // By the conditions that the values go with: `Engine=postgres`.
    let mut parts: BTreeMap<Vec<String>, Values> = BTreeMap::new();
    for (place, (_, schema)) in regions.iter().enumerate() {
        let bit = 1 << place;
        if let Some(values) = schema["enum"].as_array() {
            add(&mut all, values, bit);
            continue;
        }
        for branch in schema["allOf"].as_array().into_iter().flatten() {
            let (conditions, values) =
                branch_of(branch).ok_or(format!("{file}: a form that is not known: {branch}"))?;
            add(&mut all, values, bit);
            // One of several databases in step, or a single one: what either may be.
            add(parts.entry(conditions[..1].to_vec()).or_default(), values, bit);
            if conditions.len() > 1 {
                add(parts.entry(conditions).or_default(), values, bit);
            }
        }
    }
    let Some((_, property)) = CONDITIONAL.iter().find(|(name, _)| *name == file) else {
        return match parts.is_empty() {
            true => Ok(format!("{names}\n{}", lines(&all, &[]))),
            false => Err(format!("{file}: its values have conditions, see `CONDITIONAL`")),
        };
    };
    // Engines whose prices are not listed: nothing is known of regions.
    for engine in versions.offered.keys().filter(|_| *property == "DBInstanceClass") {
        parts.entry(vec![format!("Engine={engine}")]).or_insert_with(|| {
            let takes = versions.of(engine).into_iter().flat_map(|group| group.takes);
            takes.map(|class| (class, u64::MAX)).collect()
        });
    }
    parts.retain(|_, values| !values.is_empty());
    // A license says something only if there are several.
    let is_told_apart = |conditions: &Vec<String>, values: &Values| {
        conditions.len() == 1 || parts.get(&conditions[..1]) != Some(values)
    };
    let mut sections: Vec<(String, String)> = parts
        .iter()
        .filter(|(conditions, values)| is_told_apart(conditions, values))
        .map(|(conditions, values)| {
            let engine = conditions[0].trim_start_matches("Engine=");
            let groups = if *property == "DBInstanceClass" { versions.of(engine) } else { vec![] };
            (conditions.join(" "), section(values, &groups))
        })
        .collect();
    // The more conditions, the earlier; the table of all is the last resort.
    sections.sort_by_key(|(conditions, _)| std::cmp::Reverse(conditions.split(' ').count()));
    sections.push((String::new(), section(&all, &[])));
    let (mut index, mut body) = (format!("?{property}\n{names}\n"), String::new());
    for (conditions, text) in sections {
        index.push_str(&format!("{conditions} {} {}\n", body.len(), text.len()));
        body.push_str(&text);
    }
    Ok(format!("{index}\n{body}"))
}

/// The conditions of `if: { properties: { Engine: { const: … } } }`, engine first, and the values of the other property under `then`.
fn branch_of(branch: &Value) -> Option<(Vec<String>, &Vec<Value>)> {
    let mut conditions = Vec::new();
    for name in ["Engine", "LicenseModel"] {
        match &branch["if"]["properties"][name] {
            Value::Object(is) => conditions.push(format!("{name}={}", is["const"].as_str()?)),
            // Open-source engines have no license, or the one that they have.
            Value::Bool(false) | Value::Null => {}
            _ => return None,
        }
    }
    let (_, values) = branch["then"]["properties"].as_object()?.iter().next()?;
    Some((conditions, values["enum"].as_array()?)).filter(|(conditions, _)| !conditions.is_empty())
}

fn add(values: &mut Values, names: &[Value], bit: u64) {
    for name in names.iter().filter_map(Value::as_str) {
        *values.entry(name.to_owned()).or_default() |= bit;
    }
}

/// One part of a table: the versions in question, then a line for each value.
fn section(values: &Values, groups: &[Group]) -> String {
    let versions: Vec<String> = groups
        .iter()
        .map(|group| group.versions.iter().cloned().collect::<Vec<_>>().join(","))
        .collect();
    format!("{}\n{}", versions.join(" "), lines(values, groups))
}

/// A line for each value, in order: the regions that have it and, where there are groups of versions, those that take it, as bits in
/// hexadecimal.
fn lines(values: &Values, groups: &[Group]) -> String {
    let mut out = String::new();
    for (value, regions) in values {
        out.push_str(&format!("{value} {regions:x}"));
        if !groups.is_empty() {
            let bits = groups.iter().enumerate().fold(0_u64, |bits, (place, group)| {
                bits | u64::from(group.takes.contains(value)) << place
            });
            out.push_str(&format!(" {bits:x}"));
        }
        out.push('\n');
    }
    out
}

/// Versions that take the same values.
struct Group {
    versions: BTreeSet<String>,
    takes: BTreeSet<String>,
}

/// What the versions of database engines take.
pub(crate) struct Versions {
    /// The classes by version, such as `8.0`.
    takes: BTreeMap<String, BTreeSet<String>>,
    /// The versions that new databases can have, by engine.
    offered: BTreeMap<String, BTreeSet<String>>,
}

impl Versions {
    /// Reads the rule files about classes by version, about versions, and about versions that are past their end.
    pub(crate) fn read(
        classes: &Value,
        versions: &Value,
        past: &Value,
    ) -> Result<Versions, String> {
        let branches = |file: &Value| file["allOf"].as_array().cloned().unwrap_or_default();
        let mut takes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for branch in branches(classes) {
            let pattern = branch["if"]["properties"]["EngineVersion"]["pattern"].as_str();
            // `^(8\.0\..+|8\.0)$`
            let version = pattern
                .and_then(|pattern| pattern.rsplit_once('|')?.1.strip_suffix(")$"))
                .ok_or(format!("classes by version: a form that is not known: {pattern:?}"))?;
            let values = branch["then"]["properties"]["DBInstanceClass"]["enum"].as_array();
            let values = values.into_iter().flatten().filter_map(Value::as_str);
            // The file does not tell engines apart: what a version takes, any engine may take.
            takes.entry(version.replace('\\', "")).or_default().extend(values.map(str::to_owned));
        }
        let listed = |file: &Value, list: &dyn Fn(&Value) -> Value| {
            let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for branch in branches(file) {
                let Some(engine) = branch["if"]["properties"]["Engine"]["const"].as_str() else {
                    continue;
                };
                let values = list(&branch);
                let values = values.as_array().into_iter().flatten().filter_map(Value::as_str);
                all.entry(engine.to_owned()).or_default().extend(values.map(str::to_owned));
            }
            all
        };
        let mut offered = listed(versions, &|branch| {
            branch["then"]["properties"]["EngineVersion"]["enum"].clone()
        });
        let past =
            listed(past, &|branch| branch["if"]["properties"]["EngineVersion"]["enum"].clone());
        for (engine, past) in past {
            if let Some(offered) = offered.get_mut(&engine) {
                offered.retain(|version| !past.contains(version));
            }
        }
        Ok(Versions { takes, offered })
    }

    /// The versions of an engine that new databases can have, those that take the same together.
    fn of(&self, engine: &str) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let Some(offered) = self.offered.get(engine) else { return groups };
        for (version, takes) in &self.takes {
            let is_it = |it: &String| {
                it.strip_prefix(version.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            if !offered.iter().any(is_it) {
                continue;
            }
            match groups.iter_mut().find(|group| group.takes == *takes) {
                Some(group) => _ = group.versions.insert(version.clone()),
                None => groups.push(Group {
                    versions: BTreeSet::from([version.clone()]),
                    takes: takes.clone(),
                }),
            }
        }
        groups
    }
}
