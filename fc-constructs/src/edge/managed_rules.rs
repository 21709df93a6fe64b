//! [`ManagedRules`]: groups of rules that AWS keeps up to date.

use fc_cdk_aws::wafv2::{
    CountAction, ManagedRuleGroupStatement, OverrideAction, RuleActionOverride, WebAclRule,
    WebAclRuleAction, WebAclStatement,
};
use fc_cdk_core::json;

use super::web_acl::visibility;
use crate::Names;

/// A group of rules that AWS keeps up to date, as part of a [`WebAcl`](super::WebAcl).
///
/// ```
/// use fc_constructs::edge::ManagedRules;
/// // The body of an upload may be long: such requests are counted, not blocked.
/// let rules = ManagedRules::common().count(["SizeRestrictions_BODY"]);
/// ```
///
/// Reference: <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedRules {
    vendor: String,
    pub(super) name: String,
    version: Option<String>,
    counted: Vec<String>,
    only_count: bool,
}

impl ManagedRules {
    /// What web applications in general have to fear, as the OWASP lists it.
    pub fn common() -> ManagedRules {
        ManagedRules::aws("AWSManagedRulesCommonRuleSet")
    }

    /// Requests that are known to use holes, such as that of Log4j.
    pub fn known_bad_inputs() -> ManagedRules {
        ManagedRules::aws("AWSManagedRulesKnownBadInputsRuleSet")
    }

    /// Addresses that Amazon knows as those of bots and attackers.
    pub fn ip_reputation() -> ManagedRules {
        ManagedRules::aws("AWSManagedRulesAmazonIpReputationList")
    }

    /// Addresses of proxies, Tor and hosting providers, which visitors seldom come from.
    pub fn anonymous_ip() -> ManagedRules {
        ManagedRules::aws("AWSManagedRulesAnonymousIpList")
    }

    /// SQL in requests.
    pub fn sql_database() -> ManagedRules {
        ManagedRules::aws("AWSManagedRulesSQLiRuleSet")
    }

    /// Paths that lead to the files of Linux servers.
    pub fn linux() -> ManagedRules {
        ManagedRules::aws("AWSManagedRulesLinuxRuleSet")
    }

    /// One of AWS's groups by its name.
    pub fn aws(name: &str) -> ManagedRules {
        ManagedRules::of("AWS", name)
    }

    /// A group of another vendor's, to which the account is subscribed.
    pub fn of(vendor: &str, name: &str) -> ManagedRules {
        ManagedRules {
            vendor: vendor.into(),
            name: name.into(),
            version: None,
            counted: Vec::new(),
            only_count: false,
        }
    }

    /// Keeps a version, such as `Version_1.18`, which then has to be renewed by hand. Without, AWS's default version applies.
    #[must_use]
    pub fn version(mut self, version: &str) -> ManagedRules {
        self.version = Some(version.into());
        self
    }

    /// Counts what these rules of the group find, and lets it through.
    #[must_use]
    pub fn count(mut self, rules: impl Into<Names>) -> ManagedRules {
        self.counted.extend(rules.into().0);
        self
    }

    /// Counts what the group finds, and lets it through: to try it out.
    #[must_use]
    pub fn only_count(mut self) -> ManagedRules {
        self.only_count = true;
        self
    }

    /// The rule of a web access list that applies the group.
    pub(super) fn rule(&self, priority: i64, metric: &str) -> WebAclRule {
        let mut group = ManagedRuleGroupStatement::new()
            .vendor_name(self.vendor.as_str())
            .name(self.name.as_str())
            .version(self.version.as_deref());
        if !self.counted.is_empty() {
            group = group.rule_action_overrides(self.counted.iter().map(|rule| {
                let count = WebAclRuleAction::new().count(CountAction::new());
                RuleActionOverride::new().name(rule.as_str()).action_to_use(count)
            }));
        }
        let action = match self.only_count {
            true => OverrideAction::new().count(json!({})),
            false => OverrideAction::new().none(json!({})),
        };
        WebAclRule::new()
            .name(self.name.as_str())
            .priority(priority)
            .override_action(action)
            .statement(WebAclStatement::new().managed_rule_group_statement(group))
            .visibility_config(visibility(metric))
    }
}
