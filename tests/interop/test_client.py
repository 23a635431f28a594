"""Python's usual clients against the bundled servers."""

import time

import jwt
import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

CLIENT, SECRET, SCOPE = "testapiclient1", "demo-secret", "test_api_access"
TIMEOUT = 10


def session(servers, secret=SECRET, scope=SCOPE, auth="client_secret_basic"):
    return OAuth2Session(
        CLIENT, secret, scope=scope, token_endpoint_auth_method=auth,
        token_endpoint=servers.token_endpoint, grant_type="client_credentials",
    )


def statuses(client, api, **more):
    paths = ("/api/public", "/api/private", "/api/private-scoped")
    return [client.get(f"{api}{path}", timeout=TIMEOUT, **more).status_code for path in paths]


@pytest.mark.parametrize("auth", ["client_secret_basic", "client_secret_post"])
def test_authlib_gets_a_token_and_opens_everything_with_it(servers, auth):
    with session(servers, auth=auth) as client:
        token = client.fetch_token()
        assert token["token_type"] == "Bearer"
        assert SCOPE in token["scope"].split()
        assert "refresh_token" not in token
        assert statuses(client, servers.api) == [200, 200, 200]


def test_authlib_without_the_scope_is_refused_where_it_is_wanted(servers):
    with session(servers, scope=None) as client:
        token = client.fetch_token()
        assert SCOPE not in token["scope"].split()
        assert statuses(client, servers.api) == [200, 200, 403]
        refused = client.get(f"{servers.api}/api/private-scoped", timeout=TIMEOUT)
        assert refused.json()["error"] == "insufficient_scope"
        assert f'scope="{SCOPE}"' in refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("auth", ["client_secret_basic", "client_secret_post"])
def test_authlib_with_a_wrong_secret_gets_no_token(servers, auth):
    with session(servers, secret="wrong", auth=auth) as client, pytest.raises(OAuthError) as refused:
        client.fetch_token()
    assert refused.value.error == "unauthorized_client"
    assert refused.value.description == "Invalid client or Invalid client credentials"


def test_authlib_asking_for_a_scope_that_is_not_there_gets_no_token(servers):
    with session(servers, scope="no_such_scope") as client, pytest.raises(OAuthError) as refused:
        client.fetch_token()
    assert refused.value.error == "invalid_scope"


def test_requests_alone_will_do(servers):
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    answer = requests.post(servers.token_endpoint, data=form, auth=(CLIENT, SECRET), timeout=TIMEOUT)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()["access_token"]
    assert statuses(requests, servers.api, headers={"Authorization": f"Bearer {token}"}) == [200, 200, 200]
    assert statuses(requests, servers.api) == [200, 401, 401]


def test_pyjwt_verifies_a_token_with_the_published_keys(servers):
    with session(servers) as client:
        answer = client.fetch_token()
    token = answer["access_token"]
    discovery = requests.get(f"{servers.issuer}/.well-known/openid-configuration", timeout=TIMEOUT).json()
    assert discovery["issuer"] == servers.issuer
    key = jwt.PyJWKClient(discovery["jwks_uri"], timeout=TIMEOUT).get_signing_key_from_jwt(token)

    wanted = {"require": ["exp", "iat", "iss", "sub", "jti"], "verify_aud": False}
    claims = jwt.decode(token, key, algorithms=["RS256"], issuer=servers.issuer, options=wanted)
    assert claims["azp"] == CLIENT
    assert set(claims["scope"].split()) == set(answer["scope"].split())
    assert claims["exp"] - claims["iat"] == pytest.approx(answer["expires_in"], abs=1)
    assert abs(time.time() - claims["iat"]) < 60
    with pytest.raises(jwt.InvalidIssuerError):
        jwt.decode(token, key, algorithms=["RS256"], issuer=f"{servers.issuer}/", options=wanted)


def test_the_encryption_key_is_published_and_not_taken_for_a_signing_key(servers):
    keys = requests.get(f"{servers.issuer}/protocol/openid-connect/certs", timeout=TIMEOUT).json()["keys"]
    assert sorted(key["use"] for key in keys) == ["enc", "sig"]
    usable = jwt.PyJWKClient(f"{servers.issuer}/protocol/openid-connect/certs", timeout=TIMEOUT).get_signing_keys()
    assert [key.key_id for key in usable] == [key["kid"] for key in keys if key["use"] == "sig"]
