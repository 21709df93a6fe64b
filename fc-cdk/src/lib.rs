//! Infrastructure as code for AWS, in Rust: typed constructs in, CloudFormation out.
