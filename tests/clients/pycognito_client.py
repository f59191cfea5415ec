"""pycognito signs a person up and takes their tokens, with the app client's secret."""

from types import SimpleNamespace

import requests
from pycognito import Cognito

from tests.clients.python_checks import check, read_given, refused
from tests.devcloud.sign_in import sign_in

EMAIL = "pycognito@example.com"
PASSWORD = "First-passw0rd!"

given = read_given()


def new_client(client_secret=given.clientSecret):
    return Cognito(
        given.poolId,
        given.clientId,
        client_secret=client_secret,
        username=EMAIL,
        # It takes the pool's address from here, for the keys as well.
        boto3_client_kwargs={
            "endpoint_url": given.endpoint,
            "aws_access_key_id": "any",
            "aws_secret_access_key": "any",
        },
    )


def mailed_code():
    answer = requests.get(
        f"{given.endpoint}/_local/mail",
        params={"to": EMAIL},
        headers={"Accept": "application/json"},
        timeout=10,
    )
    return answer.json()[0]["code"]


client = new_client()
with check("is refused without the secret's hash"), refused("SECRET_HASH was not received"):
    new_client(client_secret=None).register(EMAIL, PASSWORD)
with check("is refused with another secret's hash"), refused("Unable to verify secret hash"):
    new_client(client_secret="wrong").register(EMAIL, PASSWORD)
with check("signs a person up"):
    assert client.register(EMAIL, PASSWORD)["UserConfirmed"] is False
with check("is refused a wrong code"), refused("CodeMismatchException"):
    client.confirm_sign_up("000000")
with check("asks for another code"):
    client.resend_confirmation_code(EMAIL)
with check("confirms the person with the code from the mail"):
    client.confirm_sign_up(mailed_code())
with check("verifies the access token of the person's sign-in on the hosted UI"):
    environment = {
        "OIDC_RP_CLIENT_ID": given.clientId,
        "OIDC_RP_CLIENT_SECRET": given.clientSecret,
    }
    devcloud = SimpleNamespace(base=given.endpoint, environment=environment)
    tokens = sign_in(devcloud, EMAIL, PASSWORD)
    # Not the ID token: pycognito fails over at_hash, which tokens of a hosted UI have.
    claims = client.verify_token(tokens["access_token"], "access_token", "access")
    assert claims["client_id"] == given.clientId
with check("reads the person as an administrator"):
    person = client.admin_get_user()
    assert person.email == EMAIL
    assert person.user_status == "CONFIRMED"
with check("is refused SRP"), refused("InvalidParameterException"):
    client.authenticate(PASSWORD)
