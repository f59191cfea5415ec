"""CloudFront in front, for whoever has no host: what the application needs of it."""

from pathlib import Path

import pytest
from cfnlint.decode import cfn_yaml

INFRA = Path(__file__).resolve().parents[2] / "infra"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_VIEWER_AND_CLOUDFRONT_HEADERS = "33f36d7e-f396-46d9-90e0-52428a34d9dc"


@pytest.fixture
def template():
    return cfn_yaml.load(str(INFRA / "edge.yaml"))


@pytest.fixture
def distribution(template):
    return template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]


class DistributionTests:
    def test_pages_are_never_kept(self, distribution):
        assert distribution["DefaultCacheBehavior"]["CachePolicyId"] == CACHING_DISABLED

    def test_only_static_files_are(self, distribution):
        (behaviour,) = distribution["CacheBehaviors"]
        assert behaviour["PathPattern"] == "/static/*"
        assert behaviour["CachePolicyId"] == CACHING_OPTIMIZED

    def test_the_application_hears_which_host_and_scheme_was_asked(self, distribution):
        for behaviour in (distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]):
            assert behaviour["OriginRequestPolicyId"] == ALL_VIEWER_AND_CLOUDFRONT_HEADERS
            assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"

    def test_forms_can_be_sent(self, distribution):
        assert "POST" in distribution["DefaultCacheBehavior"]["AllowedMethods"]

    def test_idle_connections_end_here_before_they_do_at_the_load_balancer(self, distribution):
        (origin,) = distribution["Origins"]
        assert origin["CustomOriginConfig"]["OriginKeepaliveTimeout"] < 60


class NameTests:
    def test_the_environment_gets_the_name_that_cloudfront_calls(self, template, distribution):
        (origin,) = distribution["Origins"]
        assert origin["DomainName"] == {
            "Fn::Sub": "${CnamePrefix}.${AWS::Region}.elasticbeanstalk.com"
        }
        web = cfn_yaml.load(str(INFRA / "web.yaml"))["Parameters"]["CnamePrefix"]
        ours = template["Parameters"]["CnamePrefix"]["AllowedPattern"]
        assert web["AllowedPattern"] == f"^({ours.strip('^$')})?$"

    def test_the_address_is_an_output_under_the_name_of_the_parameter(self, template):
        assert "WebAppUrl" in template["Outputs"]
