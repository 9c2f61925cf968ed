"""A running stack, reached as a client reaches it: the HTTP API, the AWS models, the table."""

import base64
import hashlib
import hmac
import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from html import unescape
from pathlib import Path

from asl_matrix.moto_engine import client

ROOT = Path(__file__).resolve().parents[3]
EVENTS = ROOT / "events" / "esign-webhook"
SIGNED = ("w9-completed.json", "baa-completed.json", "hire-agreement-completed.json")
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 50  # The sweep looks after a job of its own accord when it is 60 seconds old.
MAIL_ROW = re.compile(r'<td>([^<]*)</td><td><a href="/_local/mail/[^"]*">([^<]*)</a>')


def until(look, what):
    """The first true answer of `look`."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (answer := look()):
        if time.monotonic() > end:
            raise SystemExit(f"gave up waiting: {what}")
        time.sleep(LOOK_SECONDS)
    return answer


class RealStack:
    def __init__(self, binary):
        command = [binary, "--ephemeral", "--on-request", "--port", "0", "--log-level", "off"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        told = {}
        while (line := self.process.stdout.readline()) and not line.startswith("Ctrl-C"):
            name, _, rest = line.strip().partition(" ")
            told[name] = rest.strip()
        if not line:
            raise SystemExit(f"{binary} ended before it answered")
        self.url, self.aws, self.dynamodb = (told[name].split()[0] for name in ("API", "AWS", "DynamoDB"))
        self.table = re.search(r"\(table (\S+)\)", told["DynamoDB"])[1]
        self.tenant = re.search(r"\((\S+)\)$", told["Tenant"])[1]
        self.token = self.call("GET", "/_local/token/debug_tenant_admin", parse=str)
        self.endpoint = self.call("GET", "/_local/esign")
        self.rows, self.work_mail = client("dynamodb", self.dynamodb), client("workmail", self.aws)
        self.organization, self.known = self.organization_id(), (set(), 0)
        self.steps = client("stepfunctions", self.aws)
        machines = self.steps.list_state_machines()["stateMachines"]
        self.machine = next(each for each in machines if each["name"].endswith("-mailbox"))["stateMachineArn"]

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def call(self, method, path, body=None, headers=None, parse=json.loads):
        headers = {"Content-Type": "application/json"} | (headers or {})
        if path.startswith("/api/") and hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        return parse(text) if text else None

    def organization_id(self):
        key = {"PK": {"S": f"T#{self.tenant}"}, "SK": {"S": "TENANT"}}
        tenant = self.rows.get_item(TableName=self.table, Key=key)["Item"]
        return tenant["mailboxes"]["M"]["organization"]["S"]

    def plant(self, faults):
        self.call("PUT", f"{self.aws}/_faults", faults)

    def planted(self):
        return self.call("GET", f"{self.aws}/_faults")

    def release(self):
        """Removes the faults and lets held calls go on."""
        self.call("DELETE", f"{self.aws}/_faults")

    def until_held(self):
        until(lambda: all(fault["kind"]["type"] != "hold" for fault in self.planted()), "no call was held")

    def new_job(self, given, family):
        """(hire, job) of a person who signed everything."""
        person = {"givenName": given, "familyName": family, "personalEmail": "someone@example.org"}
        hire = self.call("POST", "/api/hires", person)["id"]
        for name in SIGNED:
            body = (EVENTS / name).read_text().replace("{hire}", hire).encode()
            mark = hmac.new(self.endpoint["key"].encode(), body, hashlib.sha256).digest()
            headers = {"X-DocuSign-Signature-1": base64.b64encode(mark).decode()}
            self.call("POST", self.endpoint["url"], body, headers)
        return hire, self.call("GET", f"/api/hires/{hire}")["job"]

    def run(self, job):
        """The sweep may write to a job just made, which makes the first try come too late."""

        def begin():
            try:
                return self.call("POST", "/api/provision/run", {"job": job})
            except urllib.error.HTTPError as error:
                if error.code != 409 or self.job(job)["status"] != "pending":
                    raise
                return None

        return until(begin, f"{job} did not start")

    def cancel(self, job):
        self.call("POST", f"/api/provision/jobs/{job}/cancel", {})

    def job(self, job):
        return self.call("GET", f"/api/provision/jobs/{job}")

    def change_row(self, kind, item, field, value):
        """Writes past the API, as nobody should."""
        self.rows.update_item(
            TableName=self.table,
            Key={"PK": {"S": f"T#{self.tenant}"}, "SK": {"S": f"{kind}#{item}"}},
            UpdateExpression="SET #field = :value",
            ExpressionAttributeNames={"#field": field},
            ExpressionAttributeValues={":value": value},
        )

    def effect(self, job, step):
        """What a step left, as the job's row has it: the API tells it only while the step is not finished."""
        key = {"PK": {"S": f"T#{self.tenant}"}, "SK": {"S": f"JOB#{job}"}}
        row = self.rows.get_item(TableName=self.table, Key=key, ConsistentRead=True)["Item"]
        return row["steps"]["M"][step]["M"]["effect"]["S"]

    def news(self):
        """(users, mails) that changed since the last time; users that are gone stand behind a minus."""
        users, mails = self.users(), self.mails()
        known, read = self.known
        self.known = users, len(mails)
        changed = [["+", *user] for user in sorted(users - known)] + [["-", *user] for user in sorted(known - users)]
        return changed, mails[: len(mails) - read]

    def users(self):
        pages = self.work_mail.get_paginator("list_users").paginate(OrganizationId=self.organization)
        found = (user for page in pages for user in page["Users"] if user["State"] != "DELETED")
        return {tuple(user.get(part, "") for part in ("Name", "State", "Email", "DisplayName")) for user in found}

    def mails(self):
        """(recipients, subject) of each, the newest first."""
        page = self.call("GET", "/_local/mail", parse=str)
        return [(unescape(to), unescape(subject)) for to, subject in MAIL_ROW.findall(page)]
