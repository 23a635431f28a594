"""Keys that change and an authorization server that goes away, with processes of their own."""

import contextlib
import signal
import time

import bundled
import flask_api
import jwt
import pytest
import requests

SCOPED = "/api/private-scoped"
TIMEOUT = 10
DEADLINE = 30


@pytest.fixture
def authority(programs, tmp_path):
    """An authorization server that a test may rotate and end, beside an API of its own."""
    with bundled.serving([programs["tokenscope-server"]], tmp_path / "authority") as running:
        yield running


@pytest.fixture
def api_alone(programs, authority, tmp_path):
    """Starts a bundled API that trusts `authority`."""
    with contextlib.ExitStack() as started:

        def start(name):
            command = [programs["tokenscope"], "serve"]
            serving = bundled.serving(command, tmp_path / name, "--issuer", authority.issuer)
            return started.enter_context(serving).api

        yield start


def token_of(servers):
    form = {"grant_type": "client_credentials", "scope": "test_api_access"}
    client = ("testapiclient1", "demo-secret")
    answer = requests.post(servers.token_endpoint, data=form, auth=client, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()["access_token"]


def call(api, token):
    return requests.get(f"{api}{SCOPED}", headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT)


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


def token_of_another_key(servers, old):
    """A token signed with another key than `old`, once there is one."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        token = token_of(servers)
        if kid(token) != kid(old):
            return token
    raise AssertionError("the key was not rotated")


def test_after_a_rotation_old_and_new_tokens_pass_on_both_sides(authority):
    """Case 37."""
    old = token_of(authority)
    assert call(authority.api, old).status_code == 200
    authority.process.send_signal(signal.SIGUSR1)
    new = token_of_another_key(authority, old)
    with flask_api.running(flask_api.create_app(authority.issuer)) as flask:
        for token in (old, new):
            assert call(authority.api, token).status_code == 200
            assert call(flask, token).status_code == 200


def test_an_api_that_has_the_keys_needs_the_provider_no_more(authority, api_alone):
    """Case 36."""
    token = token_of(authority)
    informed, ignorant = api_alone("informed"), api_alone("ignorant")
    assert call(informed, token).status_code == 200
    with flask_api.running(flask_api.create_app(authority.issuer)) as flask:
        assert call(flask, token).status_code == 200
        assert authority.end() == 0

        assert call(flask, token).status_code == 200
        # The same token may be remembered; one changed in its signature must be looked at.
        assert call(informed, token).status_code == 200
        head, signature = token.rsplit(".", 1)
        middle = len(signature) // 2
        changed = f"{head}.{signature[:middle]}{'B' if signature[middle] == 'A' else 'A'}{signature[middle + 1:]}"
        for api in (informed, flask):
            refused = call(api, changed)
            assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
        away = call(ignorant, token)
        assert away.status_code == 503
        assert int(away.headers["Retry-After"]) > 0


def test_a_restarted_server_with_the_same_key_file_honours_old_tokens(programs, authority, tmp_path):
    token = token_of(authority)
    assert authority.end() == 0
    with bundled.serving([programs["tokenscope"], "serve"], tmp_path / "authority") as again:
        keys = jwt.PyJWKClient(f"{again.issuer}/protocol/openid-connect/certs", timeout=TIMEOUT)
        key = keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
        assert claims["iss"] == authority.issuer
        assert kid(token_of(again)) == kid(token)
