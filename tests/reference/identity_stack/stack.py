"""A running stack as a person's programs reach it: the HTTP API and the inbox."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from html import unescape
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REFERENCE.parents[1] / "target"))
BINARY = TARGET / "debug" / "vestibule"
ISSUER = "https://vestibule.local"
PATIENCE_SECONDS = 20
MAIL_ROW = re.compile(r'<td>([^<]*)</td><td><a href="(/_local/mail/[^"]*)">([^<]*)</a>')
MAIL_TEXT = re.compile(r"<h2>Text</h2><pre>(.*?)</pre>", re.DOTALL)


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirects, urllib.request.ProxyHandler({}))


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text

    def __getitem__(self, name):
        return json.loads(self.text)[name]

    def expect(self, status):
        if self.status != status:
            raise SystemExit(f"{self.status} instead of {status}: {self.text[:300]}")
        return self


def request(method, url, body=None, headers=None):
    """Follows no redirect and raises for no status."""
    data = None if body is None else json.dumps(body).encode()
    headers = ({"Content-Type": "application/json"} if data else {}) | (headers or {})
    try:
        answer = OPENER.open(urllib.request.Request(url, data, headers, method=method), timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Answer(answer.status, answer.headers, answer.read().decode())


def send_form(url, **fields):
    """Sends a form as a program does; where it leads is left alone."""
    try:
        OPENER.open(urllib.request.Request(url, urllib.parse.urlencode(fields).encode()), timeout=30)
    except urllib.error.HTTPError as error:
        if error.code != 303:
            raise


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def until(look, what, patience=PATIENCE_SECONDS):
    """The first true answer of `look`."""
    end = time.monotonic() + patience
    while not (answer := look()):
        if time.monotonic() > end:
            raise SystemExit(f"gave up waiting: {what}")
        time.sleep(0.05)
    return answer


class Stack:
    """In memory, on `port`. Without a limit that many sign-ins from one machine would meet."""

    def __init__(self, binary=BINARY, port=0, options=(), parameters=None, ephemeral=True, log=None):
        parameters = {"SignInsPerMinute": "100000"} | (parameters or {})
        given = [text for pair in parameters.items() for text in ("--parameter", "=".join(pair))]
        kept = ["--ephemeral"] if ephemeral else []
        # With a file for it the functions tell of every request there.
        level = "info" if log else "off"
        command = [binary, *kept, "--port", str(port), "--log-level", level, *given, *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        told = {}
        while (line := self.process.stdout.readline()) and not line.startswith("Ctrl-C"):
            name, _, rest = line.strip().partition(" ")
            told[name] = rest.split()
        if not line:
            raise SystemExit(f"{binary} ended before it answered")
        self.url, self.told = told["API"][0], told

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def call(self, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return request(method, f"{self.url}/api/v1/auth/{path}", body, headers)

    def post(self, path, body=None, token=None):
        return self.call("POST", path, {} if body is None else body, token)

    def mails(self, address):
        """(subject, path) of each mail to `address`, the newest first."""
        page = request("GET", f"{self.url}/_local/mail").expect(200).text
        rows = [(unescape(to), unescape(subject), path) for to, path, subject in MAIL_ROW.findall(page)]
        return [(subject, path) for to, subject, path in rows if to == address]

    def next_mail(self, address, known):
        """The subject of the newest mail to `address`, once there are more than `known`."""
        return until(lambda: (mails := self.mails(address)) and len(mails) > known and mails, "a mail")[0][0]

    def link(self, address, page, known=0):
        """The newest link to `page` mailed to `address`, once there are more of them than `known`."""
        links = until(lambda: (found := self.links(address, page)) and len(found) > known and found, f"{page} link")
        return links[0]

    def links(self, address, page):
        found = []
        for _, path in self.mails(address):
            text = MAIL_TEXT.search(request("GET", self.url + path).expect(200).text)
            found += re.findall(rf"\S+/(?:auth/)?{page}\?token=[\w-]+(?:&first=1)?", unescape(text[1]) if text else "")
        return found

    def token(self, address, page, known=0):
        return token_of(self.link(address, page, known))

    def sign_up(self, email, password, name="Kim Example"):
        asked = self.post("register", {"email": email, "password": password, "name": name}).expect(202)
        proof = {"token": self.token(email, "verify-email"), "receipt": asked["receipt"]}
        self.post("verify-email", proof).expect(200)

    def verifies(self, token):
        """Whether PyJWT takes the access token, with the keys that the stack publishes."""
        python = REFERENCE / ".cache" / "venv" / "jwt" / "bin" / "python"
        command = [python, REFERENCE / "jwt_check.py", self.url, "--issuer", ISSUER]
        done = subprocess.run(command, input=token, capture_output=True, text=True)
        return done.returncode == 0


def token_of(link):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["token"][0]


class Checks:
    """What was found, a line for each."""

    def __init__(self):
        self.began, self.count, self.failed = time.monotonic(), 0, 0

    def __call__(self, what, holds, detail=""):
        self.count += 1
        self.failed += not holds
        print(f"{'ok' if holds else 'FAILS':<7}{what}{'' if holds else f'  {detail}'}", flush=True)

    def refused(self, what, answer, status):
        self(what, answer.status == status, f"{answer.status}, not {status}: {answer.text[:200]}")

    def end(self, name):
        seconds = time.monotonic() - self.began
        print(f"{name}: {self.count} checks, {self.failed} fail, {seconds:.0f} s")
        sys.exit(0 if self.count and not self.failed else 1)
