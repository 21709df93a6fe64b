//! [`UserData`]: what an instance does when it starts for the first time.

use fc_cdk_core::{IntoValue, Node, SubPart, Value, intrinsics, sub, sub::Sub};

/// EC2's limit, in bytes before they are encoded.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html>.
pub(super) const MAX_BYTES: usize = 16_384;

/// The commands that an instance of Amazon Linux 2023 runs as root when it starts for the first time. The first one that fails ends
/// them.
///
/// ```
/// use fc_constructs::compute::UserData;
/// let user_data = UserData::new()
///     .install(["java-21-amazon-corretto-headless"])
///     .file("/etc/motd", "an application server\n")
///     .command("systemctl enable --now app");
/// ```
#[derive(Clone, Debug, Default)]
pub struct UserData {
    commands: Vec<Value<String>>,
}

impl UserData {
    /// No commands yet.
    pub fn new() -> UserData {
        UserData::default()
    }

    /// Nginx with its welcome page, and `/healthz` for health checks.
    pub fn nginx(port: u16) -> UserData {
        UserData::nginx_with(
            port,
            sub!("  location / {{ root /usr/share/nginx/html; index index.html; }}\n"),
        )
    }

    /// Nginx in front of an upstream such as `http://internal-was-123.ap-northeast-1.elb.amazonaws.com`, and `/healthz` for health
    /// checks of Nginx alone. The name is looked up again every ten seconds, since the addresses of load balancers change.
    pub fn nginx_proxy(port: u16, upstream: impl IntoValue<String>) -> UserData {
        let upstream = upstream.into_value();
        let location = sub!(
            "  resolver 169.254.169.253 valid=10s;\n  location / {{\n    set $upstream {upstream};\n    proxy_pass $upstream;\n    \
             proxy_set_header Host $host;\n    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n  }}\n"
        );
        UserData::nginx_with(port, location)
    }

    fn nginx_with(port: u16, locations: Value<String>) -> UserData {
        let server = sub!(
            "server {{\n  listen {port} default_server;\n  location = /healthz {{ return 200; }}\n{locations}}}\n"
        );
        UserData::new()
            .install(["nginx"])
            .file("/etc/nginx/conf.d/default.conf", server)
            .command("systemctl enable --now nginx")
    }

    /// Installs packages with `dnf`.
    #[must_use]
    pub fn install<const N: usize>(self, packages: [&str; N]) -> UserData {
        self.command(format!("dnf install -y {}", packages.join(" ")))
    }

    /// Runs a command of the shell, which may hold values that only AWS knows.
    #[must_use]
    pub fn command(mut self, command: impl IntoValue<String>) -> UserData {
        self.commands.push(command.into_value());
        self
    }

    /// Writes a file, which ends with a line break. No line of it may be `END_OF_FILE`.
    #[must_use]
    pub fn file(self, path: &str, content: impl IntoValue<String>) -> UserData {
        let content = content.into_value();
        let end =
            if content.as_literal().is_some_and(|text| !text.ends_with('\n')) { "\n" } else { "" };
        self.command(sub!("cat > {path} <<'END_OF_FILE'\n{content}{end}END_OF_FILE"))
    }

    /// Installs the agent of CodeDeploy, which takes deployments onto the instance.
    ///
    /// See <https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-install-linux.html>.
    #[must_use]
    pub fn codedeploy_agent(self) -> UserData {
        let region = intrinsics::region();
        self.install(["ruby", "wget"]).command(sub!(
            "wget -q -O /tmp/install https://aws-codedeploy-{region}.s3.{region}.amazonaws.com/latest/install\n\
             chmod +x /tmp/install\n/tmp/install auto"
        ))
    }

    /// These commands, then those.
    #[must_use]
    pub fn then(mut self, later: UserData) -> UserData {
        self.commands.extend(later.commands);
        self
    }

    /// The script of a single instance, for which nobody waits.
    pub(crate) fn first_boot_script(&self) -> Value<String> {
        self.script(None)
    }

    /// The script: a `bash` that stops at the first error.
    pub(super) fn script(&self, signal: Option<&str>) -> Value<String> {
        let mut script = Sub::new().text("#!/bin/bash\nset -euo pipefail\n");
        if let Some(resource) = signal {
            script = script
                .text("trap '/opt/aws/bin/cfn-signal --exit-code $? --stack ")
                .pseudo("AWS::StackName")
                .text(&format!(" --resource {resource} --region "))
                .pseudo("AWS::Region")
                .text("' EXIT\ndnf install -y aws-cfn-bootstrap\n");
        }
        for command in &self.commands {
            script = script.value(command).text("\n");
        }
        script.finish()
    }
}

/// How many bytes of a text are known now.
pub(super) fn known_bytes(node: &Node) -> usize {
    match node {
        Node::Str(text) => text.len(),
        Node::Sub(parts) => parts
            .iter()
            .map(|part| match part {
                SubPart::Text(text) => text.len(),
                SubPart::Value(value) => known_bytes(value),
            })
            .sum(),
        _ => 0,
    }
}
