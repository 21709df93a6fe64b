"""Posts alarms and other messages of SNS topics to a Slack channel.

Environment:
    WEBHOOK_SECRET  ARN of the secret that holds the address of the Slack webhook, which nobody else may see: it is never logged.

A message that Slack cannot take now is sent again with growing pauses; one that it refuses, or that cannot be sent in time, is an
error, so that Lambda tries it twice more and then puts it into the dead-letter queue.
"""

import json
import os
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import OrderedDict

import boto3
from botocore.config import Config

SLACK = "https://hooks.slack.com/"
# The most characters that Slack takes in one section, with room for the dots that say that there was more.
LONGEST_TEXT = 2900
ATTEMPTS = 4
# For how many seconds an address is used before the secret is read again.
SECRET_AGE = 300
# What is left of the run for the answer, in seconds.
RESERVE = 2.0

COLORS = {"ALARM": "#d13212", "OK": "#1d8102", "INSUFFICIENT_DATA": "#687078"}
SIGNS = {"ALARM": ":rotating_light:", "OK": ":white_check_mark:", "INSUFFICIENT_DATA": ":grey_question:"}

_secrets = None
_webhook = {"address": None, "until": 0.0}
# Messages that this copy of the function has posted: Lambda and SNS may hand over the same one again.
_posted = OrderedDict()


class NotPosted(Exception):
    """Slack has not taken the message. The text never holds the address."""


def handler(event, context):
    """Posts each record of an SNS event."""
    posted = 0
    for record in event.get("Records", []):
        message = record["Sns"]
        identity = message.get("MessageId", "")
        if identity and identity in _posted:
            log("info", "skipped", message_id=identity, reason="posted before")
            continue
        post(render(message), identity, deadline(context))
        if identity:
            _posted[identity] = True
            while len(_posted) > 256:
                _posted.popitem(last=False)
        posted += 1
    return {"posted": posted}


def deadline(context):
    """When the run has to be over, on the monotonic clock."""
    left = context.get_remaining_time_in_millis() / 1000 if context else 30.0
    return time.monotonic() + left - RESERVE


def log(level, event, **fields):
    """One line of JSON, as CloudWatch Logs Insights reads it."""
    print(json.dumps({"level": level, "event": event, **fields}, ensure_ascii=False), flush=True)


# Slack


def post(body, identity, until):
    """Sends a body to the webhook, again and again while that may help.

    Raises NotPosted when it does not help, or when the time is over.
    """
    data = json.dumps(body).encode()
    for attempt in range(1, ATTEMPTS + 1):
        address = webhook()
        pause, why = send(address, data, until)
        if why is None:
            log("info", "posted", message_id=identity, attempt=attempt)
            return
        log("warning", "not posted", message_id=identity, attempt=attempt, reason=why)
        if pause is None:
            # The address may have been changed: the secret is asked once more.
            if webhook(fresh=True) == address:
                raise NotPosted(f"slack refuses the message: {why}")
            continue
        if pause == 0:
            pause = random.uniform(0.5, 1.0) * 2**attempt / 2
        if attempt == ATTEMPTS or time.monotonic() + pause > until:
            raise NotPosted(f"slack did not take the message in time: {why}")
        time.sleep(pause)
    raise NotPosted("slack did not take the message")


def send(address, data, until):
    """Sends once. Returns how long to wait before the next time and what went wrong: a pause of None means that waiting does not
    help, one of 0 that the caller knows best, and a reason of None that all is well."""
    seconds = max(0.5, min(5.0, until - time.monotonic()))
    request = urllib.request.Request(
        address, data, {"Content-Type": "application/json; charset=utf-8"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=seconds):
            return 0, None
    except urllib.error.HTTPError as error:
        with error:
            text = error.read(200).decode(errors="replace")
        why = f"status {error.code}: {text}"
        if error.code == 429:
            return retry_after(error.headers.get("Retry-After")), why
        return (0 if error.code >= 500 else None), why
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        # The reason may be an error of its own, but never holds the path of the address.
        return 0, f"no answer: {type(getattr(error, 'reason', error)).__name__}"


def retry_after(text):
    """The seconds that Slack asks to wait; a second where it does not say."""
    try:
        return max(1.0, float(text))
    except (TypeError, ValueError):
        return 1.0


def webhook(fresh=False):
    """The address of the webhook, from the secret; kept for a while."""
    now = time.monotonic()
    if fresh or _webhook["address"] is None or now >= _webhook["until"]:
        text = secrets().get_secret_value(SecretId=os.environ["WEBHOOK_SECRET"])["SecretString"].strip()
        if text.startswith("{"):
            text = json.loads(text).get("url", "")
        if not text.startswith(SLACK):
            raise NotPosted(f"the secret holds no address of a Slack webhook: put one there that begins with {SLACK}")
        _webhook.update(address=text, until=now + SECRET_AGE)
    return _webhook["address"]


def secrets():
    """The client of Secrets Manager, made once."""
    global _secrets
    if _secrets is None:
        config = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
        _secrets = boto3.client("secretsmanager", config=config)
    return _secrets


# What people read


def render(message):
    """The body for Slack of a message of SNS: an alarm, an event of EventBridge, or text."""
    text = message.get("Message", "")
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if isinstance(content, dict) and "AlarmName" in content:
        return alarm(content)
    if isinstance(content, dict) and "detail-type" in content:
        return event(content)
    title = message.get("Subject") or "Message"
    return body(escape(title), escape(text), "#0073bb", [], message.get("Timestamp", ""))


def alarm(content):
    """An alarm of CloudWatch that has changed its state."""
    state = content.get("NewStateValue", "")
    arn = content.get("AlarmArn", "")
    name = content["AlarmName"]
    title = f"{SIGNS.get(state, '')} {state}: {escape(name)}".strip()
    region = arn.split(":")[3] if arn.count(":") > 3 else ""
    if region:
        address = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#alarmsV2:alarm/{urllib.parse.quote(name, safe='')}"
        title = f"{SIGNS.get(state, '')} <{address}|{state}: {escape(name)}>".strip()
    lines = [content.get("AlarmDescription"), content.get("NewStateReason")]
    text = "\n".join(escape(line) for line in lines if line)
    fields = [("Account", content.get("AWSAccountId")), ("Region", content.get("Region")), ("Before", content.get("OldStateValue"))]
    return body(title, text, COLORS.get(state, "#687078"), fields, content.get("StateChangeTime", ""))


def event(content):
    """An event of EventBridge, such as a pipeline that failed."""
    detail = content.get("detail") or {}
    plain = {key: value for key, value in detail.items() if isinstance(value, (str, int, float, bool))}
    text = "\n".join(f"{escape(key)}: {escape(str(value))}" for key, value in sorted(plain.items()))
    fields = [("Account", content.get("account")), ("Region", content.get("region"))]
    title = escape(content["detail-type"])
    return body(title, text, "#ff9900", fields, content.get("time", ""))


def body(title, text, color, fields, when):
    """Slack's form of it. The text beside the attachment is what notifications on phones show."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": cut(f"*{title}*\n{text}".strip())}}]
    shown = [f"*{name}* {escape(value)}" for name, value in fields if value]
    shown += [escape(when)] if when else []
    if shown:
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": cut("  ".join(shown))}]})
    return {"text": cut(title), "attachments": [{"color": color, "blocks": blocks}]}


def escape(text):
    """The three characters that mean something to Slack."""
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text):
    """No more than Slack takes."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"
