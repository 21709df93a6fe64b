//! Every environment variable that a command reads, in one place.

use std::{
    env::{self, VarError},
    fmt,
    path::PathBuf,
};

use crate::error::Error;

/// The environment variables that matter, read once at the start.
///
/// | variable | set by | what it does |
/// | --- | --- | --- |
/// | `CDK_OUTDIR` | the `cdk` CLI, or you | the folder of the assembly, where `--output` does not name one; results that nobody asked for stay off standard output |
/// | `CDK_CONTEXT_JSON` | the `cdk` CLI | the context values, as a JSON object |
/// | `CONTEXT_OVERFLOW_LOCATION_ENV` | the `cdk` CLI | a file with more of them, where they do not fit into a variable |
/// | `CDK_DEFAULT_ACCOUNT`, `CDK_DEFAULT_REGION` | the `cdk` CLI, or you | where to deploy by default: [`Context::environment`](crate::Context::environment) |
/// | `CDK_CLI_ASM_VERSION` | the `cdk` CLI | the newest assembly that it reads; an older one than we write is an error |
/// | `NO_COLOR` | you | no colors, if it is not empty |
/// | `CLICOLOR_FORCE` | you | colors even where the output is no terminal, if it is neither empty nor `0`; `NO_COLOR` wins |
/// | `COLUMNS` | you, or the shell | how wide the terminal is |
/// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` | you, or your CI | the credentials, where no `--profile` is named; else the SDK looks where every AWS tool does, by its own variables |
/// | `AWS_REGION`, `AWS_DEFAULT_REGION` | you, or your CI | where to deploy what names no region, without `--region` |
/// | `AWS_ENDPOINT_URL` | you | another endpoint than AWS's, such as an emulator, without `--endpoint-url` |
/// | `CARGO_MANIFEST_DIR` | cargo | where to look for the source lines that messages quote |
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Variables {
    /// `CDK_OUTDIR`.
    pub output: Option<PathBuf>,
    /// `CDK_CONTEXT_JSON`.
    pub context: Option<String>,
    /// `CONTEXT_OVERFLOW_LOCATION_ENV`.
    pub context_overflow: Option<PathBuf>,
    /// `CDK_DEFAULT_ACCOUNT`.
    pub default_account: Option<String>,
    /// `CDK_DEFAULT_REGION`.
    pub default_region: Option<String>,
    /// `CDK_CLI_ASM_VERSION`.
    pub cli_assembly_version: Option<String>,
    /// `NO_COLOR`.
    pub no_color: bool,
    /// `CLICOLOR_FORCE`.
    pub force_color: bool,
    /// `COLUMNS`.
    pub columns: Option<usize>,
    /// `CARGO_MANIFEST_DIR`.
    pub manifest_dir: Option<PathBuf>,
    /// The current folder, where `cdk.json` and `cdk.context.json` are looked for; no variable, but of the same kind.
    pub folder: Option<PathBuf>,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    pub access_key: Option<AccessKey>,
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    pub region: Option<String>,
    /// `AWS_ENDPOINT_URL`.
    pub endpoint_url: Option<String>,
}

/// A key to AWS.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Its name, which is no secret.
    pub id: String,
    /// What proves it.
    pub secret: Secret,
    /// The token of a key that expires.
    pub session_token: Option<Secret>,
}

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being printed.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Variables {
    /// Those of this process. An empty variable counts as unset.
    ///
    /// # Errors
    ///
    /// When one that is needed as text is not UTF-8.
    pub fn of_process() -> Result<Variables, Error> {
        Ok(Variables {
            output: path("CDK_OUTDIR"),
            context: text("CDK_CONTEXT_JSON")?,
            context_overflow: path("CONTEXT_OVERFLOW_LOCATION_ENV"),
            default_account: text("CDK_DEFAULT_ACCOUNT")?,
            default_region: text("CDK_DEFAULT_REGION")?,
            cli_assembly_version: text("CDK_CLI_ASM_VERSION")?,
            no_color: path("NO_COLOR").is_some(),
            force_color: text("CLICOLOR_FORCE")?.is_some_and(|force| force != "0"),
            columns: text("COLUMNS")?.and_then(|columns| columns.parse().ok()),
            manifest_dir: path("CARGO_MANIFEST_DIR"),
            access_key: access_key()?,
            region: match text("AWS_REGION")? {
                Some(region) => Some(region),
                None => text("AWS_DEFAULT_REGION")?,
            },
            endpoint_url: text("AWS_ENDPOINT_URL")?,
            folder: env::current_dir().ok(),
        })
    }
}

fn access_key() -> Result<Option<AccessKey>, Error> {
    let (Some(id), Some(secret)) = (text("AWS_ACCESS_KEY_ID")?, text("AWS_SECRET_ACCESS_KEY")?)
    else {
        return Ok(None);
    };
    let session_token = text("AWS_SESSION_TOKEN")?.map(Secret::new);
    Ok(Some(AccessKey { id, secret: Secret::new(secret), session_token }))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn text(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => {
            Err(Error::new(format!("the environment variable `{name}` is not UTF-8")))
        }
    }
}
