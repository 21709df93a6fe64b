//! The floor of the benchmark: what it costs to parse and to serialize finished
//! templates, with no engine around them; and the proof that two assemblies
//! hold the same resources, so that a race between their makers is fair.
//!
//! ```text
//! json-floor DIR [OUT]       parse and serialize all templates below DIR; write them to OUT
//! json-floor same DIR DIR    compare the resources of two assemblies
//! ```

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use serde_json::{Value, json};

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["same", left, right] => same(Path::new(left), Path::new(right)),
        [dir] => floor(Path::new(dir), None),
        [dir, out] => floor(Path::new(dir), Some(Path::new(out))),
        _ => Err("usage: json-floor DIR [OUT] | json-floor same DIR DIR".into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the milliseconds of each step as one line of JSON.
fn floor(dir: &Path, out: Option<&Path>) -> Result<bool, Error> {
    let texts = read(dir)?;
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();

    let start = Instant::now();
    let templates: Vec<Value> =
        texts.iter().map(|(_, text)| serde_json::from_str(text)).collect::<Result<_, _>>()?;
    let parse = start.elapsed();

    let start = Instant::now();
    let pretty: Vec<String> =
        templates.iter().map(serde_json::to_string_pretty).collect::<Result<_, _>>()?;
    let serialize = start.elapsed();

    let start = Instant::now();
    if let Some(out) = out {
        fs::create_dir_all(out)?;
        for ((path, _), text) in texts.iter().zip(&pretty) {
            fs::write(out.join(path.file_name().ok_or("a template has no file name")?), text)?;
        }
    }
    let write = start.elapsed();

    let resources: usize = templates
        .iter()
        .filter_map(|template| template["Resources"].as_object())
        .map(|map| map.len())
        .sum();
    let milliseconds = |time: std::time::Duration| (time.as_secs_f64() * 1e5).round() / 1e2;
    let report = json!({
        "templates": templates.len(),
        "resources": resources,
        "bytes_in": bytes,
        "bytes_out": pretty.iter().map(String::len).sum::<usize>(),
        "parse_ms": milliseconds(parse),
        "serialize_ms": milliseconds(serialize),
        "write_ms": milliseconds(write),
    });
    println!("{report}");
    Ok(true)
}

/// Prints each resource of one assembly that the other has not, or has differently.
fn same(left: &Path, right: &Path) -> Result<bool, Error> {
    let (left, right) = (resources(left)?, resources(right)?);
    let mut different = 0;
    for (id, resource) in &left {
        match right.get(id) {
            Some(other) if other == resource => continue,
            Some(other) => println!("differs: {id}\n  left:  {resource}\n  right: {other}"),
            None => println!("only left: {id}"),
        }
        different += 1;
    }
    for id in right.keys().filter(|id| !left.contains_key(*id)) {
        println!("only right: {id}");
        different += 1;
    }
    println!("{} and {} resources, {different} differ", left.len(), right.len());
    Ok(different == 0)
}

/// The resources of an assembly by template and logical id, in one form.
fn resources(dir: &Path) -> Result<BTreeMap<String, Value>, Error> {
    let mut all = BTreeMap::new();
    for (path, text) in read(dir)? {
        let mut template: Value = serde_json::from_str(&text)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(resources) = template["Resources"].as_object_mut() {
            for (id, resource) in std::mem::take(resources) {
                let mut resource = normal(resource);
                if let Some(resource) = resource.as_object_mut() {
                    resource.shift_remove("Metadata");
                }
                all.insert(format!("{file} {id}"), resource);
            }
        }
    }
    Ok(all)
}

/// Two spellings of one meaning become one: `Fn::Join` without a delimiter and
/// `Fn::Sub`, one dependency and a list of one, an output of the stack's own
/// region with and without it, keys in any order.
fn normal(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> =
                map.into_iter().map(|(key, value)| (key, normal(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            match &mut entries[..] {
                [(key, Value::Array(arguments))] if key == "Fn::Join" => {
                    if let Some(text) = joined(arguments) {
                        return json!({ "Fn::Sub": text });
                    }
                }
                [(key, Value::String(path))] if key == "Fn::GetAtt" => {
                    let (id, attribute) = path.split_once('.').unwrap_or((path, ""));
                    return json!({ "Fn::GetAtt": [id, attribute] });
                }
                entries => {
                    for (key, value) in entries {
                        match value {
                            Value::Object(output) if key == "Fn::GetStackOutput" => {
                                output.retain(|key, value| {
                                    key != "Region" || *value != json!({ "Ref": "AWS::Region" })
                                });
                            }
                            Value::String(one) if key == "DependsOn" => *value = json!([one]),
                            Value::Array(all) if key == "DependsOn" => {
                                all.sort_by_key(|id| id.as_str().map(String::from));
                            }
                            _ => {}
                        }
                    }
                }
            }
            Value::Object(entries.into_iter().collect())
        }
        other => other,
    }
}

/// The text of an `Fn::Sub` that means the same as this `Fn::Join`.
fn joined(arguments: &[Value]) -> Option<String> {
    let [delimiter, Value::Array(parts)] = arguments else { return None };
    if delimiter != "" {
        return None;
    }
    let part = |part: &Value| match part {
        Value::String(text) => Some(text.replace("${", "${!")),
        Value::Object(map) => match map.iter().next()? {
            (key, Value::String(id)) if key == "Ref" => Some(format!("${{{id}}}")),
            (key, Value::Array(path)) if key == "Fn::GetAtt" => {
                Some(format!("${{{}.{}}}", path.first()?.as_str()?, path.get(1)?.as_str()?))
            }
            _ => None,
        },
        _ => None,
    };
    parts.iter().map(part).collect()
}

/// All templates below `dir`, in the order of their paths.
fn read(dir: &Path) -> Result<Vec<(PathBuf, String)>, io::Error> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".template.json") {
                found.push((path.clone(), fs::read_to_string(path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}
