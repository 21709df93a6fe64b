"""The exporter of snapshots against stubs of RDS, which also check each request against the model of its API."""

import contextlib
import io
import json
import os
import re
import unittest
from datetime import datetime, timezone
from unittest import mock

import boto3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from load import load

AUTOMATED = "rds:shop-db-2024-05-24-18-05"
ARN = f"arn:aws:rds:ap-northeast-1:111122223333:snapshot:{AUTOMATED}"
ENVIRONMENT = {
    "DATABASE": "shop-db",
    "CLUSTER": "false",
    "BUCKET": "backup",
    "PREFIX": "rds/shop-db",
    "ROLE": "arn:aws:iam::111122223333:role/export",
    "KEY": "arn:aws:kms:ap-northeast-1:111122223333:key/1",
    "TABLES": "",
    "SNAPSHOT_PREFIX": "shop-db-export-",
    "KEEP": "2",
}


def finished(identifier=AUTOMATED, arn=ARN, event="RDS-EVENT-0091"):
    detail = {"EventCategories": ["creation"], "SourceType": "SNAPSHOT", "SourceArn": arn, "SourceIdentifier": identifier, "EventID": event}
    return {"source": "aws.rds", "detail-type": "RDS DB Snapshot Event", "detail": detail}


def described(name, day, status="available"):
    return {
        "DBSnapshotIdentifier": name,
        "DBSnapshotArn": f"arn:aws:rds:ap-northeast-1:111122223333:snapshot:{name}",
        "SnapshotCreateTime": datetime(2024, 5, day, tzinfo=timezone.utc),
        "Status": status,
    }


class SnapshotExport(unittest.TestCase):
    def setUp(self):
        self.module = load("snapshot_export")
        self.environment(**ENVIRONMENT)
        client = boto3.client("rds", region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
        self.stub = Stubber(client)
        self.stub.activate()
        self.module._rds = client
        self.out = io.StringIO()

    def tearDown(self):
        self.stub.assert_no_pending_responses()

    def environment(self, **variables):
        patch = mock.patch.dict(os.environ, variables)
        patch.start()
        self.addCleanup(patch.stop)

    def run_handler(self, event):
        with contextlib.redirect_stdout(self.out):
            return self.module.handler(event, None)

    def events(self):
        return [json.loads(line)["event"] for line in self.out.getvalue().splitlines()]

    def request(self, attempt=1, **more):
        name = self.module.export_name(ARN, AUTOMATED, attempt)
        return {
            "ExportTaskIdentifier": name,
            "SourceArn": ARN,
            "S3BucketName": "backup",
            "S3Prefix": "rds/shop-db",
            "IamRoleArn": ENVIRONMENT["ROLE"],
            "KmsKeyId": ENVIRONMENT["KEY"],
            **more,
        }

    def starts(self, attempt=1, **more):
        self.stub.add_response("start_export_task", {"Status": "STARTING"}, self.request(attempt, **more))

    def is_there(self, status, attempt=1):
        name = self.module.export_name(ARN, AUTOMATED, attempt)
        self.stub.add_client_error("start_export_task", "ExportTaskAlreadyExists", expected_params=self.request(attempt))
        tasks = [{"ExportTaskIdentifier": name, "Status": status}] if status else []
        self.stub.add_response("describe_export_tasks", {"ExportTasks": tasks}, {"SourceArn": ARN})

    def test_a_finished_snapshot_is_exported(self):
        self.starts()
        result = self.run_handler(finished())
        self.assertEqual(result, {"export": "rds-shop-db-2024-05-24-18-05-" + result["export"][-8:]})

    def test_only_some_tables_may_be_exported(self):
        self.environment(TABLES='["shop.orders", "shop.customers"]')
        self.starts(ExportOnly=["shop.orders", "shop.customers"])
        self.run_handler(finished())

    def test_the_same_event_twice_is_one_export(self):
        self.starts()
        self.is_there("IN_PROGRESS")
        first = self.run_handler(finished())
        second = self.run_handler(finished())
        self.assertEqual(first["export"], second["export"])
        self.assertEqual(self.events(), ["export started", "export is there already"])

    def test_an_export_that_rds_has_forgotten_is_done(self):
        self.is_there(None)
        self.assertEqual(self.run_handler(finished())["status"], "UNKNOWN")

    def test_an_export_that_failed_is_tried_again_under_another_name(self):
        self.is_there("FAILED")
        self.starts(attempt=2)
        self.assertTrue(self.run_handler(finished())["export"].endswith("-2"))

    def test_after_three_failures_it_is_an_error(self):
        for attempt in (1, 2, 3):
            self.is_there("FAILED", attempt)
        with self.assertRaisesRegex(self.module.NotExported, "3 exports of the snapshot rds:shop-db"):
            self.run_handler(finished())

    def test_other_errors_are_left_to_the_retries_of_lambda(self):
        self.stub.add_client_error("start_export_task", "KMSKeyNotAccessibleFault")
        with self.assertRaisesRegex(ClientError, "KMSKeyNotAccessible"):
            self.run_handler(finished())

    def test_events_about_something_else_are_ignored(self):
        self.assertEqual(self.run_handler(finished(event="RDS-EVENT-0041")), {"ignored": True})
        self.assertEqual(self.run_handler({}), {"ignored": True})
        for identifier in ("rds:shop-db-2-2024-05-24-18-05", "by-hand", "rds:shopxdb-2024-05-24-18-05"):
            self.assertEqual(self.run_handler(finished(identifier)), {"ignored": True})

    def test_a_snapshot_that_was_made_here_is_exported(self):
        name = "shop-db-export-2024-05-24-01-00"
        arn = f"arn:aws:rds:ap-northeast-1:111122223333:snapshot:{name}"
        self.stub.add_response("start_export_task", {"Status": "STARTING"})
        result = self.run_handler(finished(name, arn, "RDS-EVENT-0042"))
        self.assertTrue(result["export"].startswith(name))

    def test_names_of_exports_are_what_rds_takes(self):
        longest = "rds:" + "x" * 63 + "-2024-05-24-18-05"
        names = [self.module.export_name("arn" + str(place), identifier, attempt) for place, identifier in enumerate([AUTOMATED, longest, "2024--x", "-", "A.B"]) for attempt in (1, 2)]
        for name in names:
            # See <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartExportTask.html>.
            self.assertRegex(name, re.compile(r"^[a-z](?!.*--)[a-z0-9-]{0,59}$"))
            self.assertFalse(name.endswith("-"))
        self.assertEqual(len(set(names)), len(names))

    def test_a_snapshot_is_made_and_the_oldest_deleted(self):
        name = "shop-db-export-2024-05-24-01-00"
        self.stub.add_response("create_db_snapshot", {}, {"DBInstanceIdentifier": "shop-db", "DBSnapshotIdentifier": name, "Tags": [{"Key": "made-by", "Value": "snapshot-export"}]})
        snapshots = [
            described("shop-db-export-21", 21),
            described("shop-db-export-23", 23),
            described("shop-db-export-22", 22),
            described("shop-db-export-20", 20, "creating"),
            described("by-hand", 1),
        ]
        self.stub.add_response("describe_db_snapshots", {"DBSnapshots": snapshots}, {"SnapshotType": "manual", "DBInstanceIdentifier": "shop-db"})
        arn = "arn:aws:rds:ap-northeast-1:111122223333:snapshot:shop-db-export-2"
        self.stub.add_response("describe_export_tasks", {"ExportTasks": [{"Status": "IN_PROGRESS"}]}, {"SourceArn": arn + "2"})
        self.stub.add_response("describe_export_tasks", {"ExportTasks": [{"Status": "COMPLETE"}]}, {"SourceArn": arn + "1"})
        self.stub.add_response("delete_db_snapshot", {}, {"DBSnapshotIdentifier": "shop-db-export-21"})
        result = self.run_handler({"action": "snapshot", "time": "2024-05-24T10:00:00+09:00"})
        self.assertEqual(result, {"snapshot": name, "deleted": ["shop-db-export-21"]})

    def test_the_same_time_twice_is_one_snapshot(self):
        self.stub.add_client_error("create_db_snapshot", "DBSnapshotAlreadyExists")
        self.stub.add_response("describe_db_snapshots", {"DBSnapshots": []})
        self.assertEqual(self.run_handler({"action": "snapshot", "time": "2024-05-24T01:00:00Z"})["deleted"], [])
        self.assertEqual(self.events(), ["snapshot is there already"])

    def test_a_snapshot_that_somebody_deletes_too_is_no_error(self):
        self.environment(KEEP="1")
        self.stub.add_response("create_db_snapshot", {})
        self.stub.add_response("describe_db_snapshots", {"DBSnapshots": [described("shop-db-export-20", 20)]})
        self.stub.add_response("describe_export_tasks", {"ExportTasks": []})
        self.stub.add_client_error("delete_db_snapshot", "DBSnapshotNotFound")
        self.assertEqual(self.run_handler({"action": "snapshot", "time": "2024-05-24T01:00:00Z"})["deleted"], [])

    def test_clusters_have_snapshots_of_their_own(self):
        self.environment(CLUSTER="true", KEEP="1")
        name = "shop-db-export-2024-05-24-01-00"
        self.stub.add_response("create_db_cluster_snapshot", {}, {"DBClusterIdentifier": "shop-db", "DBClusterSnapshotIdentifier": name, "Tags": [{"Key": "made-by", "Value": "snapshot-export"}]})
        old = {
            "DBClusterSnapshotIdentifier": "shop-db-export-1",
            "DBClusterSnapshotArn": "arn:aws:rds:ap-northeast-1:111122223333:cluster-snapshot:shop-db-export-1",
            "SnapshotCreateTime": datetime(2024, 5, 1, tzinfo=timezone.utc),
            "Status": "available",
        }
        self.stub.add_response("describe_db_cluster_snapshots", {"DBClusterSnapshots": [old]}, {"SnapshotType": "manual", "DBClusterIdentifier": "shop-db"})
        self.stub.add_response("describe_export_tasks", {"ExportTasks": []}, {"SourceArn": old["DBClusterSnapshotArn"]})
        self.stub.add_response("delete_db_cluster_snapshot", {}, {"DBClusterSnapshotIdentifier": "shop-db-export-1"})
        self.assertEqual(self.run_handler({"action": "snapshot", "time": "2024-05-24T01:00:00Z"})["deleted"], ["shop-db-export-1"])


if __name__ == "__main__":
    unittest.main()
