use fc_cdk_aws::lambda;

fn main() {
    let success = lambda::OnSuccess::new(); // `destination` is missing
    let _ = lambda::EventInvokeConfigDestinationConfig::new().on_success(success);
}
