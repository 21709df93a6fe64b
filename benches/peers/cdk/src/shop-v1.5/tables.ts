/** The tables that marketing asks, and what a row of each is. */
export const TABLES = [
  {
    name: "customers",
    description: "Who signed up",
    columns: { customer_id: "bigint", signed_up_at: "timestamp", country: "string", birth_year: "int", channel: "string" },
  },
  {
    name: "orders",
    description: "What was bought, and how far it is",
    columns: {
      order_id: "bigint",
      customer_id: "bigint",
      ordered_at: "timestamp",
      status: "string",
      campaign: "string",
      total: "decimal(12,2)",
    },
  },
  {
    name: "order_items",
    description: "What is in an order",
    columns: { order_id: "bigint", product_id: "bigint", quantity: "int", unit_price: "decimal(12,2)" },
  },
  {
    name: "reviews",
    description: "What customers say of products",
    columns: { review_id: "bigint", customer_id: "bigint", product_id: "bigint", rating: "int", written_at: "timestamp" },
  },
  {
    name: "survey_answers",
    description: "An answer to a survey, by the day on which it was given",
    columns: {
      answer_id: "string",
      customer_id: "bigint",
      answered_at: "timestamp",
      satisfaction: "int",
      recommend: "int",
      comment: "string",
    },
  },
  {
    name: "events",
    description: "What a visitor did: viewed a product, put it into the cart, bought",
    columns: {
      event_id: "string",
      event_time: "timestamp",
      session_id: "string",
      customer_id: "bigint",
      event_type: "string",
      product_id: "bigint",
      campaign: "string",
      page: "string",
    },
  },
  {
    name: "customer_profiles",
    description: "What is known of a customer, as of the day of a snapshot",
    columns: {
      customer_id: "bigint",
      signed_up_at: "timestamp",
      country: "string",
      channel: "string",
      last_order_at: "timestamp",
      orders: "bigint",
      revenue: "decimal(14,2)",
      satisfaction: "double",
      sessions: "bigint",
      last_seen_at: "timestamp",
      recency_days: "int",
    },
  },
];

/** What marketing wants to know: each question is a saved query, a data set and a picture; the types are QuickSight's. */
export const QUESTIONS = [
  {
    file: "customer_segments",
    name: "Customer segments",
    description: "Customers by how recently, how often and for how much they bought",
    columns: {
      segment: "STRING",
      customers: "INTEGER",
      average_recency_days: "DECIMAL",
      average_orders: "DECIMAL",
      revenue: "DECIMAL",
    },
  },
  {
    file: "cohort_retention",
    name: "Cohort retention",
    description: "How many of those who first bought in a month buy again later",
    columns: { cohort: "DATETIME", months_later: "INTEGER", cohort_customers: "INTEGER", buyers: "INTEGER", retention: "DECIMAL" },
  },
  {
    file: "basket_by_campaign",
    name: "Basket by campaign",
    description: "How much is in a basket and what it is worth, by campaign",
    columns: { campaign: "STRING", orders: "INTEGER", average_items: "DECIMAL", average_value: "DECIMAL", revenue: "DECIMAL" },
  },
  {
    file: "conversion",
    name: "Conversion",
    description: "How many visits that saw a product end in a purchase, by day and campaign",
    columns: {
      day: "STRING",
      campaign: "STRING",
      visits: "INTEGER",
      carts: "INTEGER",
      purchases: "INTEGER",
      conversion: "DECIMAL",
    },
  },
  {
    file: "satisfaction_by_segment",
    name: "Satisfaction by segment",
    description: "How content customers are, by what they are worth",
    columns: { segment: "STRING", answers: "INTEGER", satisfaction: "DECIMAL", net_promoter_score: "DECIMAL" },
  },
];
