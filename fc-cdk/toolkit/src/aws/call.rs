//! [`Calls`]: single operations of services for which a whole SDK would cost minutes of building.
//!
//! A call is signed and sent as the SDK does it, with its credentials, retries and time-outs. Answers, XML or JSON, come as a [`Node`].

use std::{convert::Infallible, time::SystemTime};

use aws_config::SdkConfig;
use aws_sdk_cloudformation::config::{Credentials, ProvideCredentials};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation, retries::classifiers::HttpStatusCodeClassifier,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use fc_cdk_core::{Map, Node};

use super::{
    error::{AwsError, of_service},
    target::Partition,
};

/// A service, and how it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// What its endpoint begins with.
    pub(crate) endpoint: &'static str,
    /// The name in signatures.
    pub(crate) signing: &'static str,
    pub(crate) protocol: Protocol,
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A form with the version of the API, answered in XML.
    Query(&'static str),
    /// The same for a service that has one place for all regions.
    GlobalQuery(&'static str),
    /// JSON, with this before the name of the operation.
    Json(&'static str),
}

/// Virtual machines and networks.
pub(crate) const EC2: Service =
    Service { endpoint: "ec2", signing: "ec2", protocol: Protocol::Query("2016-11-15") };
/// Users, roles, policies.
pub(crate) const IAM: Service =
    Service { endpoint: "iam", signing: "iam", protocol: Protocol::GlobalQuery("2010-05-08") };
/// Relational databases.
pub(crate) const RDS: Service =
    Service { endpoint: "rds", signing: "rds", protocol: Protocol::Query("2014-10-31") };
/// Load balancers.
pub(crate) const ELB: Service = Service {
    endpoint: "elasticloadbalancing",
    signing: "elasticloadbalancing",
    protocol: Protocol::Query("2015-12-01"),
};
/// Who is calling.
pub(crate) const STS: Service =
    Service { endpoint: "sts", signing: "sts", protocol: Protocol::Query("2011-06-15") };
/// Certificates.
pub(crate) const ACM: Service =
    Service { endpoint: "acm", signing: "acm", protocol: Protocol::Json("CertificateManager") };
/// Keys.
pub(crate) const KMS: Service =
    Service { endpoint: "kms", signing: "kms", protocol: Protocol::Json("TrentService") };
/// What an account may have.
pub(crate) const QUOTAS: Service = Service {
    endpoint: "servicequotas",
    signing: "servicequotas",
    protocol: Protocol::Json("ServiceQuotasV20190624"),
};
/// Any resource, by its type and identifier.
pub(crate) const CLOUD_CONTROL: Service = Service {
    endpoint: "cloudcontrolapi",
    signing: "cloudcontrolapi",
    protocol: Protocol::Json("CloudApiService"),
};
/// Notebooks, of which it has one kind.
pub(crate) const SAGEMAKER: Service = Service {
    endpoint: "api.sagemaker",
    signing: "sagemaker",
    protocol: Protocol::Json("SageMaker"),
};

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
            .retry_classifier(HttpStatusCodeClassifier::default());
        builder = match self.config.retry_config() {
            Some(config) => builder.standard_retry(config),
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

/// An answer in XML as a node: what is below its root. An element with elements in it is an object, another one a text; elements of the
/// same name are a list. What is no XML is nothing.
fn read_xml(text: &str) -> Node {
    let Ok(document) = roxmltree::Document::parse(text) else { return Node::Null };
    element(document.root_element())
}

fn element(node: roxmltree::Node<'_, '_>) -> Node {
    let mut map = Map::new();
    for child in node.children().filter(roxmltree::Node::is_element) {
        let value = element(child);
        match map.get_mut(child.tag_name().name()) {
            Some(Node::List(list)) => list.push(value),
            Some(other) => {
                let first = std::mem::replace(other, Node::Null);
                *other = Node::List(vec![first, value]);
            }
            None => drop(map.insert(child.tag_name().name(), value)),
        }
    }
    if map.is_empty() {
        return Node::from(node.text().unwrap_or_default().trim());
    }
    Node::Map(map)
}

/// What stands at a path such as `Role/AssumeRolePolicyDocument`.
pub(crate) fn find<'n>(node: &'n Node, path: &str) -> Option<&'n Node> {
    path.split('/').try_fold(node, |node, key| node.get(key))
}

/// The text at a path, empty where there is none.
pub(crate) fn text_of<'n>(node: &'n Node, path: &str) -> &'n str {
    find(node, path).and_then(Node::as_str).unwrap_or_default()
}

/// The items of a list at a path: in XML the elements below it, in JSON those of an array.
pub(crate) fn items<'n>(node: &'n Node, path: &str) -> Vec<&'n Node> {
    match find(node, path) {
        Some(Node::List(items)) => items.iter().collect(),
        Some(Node::Map(map)) => map
            .iter()
            .flat_map(|(_, value)| match value {
                Node::List(items) => items.iter().collect(),
                one => vec![one],
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded_as_signatures_want() {
        assert_eq!(encode("a b/c~ä"), "a%20b%2Fc~%C3%A4");
    }

    #[test]
    fn xml_is_read_by_names() {
        let answer = read_xml(
            "<R xmlns='x'><set><item><id>1</id></item><item><id>2</id></item></set><one><item><id>3</id></item></one><none/></R>",
        );
        let ids =
            |path| items(&answer, path).into_iter().map(|it| text_of(it, "id")).collect::<Vec<_>>();
        assert_eq!(ids("set"), ["1", "2"]);
        assert_eq!(ids("one"), ["3"]);
        assert_eq!(ids("none"), [""; 0]);
        assert_eq!(read_xml("no XML"), Node::Null);
    }
}
