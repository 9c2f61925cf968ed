#!/usr/bin/env python3
"""Imports 10,000 rows with duplicates and bad ones into a business, and kills the program in the middle of it, several times. Then
counts: every good row invited once, every bad row told with its line.

  imports.py [kills]
Run it with the interpreter of .cache/venv/identity (setup.sh identity), after `cargo build -p vestibule-local`. Takes some minutes.
"""

import csv
import io
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter

from identity_stack.stack import Checks, Stack, request, until

ROWS, SEED = 10_000, 7


def file():
    """The file, and what must become of each line."""
    draw, rows, expected, known = random.Random(SEED), ["email,roles"], {}, []
    for line in range(2, ROWS + 2):
        kind = draw.choices(["good", "twice", "no address", "no role"], [90, 4, 3, 3])[0]
        address = f"person{line}@example.org"
        if kind == "twice" and known:
            rows.append(f"{draw.choice(known).upper()},viewer")
            expected[line] = "twice"
        elif kind == "no address":
            rows.append(f"person{line},viewer")
            expected[line] = "malformed"
        elif kind == "no role":
            rows.append(f"{address},king")
            expected[line] = "malformed"
        else:
            rows.append(f"{address},viewer")
            known.append(address)
            expected[line] = "invited"
    return "\n".join(rows) + "\n", expected


def started(data):
    # There are not seats for all of them: a seat is taken by whoever accepts.
    return Stack(ephemeral=False, options=["--data-dir", data])


def token(stack):
    return request("GET", f"{stack.url}/_local/token/debug_tenant_admin").expect(200).text.strip()


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    checks = Checks()
    text, expected = file()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as data:
        stack = started(data)
        stack.__enter__()
        made = send(stack, text)
        path = made["statusUrl"]
        for kill in range(kills):
            target = ROWS * (kill + 1) // (kills + 1)
            until(lambda: progress(stack, path)["done"] >= target or None, f"{target} rows", 600)
            os.kill(stack.process.pid, signal.SIGKILL)
            stack.process.wait()
            stack = started(data)
            stack.__enter__()
        done = until(lambda: ended(progress(stack, path)), "the end of the import", 900)
        checks("the import succeeded", done["status"] == "succeeded", done)
        caller = {"Authorization": f"Bearer {token(stack)}"}
        report = request("GET", f"{stack.url}{path}/report", headers=caller).expect(200).text
        told = {int(row["line"]): row["result"] for row in csv.DictReader(io.StringIO(report))}
        wrong = [(line, told.get(line), want) for line, want in expected.items() if told.get(line) != want]
        checks(f"{len(expected)} rows told with their line, {kills} kills", not wrong and len(told) == len(expected), wrong[:5])
        invited = invitations(stack, caller)
        counts = Counter(invited)
        good = sum(1 for want in expected.values() if want == "invited")
        doubled = [address for address, count in counts.items() if count > 1]
        checks(f"{good} good rows invited once", len(counts) == good and not doubled, (len(counts), doubled[:5]))
        stack.__exit__(None, None, None)
    print(f"{ROWS} rows in {time.monotonic() - begun:.0f} s: {Counter(told.values())}")
    checks.end("imports")


def send(stack, text):
    caller = {"Authorization": f"Bearer {token(stack)}", "Content-Type": "text/csv"}
    return upload(f"{stack.url}/api/v1/teams/import", text, caller).expect(202)


def upload(url, text, headers):
    import urllib.request

    from identity_stack.stack import OPENER, Answer

    with OPENER.open(urllib.request.Request(url, text.encode(), headers, method="POST"), timeout=60) as answer:
        return Answer(answer.status, answer.headers, answer.read().decode())


def progress(stack, path):
    return request("GET", f"{stack.url}{path}", headers={"Authorization": f"Bearer {token(stack)}"}).expect(200)


def ended(shown):
    return shown if shown["status"] in ("succeeded", "failed", "cancelled") else None


def invitations(stack, caller):
    found, cursor = [], ""
    while True:
        page = request("GET", f"{stack.url}/api/admin/team/invites?limit=100{cursor}", headers=caller).expect(200)
        found += [item["email"] for item in page["items"] if item["email"].startswith("person")]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


if __name__ == "__main__":
    main()
