//! `cargo xtask codegen`: the sources → one model → `fc-cdk/aws`.

mod actions;
mod combinations;
mod docs;
mod families;
mod merge;
mod model;
mod names;
mod offers;
mod patches;
mod permissions;
mod relations;
mod rule_files;
mod schema;
mod share;
mod sources;
mod tables;
mod write;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use relations::Ids;
use share::Names;
use write::Writer;

const MARK: &str = "@generated below by `cargo xtask codegen`";

/// Writes the generated files; with `--check`, only compares them. `--accept` takes over new disagreements of the sources.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<(), String> {
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    if let Some(unknown) =
        arguments.iter().find(|argument| !matches!(argument.as_str(), "--check" | "--accept"))
    {
        return Err(format!(
            "unknown argument `{unknown}`: codegen takes `--check` and `--accept`"
        ));
    }
    let here = root.join("xtask/src/codegen");
    let mut sources = sources::load(&here.join("sources.txt"), &root.join(".cache/codegen"))?;
    let patched = patches::apply(&root.join("patches"), &mut sources)?;
    let mut model = merge::merge(&sources);
    let ids = relations::relate(&mut model);
    let names = share::name_all(&mut model, &ids);
    disagreements(&here.join("disagreements.txt"), &model.disagreements, flag("--accept"))?;

    let writer = Writer { model: &model, ids: &ids, names: &names };
    let crate_root = root.join("fc-cdk/aws");
    let features = families::features(names.services.keys().map(String::as_str))?;
    let regions: Vec<String> = model
        .resources
        .values()
        .flat_map(|resource| &resource.regions)
        .cloned()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
    let mut add = |path: &str, content: Vec<u8>| _ = files.insert(crate_root.join(path), content);
    for (module, service) in &names.services {
        add(&format!("src/services/{module}.rs"), writer.service(module, service).into_bytes());
        add(
            &format!("src/services/{module}.bin"),
            tables::table(service, &model, &names, &regions),
        );
    }
    add("src/ids.rs", writer.id_file().into_bytes());
    add("REFERENCES.md", references(&ids).into_bytes());
    add("RULES.md", sources.rules.page().into_bytes());
    add("src/actions.bin", actions::table(&sources.actions)?);
    add("src/permissions.txt", permissions::table(&model).into_bytes());
    add("src/types.rs", type_index(&names, &regions).into_bytes());
    add("src/lib.rs", below_mark(&crate_root.join("src/lib.rs"), &index(&features))?.into_bytes());
    add(
        "Cargo.toml",
        below_mark(&crate_root.join("Cargo.toml"), &feature_list(&features))?.into_bytes(),
    );
    // Users name the services they want on the crate that they import.
    let facade = root.join("fc-cdk/Cargo.toml");
    let forwarded = below_mark(&facade, &forwarded_features(&features))?;
    files.insert(facade, forwarded.into_bytes());
    let changed = store(&crate_root.join("src/services"), &files, flag("--check"))?;
    summary(&model, &ids, &names, patched, changed);
    if flag("--check") && changed > 0 {
        return Err(format!(
            "{changed} generated files are out of date: run `cargo xtask codegen`"
        ));
    }
    Ok(())
}

fn summary(model: &model::Model, ids: &Ids, names: &Names, patched: usize, changed: usize) {
    let sum =
        |count: fn(&share::Service) -> usize| names.services.values().map(count).sum::<usize>();
    println!(
        "{} resource types, {} nested types, {} enums in {} services; {} of {} related properties typed; {patched} patches; {changed} files changed",
        model.resources.len(),
        sum(|service| service.shapes.len()),
        sum(|service| service.enums.len()),
        names.services.len(),
        ids.reached,
        ids.reached + ids.unreached.len(),
    );
}

/// Fails on a disagreement of the sources that is not on the list.
fn disagreements(path: &Path, found: &BTreeSet<String>, accept: bool) -> Result<(), String> {
    let mut text = String::from(
        "# Where the two sources disagree, as reviewed. `cargo xtask codegen --accept` rewrites this list.\n",
    );
    found.iter().for_each(|line| {
        text.push_str(line);
        text.push('\n');
    });
    let known = fs::read_to_string(path).unwrap_or_default();
    if accept {
        return fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()));
    }
    let known: BTreeSet<&str> = known.lines().filter(|line| !line.starts_with('#')).collect();
    let new: Vec<&str> =
        found.iter().map(String::as_str).filter(|line| !known.contains(line)).collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the sources disagree in {} new ways; review them, then run `cargo xtask codegen --accept`:\n  {}",
        new.len(),
        new.join("\n  ")
    ))
}

/// The properties that relate to others, and those that are not typed yet.
fn references(ids: &Ids) -> String {
    let mut out = format!(
        "<!-- @generated by `cargo xtask codegen`. -->\n# Typed references\n\nThe two sources relate {} writable properties to identifiers of resource types.\n{} of them take a typed id ({} ids, {} unions).\nThe others take any string, for these reasons:\n\n",
        ids.reached + ids.unreached.len(),
        ids.reached,
        ids.ids.len(),
        ids.unions.len(),
    );
    for (path, reason) in &ids.unreached {
        let _ = writeln!(out, "- `{path}`: {reason}");
    }
    out
}

fn index(features: &BTreeMap<&str, &str>) -> String {
    let mut out = String::new();
    for (module, feature) in features {
        let _ = write!(
            out,
            "#[cfg(feature = \"{feature}\")]\n#[path = \"services/{module}.rs\"]\n#[rustfmt::skip]\npub mod {module};\n"
        );
    }
    out
}

/// The file that finds a type by its CloudFormation name. Tables are data and cost no time to build, so all are there, whatever the
/// features: any template can be checked.
fn type_index(names: &Names, regions: &[String]) -> String {
    let mut out = write::GENERATED.to_owned();
    out += "//! The tables of all services, whatever the features.\n\nuse fc_cdk_core::spec::{ActionTable, ResourceSpec, Table};\n\n";
    let _ = writeln!(
        out,
        "/// The regions that AWS offers resource types in.\npub static REGIONS: &[&str] = &{regions:?};\n"
    );
    out += "/// The actions that IAM policies name.\npub static ACTIONS: ActionTable = ActionTable::new(include_bytes!(\"actions.bin\"));\n\n";
    out += "/// What AWS's specification says of a resource type.\n///\n";
    out += "/// ```\n/// let bucket = fc_cdk_aws::resource_type(\"AWS::S3::Bucket\");\n";
    out += "/// assert!(bucket.is_some_and(|bucket| bucket.is_stateful()));\n/// ```\n";
    out += "pub fn resource_type(type_name: &str) -> Option<ResourceSpec> {\n    let (namespace, _) = type_name.rsplit_once(\"::\")?;\n    let table: &'static Table = match namespace {\n";
    for (module, service) in &names.services {
        let namespaces: BTreeSet<&str> =
            service.resources.iter().filter_map(|name| Some(name.rsplit_once("::")?.0)).collect();
        let namespaces: Vec<String> =
            namespaces.iter().map(|namespace| format!("{namespace:?}")).collect();
        let _ = writeln!(out, "        {} => &{},", namespaces.join(" | "), module.to_uppercase());
    }
    out += "        _ => return None,\n    };\n    table.resource(type_name)\n}\n\n";
    out += "/// The tables of all services, by module.\npub fn tables() -> impl Iterator<Item = (&'static str, &'static Table)> {\n    TABLES.iter().copied()\n}\n\nstatic TABLES: &[(&str, &Table)] = &[\n";
    for module in names.services.keys() {
        let _ = writeln!(out, "    (\"{module}\", &{}),", module.to_uppercase());
    }
    out += "];\n\n";
    for module in names.services.keys() {
        let _ = writeln!(
            out,
            "pub(crate) static {}: Table = Table::new(include_bytes!(\"services/{module}.bin\"), REGIONS).with_actions(&ACTIONS);",
            module.to_uppercase()
        );
    }
    out
}

fn feature_list(features: &BTreeMap<&str, &str>) -> String {
    let families: BTreeSet<&&str> = features.values().collect();
    let mut out = String::from("full = [\n");
    families.iter().for_each(|family| _ = writeln!(out, "    \"{family}\","));
    out.push_str("]\n");
    families.iter().for_each(|family| _ = writeln!(out, "{family} = []"));
    out
}

fn forwarded_features(features: &BTreeMap<&str, &str>) -> String {
    let families: BTreeSet<&&str> = features.values().collect();
    let mut out = String::from("full = [\"fc-cdk-aws/full\"]\n");
    families.iter().for_each(|family| _ = writeln!(out, "{family} = [\"fc-cdk-aws/{family}\"]"));
    out
}

/// The file with what is below the mark replaced.
fn below_mark(path: &Path, generated: &str) -> Result<String, String> {
    let text =
        fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let mark = text.find(MARK).ok_or(format!("{}: no line with `{MARK}`", path.display()))?;
    let end = text[mark..].find('\n').map_or(text.len(), |end| mark + end);
    Ok(format!("{}\n{generated}", &text[..end]))
}

/// Writes what has changed, and deletes services that are no more; returns how many files that is.
fn store(
    services: &Path,
    files: &BTreeMap<PathBuf, Vec<u8>>,
    check: bool,
) -> Result<usize, String> {
    fs::create_dir_all(services).map_err(|e| format!("cannot make {}: {e}", services.display()))?;
    let mut changed = 0;
    for (path, text) in files {
        if fs::read(path).is_ok_and(|old| old == *text) {
            continue;
        }
        changed += 1;
        if check {
            println!("out of date: {}", path.display());
        } else {
            fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        }
    }
    let entries =
        fs::read_dir(services).map_err(|e| format!("cannot read {}: {e}", services.display()))?;
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| !files.contains_key(path))
    {
        changed += 1;
        if check {
            println!("not in the sources: {}", path.display());
        } else {
            fs::remove_file(&path).map_err(|e| format!("cannot remove {}: {e}", path.display()))?;
        }
    }
    Ok(changed)
}
