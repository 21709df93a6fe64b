import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as athena from "aws-cdk-lib/aws-athena";
import * as events from "aws-cdk-lib/aws-events";
import * as glue from "aws-cdk-lib/aws-glue";
import * as iam from "aws-cdk-lib/aws-iam";
import * as logs from "aws-cdk-lib/aws-logs";
import * as quicksight from "aws-cdk-lib/aws-quicksight";
import * as s3 from "aws-cdk-lib/aws-s3";
import * as assets from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ShopStack, logTo, secureBucket } from "./common";
import { DataStack, EXPORTS, UNREFINED } from "./data";
import { NetworkStack } from "./network";
import { ASSETS } from "./paths";
import { ServersStack } from "./servers";
import { Settings } from "./settings";
import { QUESTIONS, TABLES } from "./tables";

const DATABASE = "shop";
const PARQUET = "org.apache.hadoop.hive.ql.io.parquet";

interface Source {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly prefix: string;
  readonly script: string;
  /** What grows by new folders alone. */
  readonly grows?: boolean;
  readonly rules?: string;
}

const SOURCES: Source[] = [
  { id: "Database", name: "database", kind: "database", prefix: EXPORTS, script: "database.py", rules: "database.dqdl" },
  { id: "Surveys", name: "surveys", kind: "survey", prefix: `${UNREFINED}surveys/`, script: "survey.py", rules: "survey.dqdl" },
  { id: "Logs", name: "logs", kind: "log_stream", prefix: `${UNREFINED}logs/`, script: "log_stream.py", grows: true },
];

/** What marketing analyses: data by kind, checked, refined and integrated, asked by Athena and shown by QuickSight. */
export class AnalyticsStack extends ShopStack {
  readonly workGroup: athena.CfnWorkGroup;
  readonly failedJobs: events.Rule;
  readonly failedCrawlers: events.Rule;
  private readonly curated: s3.Bucket;
  private readonly results: s3.Bucket;
  private readonly database: glue.CfnDatabase;
  private readonly security: glue.CfnSecurityConfiguration;

  constructor(scope: Construct, settings: Settings, network: NetworkStack, private readonly data: DataStack, servers: ServersStack) {
    super(scope, "Analytics", settings, "What marketing of the shop analyses");
    const shared = { encryptionKey: data.key, bucketKeyEnabled: true };
    this.curated = secureBucket(this, "Curated", {
      ...shared,
      ...logTo(this, network.accessLogs, "Curated"),
      lifecycleRules: [{ prefix: "athena-results/", expiration: Duration.days(30) }],
    });
    this.results = secureBucket(this, "Results", {
      ...shared,
      ...logTo(this, network.accessLogs, "Results"),
      bucketName: `shop-athena-results-${this.account}-${this.region}`,
      lifecycleRules: [{ expiration: Duration.days(30) }],
    });
    this.database = new glue.CfnDatabase(this, "Database", {
      catalogId: this.account,
      databaseInput: { name: DATABASE, description: "Raw and refined data of the lake" },
    });
    this.tables();
    const kmsKeyArn = data.key.keyArn;
    this.security = new glue.CfnSecurityConfiguration(this, "Security", {
      name: `${this.stackName}-Lake`,
      encryptionConfiguration: {
        cloudWatchEncryption: { cloudWatchEncryptionMode: "SSE-KMS", kmsKeyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn },
        s3Encryptions: [{ s3EncryptionMode: "SSE-KMS", kmsKeyArn }],
      },
    });
    this.workGroup = this.queries();
    const { jobs, crawlers } = this.pipeline();
    const failed = (id: string, detailType: string, detail: object) =>
      new events.Rule(this, id, { eventPattern: { source: ["aws.glue"], detailType: [detailType], detail } });
    this.failedJobs = failed("FailedJobs", "Glue Job State Change", {
      jobName: jobs.map((job) => job.ref),
      state: ["ERROR", "FAILED", "TIMEOUT"],
    });
    this.failedCrawlers = failed("FailedCrawlers", "Glue Crawler State Change", {
      crawlerName: crawlers.map((crawler) => crawler.ref),
      state: ["Failed"],
    });
    this.dashboard(settings);
    data.archive.grantPut(servers.was.role, `${UNREFINED}surveys/*`);
    data.archive.grantPut(servers.web.role, `${UNREFINED}logs/*`);
  }

  private tables(): void {
    for (const { name, description, columns } of TABLES) {
      const location = `s3://${this.curated.bucketName}/${name}/`;
      new glue.CfnTable(this, `Table-${name}`, {
        catalogId: this.account,
        databaseName: this.database.ref,
        tableInput: {
          name,
          description,
          tableType: "EXTERNAL_TABLE",
          partitionKeys: [{ name: "dt", type: "string" }],
          parameters: {
            EXTERNAL: "TRUE",
            classification: "parquet",
            "projection.enabled": "true",
            "projection.dt.type": "date",
            "projection.dt.format": "yyyy-MM-dd",
            "projection.dt.interval": "1",
            "projection.dt.interval.unit": "DAYS",
            "projection.dt.range": "2024-04-30,NOW",
            "storage.location.template": `${location}dt=\${dt}/`,
          },
          storageDescriptor: {
            columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
            location,
            inputFormat: `${PARQUET}.MapredParquetInputFormat`,
            outputFormat: `${PARQUET}.MapredParquetOutputFormat`,
            serdeInfo: { serializationLibrary: `${PARQUET}.serde.ParquetHiveSerDe` },
          },
        },
      });
    }
  }

  private queries(): athena.CfnWorkGroup {
    const workGroup = new athena.CfnWorkGroup(this, "WorkGroup", {
      name: DATABASE,
      description: "Queries of the lake: results are encrypted and in one place",
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: 100 * 1024 ** 3,
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        resultConfiguration: {
          outputLocation: `s3://${this.results.bucketName}/`,
          expectedBucketOwner: this.account,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKey: this.data.key.keyArn },
        },
      },
    });
    for (const { file, name, description } of QUESTIONS) {
      new athena.CfnNamedQuery(this, `Query-${file}`, {
        name,
        description,
        database: this.database.ref,
        workGroup: workGroup.ref,
        queryString: read(`athena/${file}.sql`),
      });
    }
    return workGroup;
  }

  /** Crawlers, quality checks, ETL jobs and what starts one after the other. */
  private pipeline(): { jobs: glue.CfnJob[]; crawlers: glue.CfnCrawler[] } {
    const logGroup = (id: string, logGroupName: string) =>
      new logs.LogGroup(this, id, {
        logGroupName,
        encryptionKey: this.data.key,
        retention: logs.RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.RETAIN,
      });
    const jobRole = this.glueRole("JobRole");
    this.curated.grantReadWrite(jobRole);
    this.curated.grantDelete(jobRole);
    const crawlerRole = this.glueRole("CrawlerRole");
    logGroup("CrawlersLog", `/aws-glue/crawlers-role/${crawlerRole.roleName}-${this.security.ref}`);
    const prefix = `/aws-glue/${this.stackName}/Lake`;
    logGroup("ErrorLog", `${prefix}/error`);
    logGroup("OutputLog", `${prefix}/output`);

    const library = this.asset("Library", "glue/library", jobRole);
    const job = (id: string, script: string, description: string, retries: number, more: Record<string, string>) =>
      new glue.CfnJob(this, id, {
        description,
        role: jobRole.roleArn,
        command: { name: "glueetl", pythonVersion: "3", scriptLocation: this.asset(`${id}Script`, `glue/${script}`, jobRole).s3ObjectUrl },
        glueVersion: "5.0",
        workerType: "G.1X",
        numberOfWorkers: 2,
        timeout: 60,
        maxRetries: retries,
        executionProperty: { maxConcurrentRuns: 1 },
        securityConfiguration: this.security.ref,
        defaultArguments: {
          "--job-language": "python",
          "--enable-metrics": "true",
          "--enable-observability-metrics": "true",
          "--custom-logGroup-prefix": prefix,
          "--DATABASE": DATABASE,
          "--extra-py-files": library.s3ObjectUrl,
          ...more,
        },
      });
    const workflow = new glue.CfnWorkflow(this, "Workflow", {
      description: "Checks, refines and integrates the data of the lake",
      maxConcurrentRuns: 1,
    });
    const trigger = (id: string, conditions: glue.CfnTrigger.ConditionProperty[], jobName: string) =>
      new glue.CfnTrigger(this, id, {
        type: "CONDITIONAL",
        workflowName: workflow.ref,
        predicate: { logical: "AND", conditions: conditions.map((condition) => ({ logicalOperator: "EQUALS", ...condition })) },
        actions: [{ jobName }],
        startOnCreation: true,
      });

    const target = `s3://${this.curated.bucketName}/`;
    const crawlers: glue.CfnCrawler[] = [];
    const etls: glue.CfnJob[] = [];
    const checks: glue.CfnJob[] = [];
    for (const { id, name, kind, prefix, script, grows, rules } of SOURCES) {
      const path = `s3://${this.data.archive.bucketName}/${prefix}`;
      const crawler = new glue.CfnCrawler(this, `${id}Crawler`, {
        role: crawlerRole.roleArn,
        description: `Catalogs the raw data of ${name}`,
        databaseName: this.database.ref,
        tablePrefix: `raw_${name}_`,
        targets: { s3Targets: [{ path, exclusions: kind === "database" ? ["**.json", "**_SUCCESS"] : ["**_SUCCESS"] }] },
        recrawlPolicy: { recrawlBehavior: grows ? "CRAWL_NEW_FOLDERS_ONLY" : "CRAWL_EVERYTHING" },
        schemaChangePolicy: { deleteBehavior: "LOG", updateBehavior: grows ? "LOG" : "UPDATE_IN_DATABASE" },
        crawlerSecurityConfiguration: this.security.ref,
        configuration: JSON.stringify({
          Version: 1.0,
          CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
          Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas" },
        }),
      });
      const etl = job(`${id}Etl`, script, `Refines ${name}`, 1, {
        "--SOURCE_PATH": path,
        "--TARGET_PATH": target,
        "--job-bookmark-option": grows ? "job-bookmark-enable" : "job-bookmark-disable",
      });
      let next = etl;
      if (rules) {
        const ruleset = new glue.CfnDataQualityRuleset(this, `${id}Rules`, {
          name: `${this.stackName}-${name}`,
          description: `What ${name} has to be like`,
          ruleset: read(`quality/${rules}`),
        });
        next = job(`${id}Check`, "quality.py", `Checks ${name}`, 0, {
          "--SOURCE_PATH": path,
          "--SOURCE_KIND": kind,
          "--RULESET": ruleset.ref,
        });
        checks.push(next);
        trigger(`${id}Checked`, [{ jobName: next.ref, state: "SUCCEEDED" }], etl.ref);
      }
      trigger(`${id}Crawled`, [{ crawlerName: crawler.ref, crawlState: "SUCCEEDED" }], next.ref);
      crawlers.push(crawler);
      etls.push(etl);
    }
    const integrate = job("Integrate", "integrate.py", "Integrates the refined data", 1, { "--TARGET_PATH": target });
    trigger("Loaded", etls.map((etl) => ({ jobName: etl.ref, state: "SUCCEEDED" })), integrate.ref);
    new glue.CfnTrigger(this, "Started", {
      type: "EVENT",
      workflowName: workflow.ref,
      eventBatchingCondition: { batchSize: 1 },
      actions: crawlers.map((crawler) => ({ crawlerName: crawler.ref })),
    });

    // No target of the events module starts a workflow of Glue.
    const arn = `arn:${this.partition}:glue:${this.region}:${this.account}:workflow/${workflow.ref}`;
    const startRole = new iam.Role(this, "StartRole", { assumedBy: new iam.ServicePrincipal("events.amazonaws.com") });
    startRole.addToPolicy(new iam.PolicyStatement({ actions: ["glue:NotifyEvent"], resources: [arn] }));
    new events.Rule(this, "Start", {
      description: "Starts the pipeline of the lake",
      schedule: events.Schedule.cron({ minute: "0", hour: "21" }),
      targets: [{ bind: () => ({ arn, role: startRole }) }],
    });
    return { jobs: [...checks, ...etls, integrate], crawlers };
  }

  private dashboard(settings: Settings): void {
    const role = new iam.Role(this, "QuickSightRole", { assumedBy: new iam.ServicePrincipal("quicksight.amazonaws.com") });
    const arn = (service: string, resource: string) => `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
    const allow = (actions: string[], resources: string[]) => role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
    const query = ["Start", "Stop", "Get", "BatchGet"].map((verb) => `athena:${verb}QueryExecution`);
    allow(
      [...query, "athena:GetQueryResults", "athena:GetQueryResultsStream", "athena:GetWorkGroup", "athena:ListQueryExecutions"],
      [arn("athena", `workgroup/${this.workGroup.ref}`)],
    );
    allow(
      ["athena:GetDataCatalog", "athena:GetDatabase", "athena:GetTableMetadata", "athena:ListDatabases", "athena:ListTableMetadata"],
      [arn("athena", "datacatalog/AwsDataCatalog")],
    );
    allow(
      ["glue:BatchGetPartition", "glue:GetDatabase", "glue:GetDatabases", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"],
      [arn("glue", "catalog"), arn("glue", `database/${DATABASE}`), arn("glue", `table/${DATABASE}/*`)],
    );
    this.data.archive.grantRead(role);
    this.curated.grantRead(role);
    this.results.grantReadWrite(role);
    allow(["s3:GetBucketLocation"], [this.data.archive, this.curated, this.results].map((bucket) => bucket.bucketArn));

    const principal = arn("quicksight", `user/default/${settings.quickSightUser}`);
    const permissions = (actions: string[]) => [{ principal, actions: actions.map((action) => `quicksight:${action}`) }];
    const source = new quicksight.CfnDataSource(this, "DataSource", {
      awsAccountId: this.account,
      dataSourceId: `${this.stackName}-shop`,
      name: DATABASE,
      type: "ATHENA",
      dataSourceParameters: { athenaParameters: { workGroup: this.workGroup.ref, roleArn: role.roleArn } },
      sslProperties: { disableSsl: false },
      permissions: permissions([
        "DescribeDataSource",
        "DescribeDataSourcePermissions",
        "PassDataSource",
        "UpdateDataSource",
        "DeleteDataSource",
        "UpdateDataSourcePermissions",
      ]),
    });
    source.node.addDependency(role);
    const declarations = QUESTIONS.map(({ file, columns }) => {
      const id = file.replaceAll("_", "-");
      const dataSet = new quicksight.CfnDataSet(this, `DataSet-${file}`, {
        awsAccountId: this.account,
        dataSetId: `${this.stackName}-${id}`,
        name: id,
        importMode: "DIRECT_QUERY",
        physicalTableMap: {
          [file.replaceAll("_", "")]: {
            customSql: {
              name: id,
              dataSourceArn: source.attrArn,
              sqlQuery: read(`athena/${file}.sql`),
              columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
            },
          },
        },
        permissions: permissions([
          "DescribeDataSet",
          "DescribeDataSetPermissions",
          "PassDataSet",
          "DescribeIngestion",
          "ListIngestions",
          "UpdateDataSet",
          "DeleteDataSet",
          "CreateIngestion",
          "CancelIngestion",
          "UpdateDataSetPermissions",
        ]),
      });
      return { Identifier: id, DataSetArn: dataSet.attrArn };
    });
    const dashboard = new quicksight.CfnDashboard(this, "Marketing", {
      awsAccountId: this.account,
      dashboardId: `${this.stackName}-Marketing`,
      name: "Marketing",
      permissions: permissions([
        "DescribeDashboard",
        "ListDashboardVersions",
        "UpdateDashboardPermissions",
        "QueryDashboard",
        "UpdateDashboard",
        "DeleteDashboard",
        "DescribeDashboardPermissions",
        "UpdateDashboardPublishedVersion",
      ]),
    });
    // The visuals are as QuickSight exports them; the typed property would want other names.
    dashboard.addPropertyOverride("Definition", {
      DataSetIdentifierDeclarations: declarations,
      Sheets: [{ SheetId: "marketing", Name: "Marketing", Visuals: QUESTIONS.map(({ file }) => JSON.parse(read(`quicksight/${file}.json`))) }],
    });
  }

  /** A role that reads the archive and keeps the catalog. */
  private glueRole(id: string): iam.Role {
    const role = new iam.Role(this, id, { assumedBy: new iam.ServicePrincipal("glue.amazonaws.com") });
    const arn = (service: string, resource: string) => `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
    const catalog = ["BatchCreatePartition", "BatchGetPartition", "BatchUpdatePartition", "CreatePartition", "CreateTable", "GetDatabase"];
    catalog.push("GetPartition", "GetPartitions", "GetTable", "GetTables", "UpdatePartition", "UpdateTable");
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: catalog.map((action) => `glue:${action}`),
        resources: [arn("glue", "catalog"), arn("glue", `database/${DATABASE}`), arn("glue", `table/${DATABASE}/*`)],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ["logs:AssociateKmsKey", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [arn("logs", "log-group:/aws-glue/*")],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        conditions: { StringEquals: { "cloudwatch:namespace": ["Glue", "Glue Data Quality"] } },
      }),
    );
    this.data.archive.grantRead(role);
    this.data.key.grantEncryptDecrypt(role);
    return role;
  }

  private asset(id: string, path: string, reader: iam.IGrantable): assets.Asset {
    return new assets.Asset(this, id, { path: join(ASSETS, path), readers: [reader] });
  }
}

function read(path: string): string {
  return readFileSync(join(ASSETS, path), "utf8");
}
