//! What marketing wants to know: each question is a saved query, a data set of QuickSight and a picture on its dashboard.

use fc_cdk::{Node, json};
use fc_constructs::analytics::{
    ColumnType::{self, BigInt, Date, Double, String as Text},
    DataSet, NamedQuery,
};

struct Question {
    /// The name of the query; in lower case with dashes, that of the data set.
    name: &'static str,
    about: &'static str,
    sql: &'static str,
    /// A visual of QuickSight, as JSON.
    visual: &'static str,
    columns: &'static [(&'static str, ColumnType)],
    tables: &'static [&'static str],
}

/// The files of a question.
macro_rules! question {
    ($file:literal, $name:literal, $about:literal, $tables:expr, $columns:expr) => {
        Question {
            name: $name,
            about: $about,
            sql: include_str!(concat!("../../assets/athena/", $file, ".sql")),
            visual: include_str!(concat!("../../assets/quicksight/", $file, ".json")),
            columns: &$columns,
            tables: &$tables,
        }
    };
}

const QUESTIONS: [Question; 5] = [
    question!(
        "customer_segments",
        "Customer segments",
        "Customers by how recently, how often and for how much they bought",
        ["orders"],
        [
            ("segment", Text),
            ("customers", BigInt),
            ("average_recency_days", Double),
            ("average_orders", Double),
            ("revenue", Double),
        ]
    ),
    question!(
        "cohort_retention",
        "Cohort retention",
        "How many of those who first bought in a month buy again later",
        ["orders"],
        [
            ("cohort", Date),
            ("months_later", BigInt),
            ("cohort_customers", BigInt),
            ("buyers", BigInt),
            ("retention", Double),
        ]
    ),
    question!(
        "basket_by_campaign",
        "Basket by campaign",
        "How much is in a basket and what it is worth, by campaign",
        ["orders", "order_items"],
        [
            ("campaign", Text),
            ("orders", BigInt),
            ("average_items", Double),
            ("average_value", Double),
            ("revenue", Double),
        ]
    ),
    question!(
        "conversion",
        "Conversion",
        "How many visits that saw a product end in a purchase, by day and campaign",
        ["events"],
        [
            ("day", Text),
            ("campaign", Text),
            ("visits", BigInt),
            ("carts", BigInt),
            ("purchases", BigInt),
            ("conversion", Double),
        ]
    ),
    question!(
        "satisfaction_by_segment",
        "Satisfaction by segment",
        "How content customers are, by what they are worth",
        ["survey_answers", "customer_profiles"],
        [
            ("segment", Text),
            ("answers", BigInt),
            ("satisfaction", Double),
            ("net_promoter_score", Double),
        ]
    ),
];

/// The questions that these tables answer: queries, data sets, and the dashboard.
pub(super) fn about(tables: &[&str]) -> (Vec<NamedQuery>, Vec<DataSet>, Node) {
    let answered = |question: &&Question| question.tables.iter().all(|name| tables.contains(name));
    let (mut queries, mut data_sets, mut visuals) = (Vec::new(), Vec::new(), Vec::new());
    for question in QUESTIONS.iter().filter(answered) {
        queries.push(NamedQuery::new(question.name, question.sql).description(question.about));
        let id = question.name.to_lowercase().replace(' ', "-");
        let columns = question.columns.iter().copied();
        data_sets.push(DataSet::new(id, question.sql).columns(columns));
        // A file that is no JSON gives no visual, which the test below would see.
        visuals.extend(Node::parse_json(question.visual));
    }
    let sheet = json!({ "SheetId": "marketing", "Name": "Marketing", "Visuals": visuals });
    (queries, data_sets, json!({ "Sheets": [sheet] }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_a_picture() {
        let tables: Vec<&str> =
            QUESTIONS.iter().flat_map(|question| question.tables).copied().collect();
        let (queries, data_sets, dashboard) = about(&tables);
        let visuals = dashboard.pointer("/Sheets/0/Visuals").and_then(Node::as_list);
        let numbers = (queries.len(), data_sets.len(), visuals.map(<[Node]>::len));
        assert_eq!(numbers, (QUESTIONS.len(), QUESTIONS.len(), Some(QUESTIONS.len())));
    }

    #[test]
    fn what_has_no_data_is_not_asked() {
        let (queries, ..) = about(&["orders"]);
        assert_eq!(queries.len(), 2);
    }
}
