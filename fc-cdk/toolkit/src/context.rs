//! [`Context`], what an app learns from the command line and the environment.

use std::{any::Any, fs, io::ErrorKind, path::Path};

use clap::ArgMatches;
use fc_cdk_core::{Environment, Map, Node};

use crate::{error::Error, variables::Variables};

/// What the function that builds the app is given.
#[derive(Clone, Debug)]
pub struct Context {
    values: Map,
    environment: Environment,
    revision: Option<String>,
    matches: ArgMatches,
}

impl Context {
    pub(crate) fn new(
        variables: &Variables,
        matches: ArgMatches,
        revisions: &[&str],
    ) -> Result<Context, Error> {
        let mut values = Map::new();
        for layer in layers(variables, &matches)? {
            layer.values.into_iter().for_each(|(key, value)| drop(values.insert(key, value)));
        }
        let environment = Environment {
            account: variables.default_account.as_deref().map(Into::into),
            region: variables.default_region.as_deref().map(Into::into),
        };
        // Only an app with revisions has the argument.
        let revision = match revisions {
            [] => None,
            _ => matches.get_one::<String>("revision").cloned(),
        };
        Ok(Context { values, environment, revision, matches })
    }

    /// The same, asking for another revision of the app.
    pub(crate) fn at_revision(&self, revision: &str) -> Context {
        Context { revision: Some(revision.to_owned()), ..self.clone() }
    }

    /// The revision that is asked for, where the app declares some by [`Cli::revisions`](crate::Cli::revisions): that of `--revision`, else
    /// the newest.
    pub fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }

    /// A context value: of `--context KEY=VALUE`, which is always a string, else of `cdk.json` or `cdk.context.json` in the current
    /// folder.
    pub fn value(&self, key: &str) -> Option<&Node> {
        self.values.get(key)
    }

    /// The account and region to deploy to by default: `CDK_DEFAULT_ACCOUNT` and `CDK_DEFAULT_REGION`, which the `cdk` CLI sets. Nothing is
    /// assumed where they are not set. Give it to [`App::with_environment`](fc_cdk_core::App::with_environment), or not: templates
    /// that name no account and region can be deployed to any.
    pub fn environment(&self) -> Environment {
        self.environment.clone()
    }

    /// The value of an argument of the app's own ([`Cli::arg`](crate::Cli::arg)), if it is given or has a default.
    ///
    /// # Panics
    ///
    /// When no argument has this id, or its values have another type: a mistake in the program, not of its user.
    pub fn arg<T: Any + Clone + Send + Sync + 'static>(&self, id: &str) -> Option<&T> {
        self.matches.get_one::<T>(id)
    }

    /// All values of an argument of the app's own ([`Cli::arg`](crate::Cli::arg)) that may be given several times.
    ///
    /// # Panics
    ///
    /// As [`arg`](Context::arg).
    pub fn args<T: Any + Clone + Send + Sync + 'static>(
        &self,
        id: &str,
    ) -> impl Iterator<Item = &T> {
        self.matches.get_many::<T>(id).into_iter().flatten()
    }

    /// Whether a switch of the app's own ([`Cli::arg`](crate::Cli::arg)) is given.
    ///
    /// # Panics
    ///
    /// As [`arg`](Context::arg).
    pub fn flag(&self, id: &str) -> bool {
        self.matches.get_flag(id)
    }
}

/// Context values that come from one place.
pub(crate) struct Layer {
    /// Where: a file, a variable or `--context`.
    pub(crate) source: String,
    pub(crate) values: Map,
}

/// The file of values that were looked up in an account.
pub(crate) const LOOKED_UP: &str = "cdk.context.json";

/// All places of context values, from the weakest to the strongest. The files are those of the AWS CDK; when its command line runs the
/// app, it has read them.
pub(crate) fn layers(variables: &Variables, matches: &ArgMatches) -> Result<Vec<Layer>, Error> {
    let mut layers = Vec::new();
    if let (Some(folder), None) = (&variables.folder, &variables.context) {
        if let Some(values) = file(&folder.join(LOOKED_UP))? {
            layers.push(Layer { source: LOOKED_UP.to_owned(), values });
        }
        if let Some(settings) = file(&folder.join("cdk.json"))?
            && let Some(values) = settings.get("context")
        {
            let values = object(values.clone(), "cdk.json")?;
            layers.push(Layer { source: "cdk.json".to_owned(), values });
        }
    }
    if let Some(json) = &variables.context {
        let source = "CDK_CONTEXT_JSON";
        layers.push(Layer { source: source.to_owned(), values: parse(json, source)? });
    }
    if let Some(path) = &variables.context_overflow {
        let json = fs::read_to_string(path).map_err(|error| Error::io("read", path, &error))?;
        let source = path.display().to_string();
        layers.push(Layer { values: parse(&json, &source)?, source });
    }
    let mut values = Map::new();
    for pair in matches.get_many::<String>("context").into_iter().flatten() {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            Error::new(format!("`--context {pair}` has no `=`")).help("write `--context KEY=VALUE`")
        })?;
        values.insert(key, value);
    }
    layers.push(Layer { source: "--context".to_owned(), values });
    Ok(layers)
}

/// A file with an object, if there is one.
pub(crate) fn file(path: &Path) -> Result<Option<Map>, Error> {
    match fs::read_to_string(path) {
        Ok(json) => parse(&json, &path.display().to_string()).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path, &error)),
    }
}

fn parse(json: &str, source: &str) -> Result<Map, Error> {
    let node = Node::parse_json(json).map_err(|error| {
        Error::of(
            crate::codes::BAD_CONTEXT,
            format!("the context in `{source}` is not JSON: {error}"),
        )
    })?;
    object(node, source)
}

fn object(node: Node, source: &str) -> Result<Map, Error> {
    match node {
        Node::Map(map) => Ok(map),
        other => Err(Error::of(
            crate::codes::BAD_CONTEXT,
            format!("the context in `{source}` is {}, where an object is expected", other.kind()),
        )),
    }
}
