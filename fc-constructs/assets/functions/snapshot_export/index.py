"""Takes snapshots of a database, and exports them to S3 as Parquet.

Two events start it: {"action": "snapshot", "time": "2024-05-24T01:00:00Z"} of a schedule makes a snapshot, and an event of RDS about a
finished snapshot exports that one. Either may come twice: the names of snapshots and exports follow from the event, so the second
does nothing.

Environment:
    DATABASE        identifier of the instance or cluster
    CLUSTER         "true" where it is a cluster
    BUCKET, PREFIX  where the export goes; the prefix has no slash at its end
    ROLE            ARN of the role that RDS writes to the bucket with
    KEY             ARN of the key that encrypts the export
    TABLES          JSON list of what to export, such as ["shop.orders"]; everything where it is empty
    SNAPSHOT_PREFIX what the names of snapshots made here begin with
    KEEP            how many snapshots made here are kept
"""

import hashlib
import json
import os
import re
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# Snapshots that are there whole: automated and manual ones, of instances and of clusters.
FINISHED = {"RDS-EVENT-0042", "RDS-EVENT-0091", "RDS-EVENT-0075", "RDS-EVENT-0169"}
# The longest names that RDS takes for an export and for a snapshot.
LONGEST_EXPORT = 60
LONGEST_SNAPSHOT = 255
# How often an export is tried, the first time included.
TRIES = 3

_rds = None


class NotExported(Exception):
    """RDS has not taken the export, and will not take it the next time."""


def handler(event, context):
    """Makes a snapshot or exports one, as the event says."""
    if event.get("action") == "snapshot":
        return snapshot(event["time"])
    detail = event.get("detail") or {}
    identifier = detail.get("SourceIdentifier", "")
    if event.get("source") == "aws.rds" and detail.get("EventID") in FINISHED and is_ours(identifier):
        return export(detail["SourceArn"], identifier)
    log("warning", "ignored", id=detail.get("EventID"), type=event.get("detail-type"), snapshot=identifier)
    return {"ignored": True}


def log(level, event, **fields):
    """One line of JSON, as CloudWatch Logs Insights reads it."""
    print(json.dumps({"level": level, "event": event, **fields}, default=str), flush=True)


def rds():
    """The client of RDS, made once. It repeats what is throttled or fails by chance, with growing pauses."""
    global _rds
    if _rds is None:
        config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
        _rds = boto3.client("rds", config=config)
    return _rds


def is_cluster():
    return os.environ.get("CLUSTER") == "true"


def is_ours(identifier):
    """Whether a snapshot is one that is exported: an automated one of this database, and not of `shop-2` where this is `shop`, or one
    made here."""
    starts = [re.escape(os.environ["SNAPSHOT_PREFIX"]), f"rds:{re.escape(os.environ['DATABASE'])}-"]
    return re.fullmatch(rf"({'|'.join(starts)})\d{{4}}(-\d\d){{4}}", identifier) is not None


def code(error):
    """AWS's word for an error, without the `Fault` that some have at their end."""
    return error.response.get("Error", {}).get("Code", "").removesuffix("Fault")


# Snapshots


def snapshot(time):
    """Makes the snapshot of a point in the schedule, and deletes those of which there are too many."""
    moment = datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone(timezone.utc)
    name = f"{os.environ['SNAPSHOT_PREFIX']}{moment:%Y-%m-%d-%H-%M}"[:LONGEST_SNAPSHOT]
    tags = [{"Key": "made-by", "Value": "snapshot-export"}]
    try:
        if is_cluster():
            rds().create_db_cluster_snapshot(DBClusterIdentifier=os.environ["DATABASE"], DBClusterSnapshotIdentifier=name, Tags=tags)
        else:
            rds().create_db_snapshot(DBInstanceIdentifier=os.environ["DATABASE"], DBSnapshotIdentifier=name, Tags=tags)
        log("info", "snapshot started", snapshot=name)
    except ClientError as error:
        if code(error) not in ("DBSnapshotAlreadyExists", "DBClusterSnapshotAlreadyExists"):
            raise
        log("info", "snapshot is there already", snapshot=name)
    deleted = prune(name)
    return {"snapshot": name, "deleted": deleted}


def prune(newest):
    """Deletes the oldest snapshots made here; none that is being exported, and none that others made."""
    made = [(name, arn) for name, arn in finished_snapshots() if name != newest]
    keep = max(0, int(os.environ["KEEP"]) - 1)
    deleted = []
    for name, arn in made[keep:]:
        if exporting(arn):
            log("info", "snapshot is being exported", snapshot=name)
            continue
        try:
            if is_cluster():
                rds().delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)
            else:
                rds().delete_db_snapshot(DBSnapshotIdentifier=name)
        except ClientError as error:
            # It is gone, or somebody is at it: the next run sees.
            if code(error) not in ("DBSnapshotNotFound", "DBClusterSnapshotNotFound", "InvalidDBSnapshotState", "InvalidDBClusterSnapshotState"):
                raise
            log("warning", "snapshot not deleted", snapshot=name, reason=code(error))
            continue
        log("info", "snapshot deleted", snapshot=name)
        deleted.append(name)
    return deleted


def finished_snapshots():
    """Names and ARNs of the finished snapshots made here, the newest first."""
    kind = "DBCluster" if is_cluster() else "DB"
    operation = "describe_db_cluster_snapshots" if is_cluster() else "describe_db_snapshots"
    database = {"DBClusterIdentifier" if is_cluster() else "DBInstanceIdentifier": os.environ["DATABASE"]}
    found = []
    for page in rds().get_paginator(operation).paginate(SnapshotType="manual", **database):
        for one in page[f"{kind}Snapshots"]:
            name = one[f"{kind}SnapshotIdentifier"]
            if name.startswith(os.environ["SNAPSHOT_PREFIX"]) and one.get("Status") == "available":
                found.append((one["SnapshotCreateTime"], name, one[f"{kind}SnapshotArn"]))
    return [(name, arn) for _, name, arn in sorted(found, reverse=True)]


def exporting(arn):
    """Whether an export of the snapshot is under way."""
    tasks = rds().describe_export_tasks(SourceArn=arn).get("ExportTasks", [])
    return any(task.get("Status") in ("STARTING", "IN_PROGRESS", "CANCELING") for task in tasks)


# Exports


def export(arn, identifier):
    """Starts the export of a snapshot, unless it has been started before; one that failed is tried again under another name."""
    tables = json.loads(os.environ.get("TABLES") or "[]")
    for attempt in range(1, TRIES + 1):
        name = export_name(arn, identifier, attempt)
        request = {
            "ExportTaskIdentifier": name,
            "SourceArn": arn,
            "S3BucketName": os.environ["BUCKET"],
            "S3Prefix": os.environ["PREFIX"],
            "IamRoleArn": os.environ["ROLE"],
            "KmsKeyId": os.environ["KEY"],
        }
        if tables:
            request["ExportOnly"] = tables
        try:
            task = rds().start_export_task(**request)
            log("info", "export started", export=name, snapshot=identifier, status=task.get("Status"))
            return {"export": name}
        except ClientError as error:
            if code(error) != "ExportTaskAlreadyExists":
                raise
        status = export_status(arn, name)
        if status not in ("FAILED", "CANCELED"):
            log("info", "export is there already", export=name, snapshot=identifier, status=status)
            return {"export": name, "status": status}
        log("warning", "export had failed", export=name, snapshot=identifier, status=status)
    raise NotExported(f"{TRIES} exports of the snapshot {identifier} have failed")


def export_status(arn, name):
    """What has become of an export; RDS forgets them after a while."""
    tasks = rds().describe_export_tasks(SourceArn=arn).get("ExportTasks", [])
    return next((task.get("Status") for task in tasks if task.get("ExportTaskIdentifier") == name), "UNKNOWN")


def export_name(arn, identifier, attempt):
    """The name of an export: that of the snapshot, as far as RDS takes it, and a digest of the ARN. The same each time."""
    plain = re.sub(r"[^a-z0-9]+", "-", identifier.lower()).strip("-")
    if not plain[:1].isalpha():
        plain = f"s-{plain}"
    end = hashlib.sha256(arn.encode()).hexdigest()[:8] + (f"-{attempt}" if attempt > 1 else "")
    start = plain[: LONGEST_EXPORT - len(end) - 1].rstrip("-")
    return f"{start}-{end}"
