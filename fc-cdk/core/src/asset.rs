//! [`Asset`]: files that are deployed with a stack, by the hash of their content.
//!
//! The engine reads no files. Synth lists the assets of an app ([`App::assets`](crate::App::assets)), whoever runs it reads and hashes them, and gives the hashes back
//! with [`SynthOptions`](crate::SynthOptions).

use std::path::{Path, PathBuf};

use smol_str::SmolStr;

use crate::{
    diagnostic::SourceLocation,
    node::Node,
    reference::{Attribute, Reference},
    tree::{Kind, NodeId, Scope},
    value::Value,
};

/// What an asset is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AssetSource {
    /// One file, uploaded as it is.
    File(PathBuf),
    /// A folder, uploaded as a ZIP archive.
    Directory(PathBuf),
    /// Bytes that are known already, with the ending of the file name.
    Content {
        /// The bytes.
        bytes: Vec<u8>,
        /// The ending of the file name, such as `json`.
        extension: SmolStr,
    },
}

pub(crate) struct AssetData {
    pub(crate) source: AssetSource,
}

/// A file or folder in the bucket that the deployment's assets go to.
#[derive(Clone, Debug)]
pub struct Asset {
    scope: Scope,
}

impl Asset {
    /// A file, uploaded as it is. Relative paths start where the app is run; use `concat!(env!("CARGO_MANIFEST_DIR"), "/…")` for a path
    /// relative to the crate.
    #[track_caller]
    pub fn file(scope: &Scope, id: &str, path: impl AsRef<Path>) -> Asset {
        Asset::add(scope, id, AssetSource::File(path.as_ref().to_owned()))
    }

    /// A folder, uploaded as a ZIP archive that is the same on every machine.
    #[track_caller]
    pub fn directory(scope: &Scope, id: &str, path: impl AsRef<Path>) -> Asset {
        Asset::add(scope, id, AssetSource::Directory(path.as_ref().to_owned()))
    }

    /// Bytes made by the program, as a file with this ending.
    #[track_caller]
    pub fn content(scope: &Scope, id: &str, bytes: impl Into<Vec<u8>>, extension: &str) -> Asset {
        Asset::add(
            scope,
            id,
            AssetSource::Content { bytes: bytes.into(), extension: extension.into() },
        )
    }

    #[track_caller]
    fn add(scope: &Scope, id: &str, source: AssetSource) -> Asset {
        let location = SourceLocation::caller();
        Asset { scope: scope.add_at(id, Kind::Asset(Box::new(AssetData { source })), location) }
    }

    /// The bucket that the asset is uploaded to.
    pub fn bucket_name(&self) -> Value<String> {
        Value::from_node(self.reference("Bucket"))
    }

    /// The key of the asset in that bucket; changes with the content.
    pub fn object_key(&self) -> Value<String> {
        Value::from_node(self.reference("Key"))
    }

    /// The SHA-256 of the content.
    pub fn hash(&self) -> Value<String> {
        Value::from_node(self.reference("Hash"))
    }

    fn reference(&self, attribute: &'static str) -> Node {
        let attribute = Attribute::Att(SmolStr::new_static(attribute));
        Node::Ref(Box::new(Reference {
            target: self.scope.node_id(),
            attribute,
            strength: None,
            list: false,
        }))
    }
}

/// An asset of an app, to be read by whoever runs synth.
#[derive(Clone, Debug)]
pub struct AssetRequest {
    pub(crate) id: NodeId,
    /// The construct.
    pub path: SmolStr,
    /// What it is made of.
    pub source: AssetSource,
    /// The user's line that made it.
    pub location: SourceLocation,
}
