"""Stands before the stack's invoke endpoint and remembers each call, in order."""

import http.client
import json
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

KEPT = ("content-type", "x-amz-function-error", "x-amz-executed-version", "x-amzn-errortype", "x-amzn-requestid")


class RecordingProxy:
    def __init__(self, target):
        self.target = urlsplit(target).netloc
        self.calls = defaultdict(list)
        self.answered = {}  # job -> what to do when one of its calls was answered, given their number
        proxy = self

        class Handler(ForwardingHandler):
            forward = proxy.forward

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self):
        self.server.shutdown()

    def forward(self, path, headers, body):
        task = json.loads(body)
        calls = self.calls[task["job"]]
        calls.append(f"{task['step']}/{task['action']}")
        connection = http.client.HTTPConnection(self.target, timeout=60)
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            answer = response.status, response.getheaders(), response.read()
        finally:
            connection.close()
        self.answered.get(task["job"], lambda _: None)(len(calls))
        return answer


class ForwardingHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        status, headers, content = type(self).forward(self.path, {"X-Amz-Invocation-Type": kind}, body)
        self.send_response(status)
        for name, value in headers:
            if name.lower() in KEPT:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass
