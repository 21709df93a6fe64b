// Prints what the pack AwsSolutions of cdk-nag finds in templates, as a JSON list: nag.js FILE...
//
// What the metadata of a resource acknowledges (`cdk_nag.rules_to_suppress`) is left out, but for actions with wildcards;
// acknowledgments that nothing needs are findings of their own.
const { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");
const { createRequire } = require("node:module");

process.env.CDK_VALIDATION = "false"; // only the plug-in, not the rules of aws-cdk-lib itself
// The packages are where this program is started with NODE_PATH.
const load = createRequire(join(process.env.NODE_PATH, "here.js"));
const { App, DefaultStackSynthesizer, Stack, Validations } = load("aws-cdk-lib");
const { CfnInclude } = load("aws-cdk-lib/cloudformation-include");
const { AwsSolutionsChecks } = load("cdk-nag");

// aws-cdk-lib does not read the outputs of other stacks by `Fn::GetStackOutput`; an import is as opaque to the rules.
function known(value) {
  if (Array.isArray(value)) return value.map(known);
  if (value === null || typeof value !== "object") return value;
  if ("Fn::GetStackOutput" in value) return { "Fn::ImportValue": JSON.stringify(value["Fn::GetStackOutput"]) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
}

function judge(template) {
  const folder = mkdtempSync(join(tmpdir(), "nag-"));
  try {
    const file = join(folder, "template.json");
    writeFileSync(file, JSON.stringify(known(template)));
    const app = new App({ outdir: join(folder, "cdk.out"), analyticsReporting: false });
    // Templates of the AWS CDK have the rule about the bootstrap stack already.
    const synthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
    new CfnInclude(new Stack(app, "Stack", { synthesizer }), "Template", { templateFile: file });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const { error } = console;
    console.error = () => {};
    const path = join(folder, "cdk.out", "validation-report.json");
    try {
      app.synth();
    } catch (problem) {
      // It throws where there are findings, which the report has; without a report the template was not read.
      if (!existsSync(path)) throw problem;
    } finally {
      console.error = error;
    }
    const report = JSON.parse(readFileSync(path, "utf8"));
    return report.pluginReports.flatMap(({ violations }) =>
      violations.flatMap(({ ruleName, description, violatingConstructs }) =>
        violatingConstructs.map(({ constructPath }) => ({
          rule: ruleName,
          message: description,
          resource: constructPath.split("/").pop(),
        })),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const findings = [];
const acknowledged = new Map();
for (const file of process.argv.slice(2)) {
  const template = JSON.parse(readFileSync(resolve(file), "utf8"));
  const rules = (resource) => template.Resources[resource]?.Metadata?.cdk_nag?.rules_to_suppress ?? [];
  for (const resource of Object.keys(template.Resources)) {
    for (const { id } of rules(resource)) {
      if (!acknowledged.has(id)) acknowledged.set(id, { file, resource, used: false });
    }
  }
  for (const finding of judge(template)) {
    const id = finding.rule.split("[")[0];
    if (rules(finding.resource).some((rule) => rule.id === id) && !finding.rule.includes("[Action::")) {
      acknowledged.get(id).used = true;
    } else {
      findings.push({ file, ...finding });
    }
  }
}
for (const [rule, { file, resource, used }] of acknowledged) {
  if (!used) findings.push({ file, rule, resource, message: "is acknowledged, and nothing needs that" });
}
console.log(JSON.stringify(findings));
