"""Tokens made by PyJWT, joserfc and jose are verified here, and tokens made here by them: every algorithm both ways."""

import json
import os
import subprocess
from pathlib import Path

import bundled
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

DEADLINE = 60
CLAIMS = '{"sub":"alice","n":12345678901234567890123,"name":"Grüße 漢字","scope":"a b"}'
ALGORITHMS = [
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519",
]
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}
RSA = RSAKey.generate_key(2048)
PEERS = ["PyJWT", "joserfc", "jose"]


def key_for(alg):
    if alg.startswith("HS"):
        return OctKey.generate_key(int(alg[2:]))
    if alg.startswith("E") and alg not in CURVES:
        return OKPKey.generate_key("Ed25519")
    return ECKey.generate_key(CURVES[alg]) if alg in CURVES else RSA


KEYS = {alg: key_for(alg) for alg in ALGORITHMS}


def jwk(alg, private):
    return KEYS[alg].as_dict(private=private or alg.startswith("HS"))


def pem(alg, private):
    """As files hold keys: PKCS #8 and SubjectPublicKeyInfo."""
    if private:
        return KEYS[alg].private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return KEYS[alg].public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class PyJwt:
    def key(self, alg, private):
        return KEYS[alg].raw_value if alg.startswith("HS") else pem(alg, private)

    def name(self, alg):
        # PyJWT knows RFC 9864's name by the older one only.
        return alg if alg in jwt.algorithms.get_default_algorithms() else "EdDSA"

    def sign(self, alg):
        return jwt.api_jws.encode(CLAIMS.encode(), self.key(alg, True), self.name(alg))

    def verify(self, alg, token):
        return jwt.api_jws.decode(token, self.key(alg, False), [self.name(alg)]).decode()

    def speaks(self, alg):
        return self.name(alg) == alg


class JoseRfc:
    registry = jws.JWSRegistry(algorithms=ALGORITHMS)

    def sign(self, alg):
        return jws.serialize_compact({"alg": alg, "typ": "JWT"}, CLAIMS, KEYS[alg], registry=self.registry)

    def verify(self, alg, token):
        return jws.deserialize_compact(token, KEYS[alg], registry=self.registry).payload.decode()

    def speaks(self, alg):
        return alg in jws.JWSRegistry.algorithms


class Jose:
    """The npm package, run by node."""

    def done(self, job):
        script = Path(__file__).parent / "jose" / "jose.mjs"
        ran = subprocess.run(
            ["node", script], input=json.dumps([job]), timeout=DEADLINE, capture_output=True, text=True, check=True,
        )
        return json.loads(ran.stdout)[0]["ok"]

    def sign(self, alg):
        return self.done({"act": "sign", "alg": alg, "jwk": jwk(alg, True), "payload": CLAIMS})

    def verify(self, alg, token):
        return self.done({"act": "verify", "alg": alg, "jwk": jwk(alg, False), "token": token})

    def speaks(self, alg):
        return True


@pytest.fixture(params=PEERS)
def peer(request):
    if request.param == "jose" and "JOSE_FOLDER" not in os.environ:
        pytest.skip("node and npm are missing")
    return {"PyJWT": PyJwt, "joserfc": JoseRfc, "jose": Jose}[request.param]()


@pytest.fixture(params=["jwk", "pem"])
def key_file(request, tmp_path):
    """Writes a key as a file of this form, and gives the option that names it."""

    def write(alg, private):
        path = tmp_path / "key"
        if alg.startswith("HS") and request.param == "pem":
            path.write_text("hex:" + KEYS[alg].raw_value.hex())
            return ["--secret-file", path]
        path.write_bytes(json.dumps(jwk(alg, private)).encode() if request.param == "jwk" else pem(alg, private))
        return ["--key", path]

    return write


@pytest.fixture
def tokenscope(programs, tmp_path):
    def run(*arguments, text=""):
        return subprocess.run(
            [programs["tokenscope"], *arguments, "--demo"], cwd=tmp_path, env=bundled.environment(tmp_path),
            timeout=DEADLINE, input=text, capture_output=True, text=True, check=False,
        )

    return run


def flipped(token):
    """The same token with one bit of its signature changed."""
    start, signature = token.rsplit(".", 1)
    changed = "B" if signature[4] == "A" else "A"
    return f"{start}.{signature[:4]}{changed}{signature[5:]}"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_tokens_of_others_are_verified_here(peer, alg, key_file, tokenscope):
    if not peer.speaks(alg):
        pytest.skip("it does not know this name")
    token = peer.sign(alg)
    key = key_file(alg, private=False)
    ran = tokenscope("verify", "-", *key, "--json", text=token)
    assert (ran.returncode, json.loads(ran.stdout)["valid"]) == (0, True), ran
    ran = tokenscope("verify", "-", *key, "--json", text=flipped(token))
    assert (ran.returncode, json.loads(ran.stdout)["valid"]) == (1, False), ran


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_tokens_made_here_are_verified_by_others(peer, alg, key_file, tokenscope):
    if not peer.speaks(alg):
        pytest.skip("it does not know this name")
    ran = tokenscope("sign", "-", *key_file(alg, private=True), "--header", f"alg={alg}", text=CLAIMS)
    assert ran.returncode == 0, ran
    # Byte for byte what was given, with every digit of the long number.
    assert peer.verify(alg, ran.stdout.strip()) == CLAIMS
