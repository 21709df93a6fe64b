//! Every AWS CloudFormation resource type as a typed builder, generated from AWS's own specification.
