"""Where MiniStack answers otherwise than devcloud, and what AWS does.

A is AWS documentation, B recorded against AWS, C public captures or reports. The tests in
test_template.py stand for themselves: they say what MiniStack refuses.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """Why MiniStack does not pass a test, and who says that the test is right."""

    ministack: str
    aws: str


_NO_VALIDATORS = "the contract's request validators are not there: the function answers"
_VALIDATION = "A AGW request-validation, B: 400 `Invalid request body`"
_NO_REVOCATION = "there is no /oauth2/revoke"
_ANSWERS_ITSELF = "its own 400 with JSON"

DIFFERENCES = {
    "test_an_error_of_the_gateway_has_both_ids": Difference(
        "no x-amz-apigw-id", "C: captured with the answers of a Cognito authorizer"
    ),
    "test_an_answer_of_the_function_has_both_ids": Difference(
        "no x-amz-apigw-id", "C: captured with the answers of a Cognito authorizer"
    ),
    "test_an_expired_token_is_401_and_said_to_be": Difference(
        "401 with `Unauthorized`",
        "C: captured and reported by clients, `The incoming token has expired`",
    ),
    "test_an_access_token_is_401_where_a_method_has_no_scopes": Difference(
        "let through; the function itself refuses it with 403",
        "A AGW enable-cognito-user-pool: an ID token only",
    ),
    "test_what_breaks_the_model_is_400": Difference(_NO_VALIDATORS, _VALIDATION),
    "test_no_json_is_400": Difference(_NO_VALIDATORS, _VALIDATION),
    "test_an_empty_body_is_validated_too": Difference(
        _NO_VALIDATORS, "A AGW request-validation, B: an empty body is `{}`"
    ),
    "test_a_required_parameter_that_is_missing_or_blank_is_400": Difference(
        _NO_VALIDATORS, "A AGW request-validation: 400 `Missing required request parameters: […]`"
    ),
    "test_an_error_of_the_validator_names_its_type": Difference(
        _NO_VALIDATORS, "A AGW request-validation, B: `BadRequestException`"
    ),
    "test_more_than_10_mb_is_413": Difference(
        "let through; the function refuses the text with 400", "A AGW limits: 10 MB; C: 413"
    ),
    "test_the_stage_lets_only_so_many_through": Difference(
        "the stage's throttling is not there", "A AGW request-throttling: 429"
    ),
    "test_it_redirects_to_the_sign_in_page": Difference(
        "the form is at /oauth2/authorize itself", "A CDG authorization-endpoint: 302 to /login"
    ),
    "test_an_unregistered_redirect_uri_ends_on_the_pools_own_error_page": Difference(
        _ANSWERS_ITSELF, "C: /error?error=redirect_mismatch, 400"
    ),
    "test_a_missing_response_type_goes_back_as_invalid_request": Difference(
        _ANSWERS_ITSELF, "A CDG authorization-endpoint: back to the redirect_uri"
    ),
    "test_the_implicit_grant_goes_back_as_unauthorized_client": Difference(
        _ANSWERS_ITSELF, "A CDG authorization-endpoint: back to the redirect_uri"
    ),
    "test_a_wrong_secret_is_400": Difference(
        "400 invalid_client, described as `Invalid client credentials.`",
        "C: measured, described as `invalid_client_secret`",
    ),
    "test_a_refresh_rotates_and_keeps_the_time_of_the_sign_in": Difference(
        "the template's RefreshTokenRotation is not there", "A API RefreshTokenRotationType"
    ),
    "test_a_revoked_token_refreshes_no_more": Difference(
        _NO_REVOCATION, "A CDG revocation-endpoint: 200"
    ),
    "test_an_unknown_token_is_revoked_quietly": Difference(
        _NO_REVOCATION, "A CDG revocation-endpoint: 200"
    ),
    "test_an_access_token_cannot_be_revoked": Difference(
        _NO_REVOCATION, "A CDG revocation-endpoint: 400 unsupported_token_type"
    ),
    "test_a_wrong_secret_cannot_revoke": Difference(
        _NO_REVOCATION, "A CDG revocation-endpoint: 401 invalid_client"
    ),
}
