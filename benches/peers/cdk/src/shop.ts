import { App, Stage, Tags } from "aws-cdk-lib";
import { Construct } from "constructs";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppTiersStack } from "./app-tiers";
import { DataStack } from "./data";
import { DeliveryStack } from "./delivery";
import { MonitoringStack } from "./monitoring";
import { NetworkStack } from "./network";

/** The whole infrastructure of the shop, revision v1.0. */
export class Shop extends Stage {
  constructor(scope: Construct, id: string) {
    super(scope, id, { env: { region: "ap-northeast-1" } });

    const { vpc } = new NetworkStack(this, "Network", { description: "the shop: network" });
    const data = new DataStack(this, "Data", { description: "the shop: database and artifacts", vpc });
    const tiers = new AppTiersStack(this, "App", { description: "the shop: web and WAS tiers", vpc, ...handles(data) });
    new MonitoringStack(this, "Monitoring", {
      description: "the shop: alarms and dashboard",
      web: tiers.web,
      was: tiers.was,
      database: data.database,
      alarmEmail: "ops@example.com",
    });
    new DeliveryStack(this, "Delivery", {
      description: "the shop: delivery pipeline",
      web: tiers.web,
      was: tiers.was,
      artifacts: data.artifacts,
    });
    Tags.of(this).add("project", "shop");
    Tags.of(this).add("revision", "v1.0");
  }
}

function handles({ database, databaseSecurityGroup, artifacts }: DataStack) {
  return { database, databaseSecurityGroup, artifacts };
}

// What the CDK command line reads from cdk.json; here the program runs by itself.
export const { context } = JSON.parse(readFileSync(join(__dirname, "..", "cdk.json"), "utf8"));

if (require.main === module) {
  const app = new App({ context });
  const copies = Number(process.env.COPIES ?? "1");
  for (let copy = 1; copy <= copies; copy++) {
    new Shop(app, copies === 1 ? "Shop" : `Shop${copy}`);
  }
  app.synth();
}
