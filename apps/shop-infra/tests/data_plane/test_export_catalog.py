"""The function that adds exports to the catalog, against stubs of RDS and Glue."""

import contextlib
import datetime
import importlib.util
import io
import os
import unittest
from pathlib import Path
from unittest import mock

import boto3
from botocore.stub import ANY, Stubber

FILE = Path(__file__).parents[2] / "assets" / "functions" / "export_catalog" / "index.py"
SNAPSHOT = "arn:aws:rds:ap-northeast-1:111122223333:snapshot:rds:shop-2024-05-10-18-05"
FOLDER = "s3://archive/exports/rds-shop-2024-05-10-18-05-0a1b2c3d/shop/shop.orders/"


def event(event_id="RDS-EVENT-0161"):
    return {"source": "aws.rds", "detail": {"EventID": event_id, "SourceArn": SNAPSHOT}}


def task(status):
    return {
        "ExportTaskIdentifier": "rds-shop-2024-05-10-18-05-0a1b2c3d",
        "S3Bucket": "archive",
        "S3Prefix": "exports",
        "SnapshotTime": datetime.datetime(2024, 5, 10, 18, 5, tzinfo=datetime.timezone.utc),
        "Status": status,
    }


class ExportCatalog(unittest.TestCase):
    def setUp(self):
        variables = {"DATABASE": "shop", "SCHEMA": "shop", "TABLES": '["orders"]'}
        self.enterContext(mock.patch.dict(os.environ, variables))
        self.enterContext(contextlib.redirect_stdout(io.StringIO()))
        spec = importlib.util.spec_from_file_location("export_catalog", FILE)
        self.code = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.code)
        keys = {"region_name": "ap-northeast-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}
        self.rds, self.glue = boto3.client("rds", **keys), boto3.client("glue", **keys)
        self.code._clients.update(rds=self.rds, glue=self.glue)
        self.of_rds = self.enterContext(Stubber(self.rds))
        self.of_glue = self.enterContext(Stubber(self.glue))

    def told(self, *tasks):
        self.of_rds.add_response("describe_export_tasks", {"ExportTasks": list(tasks)}, {"SourceArn": SNAPSHOT})

    def table(self):
        storage = {"Location": "s3://archive/exports/", "Columns": [{"Name": "order_id", "Type": "bigint"}]}
        self.of_glue.add_response("get_table", {"Table": {"Name": "orders", "StorageDescriptor": storage}})

    def partition(self):
        storage = {"Location": FOLDER, "Columns": [{"Name": "order_id", "Type": "bigint"}]}
        return {
            "DatabaseName": "shop",
            "TableName": "orders",
            "PartitionInput": {"Values": ["2024-05-10"], "StorageDescriptor": storage},
        }

    def test_a_complete_export_becomes_a_partition(self):
        self.told(task("COMPLETE"))
        self.table()
        self.of_glue.add_response("create_partition", {}, self.partition())
        self.assertEqual(self.code.handler(event(), None), {"added": [FOLDER]})
        self.of_glue.assert_no_pending_responses()

    def test_the_second_event_changes_nothing(self):
        self.told(task("COMPLETE"))
        self.table()
        self.of_glue.add_client_error("create_partition", "AlreadyExistsException", expected_params=ANY_PARTITION)
        self.of_glue.add_response("update_partition", {}, {**self.partition(), "PartitionValueList": ["2024-05-10"]})
        self.assertEqual(self.code.handler(event(), None), {"added": [FOLDER]})
        self.of_glue.assert_no_pending_responses()

    def test_what_is_not_complete_is_left_alone(self):
        self.told(task("IN_PROGRESS"))
        self.assertEqual(self.code.handler(event(), None), {"added": []})
        self.assertEqual(self.code.handler(event("RDS-EVENT-0160"), None), {"added": []})


ANY_PARTITION = {"DatabaseName": ANY, "TableName": ANY, "PartitionInput": ANY}


if __name__ == "__main__":
    unittest.main()
