//! The change history writes itself, and it is that of the source.

use fc_cdk::Node;
use insta::assert_snapshot;
use shop_infra::{
    Revision, Settings,
    history::History,
    technology::{Language, TECHNOLOGIES},
};

/// The table of the source ("기술 목록"), row by row: category, technology, date, revision.
const SOURCE: &str = include_str!("history/source.tsv");

/// What is in the text of the source, and not in its table.
const ONLY_IN_TEXT: [&str; 3] = ["Amazon CloudFront", "IaC (Cloud9)", "AWS SSM Session Manager"];

#[test]
fn the_table_is_that_of_the_source_row_by_row() {
    let history = History::of(&Settings::default()).unwrap();
    let rows = history.table().into_iter().map(|row| {
        let name = row.technology.name.get(Language::Korean);
        let category = row.technology.category.name().get(Language::Korean);
        let date = row.revision.features().date;
        (name, format!("{category}\t{name}\t{date}\t{}", row.revision))
    });
    let computed: Vec<String> =
        rows.filter(|(name, _)| !ONLY_IN_TEXT.contains(name)).map(|(_, row)| row).collect();
    let source: Vec<&str> = SOURCE.lines().collect();
    assert_eq!(computed.join("\n"), source.join("\n"));
}

/// Which technologies a revision has, and which not: a line each, with an `x` per revision from v1.0 to v1.5.
#[test]
fn every_technology_is_where_it_belongs() {
    let history = History::of(&Settings::default()).unwrap();
    let mut table = String::new();
    for technology in TECHNOLOGIES {
        let mark = |revision| {
            if history.evidence(technology, revision).is_empty() { '.' } else { 'x' }
        };
        let marks: String = Revision::ALL.into_iter().map(mark).collect();
        let category = technology.category.name().get(Language::English);
        let name = technology.name.get(Language::English);
        table.push_str(&format!("{marks}  {category}: {name}\n"));
    }
    assert_snapshot!(table, @"
    xxxxxx  Infrastructure: 3 Tier Arch
    xxxxxx  Infrastructure: NAT Gateway
    xxxxxx  Infrastructure: Application Load Balancer
    xxxxxx  Infrastructure: Auto Scaling
    xxxxxx  Infrastructure: RDS
    .xxxxx  Infrastructure: Amazon Route 53
    .xxxxx  Infrastructure: Amazon CloudFront
    .....x  Infrastructure: AWS ACM
    x..xxx  Compute: EC2 - Nginx
    .xx...  Compute: ECS - Fargate
    xxxxxx  Monitoring and alarms: Amazon SNS
    xxxxxx  Monitoring and alarms: CloudWatch
    .xxxxx  Monitoring and alarms: Slack
    .xxxx.  Monitoring and alarms: AWS Lambda
    .....x  Monitoring and alarms: AWS Chatbot
    .xxxxx  Backup: RDS snapshots
    .xxxxx  Backup: Amazon S3
    ..xxxx  Backup: Amazon S3 Glacier Deep Archive
    .....x  Backup: Amazon S3 Standard-IA
    .....x  Backup: Amazon S3 Glacier Flexible Retrieve
    xxxxxx  CI/CD: AWS CodeCommit
    xxxxxx  CI/CD: AWS CodePipeline
    xxxxxx  CI/CD: AWS CodeBuild
    xxxxxx  CI/CD: Amazon S3
    xxxxxx  CI/CD: AWS CodeDeploy
    .xx...  CI/CD: Amazon ECR
    .xxxxx  Security: AWS WAF
    ..xxxx  Security: AWS Shield
    .x....  Data analytics: AWS Kinesis Data Streams
    .x....  Data analytics: AWS Kinesis Data Firehose
    .xxxxx  Data analytics: Amazon S3
    .xxxxx  Data analytics: Amazon Athena
    .xxxxx  Data analytics: Amazon QuickSight
    .xxxxx  Data analytics: AWS Glue
    ...xxx  Data analytics: Crawler
    ...xxx  Data analytics: AWS Glue ETL Job
    ...xxx  Data analytics: Amazon EventBridge
    ....xx  Data analytics: AWS Glue Data Quality
    .....x  Operations: Infrastructure as code (Cloud9)
    .....x  Operations: AWS SSM Session Manager
    ");
}

#[test]
fn every_row_is_traced_to_resources_of_the_templates() {
    let history = History::of(&Settings::default()).unwrap();
    for row in history.table() {
        for (stack, id) in history.evidence(row.technology, row.revision) {
            let stacks = history.stacks(row.revision);
            let template =
                stacks.iter().find(|known| known.stack_name().ends_with(&stack)).unwrap();
            assert!(template.template().resource(&id).is_some(), "{stack}/{id}");
        }
    }
}

#[test]
fn it_is_written_in_three_languages() {
    let history = History::of(&Settings::default()).unwrap();
    for (language, words) in [
        (Language::Korean, ["변경 이력", "구현 기술 및 서비스", "컴퓨팅", "제거"]),
        (Language::English, ["Change history", "First applied", "Compute", "Left"]),
        (Language::Japanese, ["変更履歴", "実装技術およびサービス", "コンピューティング", "削除"]),
    ] {
        let text = history.to_markdown(language);
        for word in words {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(
            text.contains("| ECS - Fargate | 2024. 04. 30. | 2024. 04. 30. | v1.1 |"),
            "{text}"
        );
        let json = history.to_node(language);
        assert_eq!(json.get("language").and_then(Node::as_str), Some(language.code()));
        let rows = json.get("technologies").and_then(Node::as_list).unwrap();
        assert_eq!(rows.len(), history.table().len());
        let steps = json.get("revisions").and_then(Node::as_list).unwrap();
        assert_eq!(steps.len(), Revision::ALL.len());
        let fargate = rows.iter().find(|row| row.get("left") == Some(&"v1.3".into())).unwrap();
        assert_eq!(fargate.get("firstApplied"), Some(&"2024-04-30".into()));
    }
}
