"""Runs ministack, with stand-ins for the resource types and attributes that it lacks and failures on request.

The engine stays ministack's own: its table of resource types answers for a type that it does not have, too, with what AWS's
specification says of it. The program that started us has that specification: we ask it line by line.

    we say on standard output    `type AWS::EC2::EIP`    what is this type?
                                 `lacks AWS::EC2::EIP`   it gets a stand-in
                                 `ready`                 the server takes requests
    we hear on standard input    `facts {...}` or `facts null`, `fault {...}`, `clear ACCOUNT`

When standard input ends, the program is gone, and so are we.
"""

import hashlib
import json
import os
import shutil
import sys
import threading
import time
import urllib.request

FOLDER = os.environ["TMPDIR"]

# Standard output is for the protocol; what others print goes to the log.
TO_PARENT = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

from ministack import app  # noqa: E402
from ministack.core.responses import get_account_id, get_region, set_request_region  # noqa: E402
from ministack.services import ssm  # noqa: E402
from ministack.services.cloudformation import changesets, engine, provisioners, stacks  # noqa: E402

# ---- The program that started us ----

asking = threading.Lock()
answered = threading.Condition()
answers = []
known_facts = {}


def say(line):
    TO_PARENT.write(line + "\n")
    TO_PARENT.flush()


def listen():
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "facts":
            with answered:
                answers.append(json.loads(rest))
                answered.notify()
        elif word == "fault":
            with changed:
                faults.append(json.loads(rest))
        elif word == "clear":
            with changed:
                faults[:] = [fault for fault in faults if fault["account"] != rest]
                changed.notify_all()
        say("done") if word in ("fault", "clear") else None
    shutil.rmtree(FOLDER, ignore_errors=True)
    os._exit(0)


def facts_of(resource_type):
    with asking:
        if resource_type in known_facts:
            return known_facts[resource_type]
        say(f"type {resource_type}")
        with answered:
            answered.wait_for(lambda: answers, timeout=30)
            known_facts[resource_type] = answers.pop() if answers else None
            return known_facts[resource_type]


# ---- Stand-ins ----

def digest(*words):
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


class StandIn:
    """A resource that is only written down: an id, attributes, and what changes replace it."""

    generations = {}

    def __init__(self, facts):
        self.facts = facts

    def identify(self, logical_id, properties, stack_name):
        key = (get_account_id(), get_region(), stack_name, logical_id)
        self.generations[key] = self.generations.get(key, 0) + 1
        unique = digest(self.facts["type"], *key, str(self.generations[key]))[:17]
        named = properties.get(self.facts["reference"])
        if isinstance(named, str):
            return named
        short = self.facts["type"].split("::")[-1].lower()[:20]
        if self.facts["reference"] == "PublicIp":
            return "198.51.100." + str(int(unique[:2], 16))
        return f"{short}-{unique}" if not self.facts["reference_is_arn"] else self.arn(f"{short}/{unique}")

    def arn(self, name):
        service = self.facts["type"].split("::")[1].lower()
        return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{name}"

    def attributes(self, physical_id, properties):
        values = {}
        for name in self.facts["attributes"]:
            given = properties.get(name)
            if isinstance(given, (str, int)):
                values[name] = given
            elif name == self.facts["reference"]:
                values[name] = physical_id
            elif name.endswith("Arn") or name == "ARN":
                values[name] = physical_id if physical_id.startswith("arn:") else self.arn(physical_id)
            elif name.endswith("Ids") or name in self.facts["lists"]:
                values[name] = [f"{physical_id}-{name}"]
            else:
                values[name] = f"{physical_id}-{name}"
        return values

    def create(self, logical_id, properties, stack_name):
        physical_id = self.identify(logical_id, properties, stack_name)
        return physical_id, self.attributes(physical_id, properties)

    def update(self, physical_id, old, new, stack_name, logical_id=None):
        if any(inside(old, path) != inside(new, path) for path in self.facts["replaces"]):
            created = self.create(logical_id or physical_id, new, stack_name)
            if created[0] != physical_id:
                provisioners._delete_predecessor(self.delete, physical_id, old)
            return created
        return physical_id, self.attributes(physical_id, new)

    def delete(self, physical_id, properties):
        pass

    def handlers(self):
        return {"create": self.create, "update": self.update, "update_with_logical_id": True,
                "delete": self.delete}


def inside(value, path):
    """What is at a path such as `Source/Bucket` or `Rules/*/Id`."""
    for step in path.split("/"):
        if isinstance(value, list):
            value = value if step == "*" else [inside(item, step) for item in value]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


class Handlers(dict):
    """ministack's table of types, which takes up a stand-in when it is asked for a type that it lacks."""

    def __init__(self, known):
        super().__init__(known)
        self.unknown = set()

    def has(self, resource_type):
        if not isinstance(resource_type, str) or super().__contains__(resource_type):
            return True
        # Custom resources and ministack's own placeholders are no types of the specification.
        if resource_type in self.unknown or resource_type.startswith(("Custom::", "AWS::CloudFormation::")):
            return False
        facts = facts_of(resource_type)
        if facts is None:
            self.unknown.add(resource_type)
            return False
        say(f"lacks {resource_type}")
        self[resource_type] = StandIn(facts).handlers()
        top = tuple(path for path in facts["replaces"] if "/" not in path)
        provisioners._REPLACING_PROPERTIES[resource_type] = top
        if facts["tags"]:
            provisioners._STACK_TAG_PROPERTY[resource_type] = tuple(facts["tags"])
        return True

    def __contains__(self, resource_type):
        return self.has(resource_type) and super().__contains__(resource_type)

    def get(self, resource_type, default=None):
        return super().get(resource_type, default) if self.has(resource_type) else default

    def __getitem__(self, resource_type):
        self.has(resource_type)
        return super().__getitem__(resource_type)


# ---- Failures and delays on request ----

faults = []
changed = threading.Condition()


def disturb(operation, logical_id, stack_name):
    """Fails or waits, if that is asked for here."""
    with changed:
        for fault in faults:
            if (fault["account"], fault["operation"]) != (get_account_id(), operation):
                continue
            if fault["logical_id"] != logical_id or fault["stack"] not in ("", stack_name):
                continue
            if fault["skip"] > 0:
                fault["skip"] -= 1
                continue
            if fault["times"] == 0:
                continue
            fault["times"] -= 1
            if fault["reason"] is not None:
                raise ValueError(fault["reason"])
            # Held until the time is over or somebody clears it; other operations go on.
            end = time.monotonic() + fault["milliseconds"] / 1000
            while fault in faults and time.monotonic() < end:
                changed.wait(end - time.monotonic())
            return


def public_parameter(name, *args, **kwargs):
    """A parameter; those by which AWS names its machine images have a value, too."""
    value = real_parameter(name, *args, **kwargs)
    if value is None and name.startswith("/aws/service/"):
        return "ami-" + digest(name)[:17]
    return value


in_place_of_real = set()


def key_of(resource_type, physical_id):
    return get_account_id(), get_region(), resource_type, physical_id


def complete(resource_type, properties, physical_id, attributes):
    """Adds what the specification says `Fn::GetAtt` gives, and ministack does not."""
    if resource_type.startswith(("Custom::", "AWS::CloudFormation::")):
        return physical_id, attributes
    facts = facts_of(resource_type)
    lacking = StandIn(facts).attributes(physical_id, properties) if facts else {}
    return physical_id, {**lacking, **(attributes or {})}


def provision(resource_type, logical_id, properties, stack_name):
    disturb("create", logical_id, stack_name)
    try:
        done = real_provision(resource_type, logical_id, properties, stack_name)
    except Exception as error:
        # CloudFormation does not support some of these parameters, either.
        is_gap = "not supported" in str(error) and resource_type != "AWS::SSM::Parameter"
        if not is_gap or facts_of(resource_type) is None:
            raise
        # A resource of a type that ministack has, with a property that it has not.
        say(f"lacks {resource_type}")
        done = StandIn(facts_of(resource_type)).create(logical_id, properties, stack_name)
        in_place_of_real.add(key_of(resource_type, done[0]))
    return complete(resource_type, properties, *done)


def update(resource_type, physical_id, old, new, stack_name, logical_id=None, attributes=None):
    if old != new:
        disturb("update", logical_id, stack_name)
    if key_of(resource_type, physical_id) in in_place_of_real:
        return StandIn(facts_of(resource_type)).update(physical_id, old, new, stack_name, logical_id)
    done = real_update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)
    return complete(resource_type, new, *done)


def delete(resource_type, physical_id, properties, stack_name=None, logical_id=None):
    disturb("delete", logical_id, stack_name)
    if key_of(resource_type, physical_id) in in_place_of_real:
        return None
    return real_delete(resource_type, physical_id, properties, stack_name, logical_id)


def on_worker_thread(resource_type):
    waits = any(fault["reason"] is None and fault["account"] == get_account_id() for fault in faults)
    return waits or real_on_worker_thread(resource_type)


def replace(old, new):
    """Puts something of ours in the place of something of ministack's, wherever that has been imported to."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ministack."):
            for attribute, value in list(vars(module).items()):
                if value is old:
                    setattr(module, attribute, new)


def tell_when_ready(port):
    url = f"http://127.0.0.1:{port}/_ministack/ready"
    # Whatever proxy the user goes through: it is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            if opener.open(url, timeout=5).status == 200:
                break
        except OSError:
            pass
        time.sleep(0.05)
    say("ready")


class ExecutableWithoutChanges(list):
    """No resource changes, but something else does: AWS makes a change set that can be executed."""

    def __bool__(self):
        return True


def resolve(value, *args, **kwargs):
    """ministack looks for the output of another stack in the region of the stack that reads it."""
    read = value.get("Fn::GetStackOutput") if isinstance(value, dict) else None
    if not isinstance(read, dict) or "Region" not in read:
        return real_resolve(value, *args, **kwargs)
    here, there = get_region(), resolve(read["Region"], *args, **kwargs)
    set_request_region(there)
    try:
        return real_resolve(value, *args, **kwargs)
    finally:
        set_request_region(here)


def resolved_for_differences(template, *args, **kwargs):
    resolved = real_resolved_for_differences(template, *args, **kwargs)
    return {**resolved, "Outputs": (template or {}).get("Outputs")}


def differences(old, new, *args, **kwargs):
    """ministack takes a change of outputs alone for none."""
    changes = real_differences(old, new, *args, **kwargs)
    if not changes and (old or {}).get("Outputs") != (new or {}).get("Outputs"):
        return ExecutableWithoutChanges()
    return changes


real_provision, real_update, real_delete = (
    provisioners._provision_resource, provisioners._update_resource, provisioners._delete_resource)
real_on_worker_thread, real_parameter = stacks._runs_on_worker_thread, ssm.resolve_parameter_value
real_differences, real_resolve = stacks._diff_resources, engine._resolve_refs
real_resolved_for_differences = changesets._resolve_props_for_diff
for old, new in ((real_provision, provision), (real_update, update), (real_delete, delete),
                 (real_on_worker_thread, on_worker_thread), (real_parameter, public_parameter),
                 (real_differences, differences), (real_resolve, resolve),
                 (real_resolved_for_differences, resolved_for_differences),
                 (provisioners._RESOURCE_HANDLERS, Handlers(provisioners._RESOURCE_HANDLERS))):
    replace(old, new)

threading.Thread(target=listen, daemon=True).start()
threading.Thread(target=tell_when_ready, args=(os.environ["GATEWAY_PORT"],), daemon=True).start()
sys.argv = ["ministack"]
app.main()
