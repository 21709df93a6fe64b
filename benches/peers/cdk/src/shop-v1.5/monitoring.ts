import { Duration } from "aws-cdk-lib";
import * as chatbot from "aws-cdk-lib/aws-chatbot";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as actions from "aws-cdk-lib/aws-cloudwatch-actions";
import * as elbv2 from "aws-cdk-lib/aws-elasticloadbalancingv2";
import * as iam from "aws-cdk-lib/aws-iam";
import * as sns from "aws-cdk-lib/aws-sns";
import * as subscriptions from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { AnalyticsStack } from "./analytics";
import { ShopStack, key } from "./common";
import { DataStack } from "./data";
import { ServersStack } from "./servers";
import { Settings } from "./settings";

const { GREATER_THAN_THRESHOLD, GREATER_THAN_OR_EQUAL_TO_THRESHOLD, LESS_THAN_THRESHOLD } = cloudwatch.ComparisonOperator;
const { BREACHING, MISSING, NOT_BREACHING } = cloudwatch.TreatMissingData;

interface Rule {
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly about: string;
  readonly periods?: number;
  readonly operator?: cloudwatch.ComparisonOperator;
  readonly missing?: cloudwatch.TreatMissingData;
}

/** Alarms to one topic and to Slack, and a dashboard. */
export class MonitoringStack extends ShopStack {
  readonly topic: sns.Topic;
  private readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, settings: Settings, data: DataStack, servers: ServersStack, lake: AnalyticsStack) {
    super(scope, "Monitoring", settings, "Alarms and the dashboard of the shop");
    this.topic = new sns.Topic(this, "Alarms", {
      displayName: "Shop alarms",
      masterKey: key(this, "Key", "Encrypts the alarms of the shop"),
      enforceSSL: true,
    });
    this.topic.grantPublish(
      new iam.ServicePrincipal("cloudwatch.amazonaws.com", { conditions: { StringEquals: { "aws:SourceAccount": this.account } } }),
    );
    if (settings.alarmEmail) {
      this.topic.addSubscription(new subscriptions.EmailSubscription(settings.alarmEmail));
    }
    this.dashboard = new cloudwatch.Dashboard(this, "Dashboard");

    const period = Duration.minutes(1);
    for (const [name, tier] of [["Web", servers.web], ["Was", servers.was]] as const) {
      const dimensionsMap = { AutoScalingGroupName: tier.servers.autoScalingGroupName };
      const { metrics } = tier.balancer;
      const errors = new cloudwatch.MathExpression({
        label: "errors",
        expression: "100 * (FILL(servers, 0) + FILL(balancer, 0)) / requests",
        usingMetrics: {
          servers: metrics.httpCodeTarget(elbv2.HttpCodeTarget.TARGET_5XX_COUNT),
          balancer: metrics.httpCodeElb(elbv2.HttpCodeElb.ELB_5XX_COUNT),
          requests: metrics.requestCount(),
        },
        period,
      });
      this.watch(name, {
        Cpu: {
          metric: new cloudwatch.Metric({ namespace: "AWS/EC2", metricName: "CPUUtilization", dimensionsMap, period }),
          threshold: 80,
          missing: MISSING,
          about: "The servers are busy although the group should have grown: look at its largest size.",
        },
        Memory: {
          metric: new cloudwatch.Metric({ namespace: "CWAgent", metricName: "mem_used_percent", dimensionsMap, period }),
          threshold: 85,
          missing: MISSING,
          about: "The servers run out of memory: look for a leak, or take larger ones.",
        },
        Errors: { metric: errors, threshold: 5, periods: 5, about: "Requests fail with a status of 500 to 599: look at the logs of the servers." },
        Latency: {
          metric: metrics.targetResponseTime({ statistic: "p95", period }),
          threshold: 1,
          periods: 5,
          about: "Requests are slow: look at the servers' load and at the database.",
        },
        UnhealthyHosts: {
          metric: tier.targets.metrics.unhealthyHostCount({ period }),
          threshold: 1,
          periods: 5,
          operator: GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          about: "Servers fail their health check and are not replaced in time: look at their logs.",
        },
      });
    }

    const { database } = data;
    this.watch("Database", {
      Cpu: {
        metric: database.metricCPUUtilization(),
        threshold: 80,
        missing: BREACHING,
        about: "The database is busy: look for slow statements in Database Insights, or take a larger instance class.",
      },
      FreeStorage: {
        metric: database.metricFreeStorageSpace(),
        threshold: 10 * 1024 ** 3,
        operator: LESS_THAN_THRESHOLD,
        missing: BREACHING,
        about: "The database runs out of storage: raise its largest size, or delete what is not needed.",
      },
      FreeMemory: {
        metric: database.metricFreeableMemory(),
        threshold: 0.1 * 4 * 1024 ** 3,
        operator: LESS_THAN_THRESHOLD,
        missing: BREACHING,
        about: "The database runs out of memory: take a larger instance class.",
      },
      Connections: {
        metric: database.metricDatabaseConnections(),
        threshold: 273,
        missing: BREACHING,
        about: "Clients may soon be refused: look for connections that are not closed, or put RDS Proxy in between.",
      },
    });

    const matched = (ruleName: string) =>
      new cloudwatch.Metric({ namespace: "AWS/Events", metricName: "MatchedEvents", dimensionsMap: { RuleName: ruleName }, statistic: "Sum" });
    this.watch("Lake", {
      FailedJobs: {
        metric: matched(lake.failedJobs.ruleName),
        threshold: 0,
        periods: 1,
        about: "Data was not refined, or did not pass its quality check: look at the job's last run in Glue.",
      },
      FailedCrawlers: {
        metric: matched(lake.failedCrawlers.ruleName),
        threshold: 0,
        periods: 1,
        about: "Raw data was not cataloged, and the pipeline stopped there: look at the crawler's log.",
      },
      ScannedBytes: {
        metric: new cloudwatch.Metric({
          namespace: "AWS/Athena",
          metricName: "ProcessedBytes",
          dimensionsMap: { WorkGroup: lake.workGroup.ref },
          statistic: "Sum",
          period: Duration.days(1),
        }),
        threshold: 1e12,
        periods: 1,
        about: "Queries read much and cost as much: look at the history of the work group for those without a partition.",
      },
    });

    const slack = new chatbot.SlackChannelConfiguration(this, "Slack", {
      slackChannelConfigurationName: `${this.stackName}-Slack`,
      slackWorkspaceId: settings.slack.workspace,
      slackChannelId: settings.slack.channel,
      notificationTopics: [this.topic],
      guardrailPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName("CloudWatchReadOnlyAccess")],
      loggingLevel: chatbot.LoggingLevel.ERROR,
    });
    slack.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ["cloudwatch:DescribeAlarms"],
        resources: [`arn:${this.partition}:cloudwatch:${this.region}:${this.account}:alarm:*`],
      }),
    );
    slack.addToRolePolicy(
      new iam.PolicyStatement({ actions: ["cloudwatch:GetMetricData", "cloudwatch:GetMetricWidgetImage"], resources: ["*"] }),
    );
  }

  /** Makes alarms, and puts them and their metrics on the dashboard. */
  private watch(name: string, rules: Record<string, Rule>): void {
    const alarms = Object.entries(rules).map(([id, rule]) => {
      const alarm = new cloudwatch.Alarm(this, `${name}${id}`, {
        alarmDescription: rule.about,
        metric: rule.metric,
        threshold: rule.threshold,
        evaluationPeriods: rule.periods ?? 3,
        comparisonOperator: rule.operator ?? GREATER_THAN_THRESHOLD,
        treatMissingData: rule.missing ?? NOT_BREACHING,
      });
      alarm.addAlarmAction(new actions.SnsAction(this.topic));
      alarm.addOkAction(new actions.SnsAction(this.topic));
      return alarm;
    });
    this.dashboard.addWidgets(
      new cloudwatch.TextWidget({ markdown: `## ${name}`, width: 24, height: 1, background: cloudwatch.TextWidgetBackground.TRANSPARENT }),
      new cloudwatch.AlarmStatusWidget({ title: `Alarms of ${name}`, alarms, width: 24, height: 2 }),
    );
    const graphs = Object.entries(rules).map(([title, { metric }]) => new cloudwatch.GraphWidget({ title, left: [metric], width: 8 }));
    this.dashboard.addWidgets(...graphs);
  }
}
