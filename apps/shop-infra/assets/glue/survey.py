"""Makes the table `survey_answers` of the answers to surveys: CSV files with a header, one row for each answer.

An answer that was corrected stands in several files; the last one counts, and stays with the day of the first. Files are archived after a
while, so what the table has already is kept.
"""

import shop_lake

COLUMNS = {
    "answer_id": "string",
    "customer_id": "bigint",
    "answered_at": "timestamp",
    "satisfaction": "int",
    "recommend": "int",
    "comment": "string",
}


def refine(frame):
    """Typed answers with values that the questions allow: 1 to 5 for satisfaction, 0 to 10 for recommending."""
    from pyspark.sql import functions as f

    columns = [f.col(name).cast(of).alias(name) for name, of in COLUMNS.items()]
    rows = frame.select(*columns).dropna(subset=["answer_id", "answered_at"])
    rows = rows.where("satisfaction BETWEEN 1 AND 5")
    rows = rows.where("recommend IS NULL OR recommend BETWEEN 0 AND 10")
    return rows.withColumn("dt", f.date_format("answered_at", "yyyy-MM-dd"))


def merge(new, known):
    """Each answer once, as it was given last, with the day on which it was given first."""
    from pyspark.sql import functions as f

    both = new.unionByName(known)
    days = both.groupBy("answer_id").agg(f.min("dt").alias("dt"))
    newest = shop_lake.newest_per_key(both.drop("dt"), "answer_id", "answered_at")
    return newest.join(days, "answer_id")


def main():
    values = shop_lake.arguments("SOURCE_PATH", "TARGET_PATH")
    glue, spark, job = shop_lake.contexts(values["JOB_NAME"], values)
    options = {"withHeader": True, "separator": ",", "quoteChar": '"'}
    frame = shop_lake.read_files(glue, values["SOURCE_PATH"], "csv", options)
    # Nothing was answered since the files were archived.
    if frame.columns:
        target = values["TARGET_PATH"]
        schema = ", ".join(f"{name} {of}" for name, of in {**COLUMNS, "dt": "string"}.items())
        known = shop_lake.read_table(spark, target, "survey_answers", schema)
        # In full before anything is written, since it is read from where it is written to.
        rows = merge(refine(frame), known).localCheckpoint()
        shop_lake.write_table(rows, target, "survey_answers")
    job.commit()


if __name__ == "__main__":
    main()
