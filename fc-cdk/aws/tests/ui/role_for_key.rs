use fc_cdk_aws::{ec2, iam};
use fc_cdk_core::{App, Stack, json};

fn main() {
    let stack = Stack::new(&App::new(), "Shop");
    let role = iam::Role::new().assume_role_policy_document(json!({})).build(&stack, "Role");
    let _ = ec2::Volume::new().kms_key_id(&role);
}
