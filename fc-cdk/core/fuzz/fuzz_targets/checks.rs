#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fc_cdk_fuzz::checks(bytes, fc_cdk_aws::resource_type));
