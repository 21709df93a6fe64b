//! Templates to compare with: one file, a cloud assembly, or any folder of templates.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use fc_cdk_core::{Node, Template};

use crate::{codes, error::Error};

/// A template from a file.
pub(crate) struct TemplateFile {
    /// The stack's name, as far as the folder tells: its path in the app, else what the file is called.
    pub(crate) name: String,
    /// All names that the stack goes by.
    names: Vec<String>,
    /// Where the file is, within the folder.
    path: String,
    pub(crate) template: Template,
    /// The stack's entry in a `manifest.json`.
    pub(crate) manifest: Option<Node>,
}

impl TemplateFile {
    /// Whether this stands where the assembly has the template of the stack.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        self.path == path
    }

    /// Whether this goes by one of these names.
    pub(crate) fn is_called(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.names.iter().any(|own| own == name))
    }
}

/// Reads one template.
///
/// # Errors
///
/// When the file cannot be read, or is no template; says where in it.
pub(crate) fn read(path: &Path) -> Result<Template, Error> {
    let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
    Template::parse_bytes(&bytes).map_err(|error| {
        Error::of(codes::NO_TEMPLATE, format!("`{}` is no template: {error}", path.display()))
    })
}

/// Reads all templates of a folder: of the cloud assembly that it is or has as `cdk.out`, else every file that ends in
/// `.template.json`, also in folders below.
///
/// # Errors
///
/// When the folder or a file cannot be read, or there is no template.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<TemplateFile>, Error> {
    match fs::metadata(folder) {
        Err(error) => return Err(Error::io("read", folder, &error)),
        Ok(data) if !data.is_dir() => {
            return Err(Error::new(format!("`{}` is no folder", folder.display()))
                .help("compare with a single template by `--template FILE`"));
        }
        Ok(_) => {}
    }
    let mut files = Vec::new();
    let assembly = [folder.to_owned(), folder.join("cdk.out")]
        .into_iter()
        .find(|folder| folder.join("manifest.json").is_file());
    match assembly {
        Some(assembly) => read_assembly(&assembly, "", &mut files)?,
        None => read_loose(folder, "", &mut files)?,
    }
    if files.is_empty() {
        return Err(Error::of(
            codes::NO_TEMPLATE,
            format!("there is no template in `{}`", folder.display()),
        )
        .help("name a folder that `synth` wrote, or one with files that end in `.template.json`"));
    }
    Ok(files)
}

/// The stacks of a manifest, and of the assemblies in it.
fn read_assembly(folder: &Path, prefix: &str, files: &mut Vec<TemplateFile>) -> Result<(), Error> {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(|error| Error::io("read", &path, &error))?;
    let manifest = Node::parse_json(&text)
        .map_err(|error| Error::new(format!("`{}` is no manifest: {error}", path.display())))?;
    let artifacts = manifest.get("artifacts").and_then(Node::as_map);
    for (id, artifact) in artifacts.into_iter().flat_map(|artifacts| artifacts.iter()) {
        let text = |pointer: &str| artifact.pointer(pointer).and_then(Node::as_str);
        match text("/type") {
            Some("aws:cloudformation:stack") => {
                let Some(file) = text("/properties/templateFile") else { continue };
                let name = text("/displayName").or(text("/properties/stackName")).unwrap_or(id);
                let names =
                    [text("/displayName"), text("/properties/stackName"), Some(id.as_str())];
                files.push(TemplateFile {
                    name: name.to_owned(),
                    names: names.into_iter().flatten().map(str::to_owned).collect(),
                    path: format!("{prefix}{file}"),
                    template: read(&folder.join(file))?,
                    manifest: Some(artifact.clone()),
                });
            }
            Some("cdk:cloud-assembly") => {
                if let Some(name) = text("/properties/directoryName") {
                    read_assembly(&folder.join(name), &format!("{prefix}{name}/"), files)?;
                }
            }
            _ => {}
        }
    }
    // Nested stacks are no artifacts of their own.
    for (name, path) in entries(folder)? {
        if let Some(stem) = name.strip_suffix(".nested.template.json") {
            files.push(TemplateFile {
                name: stem.to_owned(),
                names: vec![stem.to_owned()],
                path: format!("{prefix}{name}"),
                template: read(&path)?,
                manifest: None,
            });
        }
    }
    Ok(())
}

/// Every template in a folder and below.
fn read_loose(folder: &Path, prefix: &str, files: &mut Vec<TemplateFile>) -> Result<(), Error> {
    const ENDINGS: [&str; 4] =
        [".nested.template.json", ".template.json", ".template.yaml", ".template.yml"];
    for (name, path) in entries(folder)? {
        if path.is_dir() {
            let is_hidden = name.starts_with('.') || name == "node_modules" || name == "target";
            if !is_hidden {
                read_loose(&path, &format!("{prefix}{name}/"), files)?;
            }
        } else if let Some(stem) = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)) {
            files.push(TemplateFile {
                name: format!("{prefix}{stem}"),
                names: vec![format!("{prefix}{stem}"), stem.to_owned()],
                path: format!("{prefix}{name}"),
                template: read(&path)?,
                manifest: None,
            });
        }
    }
    Ok(())
}

/// The names in a folder with their paths, by name.
pub(crate) fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let failed = |error: io::Error| Error::io("read", folder, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A name that is no text is no template of ours.
        if let Ok(name) = entry.file_name().into_string() {
            entries.push((name, entry.path()));
        }
    }
    entries.sort();
    Ok(entries)
}
