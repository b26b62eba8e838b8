"""A real server that speaks S3, started in this process; and a line to it that breaks."""

import re
import socket
import threading
from contextlib import contextmanager, suppress

import boto3  # noqa: TID253 (a test pays for it)
import requests
from moto.server import ThreadedMotoServer

from residents.importing import bucket

NAME = "exports"
PLACE = f"s3://{NAME}/town"
KEY = "AKIAEXAMPLEOFTHETOWN"
SECRET = "secret-of-the-town-0123456789"


@contextmanager
def storage():
    """The address of a running server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def point_to(monkeypatch, address):
    """Let the library find that server, as an operator does: by variables."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    bucket._client.cache_clear()


class Sender:
    """What the core systems do: put objects, replace them, take them away."""

    def __init__(self, address):
        self.address = address
        requests.post(f"{address}/moto-api/reset", timeout=10)
        self.client = boto3.client("s3", endpoint_url=address)
        self.client.create_bucket(
            Bucket=NAME, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"}
        )

    def put(self, name, content):
        """An object of that name under town/; a path stands for its bytes."""
        body = content if isinstance(content, bytes) else content.read_bytes()
        self.client.put_object(Bucket=NAME, Key=f"town/{name}", Body=body)

    def remove(self, name):
        """Take it away again."""
        self.client.delete_object(Bucket=NAME, Key=f"town/{name}")

    def lock(self):
        """From now on the server knows no key that may do anything."""
        requests.post(f"{self.address}/moto-api/reset-auth", data=b"0", timeout=10)

    def unlock(self):
        """Let everybody do everything again."""
        requests.post(f"{self.address}/moto-api/reset-auth", data=b"1000000000", timeout=10)


class Line:
    """A line to the server that breaks off as objects are read; the server answers once a line."""

    def __init__(self, address):
        host, port = re.fullmatch(r"http://(.+):(\d+)", address).groups()
        self._to = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.breaks, self.after = 0, 0
        threading.Thread(target=self._serve, daemon=True).start()

    def break_off(self, times, after):
        """Cut the next so many readings of an object after so many bytes."""
        self.breaks, self.after = times, after

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _serve(self):
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near):
        with near, socket.create_connection(self._to) as far:
            request = near.recv(1 << 16)
            far.sendall(request)
            self._carry(far, near, reads=request.startswith(b"GET /exports/"))

    def _carry(self, far, near, *, reads):
        sent = 0
        with suppress(OSError):
            while data := far.recv(1 << 16):
                if reads and self.breaks and sent + len(data) > self.after:
                    self.breaks -= 1
                    return
                near.sendall(data)
                sent += len(data)
