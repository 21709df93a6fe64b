//! The tables that marketing asks, and what a row of each is.

use fc_constructs::analytics::{
    ColumnType::{BigInt, Decimal, Double, Int, String, Timestamp},
    Table,
};

use crate::{Analytics, Kind, data::EXPORTS};

/// The day of a snapshot, of an answer, of an event.
const DAY: &str = "dt";
/// The first day that there is data of.
const FIRST: &str = "2024-04-30";

/// The tables of the database that are exported, as the scripts know them too.
pub(super) const EXPORTED: [&str; 4] = ["customers", "orders", "order_items", "reviews"];

/// The names of the tables that there are.
pub(super) fn known(analytics: &Analytics, live: bool) -> Vec<&'static str> {
    let mut known = EXPORTED.to_vec();
    let visits = |source: &crate::Source| matches!(source.kind, Kind::Clicks | Kind::Logs);
    if live || analytics.sources.iter().any(visits) {
        known.push("events");
    }
    if analytics.pipeline {
        known.extend(["survey_answers", "customer_profiles"]);
    }
    known
}

/// The tables of the exports as they are: a partition for each export.
pub(super) fn exported() -> Vec<Table> {
    database().into_iter().map(|table| table.prefix(EXPORTS).by_added_day(DAY)).collect()
}

/// The tables that the pipeline writes.
pub(super) fn curated() -> Vec<Table> {
    let profiles = Table::parquet("customer_profiles")
        .description("What is known of a customer, as of the day of a snapshot")
        .columns([
            ("customer_id", BigInt),
            ("signed_up_at", Timestamp),
            ("country", String),
            ("channel", String),
            ("last_order_at", Timestamp),
            ("orders", BigInt),
            ("revenue", Decimal(14, 2)),
            ("satisfaction", Double),
            ("sessions", BigInt),
            ("last_seen_at", Timestamp),
            ("recency_days", Int),
        ]);
    let answers = Table::parquet("survey_answers")
        .description("An answer to a survey, by the day on which it was first given")
        .columns([
            ("answer_id", String),
            ("customer_id", BigInt),
            ("answered_at", Timestamp),
            ("satisfaction", Int),
            ("recommend", Int),
            ("comment", String),
        ]);
    let mut tables: Vec<Table> =
        database().into_iter().map(|table| table.by_day(DAY, FIRST)).collect();
    tables.extend([answers.by_day(DAY, FIRST), events(), profiles.by_day(DAY, FIRST)]);
    tables
}

/// What visitors do.
pub(super) fn events() -> Table {
    Table::parquet("events")
        .description("What a visitor did: viewed a product, put it into the cart, bought")
        .columns([
            ("event_id", String),
            ("event_time", Timestamp),
            ("session_id", String),
            ("customer_id", BigInt),
            ("event_type", String),
            ("product_id", BigInt),
            ("campaign", String),
            ("page", String),
        ])
        .by_day(DAY, FIRST)
}

fn database() -> [Table; 4] {
    let customers = [
        ("customer_id", BigInt),
        ("signed_up_at", Timestamp),
        ("country", String),
        ("birth_year", Int),
        ("channel", String),
    ];
    let orders = [
        ("order_id", BigInt),
        ("customer_id", BigInt),
        ("ordered_at", Timestamp),
        ("status", String),
        ("campaign", String),
        ("total", Decimal(12, 2)),
    ];
    let order_items = [
        ("order_id", BigInt),
        ("product_id", BigInt),
        ("quantity", Int),
        ("unit_price", Decimal(12, 2)),
    ];
    let reviews = [
        ("review_id", BigInt),
        ("customer_id", BigInt),
        ("product_id", BigInt),
        ("rating", Int),
        ("written_at", Timestamp),
    ];
    [
        Table::parquet("customers").description("Who signed up").columns(customers),
        Table::parquet("orders").description("What was bought, and how far it is").columns(orders),
        Table::parquet("order_items").description("What is in an order").columns(order_items),
        Table::parquet("reviews").description("What customers say of products").columns(reviews),
    ]
}
