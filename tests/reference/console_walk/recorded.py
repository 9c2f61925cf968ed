"""Somebody wants to know who did what in the sample business: looks for it, reads it, takes it along and verifies it."""

import csv
import json
import time

from identity_stack.stack import REFERENCE, until

from .invited import download
from .staff import as_sample

WORDS = json.loads((REFERENCE.parents[1] / "functions" / "console" / "words" / "en.json").read_text())


def log(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.press("nav a[href='/admin/audit']").look("audit", "Audit log")
    desk.checks("a task of the system has its name", "The job itself" in desk.text() or "Signed in" in desk.text(), desk.text()[-800:])
    desk.put("#log-action", "member."), desk.put("#log-actor", "admin@test-brand.local"), desk.press("#log button")
    codes = {each.text for each in desk.driver.find_elements("css selector", "tbody th code")}
    desk.checks("only these are shown", bool(codes) and all(code.startswith("member.") for code in codes), codes)
    desk.checks("the address has what was looked for", "action=member." in desk.driver.current_url, desk.driver.current_url)
    desk.look("audit-filtered", "Audit log")
    desk.go("/admin/audit?outcome=refused").look("audit-refused", "Audit log")
    desk.go("/admin/audit?actor=nobody%40example.org").look("audit-none", "Audit log")
    desk.go("/admin/audit?actor=kim&to=soon").refused("mail address").look("audit-wrong", "Audit log")
    desk.press("#log .acts a").press("a[rel='next']").look("audit-older", "Audit log")
    desk.press(".spans a:last-child")
    desk.checks("it looks back to the beginning", desk.has(".spans a:last-child[aria-current]"), desk.driver.current_url)


def one_record(desk):
    desk.go("/admin/audit?action=member.update").press("tbody th a").look("audit-record", "Changed a member")
    desk.checks("old and new stand beside each other", desk.has("td.state .badge"), desk.text()[-600:])
    thing = desk.driver.current_url
    desk.press("main a[href*='resource=']")
    desk.checks("all about the thing", "resource=usr_" in desk.driver.current_url and desk.has("tbody th a"), desk.text()[-500:])
    desk.go(thing).press("main a[href*='actor=']")
    desk.checks("all by the person", desk.has("tbody th a"), desk.text()[-500:])
    desk.go("/admin/audit?action=tenant.update").press("tbody th a").look("audit-record-of-settings")
    desk.go("/admin/audit/aud_00000000000000000000000000").look("audit-nothing", "This is not here")


def table(desk):
    return download(desk, "#export a[href*='format=csv']")


def export(desk):
    desk.go("/admin/audit")
    headers = table(desk).headers
    desk.checks("the table is a file", headers["content-disposition"].startswith("attachment"), headers)
    expected, rows = {"member.update", "tenant.update"}, []

    # An export ends where the newest checkpoint does, and one is signed each minute.
    def complete():
        rows[:] = csv.DictReader(table(desk).text.splitlines())
        return expected <= {row["action"] for row in rows} or time.sleep(4)

    until(complete, "a checkpoint over what was done", 100)
    known = {code for code, _ in WORDS["action"]}
    without = sorted({row["action"] for row in rows} - known)
    desk.checks(f"{len(rows)} records, and every action has its words", not without, without)
    lines = download(desk, "#export a[href$='?format=jsonl']").text.splitlines()
    desk.checks("JSON lines end with the checkpoint", '"export"' in lines[0] and '"checkpoint"' in lines[-1], lines[-1:])


def verify(desk):
    def signed():
        time.sleep(1)
        return desk.go("/admin/audit/verify").has("main form button")

    until(signed, "the first checkpoint", 100)
    desk.look("audit-verify", "Audit log")
    desk.press("main form button").wait_for("The log is whole", again=False).look("audit-whole", "Audit log")


def not_allowed(desk):
    as_sample(desk, "vera@test-brand.local")
    desk.go("/admin/audit").look("audit-closed", "You may not see this")


PARTS = (log, one_record, export, verify, not_allowed)
