//! [`Calls`]: single operations of services for which a whole SDK would cost minutes of building.
//!
//! A call is signed and sent as the SDK does it, with its credentials, retries and time-outs. Answers, XML or JSON, come as a [`Node`].

mod answer; // what comes back, as a node
mod service; // who is called, and how
mod throttled; // which answers ask for fewer calls

use std::{convert::Infallible, time::SystemTime};

use aws_config::{SdkConfig, retry::RetryConfig};
use aws_sdk_cloudformation::config::{Credentials, ProvideCredentials};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use fc_cdk_core::{Map, Node};

use self::{answer::read_xml, throttled::Throttled};
pub(crate) use self::{
    answer::{find, items, text_of},
    service::*,
};
use super::{
    error::{AwsError, of_service},
    target::Partition,
};

/// No account has more pages than that of what is asked for here.
const MOST_PAGES: usize = 100;

/// The signed calls of one account and region.
#[derive(Clone, Debug)]
pub(crate) struct Calls {
    config: SdkConfig,
    region: String,
    partition: Partition,
}

/// A request before it is signed.
struct Request {
    operation: &'static str,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Calls {
    pub(crate) fn new(config: SdkConfig, region: &str, partition: Partition) -> Calls {
        Calls { config, region: region.to_owned(), partition }
    }

    /// The same in another region.
    pub(crate) fn in_region(&self, region: &str) -> Calls {
        Calls { region: region.to_owned(), ..self.clone() }
    }

    /// Calls an operation whose parameters are a form, such as `[("InstanceType.1", "t4g.small")]`.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn query(
        &self,
        service: Service,
        operation: &'static str,
        parameters: &[(&str, &str)],
    ) -> Result<Node, AwsError> {
        let version = match service.protocol {
            Protocol::Query(version) | Protocol::GlobalQuery(version) => version,
            Protocol::Json(_) => "",
        };
        let mut body = format!("Action={operation}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        let kind = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
        let request = Request { operation, headers: vec![("content-type", kind)], body };
        let (status, text) = self.send(service, request).await?;
        let answer = read_xml(&text);
        if status < 300 {
            // EC2's answers have no such envelope.
            let result = answer.get(&format!("{operation}Result")).cloned();
            return Ok(result.unwrap_or(answer));
        }
        let errors = ["Error", "Errors/Error"];
        let error = errors.iter().find_map(|path| find(&answer, path)).unwrap_or(&Node::Null);
        Err(refused(service, operation, text_of(error, "Code"), text_of(error, "Message"), status))
    }

    /// Calls an operation whose parameters are JSON.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn json(
        &self,
        service: Service,
        operation: &'static str,
        parameters: Node,
    ) -> Result<Node, AwsError> {
        let (prefix, version) = match service.protocol {
            Protocol::Json("CloudApiService") => ("CloudApiService", "1.0"),
            Protocol::Json(prefix) => (prefix, "1.1"),
            Protocol::Query(_) | Protocol::GlobalQuery(_) => ("", "1.1"),
        };
        let headers = vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", format!("{prefix}.{operation}")),
        ];
        let request = Request { operation, headers, body: parameters.to_json() };
        let (status, text) = self.send(service, request).await?;
        let answer = Node::parse_json(&text).unwrap_or(Node::Null);
        if status < 300 {
            return Ok(answer);
        }
        let code = text_of(&answer, "__type").rsplit('#').next().unwrap_or_default().to_owned();
        let message = [text_of(&answer, "message"), text_of(&answer, "Message")].concat();
        Err(refused(service, operation, &code, &message, status))
    }

    /// The items of a list that is below `path` in the answers, of all pages.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn query_all(
        &self,
        service: Service,
        operation: &'static str,
        parameters: &[(&str, &str)],
        path: &str,
    ) -> Result<Vec<Node>, AwsError> {
        let mut all = Vec::new();
        let mut next: Option<(&str, String)> = None;
        for _ in 0..MOST_PAGES {
            let mut parameters = parameters.to_vec();
            parameters.extend(next.as_ref().map(|(name, token)| (*name, token.as_str())));
            let answer = self.query(service, operation, &parameters).await?;
            all.extend(items(&answer, path).into_iter().cloned());
            // What a page says of the next one, and what it is asked for by.
            const TOKENS: [(&str, &str); 4] = [
                ("nextToken", "NextToken"),
                ("NextToken", "NextToken"),
                ("NextMarker", "Marker"),
                ("Marker", "Marker"),
            ];
            next = TOKENS.iter().find_map(|(said, asked)| {
                let token = text_of(&answer, said);
                (!token.is_empty()).then(|| (*asked, token.to_owned()))
            });
            if next.is_none() {
                break;
            }
        }
        Ok(all)
    }

    /// As [`query_all`](Calls::query_all), for an operation whose parameters are JSON.
    ///
    /// # Errors
    ///
    /// What every call may fail by.
    pub(crate) async fn json_all(
        &self,
        service: Service,
        operation: &'static str,
        parameters: Map,
        path: &str,
    ) -> Result<Vec<Node>, AwsError> {
        let mut all = Vec::new();
        let mut parameters = parameters;
        for _ in 0..MOST_PAGES {
            let answer = self.json(service, operation, parameters.clone().into()).await?;
            all.extend(items(&answer, path).into_iter().cloned());
            let next = ["NextToken", "nextToken"].into_iter().find_map(|name| {
                let token = text_of(&answer, name);
                (!token.is_empty()).then(|| (name, token.to_owned()))
            });
            let Some((name, token)) = next else { break };
            parameters.insert(name, token);
        }
        Ok(all)
    }

    async fn send(&self, service: Service, request: Request) -> Result<(u16, String), AwsError> {
        let operation = request.operation;
        let failed = |message: String| AwsError::refused(doing(service, operation), message);
        let (url, region) = self.place(service);
        let Some(provider) = self.config.credentials_provider() else {
            return Err(failed("there are no credentials".into()));
        };
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| failed(error.to_string()))?;
        let signed = signed(service, &url, &region, credentials, request).map_err(failed)?;
        let mut builder = Operation::builder()
            .service_name(service.signing)
            .operation_name(operation)
            .endpoint_url(&url)
            .no_auth()
            .retry_classifier(Throttled)
            .retry_classifier(TransientErrorClassifier::<Infallible>::new())
            .retry_classifier(HttpStatusCodeClassifier::default());
        builder = match self.config.retry_config() {
            Some(config) => builder.standard_retry(&unpaced(config)),
            None => builder.no_retry(),
        };
        if let Some(timeouts) = self.config.timeout_config() {
            builder = builder.timeout_config(timeouts.clone());
        }
        if let Some(sleep) = self.config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        if let Some(http) = self.config.http_client() {
            builder = builder.http_client(http);
        }
        let call = builder
            .serializer(|request: Signed| request.into_http())
            .deserializer::<_, Infallible>(|response| {
                let body = response.body().bytes().unwrap_or_default();
                Ok((response.status().as_u16(), String::from_utf8_lossy(body).into_owned()))
            })
            .build();
        call.invoke(signed).await.map_err(|error| {
            use std::error::Error;
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            AwsError::unreachable(doing(service, operation), cause)
        })
    }

    /// Where a service is, and which region its calls are signed for.
    fn place(&self, service: Service) -> (String, String) {
        let (host, region) = match service.protocol {
            Protocol::GlobalQuery(_) if self.partition.name() == "aws-cn" => {
                (format!("{}.cn-north-1", service.endpoint), "cn-north-1")
            }
            Protocol::GlobalQuery(_) => (service.endpoint.to_owned(), "us-east-1"),
            _ => (format!("{}.{}", service.endpoint, self.region), self.region.as_str()),
        };
        let url = match self.config.endpoint_url() {
            Some(url) => format!("{}/", url.trim_end_matches('/')),
            None => format!("https://{host}.{}/", self.partition.url_suffix()),
        };
        (url, region.to_owned())
    }
}

/// The same retries without a pace for all calls: these go to different services, of which one that asks for fewer calls does not slow down the
/// others.
fn unpaced(config: &RetryConfig) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(config.max_attempts())
        .with_initial_backoff(config.initial_backoff())
        .with_max_backoff(config.max_backoff())
}

/// A request with its signature.
#[derive(Clone, Debug)]
struct Signed {
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Signed {
    fn into_http(self) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        request.set_method("POST")?;
        request.set_uri(self.url)?;
        for (name, value) in self.headers {
            request.headers_mut().try_insert(name, value)?;
        }
        Ok(request)
    }
}

#[expect(clippy::disallowed_methods, reason = "a signature says when it was made")]
fn signed(
    service: Service,
    url: &str,
    region: &str,
    credentials: Credentials,
    request: Request,
) -> Result<Signed, String> {
    let identity = credentials.into();
    let settings = SigningSettings::default();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service.signing)
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let body = SignableBody::Bytes(request.body.as_bytes());
    let signable = SignableRequest::new("POST", url, headers, body);
    let signable = signable.map_err(|error| error.to_string())?;
    let output = sign(signable, &parameters).map_err(|error| error.to_string())?;
    let (instructions, _) = output.into_parts();
    let mut headers: Vec<(String, String)> =
        request.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let added = instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
    headers.extend(added);
    Ok(Signed { url: url.to_owned(), headers, body: request.body })
}

fn doing(service: Service, operation: &str) -> String {
    format!("call {operation} of {}", service.signing)
}

fn refused(service: Service, operation: &str, code: &str, message: &str, status: u16) -> AwsError {
    let message = if message.is_empty() { format!("status {status}") } else { message.to_owned() };
    let mut error = AwsError::refused(doing(service, operation), &message);
    error.kind = of_service(code, &message);
    error.code = Some(code.to_owned()).filter(|code| !code.is_empty());
    error
}

/// A text as a part of a form.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded_as_signatures_want() {
        assert_eq!(encode("a b/c~ä"), "a%20b%2Fc~%C3%A4");
    }
}
