"""The deployed stack with one app client more, for clients that know no secret and no hosted UI."""

import shutil

from tests.devcloud.running import NOTES_TEMPLATE, ROOT

_APP_CLIENT = """\
  PublicClient:
    Type: AWS::Cognito::UserPoolClient
    Properties:
      UserPoolId: !Ref UserPool
      ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH, ALLOW_REFRESH_TOKEN_AUTH]
      PreventUserExistenceErrors: ENABLED

"""
_OUTPUT = """\
  PublicClientId:
    Value: !Ref PublicClient
"""


def template_with_public_app_client(directory):
    """A copy of the stack's files, where the template has this app client beside the others."""
    infra = directory / "infra"
    infra.mkdir(parents=True)
    (directory / "service").symlink_to(ROOT / "service")
    shutil.copy(NOTES_TEMPLATE.with_name("openapi.json"), infra)
    text = NOTES_TEMPLATE.read_text()
    text = text.replace("\nResources:\n", "\nResources:\n" + _APP_CLIENT)
    text = text.replace("\nOutputs:\n", "\nOutputs:\n" + _OUTPUT)
    copy = infra / "backend.yaml"
    copy.write_text(text)
    return copy
