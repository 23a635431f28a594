"""The project's own programs: built, started as real processes, and ended."""

import contextlib
import json
import os
import queue
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# How long a program may take to begin and to end, in seconds. Making two RSA keys on a busy machine is slow.
DEADLINE = 60


def build():
    """Builds everything that is run here; gives the path of each program by its name."""
    command = ["cargo", "build", "--workspace", "--bins", "--examples", "--locked"]
    built = subprocess.run(
        [*command, "--message-format=json-render-diagnostics"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True,
    )
    messages = (json.loads(line) for line in built.stdout.splitlines() if line.startswith("{"))
    return {
        message["target"]["name"]: Path(message["executable"])
        for message in messages
        if message["reason"] == "compiler-artifact" and message["executable"]
    }


def environment(home):
    """An environment in which nothing of the user's own is read or written."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ}
    return kept | {"HOME": str(home), "NO_COLOR": "1"}


@dataclass
class Servers:
    """A running `tokenscope-server`, or `tokenscope serve`."""

    issuer: str
    api: str
    keys: Path
    process: subprocess.Popen

    @property
    def token_endpoint(self):
        return f"{self.issuer}/protocol/openid-connect/token"

    def end(self):
        """Asks it to end and waits until it has; gives the exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE)


@contextlib.contextmanager
def serving(command, folder, *arguments):
    """Starts the servers on ports that the system chooses, with a key file of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    keys, log = folder / "keys.json", folder / "log"
    ports = ["--auth-port", "0", "--api-port", "0", "--keys", str(keys)]
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [*command, *ports, *arguments],
            cwd=folder, env=environment(folder), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
        )
    try:
        issuer, api = addresses(process, log)
        yield Servers(issuer, api, keys, process)
    finally:
        process.kill()
        process.wait(DEADLINE)
        process.stdout.close()


def addresses(process, log):
    """Reads issuer and API address from what the program says once it listens."""
    lines = queue.Queue()

    def read():
        for line in process.stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    issuer = api = None
    while not (issuer and api):
        line = lines.get(timeout=DEADLINE)
        assert line is not None, f"it ended before it served: {log.read_text()}"
        if match := re.search(r"issuer\s+(http\S+)", line):
            issuer = match[1]
        if match := re.search(r"GET\s+(http\S+)/api/public\b", line):
            api = match[1]
    return issuer, api
