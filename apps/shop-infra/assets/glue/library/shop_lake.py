"""What the jobs of the lake have in common: arguments, sources that are not archived yet, tables by day."""

import json
import re
import sys
from urllib.parse import urlparse

ARCHIVED = ["GLACIER", "DEEP_ARCHIVE"]


def arguments(*names):
    """The arguments of the job, by name."""
    from awsglue.utils import getResolvedOptions

    return getResolvedOptions(sys.argv, ["JOB_NAME", *names])


def contexts(name, values):
    """The Glue context, the Spark session and the job, which keeps the bookmarks."""
    from awsglue.context import GlueContext
    from awsglue.job import Job
    from pyspark.context import SparkContext

    glue = GlueContext(SparkContext.getOrCreate())
    spark = glue.spark_session
    # Only the days that a run has data of are written anew.
    spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    job = Job(glue)
    job.init(name, values)
    return glue, spark, job


def read_files(glue, path, file_format, options=None):
    """All files below a path that are not archived; with bookmarks, those that no earlier run has seen."""
    frame = glue.create_dynamic_frame.from_options(
        connection_type="s3",
        connection_options={
            "paths": [path],
            "recurse": True,
            "excludeStorageClasses": ARCHIVED,
        },
        format=file_format,
        format_options=options or {},
        transformation_ctx=f"read {path}",
    )
    return frame.toDF()


def newest_export(path, client=None):
    """The folder of the newest complete export of the database below a path, and the day of its snapshot.

    RDS writes `export_info_NAME.json` beside the folders of the databases; it says COMPLETE once all files are there.
    """
    if client is None:
        import boto3

        client = boto3.client("s3")
    place = urlparse(path)
    bucket, prefix = place.netloc, place.path.lstrip("/")
    newest = None
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for item in page.get("Contents", []):
            folder, _, name = item["Key"].rpartition("/")
            if not re.fullmatch(r"export_info_.*\.json", name):
                continue
            if item.get("StorageClass") in ARCHIVED:
                continue
            body = client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            info = json.loads(body)
            if info.get("status") != "COMPLETE":
                continue
            day = str(info["snapshotTime"])[:10]
            if newest is None or day > newest[1]:
                newest = (f"s3://{bucket}/{folder}/", day)
    if newest is None:
        raise RuntimeError(f"there is no complete export below {path}")
    return newest


def read_table(spark, target, table, schema):
    """The rows of a table of the lake, with the day as text; none where no job has written it yet."""
    from pyspark.errors import AnalysisException

    try:
        frame = spark.read.parquet(f"{target.rstrip('/')}/{table}/")
    except AnalysisException:
        return spark.createDataFrame([], schema)
    return frame.withColumn("dt", frame["dt"].cast("string"))


def write_table(frame, target, table, partition="dt"):
    """Writes rows as Parquet into a table; the days among them replace what the table had of these days."""
    path = f"{target.rstrip('/')}/{table}/"
    frame.repartition(partition).write.mode("overwrite").partitionBy(partition).parquet(path)


def append_table(frame, target, table, partition="dt"):
    """Adds rows to a table: for sources whose files are read once, and where a day's rows come in more than one run."""
    path = f"{target.rstrip('/')}/{table}/"
    frame.repartition(partition).write.mode("append").partitionBy(partition).parquet(path)


def newest_per_key(frame, key, order):
    """One row for each value of a key: the last one by an order."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    place = Window.partitionBy(key).orderBy(f.col(order).desc())
    return frame.withColumn("_place", f.row_number().over(place)).where("_place = 1").drop("_place")
