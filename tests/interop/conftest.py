"""The servers of both sides, started once for all tests and ended after them."""

import os

import bundled
import flask_api
import pytest

# Whatever proxy the machine has: everything here is on loopback.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "localhost,127.0.0.1,::1"
AUDIENCE = "demo-api"


@pytest.fixture(scope="session")
def programs():
    return bundled.build()


@pytest.fixture(scope="session")
def servers(programs, tmp_path_factory):
    """The bundled authorization server and API."""
    with bundled.serving([programs["tokenscope-server"]], tmp_path_factory.mktemp("servers")) as running:
        yield running


@pytest.fixture(scope="session")
def strict_api(programs, servers, tmp_path_factory):
    """Another bundled API, which trusts the same authorization server and wants an audience."""
    arguments = ["--issuer", servers.issuer, "--audience", AUDIENCE]
    with bundled.serving([programs["tokenscope"], "serve"], tmp_path_factory.mktemp("strict"), *arguments) as running:
        yield running.api


@pytest.fixture(scope="session")
def flask(servers):
    """The Flask API, which trusts the bundled authorization server."""
    with flask_api.running(flask_api.create_app(servers.issuer)) as address:
        yield address


@pytest.fixture(scope="session")
def strict_flask(servers):
    """Another Flask API, which wants an audience."""
    with flask_api.running(flask_api.create_app(servers.issuer, AUDIENCE)) as address:
        yield address
