"""Makes tables of the newest export of the shop's database.

RDS exports a table as Parquet below `FOLDER/DATABASE/DATABASE.TABLE/`. Only the columns that analyses need are kept: no names, no
addresses.
"""

import shop_lake

DATABASE = "shop"

# The tables and their columns, as in the catalog.
TABLES = {
    "customers": {
        "customer_id": "bigint",
        "signed_up_at": "timestamp",
        "country": "string",
        "birth_year": "int",
        "channel": "string",
    },
    "orders": {
        "order_id": "bigint",
        "customer_id": "bigint",
        "ordered_at": "timestamp",
        "status": "string",
        "campaign": "string",
        "total": "decimal(12,2)",
    },
    "order_items": {
        "order_id": "bigint",
        "product_id": "bigint",
        "quantity": "int",
        "unit_price": "decimal(12,2)",
    },
    "reviews": {
        "review_id": "bigint",
        "customer_id": "bigint",
        "product_id": "bigint",
        "rating": "int",
        "written_at": "timestamp",
    },
}

KEYS = {
    "customers": ["customer_id"],
    "orders": ["order_id"],
    "order_items": ["order_id", "product_id"],
    "reviews": ["review_id"],
}


def refine(frame, table, day):
    """The rows of a table as of the day of the snapshot: typed, each once, without those that have no key."""
    from pyspark.sql import functions as f

    columns = [f.col(name).cast(of).alias(name) for name, of in TABLES[table].items()]
    rows = frame.select(*columns).dropna(subset=KEYS[table]).dropDuplicates(KEYS[table])
    return rows.withColumn("dt", f.lit(day))


def main():
    values = shop_lake.arguments("SOURCE_PATH", "TARGET_PATH")
    _, spark, job = shop_lake.contexts(values["JOB_NAME"], values)
    export, day = shop_lake.newest_export(values["SOURCE_PATH"])
    for table in TABLES:
        frame = spark.read.option("recursiveFileLookup", "true").parquet(
            f"{export}{DATABASE}/{DATABASE}.{table}/"
        )
        shop_lake.write_table(refine(frame, table, day), values["TARGET_PATH"], table)
    job.commit()


if __name__ == "__main__":
    main()
