//! [`AwsError`]: why a call to AWS failed, and what to do about it.

use std::{error::Error as StdError, fmt};

use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

use crate::{codes, error::Error};

/// What kind of failure it is: what the caller decides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The credentials were valid once.
    Expired,
    /// There are no credentials, or none that AWS knows.
    NoCredentials,
    /// The credentials may not do this.
    Denied,
    /// Too many calls, for longer than we try.
    Throttled,
    /// AWS could not be reached, or did not answer.
    Network,
    /// AWS had an error of its own, for longer than we try.
    Server,
    /// What the call is about does not exist.
    NotFound,
    /// There is one of this name already.
    AlreadyExists,
    /// It is not in a state that allows the call.
    WrongState,
    /// There is nothing to update.
    NoChange,
    /// A capability is not acknowledged.
    Capability,
    /// A quota is reached.
    Limit,
    /// Anything else that AWS refuses.
    Refused,
}

/// Why a call failed.
#[derive(Clone, Debug)]
pub(crate) struct AwsError {
    pub(crate) kind: Kind,
    /// AWS's name for it, such as `ValidationError`.
    pub(crate) code: Option<String>,
    /// What AWS says.
    pub(crate) message: String,
    /// What was tried: "read the stack `Network`".
    doing: String,
}

impl AwsError {
    /// What the SDK says of a call.
    pub(crate) fn of<E, R>(doing: impl Into<String>, error: &SdkError<E, R>) -> AwsError
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: fmt::Debug + 'static,
    {
        let (code, message) = match error {
            SdkError::ServiceError(service) => {
                let meta = service.err().meta();
                let code = meta.code().map(str::to_owned);
                let message = meta.message().map_or_else(|| chain(service.err()), str::to_owned);
                (code, message)
            }
            other => (None, chain(other)),
        };
        let kind = match error {
            SdkError::ServiceError(_) => of_service(code.as_deref().unwrap_or_default(), &message),
            SdkError::TimeoutError(_) | SdkError::ResponseError(_) => Kind::Network,
            SdkError::DispatchFailure(failure) if failure.is_io() || failure.is_timeout() => {
                Kind::Network
            }
            _ if message.contains("credentials") || message.contains("token") => {
                of_credentials(&message)
            }
            SdkError::DispatchFailure(_) => Kind::Network,
            _ => Kind::Refused,
        };
        AwsError { kind, code, message: one_line(&message), doing: doing.into() }
    }

    /// A failure that is found here, such as an answer without what it must have.
    pub(crate) fn refused(doing: impl Into<String>, message: impl Into<String>) -> AwsError {
        AwsError { kind: Kind::Refused, code: None, message: message.into(), doing: doing.into() }
    }

    /// A call that was sent by hand and not answered.
    pub(crate) fn unreachable(doing: impl Into<String>, message: impl Into<String>) -> AwsError {
        let (message, doing) = (message.into(), doing.into());
        AwsError { kind: Kind::Network, code: None, message, doing }
    }

    /// Whether AWS may have done it though it did not say so: look at the state before doing it again.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Network | Kind::Server | Kind::Throttled)
    }

    /// The failure as the user reads it.
    pub(crate) fn into_error(self) -> Error {
        let AwsError { kind, code, message, doing } = self;
        let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
        let plain = |what: &str| Error::new(format!("cannot {doing}: {what}"));
        let error = |rule, what: &str| Error::of(rule, format!("cannot {doing}: {what}"));
        let said = format!("{message}{code}");
        match kind {
            Kind::Expired => error(codes::NO_CREDENTIALS, &format!("the credentials have expired{code}"))
                .help("sign in again, such as by `aws sso login`, and run the command again: it goes on where AWS is"),
            Kind::NoCredentials => error(codes::NO_CREDENTIALS, &format!("there are no valid credentials: {said}"))
                .help("sign in by `aws sso login` or `aws configure`, name a profile by `--profile`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`"),
            Kind::Denied => error(codes::ACCESS_DENIED, &format!("access is denied: {said}"))
                .help("let the role or user have this permission, or take another by `--profile`"),
            Kind::Throttled => error(codes::THROTTLED, &format!("AWS asks for fewer calls, and still did after {} tries: {said}", super::MAX_ATTEMPTS))
                .help("run the command again in a few minutes: it goes on where AWS is"),
            Kind::Network => error(codes::UNREACHABLE, &format!("AWS cannot be reached: {said}"))
                .help("check the network, `--region` and `--endpoint-url`, and run the command again: it goes on where AWS is"),
            Kind::Server => error(codes::AWS_FAILED, &format!("AWS has an error of its own: {said}"))
                .help("run the command again in a few minutes: it goes on where AWS is"),
            Kind::Limit => error(codes::QUOTA_REACHED, &said).help("a quota is reached; ask for more at https://console.aws.amazon.com/servicequotas"),
            Kind::Capability => plain(&said)
                .help("the template needs a capability that was not given; this is a mistake of ours, please report it"),
            Kind::NotFound
            | Kind::AlreadyExists
            | Kind::WrongState
            | Kind::NoChange
            | Kind::Refused => plain(&said),
        }
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What AWS means by its name of an error.
pub(super) fn of_service(code: &str, message: &str) -> Kind {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            Kind::Expired
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidAccessKeyId"
        | "MissingAuthenticationToken"
        | "AuthFailure" => Kind::NoCredentials,
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "Forbidden"
        | "NotAuthorized"
        | "OptInRequired"
        | "403" => Kind::Denied,
        "Throttling"
        | "ThrottlingException"
        | "RequestLimitExceeded"
        | "TooManyRequests"
        | "TooManyRequestsException"
        | "SlowDown"
        | "PriorRequestNotComplete" => Kind::Throttled,
        "InternalFailure"
        | "InternalError"
        | "ServiceUnavailable"
        | "InternalServerError"
        | "ServiceUnavailableException"
        | "503"
        | "500" => Kind::Server,
        "ChangeSetNotFound"
        | "ChangeSetNotFoundException"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "NotFound"
        | "StackNotFoundException"
        | "404" => Kind::NotFound,
        "AlreadyExistsException" | "BucketAlreadyOwnedByYou" | "TokenAlreadyExistsException" => {
            Kind::AlreadyExists
        }
        "InvalidChangeSetStatus"
        | "InvalidChangeSetStatusException"
        | "OperationInProgressException" => Kind::WrongState,
        "InsufficientCapabilitiesException" => Kind::Capability,
        "LimitExceededException" | "LimitExceeded" => Kind::Limit,
        "ValidationError" | "ValidationException" => of_validation(message),
        "" if message.contains("redentials") => of_credentials(message),
        _ => Kind::Refused,
    }
}

/// CloudFormation says most things by one code, and what it means in words.
fn of_validation(message: &str) -> Kind {
    let has = |text: &str| message.contains(text);
    if has("does not exist") {
        Kind::NotFound
    } else if has("No updates are to be performed") || has("is not imported by any stack") {
        Kind::NoChange
    } else if has("_IN_PROGRESS state")
        || has("_FAILED state")
        || has("_COMPLETE state")
        || has("cannot be executed in its current")
    {
        Kind::WrongState
    } else if has("ate exceeded") {
        Kind::Throttled
    } else {
        Kind::Refused
    }
}

fn of_credentials(message: &str) -> Kind {
    if message.contains("xpired") { Kind::Expired } else { Kind::NoCredentials }
}

/// An error with its causes, each said once.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let part = error.to_string();
        if !part.is_empty() && !text.contains(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        next = error.source();
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_names_of_errors_have_a_kind() {
        let kinds = [
            ("ExpiredToken", "", Kind::Expired),
            ("InvalidClientTokenId", "", Kind::NoCredentials),
            ("AccessDenied", "", Kind::Denied),
            ("Throttling", "Rate exceeded", Kind::Throttled),
            ("ServiceUnavailable", "", Kind::Server),
            ("ValidationError", "Stack with id Network does not exist", Kind::NotFound),
            ("ValidationError", "No updates are to be performed.", Kind::NoChange),
            (
                "ValidationError",
                "Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.",
                Kind::WrongState,
            ),
            ("ValidationError", "Template format error", Kind::Refused),
            ("AlreadyExistsException", "", Kind::AlreadyExists),
            ("InvalidChangeSetStatus", "", Kind::WrongState),
            ("InsufficientCapabilitiesException", "", Kind::Capability),
        ];
        for (code, message, kind) in kinds {
            assert_eq!(of_service(code, message), kind, "{code} {message}");
        }
    }

    #[test]
    fn errors_say_what_was_tried_and_what_to_do() {
        let error = AwsError {
            kind: Kind::Expired,
            code: Some("ExpiredToken".to_owned()),
            message: "The security token included in the request is expired".to_owned(),
            doing: "read the stack `Network`".to_owned(),
        };
        let error = error.into_error();
        assert_eq!(
            error.to_string(),
            "cannot read the stack `Network`: the credentials have expired (ExpiredToken)"
        );
        assert!(error.help_text().unwrap().starts_with("sign in again"));
    }
}
