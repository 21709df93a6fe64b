//! A small template by the rival crate, so that its build is that of a real user.

use stratosphere::{
    services::aws::{ec2, sqs},
    template::*,
};

fn main() -> Result<(), serde_json::Error> {
    let template = Template::build(|template| {
        let vpc = &template.resource("Vpc", ec2::VPC! { cidr_block: "10.0.0.0/16" });
        template.resource("Queue", sqs::Queue! { visibility_timeout: 60 });
        template.output("VpcId", stratosphere::Output! { description: "the VPC", value: vpc });
    });
    println!("{}", serde_json::to_string_pretty(&template)?);
    Ok(())
}
