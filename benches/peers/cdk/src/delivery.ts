import { Duration, RemovalPolicy, Stack, StackProps } from "aws-cdk-lib";
import * as codebuild from "aws-cdk-lib/aws-codebuild";
import * as codecommit from "aws-cdk-lib/aws-codecommit";
import * as codedeploy from "aws-cdk-lib/aws-codedeploy";
import * as codepipeline from "aws-cdk-lib/aws-codepipeline";
import * as actions from "aws-cdk-lib/aws-codepipeline-actions";
import * as logs from "aws-cdk-lib/aws-logs";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { Tier } from "./tier";

export interface DeliveryProps extends StackProps {
  readonly web: Tier;
  readonly was: Tier;
  readonly artifacts: s3.IBucket;
}

/** CodeCommit -> CodePipeline -> CodeBuild -> S3 -> CodeDeploy onto both tiers. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id, props);

    const repository = new codecommit.Repository(this, "Repository", {
      repositoryName: this.stackName,
      description: "source of the shop",
    });
    repository.applyRemovalPolicy(RemovalPolicy.RETAIN);

    const project = new codebuild.PipelineProject(this, "Build", {
      environment: { buildImage: codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0 },
      encryptionKey: props.artifacts.encryptionKey,
      timeout: Duration.minutes(30),
      logging: {
        cloudWatch: {
          logGroup: new logs.LogGroup(this, "BuildLogs", {
            retention: logs.RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.RETAIN,
          }),
        },
      },
      buildSpec: codebuild.BuildSpec.fromObject({
        version: "0.2",
        phases: { build: { commands: ["./build.sh web out/web", "./build.sh was out/was"] } },
        artifacts: {
          "secondary-artifacts": {
            Web: { "base-directory": "out/web", files: ["**/*"] },
            Was: { "base-directory": "out/was", files: ["**/*"] },
          },
        },
      }),
    });

    const application = new codedeploy.ServerApplication(this, "Application");
    const group = (name: string, tier: Tier) =>
      new codedeploy.ServerDeploymentGroup(this, `${name}Group`, {
        application,
        autoScalingGroups: [tier.servers],
        loadBalancers: [codedeploy.LoadBalancer.application(tier.targets)],
        deploymentConfig: codedeploy.ServerDeploymentConfig.ONE_AT_A_TIME,
        installAgent: false,
        autoRollback: { failedDeployment: true, stoppedDeployment: true },
      });

    const source = new codepipeline.Artifact("Source");
    const web = new codepipeline.Artifact("Web");
    const was = new codepipeline.Artifact("Was");
    new codepipeline.Pipeline(this, "Pipeline", {
      pipelineType: codepipeline.PipelineType.V2,
      artifactBucket: props.artifacts,
      restartExecutionOnUpdate: false,
      stages: [
        {
          stageName: "Source",
          actions: [new actions.CodeCommitSourceAction({ actionName: "CodeCommit", repository, branch: "main", output: source })],
        },
        {
          stageName: "Build",
          actions: [new actions.CodeBuildAction({ actionName: "CodeBuild", project, input: source, outputs: [web, was] })],
        },
        {
          stageName: "Deploy",
          actions: [
            new actions.CodeDeployServerDeployAction({ actionName: "Was", input: was, deploymentGroup: group("Was", props.was), runOrder: 1 }),
            new actions.CodeDeployServerDeployAction({ actionName: "Web", input: web, deploymentGroup: group("Web", props.web), runOrder: 2 }),
          ],
        },
      ],
    });
  }
}
