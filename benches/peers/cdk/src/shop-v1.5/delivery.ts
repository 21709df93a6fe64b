import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as codebuild from "aws-cdk-lib/aws-codebuild";
import * as codecommit from "aws-cdk-lib/aws-codecommit";
import * as codedeploy from "aws-cdk-lib/aws-codedeploy";
import * as codepipeline from "aws-cdk-lib/aws-codepipeline";
import * as actions from "aws-cdk-lib/aws-codepipeline-actions";
import * as targets from "aws-cdk-lib/aws-events-targets";
import * as logs from "aws-cdk-lib/aws-logs";
import * as s3 from "aws-cdk-lib/aws-s3";
import * as sns from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { ShopStack } from "./common";
import { ServersStack } from "./servers";
import { Settings } from "./settings";
import { Tier } from "./tier";

/** CodeCommit -> CodePipeline -> CodeBuild -> S3 -> CodeDeploy onto both tiers. */
export class DeliveryStack extends ShopStack {
  constructor(scope: Construct, settings: Settings, artifactBucket: s3.IBucket, servers: ServersStack, alarms: sns.ITopic) {
    super(scope, "Delivery", settings, "The pipeline that delivers the application of the shop");
    const { encryptionKey } = artifactBucket;
    const repository = new codecommit.Repository(this, "Repository", { repositoryName: "shop" });
    repository.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const project = new codebuild.PipelineProject(this, "Build", {
      environment: { buildImage: codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0, computeType: codebuild.ComputeType.SMALL },
      encryptionKey,
      timeout: Duration.minutes(30),
      buildSpec: codebuild.BuildSpec.fromSourceFilename("buildspec.yml"),
      logging: {
        cloudWatch: {
          logGroup: new logs.LogGroup(this, "BuildLog", {
            encryptionKey,
            retention: logs.RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.RETAIN,
          }),
        },
      },
    });

    const application = new codedeploy.ServerApplication(this, "Application");
    const source = new codepipeline.Artifact("Source");
    const deploy = (name: string, tier: Tier, input: codepipeline.Artifact, runOrder: number) => {
      const deploymentGroup = new codedeploy.ServerDeploymentGroup(this, `${name}Group`, {
        application,
        autoScalingGroups: [tier.servers],
        loadBalancers: [codedeploy.LoadBalancer.application(tier.targets)],
        deploymentConfig: codedeploy.ServerDeploymentConfig.ONE_AT_A_TIME,
        installAgent: false,
        autoRollback: { failedDeployment: true },
      });
      return new actions.CodeDeployServerDeployAction({ actionName: name, input, deploymentGroup, runOrder });
    };
    const was = new codepipeline.Artifact("was");
    const web = new codepipeline.Artifact("web");
    const pipeline = new codepipeline.Pipeline(this, "Pipeline", {
      pipelineType: codepipeline.PipelineType.V2,
      executionMode: codepipeline.ExecutionMode.QUEUED,
      artifactBucket,
      stages: [
        {
          stageName: "Source",
          actions: [new actions.CodeCommitSourceAction({ actionName: "Source", repository, branch: "main", output: source })],
        },
        {
          stageName: "Build",
          actions: [new actions.CodeBuildAction({ actionName: "Build", project, input: source, outputs: [was, web] })],
        },
        { stageName: "Deploy", actions: [deploy("Was", servers.was, was, 1), deploy("Web", servers.web, web, 2)] },
      ],
    });
    pipeline.onStateChange("Failed", {
      description: "the pipeline failed",
      eventPattern: { detail: { state: ["FAILED"] } },
      target: new targets.SnsTopic(alarms),
    });
  }
}
