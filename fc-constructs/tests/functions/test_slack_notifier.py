"""The Slack notifier against a server that answers as Slack does, and a stub of Secrets Manager."""

import contextlib
import http.server
import io
import json
import os
import threading
import unittest
from unittest import mock

import boto3
from botocore.stub import Stubber

from load import load

ARN = "arn:aws:secretsmanager:ap-northeast-1:111122223333:secret:webhook-AbCdEf"
PATH = "services/T000/B000/canary"

ALARM = {
    "AlarmName": "Shop <Web> CPU",
    "AlarmDescription": "The servers are busy & slow.",
    "AlarmArn": "arn:aws:cloudwatch:ap-northeast-1:111122223333:alarm:Shop <Web> CPU",
    "AWSAccountId": "111122223333",
    "NewStateValue": "ALARM",
    "OldStateValue": "OK",
    "NewStateReason": "Threshold Crossed",
    "Region": "Asia Pacific (Tokyo)",
    "StateChangeTime": "2024-05-24T01:02:03.000+0000",
}


class Slack(http.server.ThreadingHTTPServer):
    """Answers with the statuses it is told, then with 200, and keeps what it was sent."""

    def __init__(self, statuses=()):
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = list(statuses)
        self.received = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/{PATH}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.received.append((self.path, json.loads(self.rfile.read(length))))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(b"ok" if status == 200 else b"no_service")

    def log_message(self, *_):
        pass


class Context:
    def __init__(self, seconds=30):
        self.seconds = seconds

    def get_remaining_time_in_millis(self):
        return int(self.seconds * 1000)


def sns(message, identity="id-1", subject=None):
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Records": [{"Sns": {"MessageId": identity, "Subject": subject, "Message": text, "Timestamp": "2024-05-24T01:02:03Z"}}]}


class SlackNotifier(unittest.TestCase):
    def setUp(self):
        self.module = load("slack_notifier")
        self.slacks = []
        self.pauses = []
        os.environ["WEBHOOK_SECRET"] = ARN
        client = boto3.client("secretsmanager", region_name="ap-northeast-1", aws_access_key_id="a", aws_secret_access_key="b")
        self.stub = Stubber(client)
        self.stub.activate()
        self.module._secrets = client
        patches = [mock.patch.object(self.module.time, "sleep", self.pauses.append), mock.patch.object(self.module, "SLACK", "http://127.0.0.1:")]
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        self.out = io.StringIO()

    def tearDown(self):
        # Whatever happened, nobody reads the address in the log.
        self.assertNotIn("canary", self.out.getvalue())
        self.stub.assert_no_pending_responses()

    def slack(self, *statuses):
        slack = Slack(statuses)
        threading.Thread(target=slack.serve_forever, daemon=True).start()
        self.addCleanup(slack.server_close)
        self.addCleanup(slack.shutdown)
        return slack

    def secret(self, text):
        self.stub.add_response("get_secret_value", {"ARN": ARN, "SecretString": text}, {"SecretId": ARN})

    def run_handler(self, event, seconds=30):
        with contextlib.redirect_stdout(self.out):
            return self.module.handler(event, Context(seconds))

    def lines(self):
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    def test_an_alarm_is_posted_with_a_link_and_escaped(self):
        slack = self.slack()
        self.secret(slack.address + "\n")
        self.assertEqual(self.run_handler(sns(ALARM)), {"posted": 1})
        path, body = slack.received[0]
        self.assertEqual(path, f"/{PATH}")
        section = body["attachments"][0]["blocks"][0]["text"]["text"]
        self.assertIn("|ALARM: Shop &lt;Web&gt; CPU>", section)
        self.assertIn("region=ap-northeast-1#alarmsV2:alarm/Shop%20%3CWeb%3E%20CPU", section)
        self.assertIn("busy &amp; slow", section)
        self.assertEqual(body["attachments"][0]["color"], self.module.COLORS["ALARM"])
        self.assertEqual([line["event"] for line in self.lines()], ["posted"])

    def test_the_secret_is_read_once_and_the_same_message_posted_once(self):
        slack = self.slack()
        self.secret(json.dumps({"url": slack.address}))
        self.run_handler(sns("first", "id-1"))
        self.run_handler(sns("first", "id-1"))
        self.run_handler(sns("second", "id-2"))
        self.assertEqual(len(slack.received), 2)
        self.assertEqual(self.lines()[1]["event"], "skipped")

    def test_slack_is_asked_again_with_growing_pauses_when_it_is_down(self):
        slack = self.slack(500, 503)
        self.secret(slack.address)
        self.run_handler(sns(ALARM))
        self.assertEqual(len(slack.received), 3)
        self.assertTrue(0.5 <= self.pauses[0] <= 1.0 and 1.0 <= self.pauses[1] <= 2.0, self.pauses)

    def test_slack_says_how_long_to_wait(self):
        slack = self.slack(429)
        self.secret(slack.address)
        self.run_handler(sns(ALARM))
        self.assertEqual(self.pauses, [7.0])

    def test_it_gives_up_when_the_run_is_nearly_over(self):
        slack = self.slack(429)
        self.secret(slack.address)
        with self.assertRaisesRegex(self.module.NotPosted, "in time: status 429"):
            self.run_handler(sns(ALARM), seconds=6)
        self.assertEqual((len(slack.received), self.pauses), (1, []))

    def test_it_gives_up_after_four_times(self):
        slack = self.slack(500, 500, 500, 500, 500)
        self.secret(slack.address)
        with self.assertRaises(self.module.NotPosted):
            self.run_handler(sns(ALARM), seconds=60)
        self.assertEqual(len(slack.received), 4)

    def test_no_answer_is_asked_again(self):
        closed = Slack()
        closed.server_close()
        self.secret(closed.address)
        with self.assertRaisesRegex(self.module.NotPosted, "no answer: ConnectionRefusedError"):
            self.run_handler(sns(ALARM))
        self.assertEqual(len(self.pauses), 3)

    def test_an_address_that_slack_no_longer_knows_is_looked_up_again(self):
        old, new = self.slack(404), self.slack()
        self.secret(old.address)
        self.secret(new.address)
        self.run_handler(sns(ALARM))
        self.assertEqual((len(old.received), len(new.received)), (1, 1))

    def test_a_refused_message_is_an_error_at_once(self):
        slack = self.slack(404, 404)
        self.secret(slack.address)
        self.secret(slack.address)
        with self.assertRaisesRegex(self.module.NotPosted, "refuses the message: status 404: no_service"):
            self.run_handler(sns(ALARM))
        self.assertEqual((len(slack.received), self.pauses), (1, []))

    def test_a_secret_that_nobody_has_filled_says_so(self):
        self.secret("x7canary!")
        with self.assertRaisesRegex(self.module.NotPosted, "no address of a Slack webhook") as raised:
            self.run_handler(sns(ALARM))
        self.assertNotIn("canary", str(raised.exception))

    def test_events_and_text_are_readable_too(self):
        event = {"detail-type": "CodePipeline Pipeline Execution State Change", "account": "111122223333", "region": "ap-northeast-1", "time": "t", "detail": {"pipeline": "shop", "state": "FAILED", "more": {}}}
        section = self.module.render({"Message": json.dumps(event)})["attachments"][0]["blocks"][0]["text"]["text"]
        self.assertEqual(section, "*CodePipeline Pipeline Execution State Change*\npipeline: shop\nstate: FAILED")
        plain = self.module.render({"Message": "x" * 5000, "Subject": "Hello"})
        self.assertEqual(plain["text"], "Hello")
        self.assertLess(len(plain["attachments"][0]["blocks"][0]["text"]["text"]), 3000)
        # JSON that is no object is text.
        self.assertEqual(self.module.render({"Message": "[1]"})["text"], "Message")


if __name__ == "__main__":
    unittest.main()
