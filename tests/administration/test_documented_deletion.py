"""What docs/administration.md says of a deleted person's notes does what it says."""

import re

import boto3
import pytest

from tests.devcloud.running import ROOT, Devcloud


def test_it_deletes_the_notes_of_that_person_alone(
    devcloud: Devcloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", devcloud.base)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    table = boto3.resource("dynamodb").Table("Notes")
    with table.batch_writer() as batch:
        # More than the megabyte that one answer may have.
        for number in range(3):
            note = "x" * 390_000
            batch.put_item(Item={"userId": "the sub", "noteId": f"n{number}", "note": note})
        batch.put_item(Item={"userId": "the other", "noteId": "n0", "note": "kept"})
    document = (ROOT / "docs/administration.md").read_text()
    (code,) = re.findall(r"```python\n(.+?)```", document, re.DOTALL)

    exec(code, {})

    assert [item["userId"] for item in table.scan()["Items"]] == ["the other"]
