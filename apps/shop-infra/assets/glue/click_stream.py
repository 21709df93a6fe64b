"""Makes the table `events` of what visitors click: JSON lines that the application writes, one for each event."""

import shop_lake

COLUMNS = {
    "event_id": "string",
    "event_time": "timestamp",
    "session_id": "string",
    "customer_id": "bigint",
    "event_type": "string",
    "product_id": "bigint",
    "campaign": "string",
    "page": "string",
}

EVENT_TYPES = ["view", "cart", "purchase"]


def refine(frame):
    """Typed events of the kinds that analyses know, each once, with the day on which they happened."""
    from pyspark.sql import functions as f

    # A field that no event of a file has is no column of it.
    columns = [
        (f.col(name) if name in frame.columns else f.lit(None)).cast(of).alias(name)
        for name, of in COLUMNS.items()
    ]
    rows = frame.select(*columns).dropna(subset=["event_id", "event_time", "session_id"])
    rows = rows.where(f.col("event_type").isin(EVENT_TYPES)).dropDuplicates(["event_id"])
    return rows.withColumn("dt", f.date_format("event_time", "yyyy-MM-dd"))


def main():
    values = shop_lake.arguments("SOURCE_PATH", "TARGET_PATH")
    glue, _, job = shop_lake.contexts(values["JOB_NAME"], values)
    frame = shop_lake.read_files(glue, values["SOURCE_PATH"], "json")
    if frame.columns:
        shop_lake.append_table(refine(frame), values["TARGET_PATH"], "events")
    job.commit()


if __name__ == "__main__":
    main()
