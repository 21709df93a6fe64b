//! Servers, networks, databases.

use fc_cdk_core::json;

use super::*;

#[test]
fn servers_get_the_type_image_and_key_pair_they_name() {
    let server = || json!({ "LaunchTemplateData": { "InstanceType": "t4g.small", "ImageId": "ami-0123abcd", "KeyName": "mine" } });
    let type_of = |architecture: &str| {
        ok(
            "DescribeInstanceTypes",
            format!(
                "<R><instanceTypeSet><item><instanceType>t4g.small</instanceType><processorInfo><supportedArchitectures><item>{architecture}</item></supportedArchitectures></processorInfo></item></instanceTypeSet></R>"
            ),
        )
    };
    let image = || {
        ok(
            "DescribeImages",
            "<R><imagesSet><item><imageId>ami-0123abcd</imageId><architecture>x86_64</architecture></item></imagesSet></R>",
        )
    };
    let pair =
        || ok("DescribeKeyPairs", "<R><keySet><item><keyName>mine</keyName></item></keySet></R>");
    let check = |answers| findings("AWS::EC2::LaunchTemplate", server(), answers);
    assert_eq!(check(vec![type_of("x86_64"), image(), pair()]), [""; 0]);
    assert_eq!(
        check(vec![type_of("arm64"), image(), pair()]),
        [
            "image-of-other-architecture LaunchTemplateData.ImageId: the image `ami-0123abcd` is for x86_64, which `t4g.small` is not"
        ]
    );
    let nothing = vec![
        ok("DescribeInstanceTypes", "<R><instanceTypeSet/></R>"),
        ok("DescribeImages", "<R><imagesSet/></R>"),
        ok("DescribeKeyPairs", "<R><keySet/></R>"),
    ];
    assert_eq!(
        check(nothing),
        [
            "missing-key-pair LaunchTemplateData.KeyName: there is no key pair `mine` in ap-northeast-1",
            "instance-type-not-offered LaunchTemplateData.InstanceType: ap-northeast-1 does not offer `t4g.small`",
            "missing-image LaunchTemplateData.ImageId: there is no image `ami-0123abcd` in ap-northeast-1",
        ]
    );
}

#[test]
fn networks_are_there_and_of_one_vpc() {
    let instance = || json!({ "ImageId": { "Fn::ImportValue": "image" }, "SubnetId": "subnet-0123abcd", "SecurityGroupIds": ["sg-0123abcd"] });
    let subnet = |vpc: &str| {
        ok(
            "DescribeSubnets",
            format!(
                "<R><subnetSet><item><subnetId>subnet-0123abcd</subnetId><vpcId>{vpc}</vpcId></item></subnetSet></R>"
            ),
        )
    };
    let group = |vpc: &str| {
        ok(
            "DescribeSecurityGroups",
            format!(
                "<R><securityGroupInfo><item><groupId>sg-0123abcd</groupId><vpcId>{vpc}</vpcId></item></securityGroupInfo></R>"
            ),
        )
    };
    let check = |answers| findings("AWS::EC2::Instance", instance(), answers);
    assert_eq!(check(vec![subnet("vpc-1"), group("vpc-1")]), [""; 0]);
    assert_eq!(
        check(vec![subnet("vpc-1"), group("vpc-2")]),
        [
            "security-group-of-other-vpc SecurityGroupIds.0: `sg-0123abcd` is of `vpc-2`, but `subnet-0123abcd` of `vpc-1`"
        ]
    );
    assert_eq!(
        check(vec![ok("DescribeSubnets", "<R><subnetSet/></R>"), group("vpc-1")]),
        [
            "missing-network-resource SubnetId: there is no subnet `subnet-0123abcd` in 123456789012/ap-northeast-1"
        ]
    );
    let without = || json!({ "GroupDescription": "web" });
    let vpcs = |items: &str| {
        let list = format!("<R><vpcSet>{items}</vpcSet></R>");
        vec![ok("DescribeVpcs Filter.1.Name=is-default&Filter.1.Value.1=true", list)]
    };
    assert_eq!(
        findings("AWS::EC2::SecurityGroup", without(), vpcs("")),
        ["no-default-vpc VpcId: 123456789012/ap-northeast-1 has no default VPC"]
    );
    assert_eq!(
        findings("AWS::EC2::SecurityGroup", without(), vpcs("<item><vpcId>vpc-1</vpcId></item>")),
        [""; 0]
    );
}

#[test]
fn databases_are_offered() {
    let database = || json!({ "Engine": "mysql", "EngineVersion": "8.0.40", "DBInstanceClass": "db.t4g.medium", "StorageType": "gp3", "MultiAZ": true });
    let versions = |items: &str| {
        ok(
            "DescribeDBEngineVersions",
            format!(
                "<R><DescribeDBEngineVersionsResult><DBEngineVersions>{items}</DBEngineVersions></DescribeDBEngineVersionsResult></R>"
            ),
        )
    };
    let version =
        || versions("<DBEngineVersion><EngineVersion>8.0.40</EngineVersion></DBEngineVersion>");
    let options = |items: &str| {
        ok(
            "DescribeOrderableDBInstanceOptions",
            format!(
                "<R><DescribeOrderableDBInstanceOptionsResult><OrderableDBInstanceOptions>{items}</OrderableDBInstanceOptions></DescribeOrderableDBInstanceOptionsResult></R>"
            ),
        )
    };
    let option = |storage: &str, zones: bool| {
        format!(
            "<OrderableDBInstanceOption><StorageType>{storage}</StorageType><MultiAZCapable>{zones}</MultiAZCapable></OrderableDBInstanceOption>"
        )
    };
    let check = |answers| findings("AWS::RDS::DBInstance", database(), answers);
    assert_eq!(check(vec![version(), options(&option("gp3", true))]), [""; 0]);
    assert_eq!(
        check(vec![versions("")]),
        ["engine-version-not-offered EngineVersion: ap-northeast-1 does not offer mysql 8.0.40"]
    );
    assert_eq!(
        check(vec![version(), options("")]),
        [
            "database-class-not-offered DBInstanceClass: ap-northeast-1 does not offer `db.t4g.medium` for mysql"
        ]
    );
    assert_eq!(
        check(vec![version(), options(&[option("io1", true), option("gp2", true)].concat())]),
        [
            "database-class-not-offered StorageType: ap-northeast-1 does not offer storage `gp3` for mysql on `db.t4g.medium`"
        ]
    );
    assert_eq!(
        check(vec![version(), options(&option("gp3", false))]),
        [
            "database-class-not-offered MultiAZ: ap-northeast-1 does not offer mysql on `db.t4g.medium` in several zones"
        ]
    );
}

#[test]
fn images_may_be_named_by_a_parameter() {
    let server = |image: &str| json!({ "LaunchTemplateData": { "InstanceType": "t4g.small", "ImageId": image } });
    let name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    let parameter = || {
        ok(
            "GetParameters",
            format!(r#"{{"Parameters": [{{"Name": "{name}", "Value": "ami-0123abcd"}}]}}"#),
        )
    };
    let type_of = || {
        ok(
            "DescribeInstanceTypes",
            "<R><instanceTypeSet><item><instanceType>t4g.small</instanceType><processorInfo><supportedArchitectures><item>arm64</item></supportedArchitectures></processorInfo></item></instanceTypeSet></R>",
        )
    };
    let image = || {
        ok(
            "DescribeImages",
            "<R><imagesSet><item><imageId>ami-0123abcd</imageId><architecture>x86_64</architecture></item></imagesSet></R>",
        )
    };
    assert_eq!(
        findings(
            "AWS::EC2::LaunchTemplate",
            server(&format!("{{{{resolve:ssm:{name}}}}}")),
            vec![parameter(), type_of(), image()]
        ),
        [
            "image-of-other-architecture LaunchTemplateData.ImageId: the image `ami-0123abcd` is for x86_64, which `t4g.small` is not"
        ]
    );
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        let kind = "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>";
        let parameter = json!({ "Type": kind, "Default": name });
        stack.raw_entry("Parameters", "Image", parameter);
        let mut server = server("");
        let data = server.as_map_mut().unwrap().get_mut("LaunchTemplateData").unwrap();
        data.as_map_mut().unwrap().insert("ImageId", json!({ "Ref": "Image" }));
        stack.raw_resource("It", "AWS::EC2::LaunchTemplate", server);
        app
    };
    let found = findings_of(app, &[], vec![parameter(), type_of(), image()]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn many_are_asked_for_at_once_and_page_by_page() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        for (id, subnet) in
            [("A", "subnet-0123456a"), ("B", "subnet-0123456b"), ("C", "subnet-0123456c")]
        {
            stack.raw_resource(
                id,
                "AWS::EC2::NatGateway",
                json!({ "SubnetId": subnet, "ConnectivityType": "private" }),
            );
        }
        app
    };
    let page = |id: &str, next: &str| {
        ok(
            "DescribeSubnets",
            format!(
                "<R><subnetSet><item><subnetId>{id}</subnetId><vpcId>vpc-1</vpcId></item></subnetSet>{next}</R>"
            ),
        )
    };
    let answers =
        vec![page("subnet-0123456a", "<nextToken>more</nextToken>"), page("subnet-0123456c", "")];
    let run = run(app, &[], answers);
    assert!(run.err.contains("there is no subnet `subnet-0123456b`"), "{}", run.err);
    assert!(!run.err.contains("subnet-0123456c"), "{}", run.err);
    assert_eq!(run.asked.iter().filter(|it| *it == "DescribeSubnets").count(), 2);
}

#[test]
fn targets_are_of_the_right_kind() {
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        let group = |kind: &str, protocol: &str| json!({ "TargetType": kind, "Port": 443, "Protocol": protocol, "VpcId": { "Fn::ImportValue": "vpc" } });
        stack.raw_resource(
            "Addresses",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            group("ip", "HTTP"),
        );
        stack.raw_resource(
            "Servers",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            group("instance", "HTTPS"),
        );
        stack.raw_resource(
            "Plain",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            group("instance", "TCP"),
        );
        stack.raw_resource("It", "AWS::AutoScaling::AutoScalingGroup", json!({ "MinSize": "1", "MaxSize": "1", "InstanceId": "i-01234567", "TargetGroupARNs": [{ "Ref": "Servers" }, { "Ref": "Addresses" }] }));
        app
    };
    assert_eq!(
        findings_of(app, &[], vec![]),
        [
            "port-of-other-protocol Protocol: targets are spoken to by HTTP on port 443, which is that of HTTPS",
            "targets-of-other-kind TargetGroupARNs.1: the targets of `Addresses` are of the kind `ip`, and servers of a group are instances",
        ]
    );
}

#[test]
fn clusters_and_their_instances_fit_and_can_be_upgraded() {
    let cluster =
        |version: &str| json!({ "Engine": "aurora-postgresql", "EngineVersion": version });
    let app = || {
        let app = App::new();
        let stack = Stack::new(&app, "Shop");
        stack.raw_resource("Data", "AWS::RDS::DBCluster", cluster("16.6"));
        stack.raw_resource("It", "AWS::RDS::DBInstance", json!({ "Engine": "aurora-postgresql", "EngineVersion": "15.4", "DBClusterIdentifier": { "Ref": "Data" } }));
        app
    };
    let version = |version: &str, targets: &[&str]| {
        let targets: String = targets
            .iter()
            .map(|it| format!("<UpgradeTarget><EngineVersion>{it}</EngineVersion></UpgradeTarget>"))
            .collect();
        format!(
            "<R><DescribeDBEngineVersionsResult><DBEngineVersions><DBEngineVersion><EngineVersion>{version}</EngineVersion><ValidUpgradeTarget>{targets}</ValidUpgradeTarget></DBEngineVersion></DBEngineVersions></DescribeDBEngineVersionsResult></R>"
        )
    };
    let all = || {
        vec![
            ok("DescribeDBEngineVersions EngineVersion=16.6", version("16.6", &[])),
            ok("DescribeDBEngineVersions EngineVersion=15.4", version("15.4", &["15.5", "16.1"])),
        ]
    };
    assert_eq!(
        findings_of(app, &[], all()),
        [
            "engine-version-not-offered EngineVersion: the instance has version 15.4, its cluster 16.6",
        ]
    );
    let template = r#"{"Resources": {"It": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-postgresql", "EngineVersion": "15.4"}}}}"#;
    let upgraded = |to: &'static str| {
        let cluster = json!({ "Engine": "aurora-postgresql", "EngineVersion": to });
        let mut answers = [all(), deployed(template)].concat();
        answers.push(ok("DescribeDBEngineVersions", version(to, &[])));
        findings("AWS::RDS::DBCluster", cluster, answers)
    };
    assert_eq!(
        upgraded("16.6"),
        [
            "engine-version-not-offered EngineVersion: aurora-postgresql 15.4, which is deployed, cannot be brought to 16.6"
        ]
    );
    assert_eq!(upgraded("16.1"), [""; 0]);
}

#[test]
fn what_a_stack_makes_is_of_one_vpc_too() {
    let app = |group_of: &'static str| {
        move || {
            let app = App::new();
            let stack = Stack::new(&app, "Shop");
            for id in ["Mine", "Theirs"] {
                stack.raw_resource(id, "AWS::EC2::VPC", json!({ "CidrBlock": "10.0.0.0/16" }));
            }
            let subnet = json!({ "VpcId": { "Ref": "Mine" }, "CidrBlock": "10.0.0.0/24" });
            stack.raw_resource("Subnet", "AWS::EC2::Subnet", subnet);
            let group = json!({ "GroupDescription": "web", "VpcId": { "Ref": group_of }, "SecurityGroupEgress": [{ "IpProtocol": "-1", "DestinationSecurityGroupId": "sg-0123abcd" }] });
            stack.raw_resource("Group", "AWS::EC2::SecurityGroup", group);
            stack.raw_resource(
                "Peering",
                "AWS::EC2::VPCPeeringConnection",
                json!({ "VpcId": { "Ref": "Mine" }, "PeerVpcId": { "Ref": "Theirs" } }),
            );
            stack.raw_resource("It", "AWS::EC2::Instance", json!({ "ImageId": { "Fn::ImportValue": "image" }, "SubnetId": { "Ref": "Subnet" }, "SecurityGroupIds": [{ "Fn::GetAtt": ["Group", "GroupId"] }] }));
            app
        }
    };
    assert_eq!(findings_of(app("Mine"), &[], vec![]), [""; 0]);
    assert_eq!(
        findings_of(app("Theirs"), &[], vec![]),
        [
            "security-group-of-other-vpc SecurityGroupIds.0: `Group` is of `Theirs`, but `Subnet` of `Mine`"
        ]
    );
}

#[test]
fn vpcs_that_are_connected_are_not_one() {
    let peering = json!({ "VpcId": "vpc-0123abcd", "PeerVpcId": "vpc-0123abce" });
    let vpcs = ok(
        "DescribeVpcs",
        "<R><vpcSet><item><vpcId>vpc-0123abcd</vpcId></item><item><vpcId>vpc-0123abce</vpcId></item></vpcSet></R>",
    );
    assert_eq!(findings("AWS::EC2::VPCPeeringConnection", peering, vec![vpcs]), [""; 0]);
}
