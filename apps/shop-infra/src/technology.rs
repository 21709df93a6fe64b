//! The technologies of the change history, and by which resources of the templates each is there.

use fc_cdk::{Node, template::TemplateResource};

/// A language of the change history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 한국어, the language of the source.
    Korean,
    /// English.
    English,
    /// 日本語.
    Japanese,
}

impl Language {
    /// Their codes.
    pub const CODES: [&str; 3] = ["ko", "en", "ja"];

    /// The language with a code.
    pub fn of_code(code: &str) -> Option<Language> {
        let all = [Language::Korean, Language::English, Language::Japanese];
        all.into_iter().find(|language| language.code() == code)
    }

    /// Such as `ko`.
    pub const fn code(self) -> &'static str {
        Language::CODES[self as usize]
    }
}

/// A text in each language: Korean, English, Japanese.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text([&'static str; 3]);

impl Text {
    /// The same in all languages.
    const fn all(text: &'static str) -> Text {
        Text([text, text, text])
    }

    pub(crate) const fn new(
        korean: &'static str,
        english: &'static str,
        japanese: &'static str,
    ) -> Text {
        Text([korean, english, japanese])
    }

    /// The text in a language.
    pub const fn get(self, language: Language) -> &'static str {
        self.0[language as usize]
    }
}

/// What a technology is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// Network, load balancers, databases.
    Infrastructure,
    /// What programs run on.
    Compute,
    /// Who watches.
    Monitoring,
    /// What is kept, and where.
    Backup,
    /// From a commit to the servers.
    Delivery,
    /// Who is kept out.
    Security,
    /// What marketing learns.
    Analytics,
    /// How the infrastructure is worked on.
    Operations,
}

impl Category {
    /// Its name.
    pub const fn name(self) -> Text {
        match self {
            Category::Infrastructure => Text::new("인프라", "Infrastructure", "インフラ"),
            Category::Compute => Text::new("컴퓨팅", "Compute", "コンピューティング"),
            Category::Monitoring => {
                Text::new("모니터링 및 알람", "Monitoring and alarms", "監視とアラーム")
            }
            Category::Backup => Text::new("백업", "Backup", "バックアップ"),
            Category::Delivery => Text::all("CI/CD"),
            Category::Security => Text::new("보안", "Security", "セキュリティ"),
            Category::Analytics => Text::new("데이터 분석", "Data analytics", "データ分析"),
            Category::Operations => Text::new("운영", "Operations", "運用"),
        }
    }
}

/// A technology of the change history.
#[derive(Clone, Copy)]
pub struct Technology {
    /// What it is for.
    pub category: Category,
    /// What it is called.
    pub name: Text,
    /// Which resources are it: the stack without the shop's name, such as `Data`, and the resource.
    is: fn(&str, &Found<'_>) -> bool,
}

/// A resource of a template.
pub(crate) struct Found<'a>(pub(crate) TemplateResource<'a>);

impl Found<'_> {
    fn is(&self, types: &[&str]) -> bool {
        types.contains(&self.0.type_name())
    }

    fn id_starts(&self, prefix: &str) -> bool {
        self.0.logical_id().starts_with(prefix)
    }

    /// Whether a text is somewhere in its properties.
    fn says(&self, text: &str) -> bool {
        self.0.properties().is_some_and(|map| Node::Map(map.clone()).to_json().contains(text))
    }
}

impl Technology {
    /// Whether a resource of a stack is part of this technology.
    pub(crate) fn is_in(&self, stack: &str, resource: &Found<'_>) -> bool {
        (self.is)(stack, resource)
    }
}

/// One that is called the same in all languages.
const fn named(
    category: Category,
    name: &'static str,
    is: fn(&str, &Found<'_>) -> bool,
) -> Technology {
    Technology { category, name: Text::all(name), is }
}

const BUCKET: &[&str] = &["AWS::S3::Bucket"];

/// Where exports and unrefined data are kept.
fn archive(stack: &str, resource: &Found<'_>) -> bool {
    stack == "Data" && resource.is(BUCKET)
}

/// All technologies, in the order of the source.
pub const TECHNOLOGIES: &[Technology] = &[
    named(Category::Infrastructure, "3 Tier Arch", |_, it| {
        it.is(&["AWS::EC2::Subnet"])
            && ["VpcWeb", "VpcWas", "VpcDb"].iter().any(|tier| it.id_starts(tier))
    }),
    named(Category::Infrastructure, "NAT Gateway", |_, it| it.is(&["AWS::EC2::NatGateway"])),
    named(Category::Infrastructure, "Application Load Balancer", |_, it| {
        it.is(&["AWS::ElasticLoadBalancingV2::LoadBalancer"])
    }),
    named(Category::Infrastructure, "Auto Scaling", |_, it| {
        it.is(&[
            "AWS::AutoScaling::AutoScalingGroup",
            "AWS::ApplicationAutoScaling::ScalableTarget",
        ])
    }),
    named(Category::Infrastructure, "RDS", |_, it| it.is(&["AWS::RDS::DBInstance"])),
    named(Category::Infrastructure, "Amazon Route 53", |_, it| {
        it.is(&["AWS::Route53::HostedZone", "AWS::Route53::RecordSet"])
    }),
    named(Category::Infrastructure, "Amazon CloudFront", |_, it| {
        it.is(&["AWS::CloudFront::Distribution"])
    }),
    // That of CloudFront came before; this is HTTPS up to the servers.
    named(Category::Infrastructure, "AWS ACM", |stack, it| {
        stack == "Servers" && it.is(&["AWS::CertificateManager::Certificate"])
    }),
    named(Category::Compute, "EC2 - Nginx", |_, it| it.is(&["AWS::EC2::LaunchTemplate"])),
    named(Category::Compute, "ECS - Fargate", |_, it| it.is(&["AWS::ECS::Service"])),
    named(Category::Monitoring, "Amazon SNS", |stack, it| {
        stack == "Monitoring" && it.is(&["AWS::SNS::Topic"])
    }),
    named(Category::Monitoring, "CloudWatch", |_, it| {
        it.is(&["AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"])
    }),
    named(Category::Monitoring, "Slack", |stack, it| {
        it.is(&["AWS::Chatbot::SlackChannelConfiguration"])
            || (stack == "Monitoring" && it.is(&["AWS::Lambda::Function"]))
    }),
    named(Category::Monitoring, "AWS Lambda", |stack, it| {
        stack == "Monitoring" && it.is(&["AWS::Lambda::Function"])
    }),
    named(Category::Monitoring, "AWS Chatbot", |_, it| {
        it.is(&["AWS::Chatbot::SlackChannelConfiguration"])
    }),
    Technology {
        category: Category::Backup,
        name: Text::new("RDS 스냅샷", "RDS snapshots", "RDS スナップショット"),
        is: |stack, it| {
            stack == "Backup"
                && it.is(&[
                    "AWS::Scheduler::Schedule",
                    "AWS::Events::Rule",
                    "AWS::Lambda::Function",
                ])
        },
    },
    named(Category::Backup, "Amazon S3", archive),
    named(Category::Backup, "Amazon S3 Glacier Deep Archive", |stack, it| {
        archive(stack, it) && it.says("\"DEEP_ARCHIVE\"")
    }),
    named(Category::Backup, "Amazon S3 Standard-IA", |stack, it| {
        archive(stack, it) && it.says("\"STANDARD_IA\"")
    }),
    named(Category::Backup, "Amazon S3 Glacier Flexible Retrieve", |stack, it| {
        archive(stack, it) && it.says("\"GLACIER\"")
    }),
    named(Category::Delivery, "AWS CodeCommit", |_, it| it.is(&["AWS::CodeCommit::Repository"])),
    named(Category::Delivery, "AWS CodePipeline", |_, it| it.is(&["AWS::CodePipeline::Pipeline"])),
    named(Category::Delivery, "AWS CodeBuild", |_, it| it.is(&["AWS::CodeBuild::Project"])),
    named(Category::Delivery, "Amazon S3", |stack, it| stack == "Delivery" && it.is(BUCKET)),
    named(Category::Delivery, "AWS CodeDeploy", |_, it| {
        it.is(&["AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"])
    }),
    named(Category::Delivery, "Amazon ECR", |_, it| it.is(&["AWS::ECR::Repository"])),
    named(Category::Security, "AWS WAF", |_, it| it.is(&["AWS::WAFv2::WebACL"])),
    named(Category::Security, "AWS Shield", |_, it| it.is(&["AWS::Shield::Protection"])),
    named(Category::Analytics, "AWS Kinesis Data Streams", |_, it| {
        it.is(&["AWS::Kinesis::Stream"])
    }),
    named(Category::Analytics, "AWS Kinesis Data Firehose", |_, it| {
        it.is(&["AWS::KinesisFirehose::DeliveryStream"])
    }),
    named(Category::Analytics, "Amazon S3", |stack, it| stack == "Analytics" && it.is(BUCKET)),
    named(Category::Analytics, "Amazon Athena", |_, it| it.is(&["AWS::Athena::WorkGroup"])),
    named(Category::Analytics, "Amazon QuickSight", |_, it| {
        it.is(&[
            "AWS::QuickSight::DataSource",
            "AWS::QuickSight::DataSet",
            "AWS::QuickSight::Dashboard",
        ])
    }),
    named(Category::Analytics, "AWS Glue", |_, it| it.is(&["AWS::Glue::Database"])),
    named(Category::Analytics, "Crawler", |_, it| it.is(&["AWS::Glue::Crawler"])),
    named(Category::Analytics, "AWS Glue ETL Job", |_, it| it.is(&["AWS::Glue::Job"])),
    // What starts the ETL jobs; rules for other ends came before.
    named(Category::Analytics, "Amazon EventBridge", |stack, it| {
        stack == "Analytics" && it.is(&["AWS::Events::Rule"]) && it.says(":workflow/")
    }),
    named(Category::Analytics, "AWS Glue Data Quality", |_, it| {
        it.is(&["AWS::Glue::DataQualityRuleset"])
    }),
    Technology {
        category: Category::Operations,
        name: Text::new("IaC (Cloud9)", "Infrastructure as code (Cloud9)", "IaC（Cloud9）"),
        is: |stack, it| {
            stack == "Operations" && it.is(&["AWS::Cloud9::EnvironmentEC2", "AWS::EC2::Instance"])
        },
    },
    named(Category::Operations, "AWS SSM Session Manager", |_, it| it.is(&["AWS::SSM::Document"])),
];
