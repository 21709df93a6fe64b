//! `cargo xtask roundtrip FOLDER`: every resource of a folder of templates through the typed layer and back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fc_cdk_core::{
    Map,
    spec::{Checker, ResourceSpec, Table, load},
    template::Template,
};

use crate::Result;

/// What came of it.
#[derive(Default)]
struct Count {
    templates: usize,
    unreadable: usize,
    resources: usize,
    known: usize,
    equal: usize,
    left_out: usize,
    unknown_types: BTreeMap<String, usize>,
    lost: BTreeMap<String, usize>,
    findings: BTreeMap<String, usize>,
}

/// Runs over a folder; `--except FILE` leaves out the resources that a list of `file<TAB>logical id` names, and
/// `--findings` prints what the checks say of the literals.
pub(crate) fn run(arguments: &[String]) -> Result {
    let mut folder = None;
    let mut except = BTreeSet::new();
    let mut show_findings = false;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--findings" => show_findings = true,
            "--except" => {
                let path = rest.next().ok_or("`--except` takes a file")?;
                let text =
                    fs::read_to_string(path).map_err(|e| format!("cannot read {path}: {e}"))?;
                except.extend(text.lines().filter_map(|line| {
                    let mut fields = line.split('\t');
                    Some((fields.next()?.to_owned(), fields.next()?.to_owned()))
                }));
            }
            path if folder.is_none() => folder = Some(PathBuf::from(path)),
            other => return Err(format!("unexpected argument `{other}`")),
        }
    }
    let folder =
        folder.ok_or("usage: cargo xtask roundtrip FOLDER [--except FILE] [--findings]")?;
    let tables = tables()?;
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let mut count = Count::default();
    let mut checker = Checker::new();
    for file in &files {
        let text =
            fs::read_to_string(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        let Ok(template) = Template::parse(&text) else {
            count.unreadable += 1;
            continue;
        };
        count.templates += 1;
        let name = file.strip_prefix(&folder).unwrap_or(file).display().to_string();
        for resource in template.resources() {
            count.resources += 1;
            if except.contains(&(name.clone(), resource.logical_id().to_string())) {
                count.left_out += 1;
                continue;
            }
            let Some(spec) = find(&tables, resource.type_name()) else {
                *count.unknown_types.entry(resource.type_name().to_owned()).or_default() += 1;
                continue;
            };
            count.known += 1;
            let empty = Map::new();
            let properties = resource.properties().unwrap_or(&empty);
            let loaded = load(spec, properties);
            if loaded.properties == *properties && loaded.lost.is_empty() {
                count.equal += 1;
            }
            for (path, why) in loaded.lost {
                *count
                    .lost
                    .entry(format!(
                        "{}.{path}: {why} ({name} {})",
                        resource.type_name(),
                        resource.logical_id()
                    ))
                    .or_default() += 1;
            }
            checker.check(spec, properties, &mut |finding| {
                let help = finding.help.unwrap_or_default();
                *count
                    .findings
                    .entry(format!(
                        "{}: {} ({help}) in {name} {}",
                        finding.code,
                        finding.message,
                        resource.logical_id()
                    ))
                    .or_default() += 1;
            });
        }
    }
    print(&count, show_findings);
    if count.equal == count.known {
        Ok(())
    } else {
        Err(format!("{} resources did not come back equal", count.known - count.equal))
    }
}

fn print(count: &Count, show_findings: bool) {
    for (loss, times) in &count.lost {
        println!("{times:5}  {loss}");
    }
    let of_unknown: usize = count.unknown_types.values().sum();
    println!(
        "{of_unknown} resources of {} types that the sources do not describe (custom resources, modules, private types)",
        count.unknown_types.len()
    );
    for (type_name, times) in
        count.unknown_types.iter().filter(|(name, _)| name.starts_with("AWS::"))
    {
        println!("{times:5}  {type_name}");
    }
    if show_findings {
        for (finding, times) in &count.findings {
            println!("{times:5}  {finding}");
        }
    }
    let share = 100.0 * count.equal as f64 / (count.known.max(1)) as f64;
    println!(
        "{} templates ({} unreadable), {} resources, {} left out, {} of known types, {} equal: {share:.2} %; {} findings of the checks",
        count.templates,
        count.unreadable,
        count.resources,
        count.left_out,
        count.known,
        count.equal,
        count.findings.values().sum::<usize>(),
    );
}

/// The tables as they are in the source tree, all services.
fn tables() -> Result<Vec<&'static Table>> {
    let folder = crate::root().join("fc-cdk/aws/src/services");
    let entries =
        fs::read_dir(&folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bin"));
    paths.sort();
    let read = |path: &PathBuf| -> Result<&'static Table> {
        let bytes = fs::read(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        Ok(Box::leak(Box::new(Table::new(Box::leak(bytes.into_boxed_slice()), &[]))))
    };
    paths.iter().map(read).collect()
}

fn find(tables: &[&'static Table], type_name: &str) -> Option<ResourceSpec> {
    tables.iter().find_map(|table| table.resource(type_name))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result {
    let entries =
        fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|it| ["json", "yaml", "yml", "template"].iter().any(|name| it == *name))
        {
            files.push(path);
        }
    }
    Ok(())
}
