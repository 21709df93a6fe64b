//! Every well-shaped resource of real templates goes through the typed layer and comes back equal, and the checks object to no template.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fc_cdk_aws::{resource_type, tables};
use fc_cdk_core::{
    Map, Severity,
    rules::{self, CheckOptions},
    spec::{Checker, Kind, ShapeSpec, is_supported, load},
    template::Template,
};

/// The unpacked corpus, or `None` where there is none.
fn corpus(name: &str) -> Option<PathBuf> {
    let beside = "../../../shared/corpus/templates.tar.xz";
    let archive = std::env::var_os("FC_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(beside), PathBuf::from);
    if !archive.exists() {
        println!("skipped: no corpus at {} (FC_CORPUS names it)", archive.display());
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for the corpus");
    let status = Command::new("tar")
        .arg("-xJf")
        .arg(&archive)
        .arg("-C")
        .arg(&folder)
        .status()
        .expect("tar runs");
    assert!(status.success(), "tar cannot unpack {}", archive.display());
    Some(folder)
}

/// The rows of a table of tab-separated values below its heading.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).expect("a readable table");
    text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The resources that other tools call misshapen, as file and logical id.
fn excluded(folder: &Path) -> BTreeSet<(String, String)> {
    let rows = rows(&folder.join("excluded.tsv")).into_iter();
    rows.filter_map(|row| Some((row.first()?.clone(), row.get(1)?.clone()))).collect()
}

#[test]
fn every_well_shaped_resource_comes_back_equal() {
    let Some(folder) = corpus("typed-corpus") else { return };
    let excluded = excluded(&folder);
    let (mut known, mut equal, mut unknown) = (0, 0, BTreeMap::<String, usize>::new());
    let mut wrong = Vec::new();
    for row in rows(&folder.join("manifest.tsv")).into_iter().skip(1) {
        let name = &row[0];
        let text = fs::read_to_string(folder.join(name)).expect("a readable template");
        let template = Template::parse_json(&text).expect("a template");
        for resource in template.resources() {
            if excluded.contains(&(name.clone(), resource.logical_id().to_string())) {
                continue;
            }
            let Some(spec) = resource_type(resource.type_name()) else {
                *unknown.entry(resource.type_name().to_owned()).or_default() += 1;
                continue;
            };
            known += 1;
            let none = Map::new();
            let properties = resource.properties().unwrap_or(&none);
            let loaded = load(spec, properties);
            if loaded.properties == *properties {
                equal += 1;
            } else {
                wrong.push(format!("{name} {}: lost {:?}", resource.logical_id(), loaded.lost));
            }
        }
    }
    println!(
        "{equal} of {known} well-shaped resources of known types came back equal: {:.2} %",
        100.0 * f64::from(equal) / f64::from(known)
    );
    println!("of types that the sources do not describe: {unknown:?}");
    assert!(known > 5000, "only {known} resources were found");
    assert_eq!(wrong, Vec::<String>::new());
}

/// Templates that AWS does refuse, by their names' beginnings; cfn-lint says so too, or the reason is there.
const REFUSED: &str = include_str!("../data/refused.tsv");

/// Templates that AWS takes have no error by any check. What the rules warn of is counted.
#[test]
fn real_templates_have_no_errors() {
    let Some(folder) = corpus("checked-corpus") else { return };
    let excluded = excluded(&folder);
    let mut counts = BTreeMap::new();
    let mut errors = Vec::new();
    let mut checker = Checker::new();
    let options = CheckOptions {
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
        ..CheckOptions::default()
    };
    let mut templates = 0;
    for row in rows(&folder.join("manifest.tsv")).into_iter().skip(1) {
        let name = &row[0];
        let file = name.rsplit('/').next().unwrap_or(name);
        let text = fs::read_to_string(folder.join(name)).expect("a readable template");
        let template = Template::parse_json(&text).expect("a template");
        templates += 1;
        for finding in rules::check(&template, &options, &mut checker) {
            let found = finding.diagnostic;
            let id = found.logical_id.as_deref().unwrap_or_default();
            if excluded.contains(&(name.clone(), id.to_owned())) {
                continue;
            }
            *counts.entry((found.severity, found.code.clone())).or_insert(0) += 1;
            // Many are excerpts, which mention what their pages define elsewhere: nobody could deploy those.
            if found.severity == Severity::Error
                && found.code != "dangling-reference"
                && !REFUSED
                    .lines()
                    .any(|line| file.starts_with(line.split('\t').next().unwrap_or(line)))
            {
                errors.push(format!("{file} {id} {found}"));
            }
        }
    }
    for ((severity, code), count) in counts {
        println!("{severity} {code}: {count}");
    }
    println!("{templates} templates, {} false errors", errors.len());
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn few_patterns_are_beyond_the_engine() {
    fn visit(shape: ShapeSpec, seen: &mut BTreeSet<String>, patterns: &mut BTreeSet<&'static str>) {
        if !seen.insert(format!("{shape:?} {}", shape.properties().len())) {
            return;
        }
        for property in shape.properties() {
            patterns.extend(property.facts().pattern);
            patterns.extend(property.facts().items().pattern);
            let mut kind = property.kind();
            while let Kind::List(items) | Kind::Map(items) = kind {
                kind = items.kind();
            }
            if let Kind::Shape(shape) = kind {
                visit(shape, seen, patterns);
            }
        }
    }
    let mut patterns = BTreeSet::new();
    for (_, table) in tables() {
        let mut seen = BTreeSet::new();
        table
            .resources()
            .for_each(|resource| visit(resource.properties(), &mut seen, &mut patterns));
    }
    let beyond: Vec<_> = patterns.iter().filter(|pattern| !is_supported(pattern)).collect();
    println!(
        "{} of {} patterns use look-around or the like and are not checked",
        beyond.len(),
        patterns.len()
    );
    assert!(patterns.len() > 1000);
    assert!(beyond.len() * 10 < patterns.len(), "{beyond:#?}");
}
