import ast
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint import ManualArgs, lint
from cfnlint.decode import decode
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from moto import mock_aws

import facts.edge_storage

TEMPLATE = Path(facts.edge_storage.__file__).parent / "template" / "template.yaml"
REGION = "us-east-1"
FUNCTIONS = ("EdgeFunction", "TargetFunction")
# What moto's CloudFormation (5.2.5) cannot make. Its API for distributions would take one, but forgets the functions
# that are associated with it, and has no policies. When moto learns one of these, the test asks to strike it here.
NOT_IN_MOTO = {
    "CachePolicy": "no AWS::CloudFront::CachePolicy",
    "OriginRequestPolicy": "no AWS::CloudFront::OriginRequestPolicy",
    "Distribution": "no AWS::CloudFront::Distribution",
}
NOT_SUPPORTED = "it's not supported by moto's CloudFormation implementation"
# What it makes only in part, so that it is looked at in the template alone: zones by id, the rules of the security
# group, the routes of the subnets, attributes of load balancer and target group, registered targets, the description
# of a version, a new version when the stack is updated.


def read_template() -> dict[str, Any]:
    """The template with its short forms spelled out: !Ref X is {"Ref": "X"}, !GetAtt X.Arn a list."""
    parsed, faults = decode(str(TEMPLATE))
    assert faults == []
    return json.loads(json.dumps(parsed))


def zip_file(path: Path) -> bytes:
    """One file at the root of a package, as `aws cloudformation package` zips it."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    return package.getvalue()


def code_of(template: dict[str, Any], function: str) -> Path:
    return TEMPLATE.parent / template["Resources"][function]["Properties"]["Code"]


def packaged(template: dict[str, Any]) -> dict[str, Any]:
    """The template as `aws cloudformation package` hands it on, without the one exception for the linter."""
    made = json.loads(json.dumps(template))
    for function in FUNCTIONS:
        made["Resources"][function]["Properties"]["Code"] = {"S3Bucket": "code", "S3Key": function}
    del made["Metadata"]["cfn-lint"]
    return made


def find_refs(part: object) -> set[str]:
    """The logical ids, parameters and pseudo parameters that a part of the template refers to."""
    if isinstance(part, list):
        return {ref for member in part for ref in find_refs(member)}
    if not isinstance(part, dict):
        return set()
    found = {ref for member in part.values() for ref in find_refs(member)}
    if "Ref" in part:
        found.add(part["Ref"])
    if "Fn::GetAtt" in part:
        found.add(part["Fn::GetAtt"][0])
    if "Fn::Sub" in part:
        found |= {name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", part["Fn::Sub"])}
    return found


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return read_template()


@pytest.fixture(scope="module")
def props(template):
    return {name: resource.get("Properties", {}) for name, resource in template["Resources"].items()}


# ---- cfn-lint ----


@pytest.mark.parametrize("is_packaged", [False, True], ids=["as_written", "as_packaged"])
def test_linter_finds_nothing(template, is_packaged):
    text = json.dumps(packaged(template)) if is_packaged else TEMPLATE.read_text()
    found = lint(text, config=ManualArgs(include_checks=["I"], regions=[REGION]))
    assert [(match.rule.id, match.message, match.linenumber) for match in found] == []


def test_linter_leaves_out_one_rule_only(template):
    assert template["Metadata"]["cfn-lint"]["config"] == {"ignore_checks": ["W3002"]}
    assert [name for name, resource in template["Resources"].items() if "Metadata" in resource] == []


# ---- CloudFront ----


def test_cache_policy_caches_nothing(props):
    config = props["CachePolicy"]["CachePolicyConfig"]
    assert (config["MinTTL"], config["DefaultTTL"], config["MaxTTL"]) == (0, 0, 0)
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    # CloudFront refuses a policy with all TTLs 0 that puts anything into the cache key.
    assert key == {
        "EnableAcceptEncodingGzip": False,
        "CookiesConfig": {"CookieBehavior": "none"},
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }


def test_distribution_keeps_no_errors_of_the_server(props):
    errors = props["Distribution"]["DistributionConfig"]["CustomErrorResponses"]
    assert errors == [{"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in (500, 502, 503, 504)]


def test_edge_function_gets_the_cookies_of_the_viewer(props):
    config = props["OriginRequestPolicy"]["OriginRequestPolicyConfig"]
    assert (config["CookiesConfig"], config["QueryStringsConfig"]) == (
        {"CookieBehavior": "all"},
        {"QueryStringBehavior": "all"},
    )


def test_edge_function_runs_at_origin_request_as_a_numbered_version(template, props):
    config = props["Distribution"]["DistributionConfig"]
    behaviour = config["DefaultCacheBehavior"]
    assert behaviour["LambdaFunctionAssociations"] == [
        {"EventType": "origin-request", "IncludeBody": False, "LambdaFunctionARN": {"Ref": "EdgeVersion"}}
    ]
    assert template["Resources"]["EdgeVersion"]["Type"] == "AWS::Lambda::Version"
    assert props["EdgeVersion"]["FunctionName"] == {"Ref": "EdgeFunction"}
    assert "CacheBehaviors" not in config


def test_distribution_uses_both_policies_and_the_load_balancer(props):
    config = props["Distribution"]["DistributionConfig"]
    behaviour = config["DefaultCacheBehavior"]
    assert behaviour["CachePolicyId"] == {"Ref": "CachePolicy"}
    assert behaviour["OriginRequestPolicyId"] == {"Ref": "OriginRequestPolicy"}
    assert [(origin["Id"], origin["DomainName"]) for origin in config["Origins"]] == [
        (behaviour["TargetOriginId"], {"Fn::GetAtt": ["LoadBalancer", "DNSName"]})
    ]


# ---- The functions ----


def test_new_release_publishes_a_new_version(props):
    release = {"Ref": "EdgeRelease"}
    assert props["EdgeVersion"]["Description"] == release
    # CloudFormation replaces the version then, and Lambda sees a function that differs from its last version.
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, "AWS::Lambda::Version").schema
    assert "/properties/Description" in schema["createOnlyProperties"]
    assert "EdgeRelease" in find_refs(props["EdgeFunction"]["Description"])


def test_old_version_is_never_deleted_while_replicas_live(template):
    version = template["Resources"]["EdgeVersion"]
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_edge_function_keeps_within_lambda_at_edge(template, props):
    edge = props["EdgeFunction"]
    # Neither environment variables nor layers, a VPC, a dead-letter queue or a larger /tmp: nothing but these.
    known = {"FunctionName", "Description", "Code", "Handler", "Runtime", "MemorySize", "Timeout", "Role"}
    assert set(edge) == known
    assert edge["Runtime"] == "python3.13"
    assert 1 <= edge["Timeout"] <= 30
    assert 128 <= edge["MemorySize"] <= 10_240
    assert len(zip_file(code_of(template, "EdgeFunction"))) <= 50 * 1024 * 1024


@pytest.mark.parametrize("function", FUNCTIONS)
def test_handler_is_in_the_file_that_is_packaged(template, props, function):
    path = code_of(template, function)
    module, _, name = props[function]["Handler"].partition(".")
    defined = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    assert module == path.stem
    assert [[arg.arg for arg in node.args.args] for node in defined if node.name == name] == [["event", "context"]]


def test_target_function_has_a_timeout_that_cloudfront_waits_for(props):
    assert 1 <= props["TargetFunction"]["Timeout"] < 30
    assert "Environment" not in props["TargetFunction"]


# ---- What is allowed ----


@pytest.mark.parametrize(
    ("role", "principals"),
    [
        ("EdgeRole", ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]),
        ("TargetRole", "lambda.amazonaws.com"),
    ],
)
def test_role_is_assumed_by_lambda_only(props, role, principals):
    assert props[role]["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": principals}, "Action": "sts:AssumeRole"}
    ]


@pytest.mark.parametrize(
    ("role", "actions", "resource"),
    [
        (
            "EdgeRole",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            {
                "Fn::Sub": "arn:${AWS::Partition}:logs:*:${AWS::AccountId}"
                ":log-group:/aws/lambda/us-east-1.${LabName}-edge:*"
            },
        ),
        (
            "TargetRole",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            {"Fn::GetAtt": ["TargetLogGroup", "Arn"]},
        ),
    ],
)
def test_role_allows_its_own_log_and_nothing_else(props, role, actions, resource):
    assert set(props[role]) == {"Description", "AssumeRolePolicyDocument", "Policies"}
    statements = [part for policy in props[role]["Policies"] for part in policy["PolicyDocument"]["Statement"]]
    assert statements == [{"Effect": "Allow", "Action": actions, "Resource": resource}]


def test_no_policy_has_a_wildcard_for_an_action(template):
    def find_actions(part: object) -> list[str]:
        if isinstance(part, list):
            return [action for member in part for action in find_actions(member)]
        if not isinstance(part, dict):
            return []
        own = part.get("Action", [])
        return [*([own] if isinstance(own, str) else own), *find_actions(list(part.values()))]

    actions = find_actions(template["Resources"])
    assert len(actions) == 8  # two to assume a role, five to write logs, one to invoke the target
    assert [action for action in actions if "*" in action] == []


def test_only_the_labs_target_group_may_invoke_the_target(template, props):
    permission = props["TargetPermission"]
    assert permission["Principal"] == "elasticloadbalancing.amazonaws.com"
    assert permission["Action"] == "lambda:InvokeFunction"
    assert permission["SourceAccount"] == {"Ref": "AWS::AccountId"}
    prefix, _, group = permission["SourceArn"]["Fn::Sub"].rpartition(":targetgroup/")
    assert prefix == "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}"
    assert group == f"{props['TargetGroup']['Name']['Fn::Sub']}/*"
    # Registering the function fails if the permission is not there yet.
    assert template["Resources"]["TargetGroup"]["DependsOn"] == "TargetPermission"


def test_nobody_but_cloudfront_reaches_the_load_balancer(props):
    group = props["LoadBalancerSecurityGroup"]
    (rule,) = group["SecurityGroupIngress"]
    assert rule["SourcePrefixListId"] == {"Ref": "CloudFrontPrefixList"}
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 80, 80)
    assert {"CidrIp", "CidrIpv6", "SourceSecurityGroupId"} & set(rule) == set()
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]


# ---- The load balancer ----


def test_load_balancer_passes_on_headers_with_underscores(props):
    attributes = {part["Key"]: part["Value"] for part in props["LoadBalancer"]["LoadBalancerAttributes"]}
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "false"


def test_target_group_sends_lists_of_header_values(props):
    group = props["TargetGroup"]
    assert group["TargetType"] == "lambda"
    assert group["TargetGroupAttributes"] == [{"Key": "lambda.multi_value_headers.enabled", "Value": "true"}]
    assert group["Targets"] == [{"Id": {"Fn::GetAtt": ["TargetFunction", "Arn"]}}]


def test_longest_name_fits_all_that_is_named_after_it(template, props):
    longest = "x" * template["Parameters"]["LabName"]["MaxLength"]
    names = [props[name]["Name"]["Fn::Sub"].replace("${LabName}", longest) for name in ("TargetGroup", "LoadBalancer")]
    assert [name for name in names if len(name) > 32] == []


def test_load_balancer_stands_in_two_zones_with_a_way_out(template, props):
    subnets = props["LoadBalancer"]["Subnets"]
    assert subnets == [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]
    assert len({props[subnet["Ref"]]["AvailabilityZoneId"] for subnet in subnets}) == 2
    assert [props[name]["SubnetId"] for name in ("SubnetARoutes", "SubnetBRoutes")] == subnets
    assert props["InternetRoute"]["DestinationCidrBlock"] == "0.0.0.0/0"
    assert template["Resources"]["LoadBalancer"]["DependsOn"] == "InternetRoute"


# ---- Region, logs, outputs, README ----


def test_stack_is_refused_outside_us_east_1(template):
    (rule,) = template["Rules"].values()
    assert "RuleCondition" not in rule
    assert [part["Assert"] for part in rule["Assertions"]] == [{"Fn::Equals": [{"Ref": "AWS::Region"}, REGION]}]


@pytest.mark.parametrize(
    ("group", "name"),
    [("EdgeLogGroup", "/aws/lambda/us-east-1.${LabName}-edge"), ("TargetLogGroup", "/aws/lambda/${LabName}-target")],
)
def test_log_group_forgets_and_goes_with_the_stack(template, props, group, name):
    assert props[group] == {"LogGroupName": {"Fn::Sub": name}, "RetentionInDays": 7}
    assert template["Resources"][group]["DeletionPolicy"] == "Delete"


def test_outputs_are_those_that_the_readme_asks_for(template):
    readme = TEMPLATE.with_name("README.md").read_text()
    assert set(re.findall(r"\$\(output (\w+)\)", readme)) <= set(template["Outputs"])
    assert {"Address", "TryIt", "TargetLogs", "EdgeLogs"} <= set(template["Outputs"])


def test_readme_passes_parameters_that_exist(template):
    readme = TEMPLATE.with_name("README.md").read_text()
    passed = set(re.findall(r"\b([A-Z]\w+)=\S", "".join(re.findall(r"--parameter-overrides.*", readme))))
    assert passed <= set(template["Parameters"])
    without_default = {name for name, parameter in template["Parameters"].items() if "Default" not in parameter}
    assert without_default <= passed


# ---- moto ----


def create_stack(template: dict[str, Any], name: str, **parameters: str) -> dict[str, str]:
    """Make the stack of what moto can make, and say what it made: physical ids by logical ids."""
    made = packaged(template)
    # moto has no value for an output of something that it did not make.
    made["Outputs"] = {key: part for key, part in made["Outputs"].items() if not find_refs(part) & set(NOT_IN_MOTO)}
    cloudformation = boto3.client("cloudformation", REGION)
    with pytest.warns(UserWarning, match=NOT_SUPPORTED):
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(made),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
    with pytest.warns(UserWarning, match=NOT_SUPPORTED):
        resources = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {part["LogicalResourceId"]: part["PhysicalResourceId"] for part in resources if part["LogicalResourceId"]}


@pytest.fixture(scope="module")
def made(template):
    """The lab, made twice in an AWS without a network: once with its default name, once beside it with another."""
    with mock_aws():
        s3 = boto3.client("s3", REGION)
        s3.create_bucket(Bucket="code")
        for function in FUNCTIONS:
            s3.put_object(Bucket="code", Key=function, Body=zip_file(code_of(template, function)))
        ids = create_stack(template, "lab", EdgeRelease="first")
        create_stack(template, "other-lab", EdgeRelease="first", LabName="other")
        yield ids


def test_moto_makes_all_but_what_is_listed(template, made):
    assert set(made) == set(template["Resources"]) - set(NOT_IN_MOTO)


def test_moto_runs_both_functions_from_the_real_files(made):
    client = boto3.client("lambda", REGION)
    configs = [client.get_function(FunctionName=made[name])["Configuration"] for name in FUNCTIONS]
    assert [(part["FunctionName"], part["Handler"], part["Runtime"]) for part in configs] == [
        ("edge-lab-edge", "edge.handler", "python3.13"),
        ("edge-lab-target", "target.handler", "python3.13"),
    ]
    assert configs[0]["Description"].endswith(" Release first.")
    assert "Environment" not in configs[0]


def test_moto_publishes_one_version_of_the_edge_function(made):
    client = boto3.client("lambda", REGION)
    versions = client.list_versions_by_function(FunctionName=made["EdgeFunction"])["Versions"]
    assert [part["Version"] for part in versions] == ["$LATEST", "1"]


def test_moto_gives_each_role_its_own_log(made):
    iam = boto3.client("iam", REGION)
    policies = [
        str(iam.get_role_policy(RoleName=made[role], PolicyName="write-its-own-log")["PolicyDocument"])
        for role in ("EdgeRole", "TargetRole")
    ]
    assert re.findall(r"arn:[^']+", policies[0]) == [
        "arn:aws:logs:*:123456789012:log-group:/aws/lambda/us-east-1.edge-lab-edge:*"
    ]
    # AWS ends this ARN with :*, moto does not.
    assert re.findall(r"arn:[^']+", policies[1]) == [
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/edge-lab-target"
    ]


def test_moto_keeps_both_logs_for_a_week(made):
    groups = boto3.client("logs", REGION).describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    kept = {group["logGroupName"]: group["retentionInDays"] for group in groups}
    assert kept[made["EdgeLogGroup"]] == kept[made["TargetLogGroup"]] == 7


def test_moto_lets_the_target_group_that_it_made_invoke_the_target(made):
    policy = json.loads(boto3.client("lambda", REGION).get_policy(FunctionName=made["TargetFunction"])["Policy"])
    (statement,) = policy["Statement"]
    allowed = statement["Condition"]["ArnLike"]["AWS:SourceArn"]
    assert statement["Principal"] == {"Service": "elasticloadbalancing.amazonaws.com"}
    assert re.fullmatch(allowed.replace("*", "[0-9a-f]{16}"), made["TargetGroup"])
    assert statement["Condition"]["StringEquals"] == {"AWS:SourceAccount": "123456789012"}


def test_moto_puts_the_load_balancer_into_both_public_subnets(made):
    ec2, elb = boto3.client("ec2", REGION), boto3.client("elbv2", REGION)
    (balancer,) = elb.describe_load_balancers(LoadBalancerArns=[made["LoadBalancer"]])["LoadBalancers"]
    subnets = {zone["SubnetId"] for zone in balancer["AvailabilityZones"]}
    assert (balancer["Scheme"], subnets) == ("internet-facing", {made["SubnetA"], made["SubnetB"]})
    (table,) = ec2.describe_route_tables(RouteTableIds=[made["RouteTable"]])["RouteTables"]
    gateways = {route["DestinationCidrBlock"]: route["GatewayId"] for route in table["Routes"]}
    assert gateways["0.0.0.0/0"] == made["InternetGateway"]


def test_moto_forwards_from_the_listener_to_the_target_group(made):
    elb = boto3.client("elbv2", REGION)
    (listener,) = elb.describe_listeners(LoadBalancerArn=made["LoadBalancer"])["Listeners"]
    assert (listener["Protocol"], listener["Port"]) == ("HTTP", 80)
    assert [action["TargetGroupArn"] for action in listener["DefaultActions"]] == [made["TargetGroup"]]
    (group,) = elb.describe_target_groups(TargetGroupArns=[made["TargetGroup"]])["TargetGroups"]
    assert (group["TargetType"], group["HealthCheckEnabled"]) == ("lambda", False)


def test_moto_makes_a_second_lab_beside_the_first(made):
    names = [part["FunctionName"] for part in boto3.client("lambda", REGION).list_functions()["Functions"]]
    assert sorted(names) == ["edge-lab-edge", "edge-lab-target", "other-edge", "other-target"]
