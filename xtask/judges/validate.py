"""Prints what AWS's rule engine finds in templates, as a JSON list: validate.py REGION FILE..."""

import json
import sys

from cloudformation_validate import (
    CompositeEngine,
    PseudoParameterOverrides,
    Severity,
    ValidateConfig,
)

region, files = sys.argv[1], sys.argv[2:]
config = ValidateConfig(
    severity_level=Severity.WARN,
    pseudo_parameter_overrides=PseudoParameterOverrides(region=region),
)
engine = CompositeEngine()
findings = []
for file in files:
    for diagnostic in engine.validate_template(file, config).diagnostics:
        entity = getattr(diagnostic, "entity", None)
        findings.append(
            {
                "file": file,
                "level": diagnostic.severity.name,
                "rule": diagnostic.rule_id,
                "resource": getattr(entity, "logical_id", None) or "",
                "message": diagnostic.message,
            }
        )
json.dump(findings, sys.stdout)
