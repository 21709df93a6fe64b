//! Every AWS CloudFormation resource type as a typed builder, generated from AWS's own specification.
//!
//! A module is a service, under its CloudFormation name in lower case (`AWS::ElasticLoadBalancingV2` is `elasticloadbalancingv2`), and is
//! there if the cargo feature of its family is on. A type is a resource type or one of its nested types; its methods are the
//! properties. What is required has to be set before it compiles.
//!
//! ```
//! # #[cfg(all(feature = "s3", feature = "kms"))] {
//! use fc_cdk_aws::{kms, s3};
//! use fc_cdk_core::{App, Stack};
//!
//! let app = App::new();
//! let stack = Stack::new(&app, "Data");
//! let bucket = s3::Bucket::new()
//!     .bucket_name("orders")
//!     .lifecycle_configuration(s3::LifecycleConfiguration::new().rules([
//!         s3::Rule::new().status(s3::RuleStatus::Enabled).expiration_in_days(30),
//!     ]))
//!     .build(&stack, "Orders");
//! let arn = bucket.arn(); // a `Value<s3::BucketArn>`
//! # }
//! ```
//!
//! What is newer than this crate: a plain string goes where an enum is wanted; builders of resources have `raw("Property", value)`, and so
//! has the value of a nested type (`rule.into_value().raw("Property", value)`);
//! [`Scope::raw_resource`](fc_cdk_core::Scope::raw_resource) takes any type.
#![allow(
    non_camel_case_types,
    reason = "the state `needs::status` is named after the setter `status`"
)]
#![allow(
    non_upper_case_globals,
    reason = "`RuleStatus::Enabled` is a constant that reads as the variant that it is"
)]

#[rustfmt::skip]
pub mod ids;
#[cfg(feature = "permissions")]
mod permissions;
#[rustfmt::skip]
mod types;

#[cfg(feature = "permissions")]
pub use permissions::permissions;
pub use types::{ACTIONS, REGIONS, resource_type, tables};

// Services. @generated below by `cargo xtask codegen`
#[cfg(feature = "accessanalyzer")]
#[path = "services/accessanalyzer.rs"]
#[rustfmt::skip]
pub mod accessanalyzer;
#[cfg(feature = "accountaccess")]
#[path = "services/accountaccess.rs"]
#[rustfmt::skip]
pub mod accountaccess;
#[cfg(feature = "acmpca")]
#[path = "services/acmpca.rs"]
#[rustfmt::skip]
pub mod acmpca;
#[cfg(feature = "agentregistry")]
#[path = "services/agentregistry.rs"]
#[rustfmt::skip]
pub mod agentregistry;
#[cfg(feature = "aiops")]
#[path = "services/aiops.rs"]
#[rustfmt::skip]
pub mod aiops;
#[cfg(feature = "alexaask")]
#[path = "services/alexaask.rs"]
#[rustfmt::skip]
pub mod alexaask;
#[cfg(feature = "amazonmq")]
#[path = "services/amazonmq.rs"]
#[rustfmt::skip]
pub mod amazonmq;
#[cfg(feature = "amplify")]
#[path = "services/amplify.rs"]
#[rustfmt::skip]
pub mod amplify;
#[cfg(feature = "amplifyuibuilder")]
#[path = "services/amplifyuibuilder.rs"]
#[rustfmt::skip]
pub mod amplifyuibuilder;
#[cfg(feature = "amznsdc")]
#[path = "services/amznsdc.rs"]
#[rustfmt::skip]
pub mod amznsdc;
#[cfg(feature = "apigateway")]
#[path = "services/apigateway.rs"]
#[rustfmt::skip]
pub mod apigateway;
#[cfg(feature = "apigatewayv2")]
#[path = "services/apigatewayv2.rs"]
#[rustfmt::skip]
pub mod apigatewayv2;
#[cfg(feature = "appconfig")]
#[path = "services/appconfig.rs"]
#[rustfmt::skip]
pub mod appconfig;
#[cfg(feature = "appfabric")]
#[path = "services/appfabric.rs"]
#[rustfmt::skip]
pub mod appfabric;
#[cfg(feature = "appflow")]
#[path = "services/appflow.rs"]
#[rustfmt::skip]
pub mod appflow;
#[cfg(feature = "connect")]
#[path = "services/appintegrations.rs"]
#[rustfmt::skip]
pub mod appintegrations;
#[cfg(feature = "applicationautoscaling")]
#[path = "services/applicationautoscaling.rs"]
#[rustfmt::skip]
pub mod applicationautoscaling;
#[cfg(feature = "applicationinsights")]
#[path = "services/applicationinsights.rs"]
#[rustfmt::skip]
pub mod applicationinsights;
#[cfg(feature = "applicationsignals")]
#[path = "services/applicationsignals.rs"]
#[rustfmt::skip]
pub mod applicationsignals;
#[cfg(feature = "appmesh")]
#[path = "services/appmesh.rs"]
#[rustfmt::skip]
pub mod appmesh;
#[cfg(feature = "apprunner")]
#[path = "services/apprunner.rs"]
#[rustfmt::skip]
pub mod apprunner;
#[cfg(feature = "appstream")]
#[path = "services/appstream.rs"]
#[rustfmt::skip]
pub mod appstream;
#[cfg(feature = "appsync")]
#[path = "services/appsync.rs"]
#[rustfmt::skip]
pub mod appsync;
#[cfg(feature = "apptest")]
#[path = "services/apptest.rs"]
#[rustfmt::skip]
pub mod apptest;
#[cfg(feature = "aps")]
#[path = "services/aps.rs"]
#[rustfmt::skip]
pub mod aps;
#[cfg(feature = "route53recovery")]
#[path = "services/arcregionswitch.rs"]
#[rustfmt::skip]
pub mod arcregionswitch;
#[cfg(feature = "route53recovery")]
#[path = "services/arczonalshift.rs"]
#[rustfmt::skip]
pub mod arczonalshift;
#[cfg(feature = "athena")]
#[path = "services/athena.rs"]
#[rustfmt::skip]
pub mod athena;
#[cfg(feature = "auditmanager")]
#[path = "services/auditmanager.rs"]
#[rustfmt::skip]
pub mod auditmanager;
#[cfg(feature = "autoscaling")]
#[path = "services/autoscaling.rs"]
#[rustfmt::skip]
pub mod autoscaling;
#[cfg(feature = "autoscalingplans")]
#[path = "services/autoscalingplans.rs"]
#[rustfmt::skip]
pub mod autoscalingplans;
#[cfg(feature = "awsexternalanthropic")]
#[path = "services/awsexternalanthropic.rs"]
#[rustfmt::skip]
pub mod awsexternalanthropic;
#[cfg(feature = "b2bi")]
#[path = "services/b2bi.rs"]
#[rustfmt::skip]
pub mod b2bi;
#[cfg(feature = "backup")]
#[path = "services/backup.rs"]
#[rustfmt::skip]
pub mod backup;
#[cfg(feature = "backupgateway")]
#[path = "services/backupgateway.rs"]
#[rustfmt::skip]
pub mod backupgateway;
#[cfg(feature = "batch")]
#[path = "services/batch.rs"]
#[rustfmt::skip]
pub mod batch;
#[cfg(feature = "billing")]
#[path = "services/bcm.rs"]
#[rustfmt::skip]
pub mod bcm;
#[cfg(feature = "billing")]
#[path = "services/bcmdataexports.rs"]
#[rustfmt::skip]
pub mod bcmdataexports;
#[cfg(feature = "billing")]
#[path = "services/bcmpricingcalculator.rs"]
#[rustfmt::skip]
pub mod bcmpricingcalculator;
#[cfg(feature = "bedrock")]
#[path = "services/bedrock.rs"]
#[rustfmt::skip]
pub mod bedrock;
#[cfg(feature = "bedrock")]
#[path = "services/bedrockagentcore.rs"]
#[rustfmt::skip]
pub mod bedrockagentcore;
#[cfg(feature = "bedrock")]
#[path = "services/bedrockmantle.rs"]
#[rustfmt::skip]
pub mod bedrockmantle;
#[cfg(feature = "billing")]
#[path = "services/billing.rs"]
#[rustfmt::skip]
pub mod billing;
#[cfg(feature = "billing")]
#[path = "services/billingconductor.rs"]
#[rustfmt::skip]
pub mod billingconductor;
#[cfg(feature = "braket")]
#[path = "services/braket.rs"]
#[rustfmt::skip]
pub mod braket;
#[cfg(feature = "budgets")]
#[path = "services/budgets.rs"]
#[rustfmt::skip]
pub mod budgets;
#[cfg(feature = "connect")]
#[path = "services/cases.rs"]
#[rustfmt::skip]
pub mod cases;
#[cfg(feature = "cassandra")]
#[path = "services/cassandra.rs"]
#[rustfmt::skip]
pub mod cassandra;
#[cfg(feature = "cdk")]
#[path = "services/cdk.rs"]
#[rustfmt::skip]
pub mod cdk;
#[cfg(feature = "ce")]
#[path = "services/ce.rs"]
#[rustfmt::skip]
pub mod ce;
#[cfg(feature = "certificatemanager")]
#[path = "services/certificatemanager.rs"]
#[rustfmt::skip]
pub mod certificatemanager;
#[cfg(feature = "chatbot")]
#[path = "services/chatbot.rs"]
#[rustfmt::skip]
pub mod chatbot;
#[cfg(feature = "chime")]
#[path = "services/chime.rs"]
#[rustfmt::skip]
pub mod chime;
#[cfg(feature = "cleanrooms")]
#[path = "services/cleanrooms.rs"]
#[rustfmt::skip]
pub mod cleanrooms;
#[cfg(feature = "cleanroomsml")]
#[path = "services/cleanroomsml.rs"]
#[rustfmt::skip]
pub mod cleanroomsml;
#[cfg(feature = "cloud9")]
#[path = "services/cloud9.rs"]
#[rustfmt::skip]
pub mod cloud9;
#[cfg(feature = "cloudformation")]
#[path = "services/cloudformation.rs"]
#[rustfmt::skip]
pub mod cloudformation;
#[cfg(feature = "cloudfront")]
#[path = "services/cloudfront.rs"]
#[rustfmt::skip]
pub mod cloudfront;
#[cfg(feature = "cloudhsm")]
#[path = "services/cloudhsm.rs"]
#[rustfmt::skip]
pub mod cloudhsm;
#[cfg(feature = "cloudtrail")]
#[path = "services/cloudtrail.rs"]
#[rustfmt::skip]
pub mod cloudtrail;
#[cfg(feature = "cloudwatch")]
#[path = "services/cloudwatch.rs"]
#[rustfmt::skip]
pub mod cloudwatch;
#[cfg(feature = "codeartifact")]
#[path = "services/codeartifact.rs"]
#[rustfmt::skip]
pub mod codeartifact;
#[cfg(feature = "codebuild")]
#[path = "services/codebuild.rs"]
#[rustfmt::skip]
pub mod codebuild;
#[cfg(feature = "codecommit")]
#[path = "services/codecommit.rs"]
#[rustfmt::skip]
pub mod codecommit;
#[cfg(feature = "codestar")]
#[path = "services/codeconnections.rs"]
#[rustfmt::skip]
pub mod codeconnections;
#[cfg(feature = "codedeploy")]
#[path = "services/codedeploy.rs"]
#[rustfmt::skip]
pub mod codedeploy;
#[cfg(feature = "codeguru")]
#[path = "services/codeguruprofiler.rs"]
#[rustfmt::skip]
pub mod codeguruprofiler;
#[cfg(feature = "codeguru")]
#[path = "services/codegurureviewer.rs"]
#[rustfmt::skip]
pub mod codegurureviewer;
#[cfg(feature = "codepipeline")]
#[path = "services/codepipeline.rs"]
#[rustfmt::skip]
pub mod codepipeline;
#[cfg(feature = "codestar")]
#[path = "services/codestar.rs"]
#[rustfmt::skip]
pub mod codestar;
#[cfg(feature = "codestar")]
#[path = "services/codestarconnections.rs"]
#[rustfmt::skip]
pub mod codestarconnections;
#[cfg(feature = "codestar")]
#[path = "services/codestarnotifications.rs"]
#[rustfmt::skip]
pub mod codestarnotifications;
#[cfg(feature = "cognito")]
#[path = "services/cognito.rs"]
#[rustfmt::skip]
pub mod cognito;
#[cfg(feature = "comprehend")]
#[path = "services/comprehend.rs"]
#[rustfmt::skip]
pub mod comprehend;
#[cfg(feature = "computeoptimizer")]
#[path = "services/computeoptimizer.rs"]
#[rustfmt::skip]
pub mod computeoptimizer;
#[cfg(feature = "config")]
#[path = "services/config.rs"]
#[rustfmt::skip]
pub mod config;
#[cfg(feature = "connect")]
#[path = "services/connect.rs"]
#[rustfmt::skip]
pub mod connect;
#[cfg(feature = "connect")]
#[path = "services/connectcampaigns.rs"]
#[rustfmt::skip]
pub mod connectcampaigns;
#[cfg(feature = "connect")]
#[path = "services/connectcampaignsv2.rs"]
#[rustfmt::skip]
pub mod connectcampaignsv2;
#[cfg(feature = "controltower")]
#[path = "services/controltower.rs"]
#[rustfmt::skip]
pub mod controltower;
#[cfg(feature = "cur")]
#[path = "services/cur.rs"]
#[rustfmt::skip]
pub mod cur;
#[cfg(feature = "connect")]
#[path = "services/customerprofiles.rs"]
#[rustfmt::skip]
pub mod customerprofiles;
#[cfg(feature = "databrew")]
#[path = "services/databrew.rs"]
#[rustfmt::skip]
pub mod databrew;
#[cfg(feature = "dataexchange")]
#[path = "services/dataexchange.rs"]
#[rustfmt::skip]
pub mod dataexchange;
#[cfg(feature = "datapipeline")]
#[path = "services/datapipeline.rs"]
#[rustfmt::skip]
pub mod datapipeline;
#[cfg(feature = "datasync")]
#[path = "services/datasync.rs"]
#[rustfmt::skip]
pub mod datasync;
#[cfg(feature = "datazone")]
#[path = "services/datazone.rs"]
#[rustfmt::skip]
pub mod datazone;
#[cfg(feature = "dax")]
#[path = "services/dax.rs"]
#[rustfmt::skip]
pub mod dax;
#[cfg(feature = "deadline")]
#[path = "services/deadline.rs"]
#[rustfmt::skip]
pub mod deadline;
#[cfg(feature = "detective")]
#[path = "services/detective.rs"]
#[rustfmt::skip]
pub mod detective;
#[cfg(feature = "devicefarm")]
#[path = "services/devicefarm.rs"]
#[rustfmt::skip]
pub mod devicefarm;
#[cfg(feature = "devopsagent")]
#[path = "services/devopsagent.rs"]
#[rustfmt::skip]
pub mod devopsagent;
#[cfg(feature = "devopsguru")]
#[path = "services/devopsguru.rs"]
#[rustfmt::skip]
pub mod devopsguru;
#[cfg(feature = "directconnect")]
#[path = "services/directconnect.rs"]
#[rustfmt::skip]
pub mod directconnect;
#[cfg(feature = "directoryservice")]
#[path = "services/directoryservice.rs"]
#[rustfmt::skip]
pub mod directoryservice;
#[cfg(feature = "dlm")]
#[path = "services/dlm.rs"]
#[rustfmt::skip]
pub mod dlm;
#[cfg(feature = "dms")]
#[path = "services/dms.rs"]
#[rustfmt::skip]
pub mod dms;
#[cfg(feature = "docdb")]
#[path = "services/docdb.rs"]
#[rustfmt::skip]
pub mod docdb;
#[cfg(feature = "docdb")]
#[path = "services/docdbelastic.rs"]
#[rustfmt::skip]
pub mod docdbelastic;
#[cfg(feature = "drs")]
#[path = "services/drs.rs"]
#[rustfmt::skip]
pub mod drs;
#[cfg(feature = "dsql")]
#[path = "services/dsql.rs"]
#[rustfmt::skip]
pub mod dsql;
#[cfg(feature = "dynamodb")]
#[path = "services/dynamodb.rs"]
#[rustfmt::skip]
pub mod dynamodb;
#[cfg(feature = "ec2")]
#[path = "services/ec2.rs"]
#[rustfmt::skip]
pub mod ec2;
#[cfg(feature = "ecr")]
#[path = "services/ecr.rs"]
#[rustfmt::skip]
pub mod ecr;
#[cfg(feature = "ecs")]
#[path = "services/ecs.rs"]
#[rustfmt::skip]
pub mod ecs;
#[cfg(feature = "efs")]
#[path = "services/efs.rs"]
#[rustfmt::skip]
pub mod efs;
#[cfg(feature = "eks")]
#[path = "services/eks.rs"]
#[rustfmt::skip]
pub mod eks;
#[cfg(feature = "elasticache")]
#[path = "services/elasticache.rs"]
#[rustfmt::skip]
pub mod elasticache;
#[cfg(feature = "elasticbeanstalk")]
#[path = "services/elasticbeanstalk.rs"]
#[rustfmt::skip]
pub mod elasticbeanstalk;
#[cfg(feature = "elasticloadbalancing")]
#[path = "services/elasticloadbalancing.rs"]
#[rustfmt::skip]
pub mod elasticloadbalancing;
#[cfg(feature = "elasticloadbalancingv2")]
#[path = "services/elasticloadbalancingv2.rs"]
#[rustfmt::skip]
pub mod elasticloadbalancingv2;
#[cfg(feature = "elasticsearch")]
#[path = "services/elasticsearch.rs"]
#[rustfmt::skip]
pub mod elasticsearch;
#[cfg(feature = "media")]
#[path = "services/elementalinference.rs"]
#[rustfmt::skip]
pub mod elementalinference;
#[cfg(feature = "emr")]
#[path = "services/emr.rs"]
#[rustfmt::skip]
pub mod emr;
#[cfg(feature = "emr")]
#[path = "services/emrcontainers.rs"]
#[rustfmt::skip]
pub mod emrcontainers;
#[cfg(feature = "emr")]
#[path = "services/emrserverless.rs"]
#[rustfmt::skip]
pub mod emrserverless;
#[cfg(feature = "entityresolution")]
#[path = "services/entityresolution.rs"]
#[rustfmt::skip]
pub mod entityresolution;
#[cfg(feature = "events")]
#[path = "services/events.rs"]
#[rustfmt::skip]
pub mod events;
#[cfg(feature = "eventschemas")]
#[path = "services/eventschemas.rs"]
#[rustfmt::skip]
pub mod eventschemas;
#[cfg(feature = "eventsv2")]
#[path = "services/eventsv2.rs"]
#[rustfmt::skip]
pub mod eventsv2;
#[cfg(feature = "evidently")]
#[path = "services/evidently.rs"]
#[rustfmt::skip]
pub mod evidently;
#[cfg(feature = "evs")]
#[path = "services/evs.rs"]
#[rustfmt::skip]
pub mod evs;
#[cfg(feature = "finspace")]
#[path = "services/finspace.rs"]
#[rustfmt::skip]
pub mod finspace;
#[cfg(feature = "fis")]
#[path = "services/fis.rs"]
#[rustfmt::skip]
pub mod fis;
#[cfg(feature = "fms")]
#[path = "services/fms.rs"]
#[rustfmt::skip]
pub mod fms;
#[cfg(feature = "forecast")]
#[path = "services/forecast.rs"]
#[rustfmt::skip]
pub mod forecast;
#[cfg(feature = "frauddetector")]
#[path = "services/frauddetector.rs"]
#[rustfmt::skip]
pub mod frauddetector;
#[cfg(feature = "fsx")]
#[path = "services/fsx.rs"]
#[rustfmt::skip]
pub mod fsx;
#[cfg(feature = "gamelift")]
#[path = "services/gamelift.rs"]
#[rustfmt::skip]
pub mod gamelift;
#[cfg(feature = "gamelift")]
#[path = "services/gameliftstreams.rs"]
#[rustfmt::skip]
pub mod gameliftstreams;
#[cfg(feature = "gammadilithium")]
#[path = "services/gammadilithium.rs"]
#[rustfmt::skip]
pub mod gammadilithium;
#[cfg(feature = "globalaccelerator")]
#[path = "services/globalaccelerator.rs"]
#[rustfmt::skip]
pub mod globalaccelerator;
#[cfg(feature = "glue")]
#[path = "services/glue.rs"]
#[rustfmt::skip]
pub mod glue;
#[cfg(feature = "grafana")]
#[path = "services/grafana.rs"]
#[rustfmt::skip]
pub mod grafana;
#[cfg(feature = "greengrass")]
#[path = "services/greengrass.rs"]
#[rustfmt::skip]
pub mod greengrass;
#[cfg(feature = "greengrass")]
#[path = "services/greengrassv2.rs"]
#[rustfmt::skip]
pub mod greengrassv2;
#[cfg(feature = "groundstation")]
#[path = "services/groundstation.rs"]
#[rustfmt::skip]
pub mod groundstation;
#[cfg(feature = "guardduty")]
#[path = "services/guardduty.rs"]
#[rustfmt::skip]
pub mod guardduty;
#[cfg(feature = "healthagent")]
#[path = "services/healthagent.rs"]
#[rustfmt::skip]
pub mod healthagent;
#[cfg(feature = "healthimaging")]
#[path = "services/healthimaging.rs"]
#[rustfmt::skip]
pub mod healthimaging;
#[cfg(feature = "healthlake")]
#[path = "services/healthlake.rs"]
#[rustfmt::skip]
pub mod healthlake;
#[cfg(feature = "iam")]
#[path = "services/iam.rs"]
#[rustfmt::skip]
pub mod iam;
#[cfg(feature = "identitystore")]
#[path = "services/identitystore.rs"]
#[rustfmt::skip]
pub mod identitystore;
#[cfg(feature = "imagebuilder")]
#[path = "services/imagebuilder.rs"]
#[rustfmt::skip]
pub mod imagebuilder;
#[cfg(feature = "inspector")]
#[path = "services/inspector.rs"]
#[rustfmt::skip]
pub mod inspector;
#[cfg(feature = "inspectorv2")]
#[path = "services/inspectorv2.rs"]
#[rustfmt::skip]
pub mod inspectorv2;
#[cfg(feature = "interconnect")]
#[path = "services/interconnect.rs"]
#[rustfmt::skip]
pub mod interconnect;
#[cfg(feature = "internetmonitor")]
#[path = "services/internetmonitor.rs"]
#[rustfmt::skip]
pub mod internetmonitor;
#[cfg(feature = "billing")]
#[path = "services/invoicing.rs"]
#[rustfmt::skip]
pub mod invoicing;
#[cfg(feature = "iot")]
#[path = "services/iot.rs"]
#[rustfmt::skip]
pub mod iot;
#[cfg(feature = "iot")]
#[path = "services/iotanalytics.rs"]
#[rustfmt::skip]
pub mod iotanalytics;
#[cfg(feature = "iot")]
#[path = "services/iotcoredeviceadvisor.rs"]
#[rustfmt::skip]
pub mod iotcoredeviceadvisor;
#[cfg(feature = "iot")]
#[path = "services/iotevents.rs"]
#[rustfmt::skip]
pub mod iotevents;
#[cfg(feature = "iot")]
#[path = "services/iotfleethub.rs"]
#[rustfmt::skip]
pub mod iotfleethub;
#[cfg(feature = "iot")]
#[path = "services/iotfleetwise.rs"]
#[rustfmt::skip]
pub mod iotfleetwise;
#[cfg(feature = "iot")]
#[path = "services/iotmanagedintegrations.rs"]
#[rustfmt::skip]
pub mod iotmanagedintegrations;
#[cfg(feature = "iot")]
#[path = "services/iotsecuretunneling.rs"]
#[rustfmt::skip]
pub mod iotsecuretunneling;
#[cfg(feature = "iot")]
#[path = "services/iotsitewise.rs"]
#[rustfmt::skip]
pub mod iotsitewise;
#[cfg(feature = "iot")]
#[path = "services/iotthingsgraph.rs"]
#[rustfmt::skip]
pub mod iotthingsgraph;
#[cfg(feature = "iot")]
#[path = "services/iottwinmaker.rs"]
#[rustfmt::skip]
pub mod iottwinmaker;
#[cfg(feature = "iot")]
#[path = "services/iotwireless.rs"]
#[rustfmt::skip]
pub mod iotwireless;
#[cfg(feature = "ivs")]
#[path = "services/ivs.rs"]
#[rustfmt::skip]
pub mod ivs;
#[cfg(feature = "ivs")]
#[path = "services/ivschat.rs"]
#[rustfmt::skip]
pub mod ivschat;
#[cfg(feature = "kafkaconnect")]
#[path = "services/kafkaconnect.rs"]
#[rustfmt::skip]
pub mod kafkaconnect;
#[cfg(feature = "kendra")]
#[path = "services/kendra.rs"]
#[rustfmt::skip]
pub mod kendra;
#[cfg(feature = "kendra")]
#[path = "services/kendraranking.rs"]
#[rustfmt::skip]
pub mod kendraranking;
#[cfg(feature = "kinesis")]
#[path = "services/kinesis.rs"]
#[rustfmt::skip]
pub mod kinesis;
#[cfg(feature = "kinesisanalytics")]
#[path = "services/kinesisanalytics.rs"]
#[rustfmt::skip]
pub mod kinesisanalytics;
#[cfg(feature = "kinesisanalytics")]
#[path = "services/kinesisanalyticsv2.rs"]
#[rustfmt::skip]
pub mod kinesisanalyticsv2;
#[cfg(feature = "kinesisfirehose")]
#[path = "services/kinesisfirehose.rs"]
#[rustfmt::skip]
pub mod kinesisfirehose;
#[cfg(feature = "kinesisvideo")]
#[path = "services/kinesisvideo.rs"]
#[rustfmt::skip]
pub mod kinesisvideo;
#[cfg(feature = "kms")]
#[path = "services/kms.rs"]
#[rustfmt::skip]
pub mod kms;
#[cfg(feature = "lakeformation")]
#[path = "services/lakeformation.rs"]
#[rustfmt::skip]
pub mod lakeformation;
#[cfg(feature = "lambda")]
#[path = "services/lambda.rs"]
#[rustfmt::skip]
pub mod lambda;
#[cfg(feature = "launchwizard")]
#[path = "services/launchwizard.rs"]
#[rustfmt::skip]
pub mod launchwizard;
#[cfg(feature = "lex")]
#[path = "services/lex.rs"]
#[rustfmt::skip]
pub mod lex;
#[cfg(feature = "licensemanager")]
#[path = "services/licensemanager.rs"]
#[rustfmt::skip]
pub mod licensemanager;
#[cfg(feature = "licensemanager")]
#[path = "services/licensemanagerlinuxsubscriptions.rs"]
#[rustfmt::skip]
pub mod licensemanagerlinuxsubscriptions;
#[cfg(feature = "licensemanager")]
#[path = "services/licensemanagerusersubscriptions.rs"]
#[rustfmt::skip]
pub mod licensemanagerusersubscriptions;
#[cfg(feature = "lightsail")]
#[path = "services/lightsail.rs"]
#[rustfmt::skip]
pub mod lightsail;
#[cfg(feature = "location")]
#[path = "services/location.rs"]
#[rustfmt::skip]
pub mod location;
#[cfg(feature = "logs")]
#[path = "services/logs.rs"]
#[rustfmt::skip]
pub mod logs;
#[cfg(feature = "lookout")]
#[path = "services/lookoutequipment.rs"]
#[rustfmt::skip]
pub mod lookoutequipment;
#[cfg(feature = "lookout")]
#[path = "services/lookoutmetrics.rs"]
#[rustfmt::skip]
pub mod lookoutmetrics;
#[cfg(feature = "lookout")]
#[path = "services/lookoutvision.rs"]
#[rustfmt::skip]
pub mod lookoutvision;
#[cfg(feature = "m2")]
#[path = "services/m2.rs"]
#[rustfmt::skip]
pub mod m2;
#[cfg(feature = "macie")]
#[path = "services/macie.rs"]
#[rustfmt::skip]
pub mod macie;
#[cfg(feature = "managedblockchain")]
#[path = "services/managedblockchain.rs"]
#[rustfmt::skip]
pub mod managedblockchain;
#[cfg(feature = "media")]
#[path = "services/mediaconnect.rs"]
#[rustfmt::skip]
pub mod mediaconnect;
#[cfg(feature = "media")]
#[path = "services/mediaconvert.rs"]
#[rustfmt::skip]
pub mod mediaconvert;
#[cfg(feature = "media")]
#[path = "services/medialive.rs"]
#[rustfmt::skip]
pub mod medialive;
#[cfg(feature = "media")]
#[path = "services/mediapackage.rs"]
#[rustfmt::skip]
pub mod mediapackage;
#[cfg(feature = "media")]
#[path = "services/mediapackagev2.rs"]
#[rustfmt::skip]
pub mod mediapackagev2;
#[cfg(feature = "media")]
#[path = "services/mediastore.rs"]
#[rustfmt::skip]
pub mod mediastore;
#[cfg(feature = "media")]
#[path = "services/mediatailor.rs"]
#[rustfmt::skip]
pub mod mediatailor;
#[cfg(feature = "memorydb")]
#[path = "services/memorydb.rs"]
#[rustfmt::skip]
pub mod memorydb;
#[cfg(feature = "mgn")]
#[path = "services/mgn.rs"]
#[rustfmt::skip]
pub mod mgn;
#[cfg(feature = "mpa")]
#[path = "services/mpa.rs"]
#[rustfmt::skip]
pub mod mpa;
#[cfg(feature = "msk")]
#[path = "services/msk.rs"]
#[rustfmt::skip]
pub mod msk;
#[cfg(feature = "mwaa")]
#[path = "services/mwaa.rs"]
#[rustfmt::skip]
pub mod mwaa;
#[cfg(feature = "mwaa")]
#[path = "services/mwaaserverless.rs"]
#[rustfmt::skip]
pub mod mwaaserverless;
#[cfg(feature = "neptune")]
#[path = "services/neptune.rs"]
#[rustfmt::skip]
pub mod neptune;
#[cfg(feature = "neptune")]
#[path = "services/neptunegraph.rs"]
#[rustfmt::skip]
pub mod neptunegraph;
#[cfg(feature = "networkfirewall")]
#[path = "services/networkfirewall.rs"]
#[rustfmt::skip]
pub mod networkfirewall;
#[cfg(feature = "networkflowmonitor")]
#[path = "services/networkflowmonitor.rs"]
#[rustfmt::skip]
pub mod networkflowmonitor;
#[cfg(feature = "networkmanager")]
#[path = "services/networkmanager.rs"]
#[rustfmt::skip]
pub mod networkmanager;
#[cfg(feature = "networkmonitor")]
#[path = "services/networkmonitor.rs"]
#[rustfmt::skip]
pub mod networkmonitor;
#[cfg(feature = "networksecuritymanager")]
#[path = "services/networksecuritymanager.rs"]
#[rustfmt::skip]
pub mod networksecuritymanager;
#[cfg(feature = "nimblestudio")]
#[path = "services/nimblestudio.rs"]
#[rustfmt::skip]
pub mod nimblestudio;
#[cfg(feature = "notifications")]
#[path = "services/notifications.rs"]
#[rustfmt::skip]
pub mod notifications;
#[cfg(feature = "notifications")]
#[path = "services/notificationscontacts.rs"]
#[rustfmt::skip]
pub mod notificationscontacts;
#[cfg(feature = "novaact")]
#[path = "services/novaact.rs"]
#[rustfmt::skip]
pub mod novaact;
#[cfg(feature = "oam")]
#[path = "services/oam.rs"]
#[rustfmt::skip]
pub mod oam;
#[cfg(feature = "observabilityadmin")]
#[path = "services/observabilityadmin.rs"]
#[rustfmt::skip]
pub mod observabilityadmin;
#[cfg(feature = "odb")]
#[path = "services/odb.rs"]
#[rustfmt::skip]
pub mod odb;
#[cfg(feature = "omics")]
#[path = "services/omics.rs"]
#[rustfmt::skip]
pub mod omics;
#[cfg(feature = "opensearch")]
#[path = "services/opensearch.rs"]
#[rustfmt::skip]
pub mod opensearch;
#[cfg(feature = "opensearchserverless")]
#[path = "services/opensearchserverless.rs"]
#[rustfmt::skip]
pub mod opensearchserverless;
#[cfg(feature = "opensearchservice")]
#[path = "services/opensearchservice.rs"]
#[rustfmt::skip]
pub mod opensearchservice;
#[cfg(feature = "opsworks")]
#[path = "services/opsworks.rs"]
#[rustfmt::skip]
pub mod opsworks;
#[cfg(feature = "opsworks")]
#[path = "services/opsworkscm.rs"]
#[rustfmt::skip]
pub mod opsworkscm;
#[cfg(feature = "organizations")]
#[path = "services/organizations.rs"]
#[rustfmt::skip]
pub mod organizations;
#[cfg(feature = "osis")]
#[path = "services/osis.rs"]
#[rustfmt::skip]
pub mod osis;
#[cfg(feature = "outposts")]
#[path = "services/outposts.rs"]
#[rustfmt::skip]
pub mod outposts;
#[cfg(feature = "panorama")]
#[path = "services/panorama.rs"]
#[rustfmt::skip]
pub mod panorama;
#[cfg(feature = "paymentcryptography")]
#[path = "services/paymentcryptography.rs"]
#[rustfmt::skip]
pub mod paymentcryptography;
#[cfg(feature = "pcaconnector")]
#[path = "services/pcaconnectorad.rs"]
#[rustfmt::skip]
pub mod pcaconnectorad;
#[cfg(feature = "pcaconnector")]
#[path = "services/pcaconnectorscep.rs"]
#[rustfmt::skip]
pub mod pcaconnectorscep;
#[cfg(feature = "pcs")]
#[path = "services/pcs.rs"]
#[rustfmt::skip]
pub mod pcs;
#[cfg(feature = "personalize")]
#[path = "services/personalize.rs"]
#[rustfmt::skip]
pub mod personalize;
#[cfg(feature = "pi")]
#[path = "services/pi.rs"]
#[rustfmt::skip]
pub mod pi;
#[cfg(feature = "pinpoint")]
#[path = "services/pinpoint.rs"]
#[rustfmt::skip]
pub mod pinpoint;
#[cfg(feature = "pinpoint")]
#[path = "services/pinpointemail.rs"]
#[rustfmt::skip]
pub mod pinpointemail;
#[cfg(feature = "pipes")]
#[path = "services/pipes.rs"]
#[rustfmt::skip]
pub mod pipes;
#[cfg(feature = "polly")]
#[path = "services/polly.rs"]
#[rustfmt::skip]
pub mod polly;
#[cfg(feature = "billing")]
#[path = "services/pricingplanmanager.rs"]
#[rustfmt::skip]
pub mod pricingplanmanager;
#[cfg(feature = "proton")]
#[path = "services/proton.rs"]
#[rustfmt::skip]
pub mod proton;
#[cfg(feature = "qbusiness")]
#[path = "services/qbusiness.rs"]
#[rustfmt::skip]
pub mod qbusiness;
#[cfg(feature = "qldb")]
#[path = "services/qldb.rs"]
#[rustfmt::skip]
pub mod qldb;
#[cfg(feature = "quicksight")]
#[path = "services/quicksight.rs"]
#[rustfmt::skip]
pub mod quicksight;
#[cfg(feature = "ram")]
#[path = "services/ram.rs"]
#[rustfmt::skip]
pub mod ram;
#[cfg(feature = "rbin")]
#[path = "services/rbin.rs"]
#[rustfmt::skip]
pub mod rbin;
#[cfg(feature = "rds")]
#[path = "services/rds.rs"]
#[rustfmt::skip]
pub mod rds;
#[cfg(feature = "redshift")]
#[path = "services/redshift.rs"]
#[rustfmt::skip]
pub mod redshift;
#[cfg(feature = "redshift")]
#[path = "services/redshiftserverless.rs"]
#[rustfmt::skip]
pub mod redshiftserverless;
#[cfg(feature = "refactorspaces")]
#[path = "services/refactorspaces.rs"]
#[rustfmt::skip]
pub mod refactorspaces;
#[cfg(feature = "rekognition")]
#[path = "services/rekognition.rs"]
#[rustfmt::skip]
pub mod rekognition;
#[cfg(feature = "resiliencehub")]
#[path = "services/resiliencehub.rs"]
#[rustfmt::skip]
pub mod resiliencehub;
#[cfg(feature = "resiliencehub")]
#[path = "services/resiliencehubv2.rs"]
#[rustfmt::skip]
pub mod resiliencehubv2;
#[cfg(feature = "resourceexplorer2")]
#[path = "services/resourceexplorer2.rs"]
#[rustfmt::skip]
pub mod resourceexplorer2;
#[cfg(feature = "resourcegroups")]
#[path = "services/resourcegroups.rs"]
#[rustfmt::skip]
pub mod resourcegroups;
#[cfg(feature = "robomaker")]
#[path = "services/robomaker.rs"]
#[rustfmt::skip]
pub mod robomaker;
#[cfg(feature = "rolesanywhere")]
#[path = "services/rolesanywhere.rs"]
#[rustfmt::skip]
pub mod rolesanywhere;
#[cfg(feature = "route53")]
#[path = "services/route53.rs"]
#[rustfmt::skip]
pub mod route53;
#[cfg(feature = "route53globalresolver")]
#[path = "services/route53globalresolver.rs"]
#[rustfmt::skip]
pub mod route53globalresolver;
#[cfg(feature = "route53profiles")]
#[path = "services/route53profiles.rs"]
#[rustfmt::skip]
pub mod route53profiles;
#[cfg(feature = "route53recovery")]
#[path = "services/route53recoverycontrol.rs"]
#[rustfmt::skip]
pub mod route53recoverycontrol;
#[cfg(feature = "route53recovery")]
#[path = "services/route53recoveryreadiness.rs"]
#[rustfmt::skip]
pub mod route53recoveryreadiness;
#[cfg(feature = "route53resolver")]
#[path = "services/route53resolver.rs"]
#[rustfmt::skip]
pub mod route53resolver;
#[cfg(feature = "rtbfabric")]
#[path = "services/rtbfabric.rs"]
#[rustfmt::skip]
pub mod rtbfabric;
#[cfg(feature = "rum")]
#[path = "services/rum.rs"]
#[rustfmt::skip]
pub mod rum;
#[cfg(feature = "s3")]
#[path = "services/s3.rs"]
#[rustfmt::skip]
pub mod s3;
#[cfg(feature = "s3express")]
#[path = "services/s3express.rs"]
#[rustfmt::skip]
pub mod s3express;
#[cfg(feature = "s3files")]
#[path = "services/s3files.rs"]
#[rustfmt::skip]
pub mod s3files;
#[cfg(feature = "s3objectlambda")]
#[path = "services/s3objectlambda.rs"]
#[rustfmt::skip]
pub mod s3objectlambda;
#[cfg(feature = "s3outposts")]
#[path = "services/s3outposts.rs"]
#[rustfmt::skip]
pub mod s3outposts;
#[cfg(feature = "s3tables")]
#[path = "services/s3tables.rs"]
#[rustfmt::skip]
pub mod s3tables;
#[cfg(feature = "s3vectors")]
#[path = "services/s3vectors.rs"]
#[rustfmt::skip]
pub mod s3vectors;
#[cfg(feature = "sagemaker")]
#[path = "services/sagemaker.rs"]
#[rustfmt::skip]
pub mod sagemaker;
#[cfg(feature = "scheduler")]
#[path = "services/scheduler.rs"]
#[rustfmt::skip]
pub mod scheduler;
#[cfg(feature = "scn")]
#[path = "services/scn.rs"]
#[rustfmt::skip]
pub mod scn;
#[cfg(feature = "sdb")]
#[path = "services/sdb.rs"]
#[rustfmt::skip]
pub mod sdb;
#[cfg(feature = "secretsmanager")]
#[path = "services/secretsmanager.rs"]
#[rustfmt::skip]
pub mod secretsmanager;
#[cfg(feature = "securityagent")]
#[path = "services/securityagent.rs"]
#[rustfmt::skip]
pub mod securityagent;
#[cfg(feature = "securityhub")]
#[path = "services/securityhub.rs"]
#[rustfmt::skip]
pub mod securityhub;
#[cfg(feature = "securitylake")]
#[path = "services/securitylake.rs"]
#[rustfmt::skip]
pub mod securitylake;
#[cfg(feature = "serverless")]
#[path = "services/serverless.rs"]
#[rustfmt::skip]
pub mod serverless;
#[cfg(feature = "serverlessrepo")]
#[path = "services/serverlessrepo.rs"]
#[rustfmt::skip]
pub mod serverlessrepo;
#[cfg(feature = "servicecatalog")]
#[path = "services/servicecatalog.rs"]
#[rustfmt::skip]
pub mod servicecatalog;
#[cfg(feature = "servicecatalog")]
#[path = "services/servicecatalogappregistry.rs"]
#[rustfmt::skip]
pub mod servicecatalogappregistry;
#[cfg(feature = "servicediscovery")]
#[path = "services/servicediscovery.rs"]
#[rustfmt::skip]
pub mod servicediscovery;
#[cfg(feature = "ses")]
#[path = "services/ses.rs"]
#[rustfmt::skip]
pub mod ses;
#[cfg(feature = "shield")]
#[path = "services/shield.rs"]
#[rustfmt::skip]
pub mod shield;
#[cfg(feature = "signer")]
#[path = "services/signer.rs"]
#[rustfmt::skip]
pub mod signer;
#[cfg(feature = "simspaceweaver")]
#[path = "services/simspaceweaver.rs"]
#[rustfmt::skip]
pub mod simspaceweaver;
#[cfg(feature = "pinpoint")]
#[path = "services/smsvoice.rs"]
#[rustfmt::skip]
pub mod smsvoice;
#[cfg(feature = "sns")]
#[path = "services/sns.rs"]
#[rustfmt::skip]
pub mod sns;
#[cfg(feature = "sqs")]
#[path = "services/sqs.rs"]
#[rustfmt::skip]
pub mod sqs;
#[cfg(feature = "ssm")]
#[path = "services/ssm.rs"]
#[rustfmt::skip]
pub mod ssm;
#[cfg(feature = "ssmoperations")]
#[path = "services/ssmcontacts.rs"]
#[rustfmt::skip]
pub mod ssmcontacts;
#[cfg(feature = "ssmoperations")]
#[path = "services/ssmguiconnect.rs"]
#[rustfmt::skip]
pub mod ssmguiconnect;
#[cfg(feature = "ssmoperations")]
#[path = "services/ssmincidents.rs"]
#[rustfmt::skip]
pub mod ssmincidents;
#[cfg(feature = "ssmoperations")]
#[path = "services/ssmquicksetup.rs"]
#[rustfmt::skip]
pub mod ssmquicksetup;
#[cfg(feature = "sso")]
#[path = "services/sso.rs"]
#[rustfmt::skip]
pub mod sso;
#[cfg(feature = "stepfunctions")]
#[path = "services/stepfunctions.rs"]
#[rustfmt::skip]
pub mod stepfunctions;
#[cfg(feature = "storagegateway")]
#[path = "services/storagegateway.rs"]
#[rustfmt::skip]
pub mod storagegateway;
#[cfg(feature = "supportapp")]
#[path = "services/supportapp.rs"]
#[rustfmt::skip]
pub mod supportapp;
#[cfg(feature = "supportauthz")]
#[path = "services/supportauthz.rs"]
#[rustfmt::skip]
pub mod supportauthz;
#[cfg(feature = "synthetics")]
#[path = "services/synthetics.rs"]
#[rustfmt::skip]
pub mod synthetics;
#[cfg(feature = "ssmoperations")]
#[path = "services/systemsmanagersap.rs"]
#[rustfmt::skip]
pub mod systemsmanagersap;
#[cfg(feature = "textract")]
#[path = "services/textract.rs"]
#[rustfmt::skip]
pub mod textract;
#[cfg(feature = "timestream")]
#[path = "services/timestream.rs"]
#[rustfmt::skip]
pub mod timestream;
#[cfg(feature = "transcribe")]
#[path = "services/transcribe.rs"]
#[rustfmt::skip]
pub mod transcribe;
#[cfg(feature = "transfer")]
#[path = "services/transfer.rs"]
#[rustfmt::skip]
pub mod transfer;
#[cfg(feature = "translate")]
#[path = "services/translate.rs"]
#[rustfmt::skip]
pub mod translate;
#[cfg(feature = "uxc")]
#[path = "services/uxc.rs"]
#[rustfmt::skip]
pub mod uxc;
#[cfg(feature = "verifiedpermissions")]
#[path = "services/verifiedpermissions.rs"]
#[rustfmt::skip]
pub mod verifiedpermissions;
#[cfg(feature = "connect")]
#[path = "services/voiceid.rs"]
#[rustfmt::skip]
pub mod voiceid;
#[cfg(feature = "vpclattice")]
#[path = "services/vpclattice.rs"]
#[rustfmt::skip]
pub mod vpclattice;
#[cfg(feature = "waf")]
#[path = "services/waf.rs"]
#[rustfmt::skip]
pub mod waf;
#[cfg(feature = "waf")]
#[path = "services/wafregional.rs"]
#[rustfmt::skip]
pub mod wafregional;
#[cfg(feature = "wafv2")]
#[path = "services/wafv2.rs"]
#[rustfmt::skip]
pub mod wafv2;
#[cfg(feature = "wellarchitected")]
#[path = "services/wellarchitected.rs"]
#[rustfmt::skip]
pub mod wellarchitected;
#[cfg(feature = "wickr")]
#[path = "services/wickr.rs"]
#[rustfmt::skip]
pub mod wickr;
#[cfg(feature = "connect")]
#[path = "services/wisdom.rs"]
#[rustfmt::skip]
pub mod wisdom;
#[cfg(feature = "workspaces")]
#[path = "services/workspaces.rs"]
#[rustfmt::skip]
pub mod workspaces;
#[cfg(feature = "workspaces")]
#[path = "services/workspacesinstances.rs"]
#[rustfmt::skip]
pub mod workspacesinstances;
#[cfg(feature = "workspaces")]
#[path = "services/workspacesthinclient.rs"]
#[rustfmt::skip]
pub mod workspacesthinclient;
#[cfg(feature = "workspaces")]
#[path = "services/workspacesweb.rs"]
#[rustfmt::skip]
pub mod workspacesweb;
#[cfg(feature = "xray")]
#[path = "services/xray.rs"]
#[rustfmt::skip]
pub mod xray;
