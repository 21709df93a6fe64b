//! `shop-infra.toml`: what may be written, and what is said of what may not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use fc_cdk::Node;
use insta::assert_snapshot;
use shop_infra::{
    Settings,
    config::{self, Source},
};

fn load(text: &str) -> Result<Settings, String> {
    config::load(&[Source::file("shop-infra.toml", text)])
}

#[test]
fn nothing_is_needed() {
    assert_eq!(config::load(&[]).unwrap(), Settings::default());
    assert_eq!(load("").unwrap(), Settings::default());
}

#[test]
fn the_file_beside_the_crate_shows_the_defaults() {
    let file = include_str!("../shop-infra.toml");
    assert_eq!(load(file).unwrap(), Settings::default());
    // With everything that is commented out, too, it is right.
    let settings: String = file
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.contains(" = ") || line.starts_with('['))
        .map(|line| format!("{line}\n"))
        .collect();
    let shown = Settings {
        account: Some("111122223333".into()),
        alarm_email: Some("ops@example.com".into()),
        ..Settings::default()
    };
    assert_eq!(load(&settings).unwrap(), shown);
}

#[test]
fn what_is_shown_can_be_read() {
    let mut settings = Settings { account: Some("111122223333".into()), ..Settings::default() };
    settings.shield.subscribed = true;
    settings.retention.data_years = 7;
    settings.slack.channel = "C0123ABCD".into();
    assert_eq!(load(&config::to_toml(&settings)).unwrap(), settings);
}

#[test]
fn every_key_of_the_schema_changes_a_setting() {
    let schema = Node::parse_json(config::SCHEMA).unwrap();
    let mut keys = Vec::new();
    keys_of(&schema, "", &mut keys);
    assert_eq!(keys.len(), 16, "{keys:?}");
    for (key, kind, example) in keys {
        let value = match kind.as_str() {
            "boolean" => "true".to_owned(),
            "integer" => "6".to_owned(),
            _ => example
                .replace("Shop", "Boutique")
                .replace("admin", "jane")
                .replace("medium", "large"),
        };
        let value = value
            .replace("small", "large")
            .replace("ap-", "eu-")
            .replace("10.", "192.")
            .replace("shop.", "dress.");
        let settings = config::load(&[Source::flag(&format!("{key}={value}"))]);
        assert_ne!(settings.unwrap(), Settings::default(), "{key} = {value}");
    }
}

/// Every key with its type and example.
fn keys_of(schema: &Node, path: &str, keys: &mut Vec<(String, String, String)>) {
    for (name, property) in schema.get("properties").and_then(Node::as_map).unwrap().iter() {
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        let text = |pointer| {
            property.pointer(pointer).and_then(Node::as_str).unwrap_or_default().to_owned()
        };
        match text("/type").as_str() {
            "object" => keys_of(property, &path, keys),
            kind => keys.push((path, kind.to_owned(), text("/examples/0"))),
        }
    }
}

#[test]
fn flags_come_last_and_need_no_quotes() {
    let file =
        Source::file("shop-infra.toml", "region = \"eu-west-1\"\naccount = \"111122223333\"");
    let flags = [
        "region=us-west-2",
        "account=444455556666",
        "slack.channel=G0123ABCD",
        "shield.subscribed=true",
    ];
    let sources: Vec<Source> = [file].into_iter().chain(flags.map(Source::flag)).collect();
    let settings = config::load(&sources).unwrap();
    assert_eq!(
        (settings.region.as_str(), settings.account.as_deref()),
        ("us-west-2", Some("444455556666"))
    );
    assert_eq!((settings.slack.channel.as_str(), settings.shield.subscribed), ("G0123ABCD", true));
}

#[test]
fn all_mistakes_are_shown_with_their_lines() {
    let text = "\
regoin = \"ap-northeast-1\"
account = 111122223333
domain = \"http://shop.example.com\"
channel = \"C0123ABCD\"

[instances]
web = \"t4g\"
db = \"db.t4g.medium\"

[retention]
data-years = 3

[shield]
subscribed = \"no\"
";
    assert_snapshot!(load(text).unwrap_err(), @r#"
    unknown key `regoin`
     --> shop-infra.toml:1:1
      |
    1 | regoin = "ap-northeast-1"
      | ^^^^^^ did you mean `region`?
      |
      = help: the keys are account, alarm-email, cidr, domain, instances, name, quicksight, region, retention, shield, slack, workbench

    error: `account` is text in quotes, not a number
     --> shop-infra.toml:2:11
      |
    2 | account = 111122223333
      |           ^^^^^^^^^^^^ expected text in quotes
      |
      = help: the account to deploy to; without it the templates fit every one; for example `111122223333`

    error: `domain` cannot be `http://shop.example.com`
     --> shop-infra.toml:3:10
      |
    3 | domain = "http://shop.example.com"
      |          ^^^^^^^^^^^^^^^^^^^^^^^^^ does not match `^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`
      |
      = help: the domain name of the shop, whose zone is made in Route 53; for example `shop.example.com`

    error: unknown key `channel`
     --> shop-infra.toml:4:1
      |
    4 | channel = "C0123ABCD"
      | ^^^^^^^ did you mean `slack.channel`?
      |
      = help: the keys are account, alarm-email, cidr, domain, instances, name, quicksight, region, retention, shield, slack, workbench

    error: `instances.web` cannot be `t4g`
     --> shop-infra.toml:7:7
      |
    7 | web = "t4g"
      |       ^^^^^ does not match `^[a-z][a-z0-9-]*\.[a-z0-9]+$`
      |
      = help: the type of the web servers; for example `t4g.small`

    error: unknown key `db` in `instances`
     --> shop-infra.toml:8:1
      |
    8 | db = "db.t4g.medium"
      | ^^ there is no such key
      |
      = help: the keys in `instances` are database, was, web

    error: `retention.data-years` cannot be 3
      --> shop-infra.toml:11:14
       |
    11 | data-years = 3
       |              ^ expected 5 to 30
       |
       = help: years after which data of purchases, customers and reviews is deleted; Japanese law asks for five

    error: `shield.subscribed` is true or false, not text
      --> shop-infra.toml:14:14
       |
    14 | subscribed = "no"
       |              ^^^^ expected true or false
       |
       = help: whether the account is subscribed, for 3,000 USD a month; without that nothing can be protected
    "#);
}

#[test]
fn what_is_no_toml_is_shown_with_its_line() {
    assert_snapshot!(load("region = \"ap-northeast-1\naccount = \"1\"\n").unwrap_err(), @r#"
    the file is no TOML
     --> shop-infra.toml:1:25
      |
    1 | region = "ap-northeast-1
      |                         ^ invalid basic string, expected `"`
    "#);
    assert_snapshot!(config::load(&[Source::flag("shield=1")]).unwrap_err(), @"
    `shield` is a table, not a number
     --> --set:1:10
      |
    1 | shield = 1
      |          ^ expected a table
      |
      = help: shield Advanced
    ");
}
