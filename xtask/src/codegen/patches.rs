//! Corrections of the sources: `patches/SERVICE.json`, each with its reason and a link.

use std::{fs, path::Path};

use serde_json::Value;

use super::sources::Sources;

/// Applies all patches; returns how many.
///
/// A patch is `{ "type", "source": "schema" | "specification", "path", "value", "reason", "link" }`: the value (`null` removes) goes to
/// the JSON pointer `path` of the resource type in that source. A patch that changes nothing is an error: AWS has caught up.
pub(crate) fn apply(folder: &Path, sources: &mut Sources) -> Result<usize, String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(0) };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let mut count = 0;
    for file in paths {
        let text = fs::read_to_string(&file)
            .map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        let patches: Vec<Value> =
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
        for patch in patches {
            one(&patch, sources).map_err(|e| format!("{}: {e}: {patch}", file.display()))?;
            count += 1;
        }
    }
    Ok(count)
}

fn one(patch: &Value, sources: &mut Sources) -> Result<(), String> {
    let text = |key: &str| {
        patch[key].as_str().filter(|text| !text.is_empty()).ok_or(format!("a patch needs `{key}`"))
    };
    let (type_name, path) = (text("type")?, text("path")?);
    text("reason")?;
    text("link")?;
    let table = match text("source")? {
        "schema" => &mut sources.schemas,
        "specification" => &mut sources.spec,
        other => return Err(format!("`{other}` is no source: `schema` or `specification`")),
    };
    let root = table.get_mut(type_name).ok_or(format!("`{type_name}` is not in this source"))?;
    let (parent, key) = path.rsplit_once('/').ok_or("a path begins with a slash")?;
    let parent = root.pointer_mut(parent).ok_or(format!("nothing at `{parent}`"))?;
    let old = match parent {
        Value::Object(map) if patch["value"].is_null() => map.remove(key),
        Value::Object(map) => map.insert(key.into(), patch["value"].clone()),
        Value::Array(items) => {
            let index: usize = key.parse().map_err(|_| format!("`{key}` is no index"))?;
            (index < items.len()).then(|| items.remove(index))
        }
        _ => return Err(format!("`{path}` is below a value")),
    };
    if old.unwrap_or(Value::Null) == patch["value"] {
        Err("it changes nothing any more".into())
    } else {
        Ok(())
    }
}
