"""The scripts of the Glue jobs, as far as they need no Spark: they are Python, and the newest complete export is found."""

import ast
import io
import json
import sys
import unittest
from pathlib import Path

import boto3
from botocore.response import StreamingBody
from botocore.stub import Stubber

GLUE = Path(__file__).parents[2] / "assets" / "glue"
sys.path.insert(0, str(GLUE / "library"))

import shop_lake


def listing(*items):
    """What S3 says of the objects below a prefix."""
    contents = [{"Key": key, **more} for key, more in items]
    return {"IsTruncated": False, "Contents": contents}


def info(status, time):
    """What RDS says of an export."""
    body = json.dumps({"status": status, "snapshotTime": time}).encode()
    return {"Body": StreamingBody(io.BytesIO(body), len(body))}


class Scripts(unittest.TestCase):
    def test_each_is_python_with_a_main(self):
        files = sorted(GLUE.glob("*.py"))
        self.assertEqual(len(files), 6)
        for file in files:
            with self.subTest(file.name):
                tree = ast.parse(file.read_text())
                functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
                self.assertIn("main", functions)


class NewestExport(unittest.TestCase):
    def setUp(self):
        self.s3 = boto3.client("s3", region_name="ap-northeast-1", aws_access_key_id="x", aws_secret_access_key="x")

    def find(self, answers):
        with Stubber(self.s3) as stub:
            for operation, answer, parameters in answers:
                stub.add_response(operation, answer, parameters)
            found = shop_lake.newest_export("s3://archive/exports/", self.s3)
            stub.assert_no_pending_responses()
            return found

    def test_the_newest_complete_one_that_is_not_archived(self):
        place = {"Bucket": "archive", "Prefix": "exports/"}
        get = lambda name: {"Bucket": "archive", "Key": f"exports/{name}/export_info_{name}.json"}
        objects = listing(
            ("exports/old/export_info_old.json", {"StorageClass": "GLACIER"}),
            ("exports/one/export_info_one.json", {}),
            ("exports/one/shop/shop.orders/1/part-0.gz.parquet", {}),
            ("exports/two/export_info_two.json", {}),
            ("exports/open/export_info_open.json", {}),
        )
        found = self.find([
            ("list_objects_v2", objects, place),
            ("get_object", info("COMPLETE", "2024-05-17T18:05:00+00:00"), get("one")),
            ("get_object", info("COMPLETE", "2024-05-18T18:05:00+00:00"), get("two")),
            ("get_object", info("STARTING", "2024-05-19T18:05:00+00:00"), get("open")),
        ])
        self.assertEqual(found, ("s3://archive/exports/two/", "2024-05-18"))

    def test_none_is_an_error(self):
        with self.assertRaisesRegex(RuntimeError, "no complete export below s3://archive/exports/"):
            self.find([("list_objects_v2", listing(), None)])


if __name__ == "__main__":
    unittest.main()
