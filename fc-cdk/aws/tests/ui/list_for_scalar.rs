use fc_cdk_aws::s3;

fn main() {
    let _ = s3::Bucket::new().bucket_name(["a", "b"]);
}
