//! [`ContainerImage`]: what a task runs.

use fc_cdk_core::{IntoValue, Value, sub};

use super::Repository;

/// What a task runs: an image, and where it stands in for the real one, how it is started.
///
/// ```
/// use fc_constructs::containers::ContainerImage;
/// let image = ContainerImage::registry("public.ecr.aws/docker/library/httpd:2.4");
/// ```
#[derive(Clone)]
pub struct ContainerImage(Kind);

#[derive(Clone)]
enum Kind {
    Named(Value<String>),
    Tagged(Repository, String),
    Nginx(Value<String>),
}

/// What the container definition says of an image.
pub(super) struct Started {
    pub(super) image: Value<String>,
    pub(super) command: Vec<String>,
    pub(super) environment: Vec<(String, Value<String>)>,
}

/// Nginx as its makers publish it in ECR's public gallery, where no quota of pulls stops a deployment.
const NGINX: &str = "public.ecr.aws/nginx/nginx:stable";

impl ContainerImage {
    /// An image by its full name, such as `public.ecr.aws/docker/library/httpd:2.4`, or a value that only AWS knows, such as a
    /// parameter of Systems Manager that the build keeps.
    pub fn registry(image: impl IntoValue<String>) -> ContainerImage {
        ContainerImage(Kind::Named(image.into_value()))
    }

    /// The image with a tag of a repository of the app; tasks may pull it.
    pub fn repository(repository: &Repository, tag: impl Into<String>) -> ContainerImage {
        ContainerImage(Kind::Tagged(repository.clone(), tag.into()))
    }

    /// Nginx with its welcome page, which answers health checks: for the time until the first image of your own is there.
    pub fn nginx() -> ContainerImage {
        ContainerImage(Kind::Nginx(
            "    location / { root /usr/share/nginx/html; index index.html; }\n".into_value(),
        ))
    }

    /// Nginx in front of an upstream such as `http://internal-was-123.ap-northeast-1.elb.amazonaws.com`. The name is looked up again
    /// every ten seconds, since the addresses of load balancers change.
    pub fn nginx_proxy(upstream: impl IntoValue<String>) -> ContainerImage {
        let upstream = upstream.into_value();
        ContainerImage(Kind::Nginx(sub!(
            "    resolver 169.254.169.253 valid=10s;\n    location / {{\n      set $upstream {upstream};\n      proxy_pass $upstream;\n      \
             proxy_set_header Host $host;\n      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    }}\n"
        )))
    }

    /// The repository that has to be there for it.
    pub(super) fn needs(&self) -> Option<&Repository> {
        if let Kind::Tagged(repository, _) = &self.0 { Some(repository) } else { None }
    }

    /// The image with what makes it answer on a port, also the health checks.
    pub(super) fn started(self, port: u16, health_check_path: &str) -> Started {
        let locations = match self.0 {
            Kind::Named(image) => {
                return Started { image, command: Vec::new(), environment: Vec::new() };
            }
            Kind::Tagged(repository, tag) => {
                let image = repository.image(&tag);
                return Started { image, command: Vec::new(), environment: Vec::new() };
            }
            Kind::Nginx(locations) => locations,
        };
        // At the root, what is there answers health checks too.
        let health = if health_check_path == "/" {
            String::new()
        } else {
            format!("    location = {health_check_path} {{ return 200; }}\n")
        };
        // All that Nginx writes is below /tmp: the rest of the file system is read-only.
        let configuration = sub!(
            "pid /tmp/nginx.pid;\nerror_log /dev/stderr;\nevents {{}}\nhttp {{\n  include /etc/nginx/mime.types;\n  access_log /dev/stdout;\n  \
             client_body_temp_path /tmp/body;\n  proxy_temp_path /tmp/proxy;\n  fastcgi_temp_path /tmp/fastcgi;\n  uwsgi_temp_path /tmp/uwsgi;\n  \
             scgi_temp_path /tmp/scgi;\n  server {{\n    listen {port} default_server;\n\
             {health}{locations}  }}\n}}\n"
        );
        let start = "printf '%s' \"$NGINX_CONFIGURATION\" > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g 'daemon off;'";
        Started {
            image: NGINX.into_value(),
            command: ["sh", "-c", start].map(str::to_owned).into(),
            environment: vec![("NGINX_CONFIGURATION".to_owned(), configuration)],
        }
    }
}

impl From<&str> for ContainerImage {
    /// An image by its full name.
    fn from(image: &str) -> ContainerImage {
        ContainerImage::registry(image)
    }
}
