"""The explorer's commands against an API that nobody here wrote: the client script's whole job."""

import json
import subprocess

import bundled
import pytest
import requests

DEADLINE = 60


@pytest.fixture(scope="session")
def tokenscope(programs, servers, flask, tmp_path_factory):
    """Runs a command with profiles of the bundled authorization server and the Flask API."""
    folder = tmp_path_factory.mktemp("explorer")
    profiles = folder / "profiles.toml"
    profiles.write_text(adapted((bundled.ROOT / "profiles.toml").read_text(), servers.issuer, flask))

    def run(*arguments):
        return subprocess.run(
            [programs["tokenscope"], *arguments, "--profiles", profiles],
            cwd=folder, env=bundled.environment(folder), timeout=DEADLINE,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )

    return run


def adapted(shipped, issuer, api):
    """The shipped profiles, with both addresses changed and nothing embedded."""
    for old, new in [
        ("http://localhost:8001/realms/myorg", issuer),
        ("http://localhost:50100", api),
        ("embedded = true", "embedded = false"),
    ]:
        assert old in shipped, f"the shipped profiles.toml no longer has {old}"
        shipped = shipped.replace(old, new)
    return shipped


def test_the_client_scripts_whole_job(tokenscope, flask):
    done = tokenscope("probe", "tester", "private-scoped", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["status"], row["as_expected"], row["diagnosis"]) == (200, True, None)
    assert row["url"] == f"{flask}/api/private-scoped"
    assert "Hello" in row["body"]


def test_it_reads_well_without_json(tokenscope):
    done = tokenscope("probe", "tester", "private-scoped")
    assert done.returncode == 0, done.stderr
    assert "200" in done.stdout
    assert "Hello" in done.stdout


def test_a_missing_scope_is_diagnosed_though_the_api_sends_no_challenge(tokenscope):
    done = tokenscope("probe", "tester-no-scope", "private-scoped", "--json")
    assert done.returncode == 1, done.stderr
    (row,) = json.loads(done.stdout)
    assert (row["status"], row["expected"], row["as_expected"]) == (403, "deny", True)
    assert row["diagnosis"]["cause"] == "missing-scope"
    assert "test_api_access" in row["diagnosis"]["summary"]


def test_no_token_is_refused_to_the_wrong_secret_and_said_so(tokenscope):
    done = tokenscope("token", "wrong-secret")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "unauthorized_client" in done.stderr


def test_the_matrix_is_as_expected_in_every_cell(tokenscope):
    done = tokenscope("matrix", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = json.loads(done.stdout)
    assert all(row["as_expected"] for row in rows), done.stdout
    assert {(row["profile"], row["endpoint"]): row["status"] for row in rows} == {
        (profile, endpoint): status
        for profile, statuses in {
            "tester": (200, 200, 200),
            "tester-no-scope": (200, 200, 403),
            "other-client": (200, 200, 403),
            "short-lived": (200, 200, 200),
            "wrong-secret": (200, None, None),
        }.items()
        for endpoint, status in zip(("public", "private", "private-scoped"), statuses, strict=True)
    }


def test_its_token_opens_the_api_for_other_clients_and_verifies(tokenscope, servers, flask, tmp_path):
    header = tokenscope("token", "tester", "--header")
    assert header.returncode == 0, header.stderr
    name, value = header.stdout.removesuffix("\n").split(": ", 1)
    answer = requests.get(f"{flask}/api/private-scoped", headers={name: value}, timeout=10)
    assert answer.status_code == 200

    file = tmp_path / "token"
    file.write_text(value.removeprefix("Bearer "))
    verified = tokenscope("verify", f"@{file}", "--issuer", servers.issuer, "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert json.loads(verified.stdout)["valid"] is True
