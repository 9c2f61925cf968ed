"""A Lambda invoke endpoint whose functions fail as scripted, and which remembers every call.

Served beneath `/<session>/2015-03-31/functions/<function>/invocations`; a session is one engine's run of the scenarios.
"""

import json
import threading
import time
import uuid
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from .matrix import ASKING, LATE_SECONDS


class LambdaDouble:
    def __init__(self, scenarios):
        self.scripts = {scenario.job: scenario.faults for scenario in scenarios}
        self.calls = defaultdict(list)
        self.counts = Counter()
        self.lock = threading.Lock()
        double = self

        class Handler(InvokeHandler):
            answer = double.answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, session):
        return f"http://127.0.0.1:{self.server.server_address[1]}/{session}"

    def calls_of(self, session, job):
        with self.lock:
            return list(self.calls[session, job])

    @staticmethod
    def answer_ok(payload):
        return 200, {}, {"next": "step", "until": None, "step": payload["step"], "action": payload["action"]}

    def answer(self, session, function, payload):
        job, call = payload["job"], f"{payload['step']}/{payload['action']}"
        with self.lock:
            self.calls[session, job].append({"function": function, "payload": payload})
            self.counts[session, job, call] += 1
            nth = self.counts[session, job, call]
        fault = self.scripts[job].get(call)
        if fault is None or (fault["times"] is not None and nth > fault["times"]):
            return self.answer_ok(payload)
        return self.fail(fault["name"], payload)

    def fail(self, name, payload):
        if name == "States.Timeout":
            time.sleep(LATE_SECONDS)
            return self.answer_ok(payload)
        if name.startswith(ASKING):
            # No failure: the step asks to be called again, at once, at a time that has come, or in another run.
            return 200, {}, {"next": name.removeprefix(ASKING), "until": "2026-01-01T00:00:00Z"}
        message = f"scripted {name}"
        # Lambda.Unknown is no API error: the service gives this name to functions that died.
        if name.startswith("Lambda.") and name != "Lambda.Unknown":
            code = name.removeprefix("Lambda.")
            status = 429 if code == "TooManyRequestsException" else 500
            return status, {"x-amzn-errortype": code}, {"message": message}
        return 200, {"X-Amz-Function-Error": "Unhandled"}, {"errorMessage": message, "errorType": name}


class InvokeHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _, session, version, functions, function, invocations = unquote(self.path).split("/")
        assert (version, functions, invocations) == ("2015-03-31", "functions", "invocations"), self.path
        status, headers, answer = type(self).answer(session, function, json.loads(body))
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
        except ConnectionError:
            pass  # The engine stopped waiting: that is the point of a late answer.

    def log_message(self, *_):
        pass
