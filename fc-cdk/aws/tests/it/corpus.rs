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

/// Errors of cfn-lint and of AWS's rule engine in the corpus, by file and resource.
const JUDGED: &str = include_str!("../data/judged.tsv");

/// What AWS refuses though neither of them says so: file, resource, our code, what AWS does, and where that is said.
const REFUSED: &str = include_str!("../data/refused.tsv");

/// The columns of a table of ours.
fn columns(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// No error of ours is false: another judge has one at the same resource, or `refused.tsv` has the proof. What the rules warn of is counted.
#[test]
fn real_templates_have_no_false_errors() {
    let Some(folder) = corpus("checked-corpus") else { return };
    let judged: BTreeSet<(&str, &str)> = columns(JUDGED).map(|row| (row[0], row[1])).collect();
    let with_errors: BTreeSet<&str> = judged.iter().map(|(file, _)| *file).collect();
    let mut unused: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for row in columns(REFUSED) {
        let [file, resource, code, reason, source] = row.as_slice() else { panic!("{row:?}") };
        assert!(!reason.is_empty() && source.starts_with("https://"), "no proof: {row:?}");
        unused.insert((file, resource, code));
    }
    let refused = unused.clone();
    let mut counts = BTreeMap::new();
    let (mut templates, mut clean, mut clean_refused) = (0, 0, BTreeSet::new());
    let (mut agreed, mut false_errors) = (0, Vec::new());
    let mut checker = Checker::new();
    let options = CheckOptions {
        spec: &|_, type_name| resource_type(type_name),
        knows_all_types: true,
        ..CheckOptions::default()
    };
    for row in rows(&folder.join("manifest.tsv")).into_iter().skip(1) {
        let name = row[0].as_str();
        let text = fs::read_to_string(folder.join(name)).expect("a readable template");
        let template = Template::parse_json(&text).expect("a template");
        let is_clean = !with_errors.contains(name);
        templates += 1;
        clean += usize::from(is_clean);
        for finding in rules::check(&template, &options, &mut checker) {
            let found = finding.diagnostic;
            let id = found.logical_id.as_deref().unwrap_or("-");
            *counts.entry((found.severity, found.code.clone())).or_insert(0) += 1;
            if found.severity != Severity::Error {
                continue;
            }
            let entry = (name, id, found.code.as_str());
            if judged.contains(&(name, id)) {
                agreed += 1;
            } else if let Some(entry) = refused.iter().find(|known| **known == entry) {
                unused.remove(entry);
                if is_clean {
                    clean_refused.insert(name.to_owned());
                }
            } else {
                false_errors.push(format!("{name} {id} {found}"));
            }
        }
    }
    for ((severity, code), count) in counts {
        println!("{severity} {code}: {count}");
    }
    println!(
        "{templates} templates; in {clean} of them neither cfn-lint nor AWS's engine finds an error"
    );
    println!(
        "we find none in {} of those {clean}; AWS refuses {} all the same, which refused.tsv proves",
        clean - clean_refused.len(),
        clean_refused.len()
    );
    println!(
        "{agreed} errors are where another judge has one, too; {} are false",
        false_errors.len()
    );
    assert_eq!(false_errors, Vec::<String>::new());
    assert_eq!(
        unused,
        BTreeSet::new(),
        "these are not found any more: take them out of refused.tsv"
    );
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
