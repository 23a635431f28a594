"""A protected API as it is commonly built with Flask and Authlib: the other side of the comparison.

It fetches the realm's key set, demands an unexpired ``exp`` and exactly its issuer, and guards
endpoints with a decorator: any valid token, or one with a scope. It knows the authorization server
by its issuer alone and shares no code with the bundled API.
"""

import contextlib
import logging
import threading

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector
from authlib.oauth2.rfc7523 import JWTBearerTokenValidator
from flask import Flask, jsonify
from joserfc.jwk import KeySet
from werkzeug.serving import make_server

# A request that hangs must not hang the whole run, in seconds.
TIMEOUT = 10


class RealmTokenValidator(JWTBearerTokenValidator):
    """Access tokens of one realm, checked against the keys that it publishes."""

    def __init__(self, issuer, audience=None):
        super().__init__(fetch_keys(issuer), realm="myorg")
        # Not the stock options: those want a claim grant_type, which Keycloak's tokens do not have.
        self.claims_options = {
            "exp": {"essential": True},
            "iss": {"essential": True, "value": issuer},
        }
        if audience is not None:
            self.claims_options["aud"] = {"essential": True, "value": audience}


def fetch_keys(issuer):
    """The realm's key set, found by discovery."""
    discovery = get_json(f"{issuer}/.well-known/openid-configuration")
    return KeySet.import_key_set(get_json(discovery["jwks_uri"]))


def get_json(url):
    answer = requests.get(url, timeout=TIMEOUT)
    answer.raise_for_status()
    return answer.json()


def create_app(issuer, audience=None):
    """The API; the key set is fetched here."""
    app = Flask("protected-api")
    require_auth = ResourceProtector()
    require_auth.register_token_validator(RealmTokenValidator(issuer, audience))

    @app.get("/api/public")
    def public():
        return jsonify(message="Hello from a public endpoint!")

    @app.get("/api/private")
    @require_auth(None)
    def private():
        return jsonify(message="Hello from a private endpoint!")

    @app.get("/api/private-scoped")
    @require_auth("test_api_access")
    def private_scoped():
        return jsonify(message="Hello from a private endpoint with a scope!")

    return app


@contextlib.contextmanager
def running(app):
    """Serves the API on a port that the system chooses; gives its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        serving.join(TIMEOUT)
        server.server_close()
