//! [`QuickSight`]: what people look at.

use std::collections::BTreeSet;

use fc_cdk_aws::{
    ids,
    quicksight::{
        self, ActionConnectorResourcePermission, AnalysisResourcePermission, AthenaParameters,
        CustomSql, DashboardVersionDefinition, DataSetIdentifierDeclaration, DataSourceParameters,
        InputColumn, PhysicalTable, SslProperties,
    },
};
use fc_cdk_core::{Diagnostic, IntoValue, Node, Scope, Value, intrinsics, policy::Principal, sub};

use super::{ColumnType, codes, table::construct_id};
use crate::security::Role;

const OWN_SOURCE: [&str; 6] = [
    "quicksight:DeleteDataSource",
    "quicksight:DescribeDataSource",
    "quicksight:DescribeDataSourcePermissions",
    "quicksight:PassDataSource",
    "quicksight:UpdateDataSource",
    "quicksight:UpdateDataSourcePermissions",
];
const OWN_DATA_SET: [&str; 10] = [
    "quicksight:CancelIngestion",
    "quicksight:CreateIngestion",
    "quicksight:DeleteDataSet",
    "quicksight:DescribeDataSet",
    "quicksight:DescribeDataSetPermissions",
    "quicksight:DescribeIngestion",
    "quicksight:ListIngestions",
    "quicksight:PassDataSet",
    "quicksight:UpdateDataSet",
    "quicksight:UpdateDataSetPermissions",
];
const OWN_DASHBOARD: [&str; 8] = [
    "quicksight:DeleteDashboard",
    "quicksight:DescribeDashboard",
    "quicksight:DescribeDashboardPermissions",
    "quicksight:ListDashboardVersions",
    "quicksight:QueryDashboard",
    "quicksight:UpdateDashboard",
    "quicksight:UpdateDashboardPermissions",
    "quicksight:UpdateDashboardPublishedVersion",
];

/// What QuickSight shows of a query.
///
/// ```
/// use fc_constructs::analytics::{ColumnType, DataSet};
/// DataSet::new("orders", "SELECT dt, count(*) AS orders FROM orders GROUP BY dt")
///     .columns([("dt", ColumnType::String), ("orders", ColumnType::BigInt)]);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a data set is made by the lake that it is given to"]
pub struct DataSet {
    name: String,
    sql: String,
    columns: Vec<(String, ColumnType)>,
}

impl DataSet {
    /// A data set by its name, which dashboards know it by, and its query in Athena's SQL.
    pub fn new(name: impl Into<String>, sql: impl Into<String>) -> DataSet {
        DataSet { name: name.into(), sql: sql.into(), columns: Vec::new() }
    }

    /// The columns of the result.
    pub fn columns<N: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = (N, ColumnType)>,
    ) -> DataSet {
        self.columns.extend(columns.into_iter().map(|(name, of)| (name.into(), of)));
        self
    }
}

/// What people look at in QuickSight: data sets over Athena, and dashboards of them.
///
/// The account needs a subscription to QuickSight, which nothing here can make; all of it belongs to one user or group of that subscription.
///
/// ```
/// use fc_constructs::analytics::{ColumnType, DataSet, QuickSight};
/// let orders = DataSet::new("orders", "SELECT dt, count(*) AS orders FROM orders GROUP BY dt")
///     .columns([("dt", ColumnType::String), ("orders", ColumnType::BigInt)]);
/// QuickSight::owned_by("arn:aws:quicksight:ap-northeast-1:111122223333:user/default/admin").data_sets([orders]);
/// ```
#[derive(Clone)]
#[must_use = "nothing is shown until a lake has it"]
pub struct QuickSight {
    owner: Value<String>,
    data_sets: Vec<DataSet>,
    dashboards: Vec<(String, Node)>,
}

impl QuickSight {
    /// Data sets and dashboards that belong to a user or group of QuickSight, by its ARN:
    /// `arn:aws:quicksight:REGION:ACCOUNT:user/default/NAME`.
    pub fn owned_by(principal: impl IntoValue<String>) -> QuickSight {
        QuickSight { owner: principal.into_value(), data_sets: Vec::new(), dashboards: Vec::new() }
    }

    /// The data sets.
    pub fn data_sets(mut self, data_sets: impl IntoIterator<Item = DataSet>) -> QuickSight {
        self.data_sets.extend(data_sets);
        self
    }

    /// A dashboard by its name and its definition, without the data sets: what `aws quicksight describe-dashboard-definition` shows, which knows data
    /// sets by their names.
    pub fn dashboard(mut self, name: impl Into<String>, definition: impl Into<Node>) -> QuickSight {
        self.dashboards.push((name.into(), definition.into()));
        self
    }

    /// Makes all of it; the role may query.
    pub(super) fn build(
        mut self,
        scope: &Scope,
        title: &str,
        work_group: &Value<ids::athena::WorkGroupName>,
        role: &Role,
    ) -> Vec<quicksight::DashboardHandle> {
        self.check(scope);
        let mut names = BTreeSet::new();
        self.data_sets.retain(|set| names.insert(construct_id(&set.name)));
        let account = intrinsics::account_id();
        let parameters = AthenaParameters::new().work_group(work_group).role_arn(role);
        let own = |actions: &[&'static str]| {
            AnalysisResourcePermission::new()
                .principal(&self.owner)
                .actions(actions.iter().copied())
        };
        let id = title.to_owned();
        let source = quicksight::DataSource::new()
            .aws_account_id(&account)
            .data_source_id(sub!("{AWS::StackName}-{id}"))
            .name(title)
            .r#type("ATHENA")
            .data_source_parameters(DataSourceParameters::new().athena_parameters(parameters))
            .ssl_properties(SslProperties::new().disable_ssl(false))
            .permissions([own(&OWN_SOURCE)])
            .build(scope, "DataSource");
        if let Some(policy) = role.policy() {
            source.depends_on(&policy);
        }
        let sets: Vec<_> = self
            .data_sets
            .iter()
            .map(|set| {
                let name = &set.name;
                let sql = CustomSql::new()
                    .name(name.as_str())
                    .data_source_arn(source.arn())
                    .sql_query(set.sql.as_str())
                    .columns(set.columns.iter().map(|(name, of)| {
                        InputColumn::new().name(name.as_str()).r#type(type_in_quick_sight(*of))
                    }));
                let permission = ActionConnectorResourcePermission::new()
                    .principal(&self.owner)
                    .actions(OWN_DATA_SET);
                let handle = quicksight::DataSet::new()
                    .aws_account_id(&account)
                    .data_set_id(sub!("{AWS::StackName}-{name}"))
                    .name(name.as_str())
                    .import_mode("DIRECT_QUERY")
                    .physical_table_map([(
                        construct_id(name),
                        PhysicalTable::new().custom_sql(sql),
                    )])
                    .permissions([permission])
                    .build(scope, &format!("{}DataSet", construct_id(name)));
                (name.clone(), handle)
            })
            .collect();
        let dashboards = self.dashboards.iter().map(|(name, definition)| {
            let declarations = sets.iter().map(|(name, set)| {
                DataSetIdentifierDeclaration::new()
                    .identifier(name.as_str())
                    .data_set_arn(set.arn().cast::<String>())
            });
            let declared =
                DashboardVersionDefinition::new().data_set_identifier_declarations(declarations);
            let mut whole = declared.into_value().into_node();
            if let (Some(whole), Some(parts)) = (whole.as_map_mut(), definition.as_map()) {
                for (key, value) in parts.iter() {
                    whole.insert(key.clone(), value.clone());
                }
            }
            let id = construct_id(name);
            quicksight::Dashboard::new()
                .aws_account_id(&account)
                .dashboard_id(sub!("{AWS::StackName}-{id}"))
                .name(name.as_str())
                .definition(Value::<DashboardVersionDefinition>::from_node(whole))
                .permissions([own(&OWN_DASHBOARD)])
                .build(scope, &format!("{id}Dashboard"))
        });
        dashboards.collect()
    }

    fn check(&self, scope: &Scope) {
        let report = |message: String, help: &str| {
            let error = Diagnostic::error(codes::BAD_LAKE, message);
            scope.report(error.property("quick_sight").help(help));
        };
        let mut names = BTreeSet::new();
        for set in &self.data_sets {
            if set.columns.is_empty() {
                let message = format!("the data set `{}` has no columns", set.name);
                report(message, "name the columns of its query with `columns`");
            }
            if !names.insert(set.name.as_str()) {
                let message = format!("there are two data sets `{}`", set.name);
                report(message, "give each data set a name of its own");
            }
        }
        for (name, definition) in &self.dashboards {
            let mut used = BTreeSet::new();
            identifiers(definition, &mut used);
            for set in used.into_iter().filter(|set| !names.contains(set)) {
                let message = format!("the dashboard `{name}` shows `{set}`, which is no data set");
                report(message, "give a data set that name, or change the definition");
            }
            if definition.as_map().is_none() {
                let message = format!("the dashboard `{name}` has no definition");
                report(message, "give it a map with `Sheets`");
            }
        }
    }
}

/// The data sets that a definition reads.
fn identifiers<'a>(node: &'a Node, found: &mut BTreeSet<&'a str>) {
    match node {
        Node::Map(map) => {
            for (key, value) in map.iter() {
                match value.as_str() {
                    Some(name) if key == "DataSetIdentifier" => {
                        found.insert(name);
                    }
                    _ => identifiers(value, found),
                }
            }
        }
        Node::List(items) => items.iter().for_each(|item| identifiers(item, found)),
        _ => {}
    }
}

fn type_in_quick_sight(of: ColumnType) -> &'static str {
    match of {
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Int | ColumnType::BigInt => "INTEGER",
        ColumnType::Double | ColumnType::Decimal(..) => "DECIMAL",
        ColumnType::String => "STRING",
        ColumnType::Date | ColumnType::Timestamp => "DATETIME",
    }
}

/// The role that QuickSight takes on to query.
pub(super) fn quick_sight_role(scope: &Scope) -> Role {
    Role::builder()
        .assumed_by(Principal::service("quicksight.amazonaws.com"))
        .description("Lets QuickSight query the lake")
        .build(scope, "QuickSightRole")
}
