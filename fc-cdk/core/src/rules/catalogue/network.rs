//! Rules of networks.

const SUBNETS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html";

crate::rules! {
    pub(in crate::rules) const RULES = "Networks";
    BAD_CIDR = "bad-cidr", Error, "a range of addresses is not one";
        why "EC2 refuses what it cannot read as CIDR, such as `10.0.0.0/33` or `10.0.0.256/24`.";
        fix "write an address and the length of its prefix, such as `10.0.0.0/16` or `2001:db8::/56`";
        docs "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html";
    SUBNET_SIZE = "subnet-size", Error, "a VPC or subnet is larger than /16 or smaller than /28";
        why "AWS takes only these sizes.";
        fix "use a prefix from /16 to /28";
        docs SUBNETS;
    SUBNET_OUTSIDE_VPC = "subnet-outside-vpc", Error, "a subnet's addresses are not among its VPC's";
        why "EC2 refuses to create it.";
        fix "take a range within the VPC's, or add a range to the VPC by `AWS::EC2::VPCCidrBlock`";
        docs SUBNETS;
    CIDR_OVERLAP = "cidr-overlap", Error, "two subnets of one VPC share addresses";
        why "EC2 refuses to create the second one.";
        fix "give each subnet a range of its own";
        docs SUBNETS;
    ONE_ZONE = "one-zone", Error, "all subnets are in one Availability Zone where two are needed";
        why "Application Load Balancers and DB subnet groups are refused unless their subnets cover two zones.";
        fix "add a subnet of another zone";
        docs "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer";
    BAD_PORT_RANGE = "bad-port-range", Error, "a security group's rule begins with the higher port, or has no port at all";
        why "EC2 refuses it.";
        fix "give the lower port first, from 0 to 65535";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html";
    ROUTE_TARGET = "route-target", Error, "a route has no destination or target, or several";
        why "EC2 refuses a route unless it leads from one destination to one target.";
        fix "set one of the destinations and one of the targets, such as `GatewayId` or `NatGatewayId`";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html";
    UNATTACHED_GATEWAY = "unattached-gateway", Error, "a route leads to an internet gateway that is attached to no network, or not yet";
        why "EC2 refuses the route: table and gateway have to belong to one network. Where the attachment comes later, the deployment fails now and then.";
        fix "attach the gateway by `AWS::EC2::VPCGatewayAttachment`, and let the route depend on that";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html";
    DUPLICATE_ROUTE = "duplicate-route", Error, "two routes of one table have the same destination";
        why "EC2 refuses the second one: a destination leads to one target.";
        fix "take one of them out, or give it a table of its own";
        docs "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html";
    NAT_WITHOUT_INTERNET = "nat-without-internet", Warning, "a NAT gateway is in a subnet that has no route to the internet";
        why "It is made and paid for, and nothing gets out through it.";
        fix "put it into a public subnet, whose table has a route to an internet gateway; or say `ConnectivityType: private`";
        docs "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html";
    OPEN_TO_THE_WORLD = "open-to-the-world", Warning, "a security group lets everybody in on ports other than 80 and 443";
        why "Whatever listens there is found and attacked within minutes. Checkov (CKV_AWS_24, CKV_AWS_25) and cdk-nag (AwsSolutions-EC23) ask the same.";
        fix "name who may come: a range of addresses, a prefix list or a security group";
        docs "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html";
}
