import { Duration, RemovalPolicy, Stack, StackProps } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as actions from "aws-cdk-lib/aws-cloudwatch-actions";
import * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import * as rds from "aws-cdk-lib/aws-rds";
import * as sns from "aws-cdk-lib/aws-sns";
import * as subscriptions from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { Tier } from "./tier";

export interface MonitoringProps extends StackProps {
  readonly web: Tier;
  readonly was: Tier;
  readonly database: rds.DatabaseInstance;
  readonly alarmEmail: string;
}

/** Alarms to a topic, and a dashboard. */
export class MonitoringStack extends Stack {
  private readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id, props);

    const key = new kms.Key(this, "Key", {
      description: "encrypts the alarms of the shop",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    key.grant(new iam.ServicePrincipal("cloudwatch.amazonaws.com"), "kms:Decrypt", "kms:GenerateDataKey*");
    this.topic = new sns.Topic(this, "Alarms", { masterKey: key, enforceSSL: true });
    this.topic.addSubscription(new subscriptions.EmailSubscription(props.alarmEmail));

    const dashboard = new cloudwatch.Dashboard(this, "Dashboard");
    for (const [name, tier] of [["Web", props.web], ["Was", props.was]] as const) {
      const cpu = this.serverMetric("AWS/EC2", "CPUUtilization", tier);
      const memory = this.serverMetric("CWAgent", "mem_used_percent", tier);
      const unhealthy = tier.targets.metrics.unhealthyHostCount({ period: Duration.minutes(1) });
      const errors = tier.targets.metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, { period: Duration.minutes(1) });
      const latency = tier.targets.metrics.targetResponseTime({ period: Duration.minutes(1), statistic: "p95" });
      this.alarm(`${name}Cpu`, cpu, 80, 3);
      this.alarm(`${name}Memory`, memory, 80, 3);
      this.alarm(`${name}UnhealthyHosts`, unhealthy, 1, 2);
      this.alarm(`${name}Errors`, errors, 20, 3);
      this.alarm(`${name}Latency`, latency, 2, 5);
      dashboard.addWidgets(
        new cloudwatch.GraphWidget({ title: `${name}: CPU and memory`, left: [cpu, memory], width: 8 }),
        new cloudwatch.GraphWidget({ title: `${name}: unhealthy hosts and errors`, left: [unhealthy], right: [errors], width: 8 }),
        new cloudwatch.GraphWidget({ title: `${name}: latency`, left: [latency], width: 8 }),
      );
    }

    const cpu = props.database.metricCPUUtilization({ period: Duration.minutes(1) });
    const storage = props.database.metricFreeStorageSpace({ period: Duration.minutes(5) });
    const connections = props.database.metricDatabaseConnections({ period: Duration.minutes(1) });
    this.alarm("DatabaseCpu", cpu, 80, 3);
    this.alarm("DatabaseStorage", storage, 10 * 1024 ** 3, 3, cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD);
    this.alarm("DatabaseConnections", connections, 250, 3);
    dashboard.addWidgets(
      new cloudwatch.GraphWidget({ title: "Database: CPU", left: [cpu], width: 8 }),
      new cloudwatch.GraphWidget({ title: "Database: free storage", left: [storage], width: 8 }),
      new cloudwatch.GraphWidget({ title: "Database: connections", left: [connections], width: 8 }),
    );
  }

  private serverMetric(namespace: string, metricName: string, tier: Tier): cloudwatch.Metric {
    const dimensionsMap = { AutoScalingGroupName: tier.servers.autoScalingGroupName };
    return new cloudwatch.Metric({ namespace, metricName, dimensionsMap, period: Duration.minutes(1) });
  }

  private alarm(
    id: string,
    metric: cloudwatch.IMetric,
    threshold: number,
    evaluationPeriods: number,
    comparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  ): void {
    const treatMissingData = cloudwatch.TreatMissingData.MISSING;
    const alarm = new cloudwatch.Alarm(this, id, { metric, threshold, evaluationPeriods, comparisonOperator, treatMissingData });
    alarm.addAlarmAction(new actions.SnsAction(this.topic));
    alarm.addOkAction(new actions.SnsAction(this.topic));
  }
}
