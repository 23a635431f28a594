"""Every case of server/tests/cases.json, sent to the bundled API and to the Flask API.

Both must give the same status and the same `error`. Where Authlib, or Flask below it, answers in a
way of its own, the case says so in its member `authlib`, with the reason; such an entry that no
longer holds is a failure as well.
"""

import json
import subprocess

import bundled
import pytest
import raw_http

TABLE = json.loads((bundled.ROOT / "server" / "tests" / "cases.json").read_text())
# Long enough to make the tokens, in seconds. They live 300 seconds: the comparison takes a few.
DEADLINE = 60


@pytest.fixture(scope="module")
def requests_by_id(programs, servers):
    """The requests, with tokens made for the running authorization server."""
    done = subprocess.run(
        [programs["cases"], servers.keys, servers.issuer],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=DEADLINE, check=True,
    )
    requests = [json.loads(line) for line in done.stdout.splitlines()]
    return {request["id"]: request for request in requests}


def answered(address, request):
    answer = raw_http.send(address, request["method"], request["target"], request["headers"])
    return answer.status, answer.error


@pytest.mark.parametrize("case", TABLE, ids=lambda case: f"{case['id']}: {case['what']}")
def test_both_apis_give_the_same_answer(case, requests_by_id, servers, strict_api, flask, strict_flask):
    request = requests_by_id[case["id"]]
    wants_audience = case.get("audience") is not None
    ours = answered(strict_api if wants_audience else servers.api, request)
    theirs = answered(strict_flask if wants_audience else flask, request)

    assert ours[0] in case["expect"]["status"]
    own_way = case.get("authlib")
    if own_way is None:
        assert theirs == ours, "a difference that the table does not know"
    else:
        assert own_way["why"]
        assert theirs == (own_way["status"], own_way.get("error")), "another difference than the table says"
        assert theirs != ours, "a difference that the table knows is gone"


def test_every_case_was_made(requests_by_id):
    assert list(requests_by_id) == [case["id"] for case in TABLE]
    assert len(requests_by_id) >= 42
