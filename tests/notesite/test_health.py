"""The answers for the load balancer and for operators."""

import pytest
import requests
import responses
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

READY_API = f"{settings.NOTES_API_URL}/notes"


class HealthTests:
    def test_it_answers_whatever_the_host_header_says(self, client: Client) -> None:
        answer = client.get("/healthz", headers={"Host": "10.0.3.7"})
        assert (answer.status_code, answer.content) == (200, b"ok")

    def test_other_pages_refuse_a_foreign_host(self, client: Client) -> None:
        assert client.get("/", headers={"Host": "10.0.3.7"}).status_code == 400

    def test_it_touches_no_session(self, client: Client) -> None:
        assert not client.get("/healthz").cookies


class ReadyTests:
    def test_it_is_ready_when_all_can_be_reached(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.get(READY_API, status=401)
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {"database": True, "jwks": True, "api": True}

    def test_it_names_what_cannot_be_reached(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.get(READY_API, body=requests.ConnectionError())
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"database": True, "jwks": True, "api": False}

    def test_an_api_that_lets_anybody_in_is_not_ready(
        self, client: Client, wire: responses.RequestsMock
    ) -> None:
        wire.get(READY_API, status=200)
        assert client.get("/readyz").json()["api"] is False
