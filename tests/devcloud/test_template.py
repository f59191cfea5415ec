"""Reading the template, and refusing what AWS would refuse with the place named."""

import json

import pytest

from devcloud.database import Database
from devcloud.errors import StartError, TemplateError
from devcloud.physical_ids import PhysicalIds
from devcloud.stack import Stack
from devcloud.template import parameter_values, read_template
from tests.devcloud.running import NOTES_TEMPLATE

TOPIC = "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n"


@pytest.fixture
def stack(tmp_path):
    """Makes a stack of a template's text."""
    ids = PhysicalIds(Database(tmp_path / "devcloud.sqlite3"))

    def made(text, **given):
        path = tmp_path / "backend.yaml"
        path.write_text(text)
        return Stack(read_template(path), given, ids)

    return made


@pytest.fixture
def output(stack):
    """The value that an expression has in a template."""

    def value(expression, rest="", **given):
        text = f"{rest}\n{TOPIC}Outputs:\n  It:\n    Value: {expression}\n"
        return stack(text, **given).outputs["It"]

    return value


class IntrinsicFunctionTests:
    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("!Ref AWS::Region", "eu-central-1"),
            ("!Sub '${AWS::AccountId}/${!literal}'", "000000000000/${literal}"),
            ("!Sub ['${a}-${AWS::Region}', {a: !Ref AWS::Partition}]", "aws-eu-central-1"),
            ("!Join ['-', [a, !Ref AWS::Region]]", "a-eu-central-1"),
            ("!Select [1, [a, b]]", "b"),
            ("!Select [0, !Split ['/', a/b]]", "a"),
            ("!If [Yes, a, b]", "a"),
            ("!If [No, a, b]", "b"),
            ("!Join ['', !If [Both, [a], [b]]]", "b"),
            ("!If [Either, a, b]", "a"),
            ("!FindInMap [Sizes, small, memory]", 128),
            (
                "{Fn::GetAtt: [Topic, TopicArn]}",
                "arn:aws:sns:eu-central-1:000000000000:notesite-Topic",
            ),
            ("!Sub '${Topic.TopicArn}'", "arn:aws:sns:eu-central-1:000000000000:notesite-Topic"),
            ("[a, !If [No, b, !Ref AWS::NoValue], c]", ["a", "c"]),
            ("2012-10-17", "2012-10-17"),
        ],
    )
    def test_they_are_evaluated(self, output, expression, value):
        rest = """
Mappings: {Sizes: {small: {memory: 128}}}
Conditions:
  "Yes": !Equals [a, a]
  "No": !Not [!Condition "Yes"]
  Both: !And [!Condition "Yes", !Condition "No"]
  Either: !Or [!Condition "Yes", !Condition "No"]
"""
        assert output(expression.replace("Yes", '"Yes"').replace("[No", '["No"'), rest) == value

    @pytest.mark.parametrize(
        ("expression", "reason"),
        [
            ("!Ref Nothing", "nothing in the template is called Nothing"),
            ("!GetAtt Topic.Nothing", "Topic (AWS::SNS::Topic) has no Nothing"),
            ("!Sub '${Nothing.Arn}'", "nothing in the template is called Nothing"),
            ("!If [Nothing, a, b]", "the template has no condition Nothing"),
            ("!FindInMap [A, b, c]", "have no A.b.c"),
            ("!Cidr [a, b]", "does not know the function Fn::Cidr"),
            ("!Join ['']", "Fn::Join takes a list of 2"),
            ("!Select [5, [a]]", "no element 5"),
        ],
    )
    def test_a_mistake_names_its_place(self, output, expression, reason):
        with pytest.raises(TemplateError) as raised:
            output(expression)
        assert raised.value.place == "Outputs.It.Value"
        assert reason in str(raised.value)


class StackTests:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("Resources: {A: {Type: AWS::EC2::Instance}}", "Resources.A.Type"),
            (TOPIC.replace("Topic}", "Topic, DependsOn: B}"), "Resources.Topic.DependsOn"),
            (
                "Resources: {A: {Type: AWS::SNS::Topic, Properties: {X: [!Ref B]}}}",
                "Resources.A.Properties.X[0]",
            ),
            (
                "Resources:\n"
                "  A: {Type: AWS::SNS::Topic, Properties: {X: !Ref B}}\n"
                "  B: {Type: AWS::SNS::Topic, Properties: {X: !Ref A}}",
                "Resources.B.Properties.X",
            ),
            ("Parameters: {P: {Type: String}}\n" + TOPIC, "Parameters.P"),
            ("Transform: AWS::Serverless-2016-10-31\n" + TOPIC, "Transform"),
            ("Description: nothing else", "backend.yaml"),
        ],
    )
    def test_a_mistake_names_its_place(self, stack, text, place):
        with pytest.raises(TemplateError) as raised:
            stack(text)
        assert raised.value.place == place

    @pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "!Sub: {"])
    def test_what_is_no_yaml_is_refused(self, stack, text):
        with pytest.raises(StartError, match="is no valid YAML"):
            stack(text)

    def test_a_resource_whose_condition_fails_is_not_made(self, stack):
        text = (
            "Conditions: {Never: !Equals [a, b]}\n"
            "Resources:\n"
            "  A: {Type: AWS::SNS::Topic, Condition: Never}\n"
            "  B: {Type: AWS::SNS::Topic}\n"
            "Outputs: {A: {Condition: Never, Value: !Ref A}}\n"
        )
        made = stack(text)
        assert set(made.resources) == {"B"}
        assert made.outputs == {}

    def test_made_up_ids_stay_the_same(self, stack):
        text = "Resources: {Api: {Type: AWS::ApiGateway::RestApi}}"
        first = stack(text).resources["Api"].physical_id
        assert stack(text).resources["Api"].physical_id == first
        assert len(first) == 10


class RuleTests:
    TEXT = (
        "Parameters: {A: {Type: String, Default: a}, B: {Type: String, Default: b}}\n"
        "Rules:\n"
        "  Together:\n"
        "    RuleCondition: !Equals [!Ref A, a]\n"
        "    Assertions:\n"
        "      - Assert: !Contains [[b, c], !Ref B]\n"
        "        AssertDescription: With a there is b or c.\n" + TOPIC
    )

    @pytest.mark.parametrize("given", [{}, {"B": "c"}, {"A": "x", "B": "x"}])
    def test_what_keeps_it_is_accepted(self, stack, given):
        assert stack(self.TEXT, **given).resources

    def test_what_breaks_it_is_refused_in_its_own_words(self, stack):
        with pytest.raises(TemplateError, match=r"Rules\.Together: With a there is b or c\."):
            stack(self.TEXT, B="x")


class ParameterTests:
    @pytest.mark.parametrize(
        ("declaration", "value"),
        [
            ("{Type: String, AllowedValues: [a, b]}", "c"),
            ("{Type: String, AllowedPattern: '[a-z]+'}", "a1"),
            ("{Type: String, MinLength: 2}", "a"),
            ("{Type: String, MaxLength: 2}", "abc"),
            ("{Type: Number, MinValue: 2}", "1"),
            ("{Type: Number, MaxValue: 2}", "3"),
            ("{Type: Number, MinValue: 2}", "many"),
        ],
    )
    def test_its_limits_are_enforced(self, stack, declaration, value):
        with pytest.raises(TemplateError) as raised:
            stack(f"Parameters: {{P: {declaration}}}\n{TOPIC}", P=value)
        assert raised.value.place == "Parameters.P"
        assert value in str(raised.value)

    def test_an_unknown_one_is_refused(self, stack):
        with pytest.raises(TemplateError, match=r"Parameters\.P: the template has no such"):
            stack(TOPIC, P="x")

    def test_a_default_is_checked_too(self, output):
        assert output("!Ref P", "Parameters: {P: {Type: Number, Default: 15}}") == "15"
        assert (
            output("!Join ['+', !Ref P]", "Parameters: {P: {Type: CommaDelimitedList}}", P="a, b")
            == "a+b"
        )


class NotesTemplateTests:
    def test_its_parameters_have_values_by_themselves(self):
        template = read_template(NOTES_TEMPLATE)
        given = {
            "WebAppUrl": "https://notes.example.com",
            "CodeBucket": "bucket",
            "CodeKey": "key",
        }
        values = parameter_values(template, given)
        assert values["WebAppUrl"] == "https://notes.example.com"
        assert set(values) == set(template.parameters)

    def test_the_contract_is_the_body_of_the_api(self, tmp_path):
        given = {
            "WebAppUrl": "https://notes.example.com",
            "CodeBucket": "bucket",
            "CodeKey": "key",
        }
        ids = PhysicalIds(Database(tmp_path / "devcloud.sqlite3"))
        stack = Stack(read_template(NOTES_TEMPLATE), given, ids)
        body = stack.resources["NotesApi"].properties["Body"]
        assert body["paths"]["/notes"]["post"]["operationId"] == "createNote"
        assert "Fn::" not in json.dumps(body)
