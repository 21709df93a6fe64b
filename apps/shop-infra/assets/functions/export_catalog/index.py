"""Adds an export of the database to the catalog: a partition for its day in each table, so that Athena finds it.

RDS tells that the export of a snapshot is complete. Where it put the files has no name that could be computed, so the catalog is told. The event
may come twice: the second time changes nothing.

Environment:
    DATABASE  the database in Glue's catalog
    TABLES    JSON list of the tables, which are called in the catalog as in the database
    SCHEMA    the database in MySQL
"""

import json
import os

import boto3
from botocore.config import Config

COMPLETE = "RDS-EVENT-0161"

_clients = {}


def client(service):
    """The client of a service, made once. It repeats what is throttled or fails by chance, with growing pauses."""
    if service not in _clients:
        retries = {"mode": "standard", "total_max_attempts": 4}
        config = Config(connect_timeout=5, read_timeout=20, retries=retries)
        _clients[service] = boto3.client(service, config=config)
    return _clients[service]


def handler(event, context):
    """Adds the complete exports of the snapshot that the event is about."""
    detail = event.get("detail") or {}
    if detail.get("EventID") != COMPLETE:
        return {"added": []}
    tasks = client("rds").describe_export_tasks(SourceArn=detail["SourceArn"])["ExportTasks"]
    added = []
    for task in tasks:
        if task.get("Status") == "COMPLETE":
            added += [add(table, task) for table in json.loads(os.environ["TABLES"])]
    print(json.dumps({"level": "info", "event": "added", "partitions": added}), flush=True)
    return {"added": added}


def add(table, task):
    """Adds the partition of an export to a table; an export of the same day takes its place."""
    glue, database, schema = client("glue"), os.environ["DATABASE"], os.environ["SCHEMA"]
    day = task["SnapshotTime"].strftime("%Y-%m-%d")
    prefix = "/".join(part for part in (task.get("S3Prefix", "").strip("/"), task["ExportTaskIdentifier"]) if part)
    location = f"s3://{task['S3Bucket']}/{prefix}/{schema}/{schema}.{table}/"
    storage = glue.get_table(DatabaseName=database, Name=table)["Table"]["StorageDescriptor"]
    partition = {"Values": [day], "StorageDescriptor": {**storage, "Location": location}}
    where = {"DatabaseName": database, "TableName": table, "PartitionInput": partition}
    try:
        glue.create_partition(**where)
    except glue.exceptions.AlreadyExistsException:
        glue.update_partition(PartitionValueList=[day], **where)
    return location
