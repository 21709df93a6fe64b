//! How many an account may have.

use fc_cdk_core::json;

use super::*;

#[test]
fn quotas_leave_room() {
    let vpc = || json!({ "CidrBlock": "10.0.0.0/16" });
    let quota =
        |value: &str| ok("GetServiceQuota", format!(r#"{{"Quota": {{"Value": {value}}}}}"#));
    let vpcs = || {
        ok(
            "DescribeVpcs",
            "<R><vpcSet><item><vpcId>vpc-1</vpcId></item><item><vpcId>vpc-2</vpcId></item></vpcSet></R>",
        )
    };
    assert_eq!(findings("AWS::EC2::VPC", vpc(), vec![quota("3.0"), vpcs()]), [""; 0]);
    assert_eq!(
        findings("AWS::EC2::VPC", vpc(), vec![quota("2.0"), vpcs()]),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 2 AWS::EC2::VPC; it has 2, and 1 more would be made"
        ]
    );
    let role = || json!({ "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "ec2.amazonaws.com" } }] } });
    let summary = "<R><GetAccountSummaryResult><SummaryMap><entry><key>Roles</key><value>1000</value></entry><entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap></GetAccountSummaryResult></R>";
    assert_eq!(
        findings("AWS::IAM::Role", role(), vec![ok("GetAccountSummary", summary)]),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 1000 AWS::IAM::Role; it has 1000, and 1 more would be made"
        ]
    );
    let notebook =
        json!({ "InstanceType": "ml.t3.medium", "RoleArn": { "Fn::ImportValue": "role" } });
    let quotas =
        r#"{"Quotas": [{"QuotaName": "ml.t3.medium for notebook instance usage", "Value": 0.0}]}"#;
    let none = r#"{"NotebookInstances": []}"#;
    assert_eq!(
        findings(
            "AWS::SageMaker::NotebookInstance",
            notebook,
            vec![ok("ListServiceQuotas", quotas), ok("ListNotebookInstances", none)]
        ),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 0 AWS::SageMaker::NotebookInstance ml.t3.medium; it has 0, and 1 more would be made"
        ]
    );
}

#[test]
fn each_kind_has_its_quota_and_its_count() {
    let kinds: [(&str, Node, &str, &str, &str); 8] = [
        (
            "AWS::EC2::InternetGateway",
            json!({}),
            "L-A4707A72",
            "DescribeInternetGateways",
            "<R><internetGatewaySet><item/></internetGatewaySet></R>",
        ),
        (
            "AWS::EC2::EgressOnlyInternetGateway",
            json!({ "VpcId": "vpc-00000001" }),
            "L-45FE3B85",
            "DescribeEgressOnlyInternetGateways",
            "<R><egressOnlyInternetGatewaySet><item/></egressOnlyInternetGatewaySet></R>",
        ),
        (
            "AWS::EC2::EIP",
            json!({ "Domain": "vpc" }),
            "L-0263D0A3",
            "DescribeAddresses",
            "<R><addressesSet><item/></addressesSet></R>",
        ),
        (
            "AWS::EC2::SecurityGroup",
            json!({ "GroupDescription": "web", "VpcId": "vpc-00000001" }),
            "L-E79EC296",
            "DescribeSecurityGroups",
            "<R><securityGroupInfo><item/></securityGroupInfo></R>",
        ),
        (
            "AWS::RDS::DBInstance",
            json!({ "DBInstanceClass": "db.t4g.micro", "Engine": "mysql", "AllocatedStorage": "20", "MasterUsername": "admin", "ManageMasterUserPassword": true }),
            "L-7B6409FD",
            "DescribeDBInstances",
            "<R><DescribeDBInstancesResult><DBInstances><member/></DBInstances></DescribeDBInstancesResult></R>",
        ),
        (
            "AWS::RDS::DBCluster",
            json!({ "Engine": "aurora-mysql", "MasterUsername": "admin", "ManageMasterUserPassword": true }),
            "L-952B80B8",
            "DescribeDBClusters",
            "<R><DescribeDBClustersResult><DBClusters><member/></DBClusters></DescribeDBClustersResult></R>",
        ),
        (
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            json!({ "TargetType": "lambda" }),
            "L-B22855CB",
            "DescribeTargetGroups",
            "<R><DescribeTargetGroupsResult><TargetGroups><member/></TargetGroups></DescribeTargetGroupsResult></R>",
        ),
        (
            "AWS::AutoScaling::AutoScalingGroup",
            json!({ "MinSize": "0", "MaxSize": "0", "AvailabilityZones": ["ap-northeast-1a"], "LaunchTemplate": { "LaunchTemplateName": "web", "Version": "1" } }),
            "L-CDE20ADC",
            "DescribeAutoScalingGroups",
            "<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member/></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>",
        ),
    ];
    for (type_name, properties, code, operation, there) in kinds {
        let check = |most: u32| {
            let quota: &str = Box::leak(format!("GetServiceQuota {code}").into_boxed_str());
            let answers = vec![
                ok(quota, format!(r#"{{"Quota": {{"Value": {most}.0}}}}"#)),
                ok(operation, there),
            ];
            let found = findings(type_name, properties.clone(), answers);
            found.into_iter().filter(|it| it.starts_with("quota-reached")).collect::<Vec<_>>()
        };
        assert_eq!(check(2), [""; 0], "{type_name}");
        assert_eq!(
            check(1),
            [format!(
                "quota-reached : 123456789012/ap-northeast-1 may have 1 {type_name}; it has 1, and 1 more would be made"
            )]
        );
    }
}

#[test]
fn what_all_stacks_make_is_added_up() {
    let app = || {
        let app = App::new();
        for name in ["Shop", "Other"] {
            Stack::new(&app, name).raw_resource("Bucket", "AWS::S3::Bucket", json!({}));
        }
        app
    };
    let buckets = |count: usize| {
        let one = "<Bucket><Name>a</Name></Bucket>";
        let all = one.repeat(count);
        ok(
            "GET ",
            format!("<ListAllMyBucketsResult><Buckets>{all}</Buckets></ListAllMyBucketsResult>"),
        )
    };
    let check = |count| {
        // The account has no value of its own, so the default counts.
        let answers = vec![
            ("GetServiceQuota L-DC2B2D3D", 400, r#"{"__type": "NoSuchResourceException"}"#.into()),
            ok("GetAWSDefaultServiceQuota", r#"{"Quota": {"Value": 100.0}}"#),
            buckets(count),
            ok("DescribeStacks", "<R><DescribeStacksResult><Stacks/></DescribeStacksResult></R>"),
        ];
        findings_of(app, &[], answers)
    };
    assert_eq!(check(98), [""; 0]);
    assert_eq!(
        check(99),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 100 AWS::S3::Bucket; it has 99, and 2 more would be made"
        ]
    );
}

#[test]
fn stacks_are_counted_page_by_page() {
    let page = |count: usize, next: &str| {
        let stack = "<member><StackName>A</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member>";
        ok(
            "DescribeStacks",
            format!(
                "<R><DescribeStacksResult><Stacks>{}</Stacks>{next}</DescribeStacksResult></R>",
                stack.repeat(count)
            ),
        )
    };
    let quota = || ok("GetServiceQuota L-0485CB21", r#"{"Quota": {"Value": 150.0}}"#);
    let missing = || {
        let text = error("ValidationError", "Stack with id Shop does not exist");
        ("DescribeStacks StackName=", 400, text)
    };
    let answers = vec![missing(), page(100, "<NextToken>more</NextToken>"), page(50, ""), quota()];
    let run = run(|| app("AWS::SNS::Topic", json!({})), &[], answers);
    let message = "error[forecast-quota-reached]: 123456789012/ap-northeast-1 may have 150 AWS::CloudFormation::Stack; it has 150, and 1 more would be made";
    assert!(run.err.contains(message), "{}", run.err);
}

#[test]
fn load_balancers_have_a_quota_for_each_kind() {
    let balancers = "<R><DescribeLoadBalancersResult><LoadBalancers><member><Type>network</Type></member><member><Type>application</Type></member></LoadBalancers></DescribeLoadBalancersResult></R>";
    let check = |properties| {
        let answers = vec![
            ok("DescribeLoadBalancers", balancers),
            ok("GetServiceQuota L-53DA6B97", r#"{"Quota": {"Value": 50.0}}"#),
            ok("GetServiceQuota L-69A177A2", r#"{"Quota": {"Value": 1.0}}"#),
        ];
        findings("AWS::ElasticLoadBalancingV2::LoadBalancer", properties, answers)
    };
    assert_eq!(
        check(json!({ "Subnets": { "Fn::Split": [",", { "Fn::ImportValue": "subnets" }] } })),
        [""; 0]
    );
    assert_eq!(
        check(
            json!({ "Type": "network", "Subnets": { "Fn::Split": [",", { "Fn::ImportValue": "subnets" }] } })
        ),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 1 AWS::ElasticLoadBalancingV2::LoadBalancer network; it has 1, and 1 more would be made"
        ]
    );
}

#[test]
fn servers_count_by_their_processors() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        stack.raw_resource(
            "Template",
            "AWS::EC2::LaunchTemplate",
            json!({ "LaunchTemplateData": { "InstanceType": "m7g.large" } }),
        );
        let template = json!({ "LaunchTemplateId": { "Ref": "Template" }, "Version": "1" });
        stack.raw_resource(
            "It",
            "AWS::AutoScaling::AutoScalingGroup",
            json!({ "MinSize": "3", "MaxSize": "9", "AvailabilityZones": ["ap-northeast-1a"], "LaunchTemplate": template }),
        );
        app
    };
    let types = || {
        ok(
            "DescribeInstanceTypes",
            "<R><instanceTypeSet><item><instanceType>m7g.large</instanceType><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo></item></instanceTypeSet></R>",
        )
    };
    let instance = |name: &str, more: &str| {
        format!(
            "<item><instanceType>{name}</instanceType><cpuOptions><coreCount>2</coreCount><threadsPerCore>2</threadsPerCore></cpuOptions>{more}</item>"
        )
    };
    let running = || {
        let spot = "<instanceLifecycle>spot</instanceLifecycle>";
        let all =
            [instance("c7i.large", ""), instance("c7i.large", spot), instance("g5.xlarge", "")];
        ok(
            "DescribeInstances",
            format!(
                "<R><reservationSet><item><instancesSet>{}</instancesSet></item></reservationSet></R>",
                all.concat()
            ),
        )
    };
    let check = |value: &str| {
        let quota = format!(r#"{{"Quota": {{"Value": {value}}}}}"#);
        findings_of(app, &[], vec![types(), running(), ok("GetServiceQuota L-1216C47A", quota)])
    };
    assert_eq!(check("10.0"), [""; 0]);
    assert_eq!(
        check("9.0"),
        [
            "quota-reached : 123456789012/ap-northeast-1 may have 9 virtual processors of On-Demand Standard instances; it has 4, and 6 more would be made"
        ]
    );
}
