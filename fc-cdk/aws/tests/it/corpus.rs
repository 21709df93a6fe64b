//! Every well-shaped resource of real templates goes through the typed layer and comes back equal, and the checks object to none.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fc_cdk_core::{
    Map,
    spec::{Checker, Kind, ResourceSpec, ShapeSpec, Table, is_supported, load},
    template::Template,
};

/// The tables of all services, whatever the features.
fn tables() -> Vec<&'static Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/services");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("the services").flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bin"));
    paths.sort();
    let read = |path: &PathBuf| -> &'static Table {
        let bytes = fs::read(path).expect("a readable table");
        Box::leak(Box::new(Table::new(Box::leak(bytes.into_boxed_slice()), &[])))
    };
    paths.iter().map(read).collect()
}

/// The unpacked corpus, or `None` where there is none.
fn corpus() -> Option<PathBuf> {
    let beside = "../../../shared/corpus/templates.tar.xz";
    let archive = std::env::var_os("FC_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(beside), PathBuf::from);
    if !archive.exists() {
        println!("skipped: no corpus at {} (FC_CORPUS names it)", archive.display());
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typed-corpus");
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

#[test]
fn every_well_shaped_resource_comes_back_equal_and_unblamed() {
    let Some(folder) = corpus() else { return };
    let tables = tables();
    let find = |type_name: &str| -> Option<ResourceSpec> {
        tables.iter().find_map(|table| table.resource(type_name))
    };
    let excluded: BTreeSet<(String, String)> = rows(&folder.join("excluded.tsv"))
        .into_iter()
        .filter_map(|row| Some((row.first()?.clone(), row.get(1)?.clone())))
        .collect();
    let mut checker = Checker::new();
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
            let Some(spec) = find(resource.type_name()) else {
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
            checker.check(spec, properties, &mut |finding| {
                wrong.push(format!(
                    "{name} {}: false alarm: {}",
                    resource.logical_id(),
                    finding.message
                ));
            });
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
    for table in tables() {
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
