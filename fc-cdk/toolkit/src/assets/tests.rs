use std::process::{self, Command};

use fc_cdk_core::{App, Asset, Map, Node, Output, Stack};

use super::*;

/// A folder of its own for a test, removed at its end.
struct Sandbox(PathBuf);

impl Sandbox {
    fn new(name: &str) -> Sandbox {
        let path = std::env::temp_dir().join(format!("fc-cdk-assets-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Sandbox(path)
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A folder of the files that a function has.
fn function(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.file(&format!("{name}/index.py"), "def handler(event, context): pass\n");
    sandbox.file(&format!("{name}/lib/b.txt"), "b".repeat(10_000));
    sandbox.file(&format!("{name}/lib/ä.bin"), [0_u8, 255, 1, 254]);
    sandbox.file(&format!("{name}/empty"), "");
    sandbox.0.join(name)
}

fn archive_of(folder: &Path) -> Vec<u8> {
    let target = folder.with_extension("zip");
    write_archive(folder, &target).unwrap();
    fs::read(target).unwrap()
}

#[test]
fn archives_are_the_same_wherever_they_are_made() {
    let sandbox = Sandbox::new("same");
    let first = function(&sandbox, "first");
    let second = function(&sandbox, "second");
    for ignored in [".git/config", "lib/__pycache__/x.pyc", "lib/x.pyc", ".DS_Store"] {
        sandbox.file(&format!("second/{ignored}"), "other");
    }
    fs::create_dir(second.join("nothing")).unwrap();
    assert_eq!(archive_of(&first), archive_of(&second));
    assert_eq!(folder_hash(&first).unwrap(), folder_hash(&second).unwrap());
    // Pinned: a change here uploads every asset of every user again.
    assert_eq!(
        folder_hash(&first).unwrap(),
        "941ff41a106404236b3e9c8d1d9451688035ad9943177f1e40b2cb506c97b900"
    );
    assert_eq!(folder_hash(&first).unwrap(), write_archive(&first, &sandbox.0.join("x")).unwrap());
}

#[test]
fn every_difference_changes_the_hash() {
    let sandbox = Sandbox::new("differ");
    let mut hashes = vec![folder_hash(&function(&sandbox, "base")).unwrap()];
    type Change = fn(&Sandbox, &Path);
    let changes: [(&str, Change); 4] = [
        ("content", |sandbox, _| drop(sandbox.file("content/index.py", "pass"))),
        ("more", |sandbox, _| drop(sandbox.file("more/other", ""))),
        ("name", |_, path| fs::rename(path.join("empty"), path.join("empty2")).unwrap()),
        ("place", |_, path| fs::rename(path.join("empty"), path.join("lib/empty")).unwrap()),
    ];
    for (name, change) in changes {
        let folder = function(&sandbox, name);
        change(&sandbox, &folder);
        hashes.push(folder_hash(&folder).unwrap());
    }
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}

/// Other people's programs read what we write.
#[test]
fn archives_are_read_by_python() {
    let sandbox = Sandbox::new("python");
    let folder = function(&sandbox, "function");
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let script = sandbox.file("function/run.sh", "#!/bin/sh\n");
        fs::set_permissions(script, fs::Permissions::from_mode(0o700)).unwrap();
        let outside = sandbox.file("outside/shared.txt", "shared");
        symlink(outside.parent().unwrap(), folder.join("linked")).unwrap();
    }
    write_archive(&folder, &sandbox.0.join("function.zip")).unwrap();
    let script = "import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for i in z.infolist():
    print(i.filename, oct(i.external_attr >> 16), i.date_time[:3], i.file_size, i.compress_type)
";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(sandbox.0.join("function.zip"))
        .env("PYTHONIOENCODING", "utf-8")
        .output();
    let Ok(output) = output else {
        println!("skipped: no python3 to read the archive with");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = "\
        empty 0o100644 (1980, 1, 1) 0 0\n\
        index.py 0o100644 (1980, 1, 1) 34 0\n\
        lib/b.txt 0o100644 (1980, 1, 1) 10000 8\n\
        lib/ä.bin 0o100644 (1980, 1, 1) 4 0\n\
        linked/shared.txt 0o100644 (1980, 1, 1) 6 0\n\
        run.sh 0o100755 (1980, 1, 1) 10 0\n";
    if cfg!(unix) {
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    }
}

#[test]
fn what_cannot_be_read_is_reported_with_the_users_line() {
    let sandbox = Sandbox::new("errors");
    let file = sandbox.file("file", "x");
    fs::create_dir(sandbox.0.join("empty")).unwrap();
    let app = App::new();
    let stack = Stack::new(&app, "Stack");
    let line = line!() + 1;
    let missing = Asset::file(&stack, "Missing", sandbox.0.join("none"));
    let assets = [
        missing,
        Asset::file(&stack, "Folder", &sandbox.0),
        Asset::directory(&stack, "NoFolder", sandbox.0.join("none")),
        Asset::directory(&stack, "File", &file),
        Asset::directory(&stack, "Empty", sandbox.0.join("empty")),
    ];
    for (index, asset) in assets.iter().enumerate() {
        Output::new(&stack, &format!("Key{index}"), asset.object_key());
    }
    let assembly = app.synth_with(&read(&app.assets()));
    let mut messages = Vec::new();
    for finding in assembly.diagnostics().iter().filter(|f| f.code == codes::UNREADABLE_ASSET.code)
    {
        assert_eq!(finding.location.unwrap().file, file!());
        let message = finding.message.replace(&sandbox.0.display().to_string(), "…");
        messages.push(format!("{}: {message}", finding.path));
    }
    assert_eq!(
        messages,
        [
            "Stack/Missing: cannot read the file `…/none`: no such file or directory",
            "Stack/Folder: `…` is a folder, not a file",
            "Stack/NoFolder: cannot read the folder `…/none`: no such file or directory",
            "Stack/File: `…/file` is no folder",
            "Stack/Empty: cannot read the folder `…/empty`: there is no file in it",
        ]
    );
    let first = assembly.diagnostics().iter().find(|f| f.path == "Stack/Missing").unwrap();
    assert_eq!(first.location.unwrap().line, line);
}

#[cfg(unix)]
#[test]
fn links_in_circles_and_to_nowhere_and_pipes_are_errors() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::new("links");
    sandbox.file("circle/a/file", "");
    symlink("..", sandbox.0.join("circle/a/up")).unwrap();
    let error = folder_hash(&sandbox.0.join("circle")).unwrap_err();
    assert!(error.to_string().contains("circle?"), "{error}");

    sandbox.file("nowhere/file", "");
    symlink("none", sandbox.0.join("nowhere/link")).unwrap();
    let error = folder_hash(&sandbox.0.join("nowhere")).unwrap_err();
    assert_eq!(error.to_string(), "`link`: no such file or directory");

    fs::create_dir(sandbox.0.join("pipe")).unwrap();
    if Command::new("mkfifo").arg(sandbox.0.join("pipe/fifo")).status().is_ok_and(|s| s.success()) {
        let error = folder_hash(&sandbox.0.join("pipe")).unwrap_err();
        assert_eq!(error.to_string(), "`fifo`: it is no regular file");
    }
}

#[test]
fn assets_are_put_into_the_assembly() {
    let sandbox = Sandbox::new("assembly");
    let app = App::new();
    let stack = Stack::new(&app, "Stack");
    let folder = Asset::directory(&stack, "Folder", function(&sandbox, "function"));
    let file = Asset::file(&stack, "File", sandbox.file("data.json", "{}"));
    let content = Asset::content(&stack, "Content", "text", "txt");
    for (index, asset) in [&folder, &file, &content].into_iter().enumerate() {
        Output::new(&stack, &format!("Key{index}"), asset.object_key());
    }
    let assembly = app.synth_with(&read(&app.assets()));
    let target = sandbox.0.join("cdk.out");
    fs::create_dir(&target).unwrap();
    let staged = assembly.staged_assets();
    staged.iter().for_each(|asset| write(asset, &target).unwrap());
    let mut names: Vec<_> = fs::read_dir(&target)
        .unwrap()
        .map(|entry| entry.unwrap().path().extension().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["json", "txt", "zip"]);

    // What changes between the hash and the copy would be uploaded under a wrong name.
    sandbox.file("data.json", "{\"changed\": true}");
    let errors: Vec<_> = staged.iter().filter_map(|asset| write(asset, &target).err()).collect();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].to_string().contains("has changed since it was read"), "{}", errors[0]);
}

#[test]
fn what_the_asset_manifest_names_is_there() {
    let sandbox = Sandbox::new("manifest");
    let app = App::new();
    let stack = Stack::new(&app, "Stack");
    let code = Asset::directory(&stack, "Code", function(&sandbox, "function"));
    Output::new(&stack, "Key", code.object_key());
    stack.raw_resource("Topic", "AWS::SNS::Topic", Node::Map(Map::new()));
    let target = sandbox.0.join("cdk.out");
    crate::Synthesis::of(app, None, None).write(&target).unwrap();
    let manifest = fs::read_to_string(target.join("Stack.assets.json")).unwrap();
    let manifest = Node::parse_json(&manifest).unwrap();
    let files = manifest.get("files").unwrap().as_map().unwrap();
    assert_eq!(files.len(), 2, "the template and the archive");
    for (hash, file) in files.iter() {
        let path = file.pointer("/source/path").unwrap().as_str().unwrap();
        assert!(target.join(path).is_file(), "{path} of {hash} is missing");
    }
}
