"""A client that sends exactly the bytes it is told to; ordinary ones tidy a request up."""

import contextlib
import json
import socket
import threading
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import urlsplit

# In seconds, for each step of an exchange.
TIMEOUT = 20


@dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def error(self):
        """The member `error` of a JSON body, if there is one."""
        try:
            return json.loads(self.body).get("error")
        except (ValueError, AttributeError):
            return None


def send(address, method, target, headers):
    """One request with these header fields, pairs of name and value, and its answer."""
    url = urlsplit(address)
    fields = [("Host", url.netloc), ("Connection", "close"), *headers]
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields), "", ""]
    request = "\r\n".join(lines).encode()
    with socket.create_connection((url.hostname, url.port), TIMEOUT) as connection:
        # Apart from reading: a server may answer and close before it has read everything.
        writing = threading.Thread(target=write, args=(connection, request), daemon=True)
        writing.start()
        response = HTTPResponse(connection, method=method)
        response.begin()
        body = response.read()
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        writing.join(TIMEOUT)
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


def write(connection, request):
    with contextlib.suppress(OSError):
        connection.sendall(request)
