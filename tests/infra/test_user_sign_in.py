"""user-sign-in, where the template is told to offer it."""

from tests.backend_template import properties, statements, template

STAGE = properties("NotesApiStage")


class UserSignInTests:
    client = properties("UserSignInClient")

    def test_it_is_off_unless_it_is_asked_for(self) -> None:
        assert template()["Parameters"]["UserSignIn"]["Default"] == "closed"
        made = [name for name in template()["Resources"] if name.startswith("UserSignIn")]
        assert len(made) == 6
        for name in made:
            assert template()["Resources"][name]["Condition"] == "OffersUserSignIn"

    def test_it_has_an_app_client_of_its_own_that_only_the_function_can_use(self) -> None:
        assert self.client["GenerateSecret"] is True
        flows = {"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
        assert set(self.client["ExplicitAuthFlows"]) == flows
        assert "AllowedOAuthFlows" not in self.client
        assert self.client["PreventUserExistenceErrors"] == "ENABLED"
        assert self.client["EnableTokenRevocation"] is True
        assert self.client["WriteAttributes"] == ["name"]

    def test_its_tokens_last_the_hour_that_its_answers_promise(self) -> None:
        assert self.client["TokenValidityUnits"]["AccessToken"] == "minutes"
        assert self.client["AccessTokenValidity"] == self.client["IdTokenValidity"] == 60

    def test_its_role_may_sign_people_in_to_this_pool_and_log(self) -> None:
        sign_in, logs = statements("UserSignInFunctionRole")
        assert sign_in == {
            "Effect": "Allow",
            "Action": "cognito-idp:AdminInitiateAuth",
            "Resource": {"Fn::GetAtt": ["UserPool", "Arn"]},
        }
        assert logs["Resource"] == {"Fn::GetAtt": ["UserSignInFunctionLogs", "Arn"]}

    def test_the_notes_function_takes_its_tokens_where_it_is_offered(self) -> None:
        variable = properties("NotesFunction")["Environment"]["Variables"]["USER_POOL_CLIENT_ID"]
        assert variable["Fn::If"] == [
            "OffersUserSignIn",
            {"Fn::Sub": "${WebAppClient},${UserSignInClient}"},
            {"Ref": "WebAppClient"},
        ]

    def test_it_is_throttled_harder_than_the_rest(self) -> None:
        condition, setting, otherwise = STAGE["MethodSettings"][1]["Fn::If"]
        assert (condition, otherwise) == ("OffersUserSignIn", {"Ref": "AWS::NoValue"})
        assert (setting["ResourcePath"], setting["HttpMethod"]) == ("/~1user-sign-in", "POST")
        assert setting["ThrottlingRateLimit"] <= 5
        assert setting["ThrottlingBurstLimit"] <= 10
        assert setting["LoggingLevel"] == "OFF"
        assert setting["DataTraceEnabled"] is False

    def test_only_its_method_may_invoke_it(self) -> None:
        source = properties("UserSignInFunctionPermission")["SourceArn"]["Fn::Sub"]
        assert source.endswith(":${NotesApi}/${StageName}/POST/user-sign-in")
