"""Brings all sources together: the table `customer_profiles`, one row for each customer and day of a snapshot.

It says how recently, how often and for how much a customer has bought, how content the customer is, and how often the shop was visited.
"""

import shop_lake

# What says that an order counts as bought.
BOUGHT = ["paid", "shipped", "delivered"]


def newest_day(frame):
    """The day of the newest snapshot in a table."""
    return frame.agg({"dt": "max"}).first()[0]


def profiles(customers, orders, answers, events, day):
    """A row for each customer, as of a day."""
    from pyspark.sql import functions as f

    bought = orders.where(f.col("status").isin(BOUGHT)).groupBy("customer_id")
    bought = bought.agg(
        f.max("ordered_at").alias("last_order_at"),
        f.count("*").alias("orders"),
        f.sum("total").cast("decimal(14,2)").alias("revenue"),
    )
    content = answers.groupBy("customer_id").agg(
        f.avg("satisfaction").cast("double").alias("satisfaction")
    )
    visits = events.where("customer_id IS NOT NULL").groupBy("customer_id")
    visits = visits.agg(
        f.countDistinct("session_id").alias("sessions"),
        f.max("event_time").alias("last_seen_at"),
    )
    rows = customers.select("customer_id", "signed_up_at", "country", "channel")
    for other in (bought, content, visits):
        rows = rows.join(other, "customer_id", "left")
    rows = rows.fillna({"orders": 0, "sessions": 0})
    rows = rows.withColumn("revenue", f.coalesce("revenue", f.lit(0)).cast("decimal(14,2)"))
    recency = f.datediff(f.lit(day).cast("date"), f.to_date("last_order_at"))
    return rows.withColumn("recency_days", recency).withColumn("dt", f.lit(day))


def main():
    values = shop_lake.arguments("TARGET_PATH")
    _, spark, job = shop_lake.contexts(values["JOB_NAME"], values)
    target = values["TARGET_PATH"]
    customers = spark.read.parquet(f"{target}customers/")
    day = str(newest_day(customers))
    orders = spark.read.parquet(f"{target}orders/").where(f"dt = '{day}'")
    schema = "customer_id bigint, satisfaction int"
    answers = shop_lake.read_table(spark, target, "survey_answers", schema)
    schema = "customer_id bigint, session_id string, event_time timestamp"
    events = shop_lake.read_table(spark, target, "events", schema)
    rows = profiles(customers.where(f"dt = '{day}'"), orders, answers, events, day)
    shop_lake.write_table(rows, target, "customer_profiles")
    job.commit()


if __name__ == "__main__":
    main()
