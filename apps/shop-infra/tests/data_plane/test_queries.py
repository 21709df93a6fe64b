"""The saved queries: Athena's parser takes them, and they give what they promise, on a few rows with an engine of this process."""

import datetime
import decimal
import unittest
from pathlib import Path

import duckdb
import sqlglot

QUERIES = Path(__file__).parents[2] / "assets" / "athena"
TODAY = datetime.date.today().isoformat()

TABLES = {
    # Two snapshots: the older one must not count.
    "orders": """
        (1, 10, TIMESTAMP '2024-01-05 10:00', 'paid', 'spring', 100.00, '2024-06-01'),
        (2, 10, TIMESTAMP '2024-02-05 10:00', 'delivered', 'spring', 50.00, '2024-06-01'),
        (3, 11, TIMESTAMP '2024-01-15 10:00', 'shipped', NULL, 70.00, '2024-06-01'),
        (4, 12, TIMESTAMP '2024-03-15 10:00', 'cart', NULL, 70.00, '2024-06-01'),
        (3, 11, TIMESTAMP '2024-01-15 10:00', 'shipped', NULL, 70.00, '2024-05-31')
    """,
    "order_items": """
        (1, 7, 2, 50.00, '2024-06-01'),
        (2, 8, 1, 50.00, '2024-06-01'),
        (3, 8, 3, 50.00, '2024-06-01'),
        (3, 8, 3, 50.00, '2024-05-31')
    """,
    "events": f"""
        ('a', TIMESTAMP '2024-06-01 10:00', 's1', 10, 'view', 7, 'spring', '/products/7', '{TODAY}'),
        ('b', TIMESTAMP '2024-06-01 10:01', 's1', 10, 'purchase', 7, NULL, '/orders', '{TODAY}'),
        ('c', TIMESTAMP '2024-06-01 10:01', 's2', NULL, 'view', 7, NULL, '/products/7', '{TODAY}'),
        ('d', TIMESTAMP '2020-06-01 10:01', 's3', NULL, 'view', 7, NULL, '/products/7', '2020-06-01')
    """,
    "survey_answers": """
        ('x', 10, TIMESTAMP '2024-06-01 10:00', 5, 10, '', '2024-06-01'),
        ('y', 11, TIMESTAMP '2024-06-01 10:00', 2, 3, '', '2024-06-01')
    """,
    "customer_profiles": """
        (10, 2, 100, '2024-06-01'),
        (11, 1, 200, '2024-06-01'),
        (11, 1, 100, '2024-05-31')
    """,
}

COLUMNS = {
    "orders": "order_id, customer_id, ordered_at, status, campaign, total, dt",
    "order_items": "order_id, product_id, quantity, unit_price, dt",
    "events": "event_id, event_time, session_id, customer_id, event_type, product_id, campaign, page, dt",
    "survey_answers": "answer_id, customer_id, answered_at, satisfaction, recommend, comment, dt",
    "customer_profiles": "customer_id, orders, recency_days, dt",
}


def run(name):
    """The rows that a query gives, as dictionaries."""
    connection = duckdb.connect()
    for table, rows in TABLES.items():
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM (VALUES {rows}) t ({COLUMNS[table]})")
    result = connection.execute((QUERIES / f"{name}.sql").read_text())
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


class Queries(unittest.TestCase):
    def test_athena_takes_each(self):
        files = sorted(QUERIES.glob("*.sql"))
        self.assertEqual(len(files), 5)
        for file in files:
            with self.subTest(file.name):
                self.assertEqual(len(sqlglot.parse(file.read_text(), read="athena")), 1)

    def test_segments_count_the_newest_snapshot_and_what_was_bought(self):
        rows = run("customer_segments")
        self.assertEqual(sum(row["customers"] for row in rows), 2)
        self.assertEqual(sum(row["revenue"] for row in rows), 220.0)

    def test_one_of_two_buys_again_a_month_later(self):
        rows = [(row["months_later"], row["buyers"], row["retention"]) for row in run("cohort_retention")]
        self.assertEqual(rows, [(0, 2, 1.0), (1, 1, 0.5)])

    def test_baskets_by_campaign(self):
        rows = {row["campaign"]: (row["orders"], row["average_items"], row["revenue"]) for row in run("basket_by_campaign")}
        self.assertEqual(rows, {"spring": (2, decimal.Decimal("1.5"), 150.0), "none": (1, 3, 70.0)})

    def test_conversion_is_of_visits_of_the_last_month(self):
        rows = {row["campaign"]: (row["day"], row["visits"], row["conversion"]) for row in run("conversion")}
        self.assertEqual(rows, {"spring": (TODAY, 1, 1.0), "none": (TODAY, 1, 0.0)})

    def test_satisfaction_by_segment(self):
        rows = {row["segment"]: (row["satisfaction"], row["net_promoter_score"]) for row in run("satisfaction_by_segment")}
        self.assertEqual(rows, {"occasional": (5.0, 100.0), "lost": (2.0, -100.0)})


if __name__ == "__main__":
    unittest.main()
