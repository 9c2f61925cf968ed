"""Administrators of the platform: one gives people accounts, looks after them and after a job that failed; others read the platform's log."""

import csv
import re
import time

from identity_stack.stack import request, until

from .invited import download
from .recorded import WORDS
from .staff import as_sample

NAME, GENERAL, PROMO, SUPER = "100ktrackeradmin-general", "general@test.local", "promo@test.local", "super@test.local"
KIM, OLU, ADA = "kim@firm.example", "olu@firm.example", "ada@firm.example"
PASSWORD = "harbour pencil thicket violin"


def sign_in(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.sample = desk.go("/workspace").find("main form [name='in']").get_attribute("value")
    desk.go("/admin/provisioning").look("platform-closed", "You may not see this")
    password = re.search(r"All have the password <code>([^<]*)<", desk.go("/_local/").driver.page_source)[1]
    desk.go("/auth/admin").look("admin-sign-in", "Sign in to the platform")
    desk.put("#username", NAME), desk.put("#password", "something else")
    desk.press("main form button").refused("Check the user name").look("admin-sign-in-refused")
    desk.put("#password", password)
    desk.press("main form button").look("accounts-empty", "Accounts")
    desk.checks("it is the first page of the grant", desk.driver.current_url.endswith("/admin/provisioning"), desk.driver.current_url)
    links = [each.get_attribute("href").split("/admin/")[1] for each in desk.driver.find_elements("css selector", "nav[aria-label='Pages'] a")]
    desk.checks("and the way to the others", links == ["provisioning", "provisioning/jobs", "platform-log"], links)
    desk.go("/hires").look("platform-nowhere", "You may not see this")
    desk.go("/admin/provisioning/jobs").look("account-jobs-empty", "Jobs of accounts")


def wrong_orders(desk):
    desk.go("/admin/provisioning").press("main .head a[href='/admin/provisioning/new']").look("account-new", "Provision an account")
    values = {"organization__name": "Acme & Söhne", "organization__slug": "A B", "organization__preset": "brand"}
    desk.fill("provision", email="kim", name="Kim", tier="platinum", **values).send("provision").refused("")
    desk.look("account-new-refused", "Provision an account")
    for field in ("email", "organization.slug"):
        desk.checks(f"what is wrong stands at {field}", desk.has(f"[id='provision-{field}-wrong']"), desk.told())
    kept = {name: desk.find(f"#provision [name='{name}']").get_property("value") for name in ("email", "organization.slug")}
    desk.checks("what was typed is kept", list(kept.values()) == ["kim", "A B"], kept)
    desk.fill("provision", email=GENERAL, name="Me", organization__slug="mine").send("provision").refused("own address")


def find_business(desk):
    desk.go("/admin/provisioning/new").press("main .tabs a:last-child").look("account-new-search", "Provision an account")
    desk.put("#find-business", "zzz"), desk.press("#businesses button")
    desk.checks("nothing is found", "No business found" in desk.text(), desk.text()[-300:])
    desk.look("account-new-none", "Provision an account")
    desk.put("#find-business", "brand"), desk.press("#businesses button")
    desk.look("account-new-found", "Provision an account").press(f"tbody a[href$='{desk.sample}']")
    desk.checks("its roles can be chosen", desk.has("#provision-role-viewer"), desk.text()[-300:])
    desk.look("account-new-known", "Provision an account")
    desk.fill("provision", email="vera@test-brand.local", name="Vera", role="viewer").send("provision").refused("belongs to the business already")
    desk.look("account-new-member", "Provision an account")


def order(desk, email, name, tenant="", **more):
    desk.go("/admin/provisioning/new" + (f"?tenant={tenant}" if tenant else ""))
    desk.fill("provision", email=email, name=name, tier="platinum", **more).send("provision")
    desk.done("The job has begun")


def new_business(desk):
    order(desk, KIM, "Kim Núñez", organization__name="Firm", organization__slug="firm")
    desk.wait_for("To the account").look("account-job", "Account for Kim Núñez")
    steps = [each.text.split(" done")[0] for each in desk.driver.find_elements("css selector", "main ol.line > li")]
    desk.checks("each step is told", len(steps) == 5 and "The business" in steps[0] and "Mail the invitation" in steps[3], steps)
    desk.press("main a[href^='/admin/provisioning/accounts/']").look("account-invited", "Kim Núñez")


def care(desk):
    order(desk, OLU, "Olu Firm", tenant=desk.sample, role="viewer")
    desk.wait_for("To the account").press("main a[href^='/admin/provisioning/accounts/']")
    desk.ask("account-invite").look("account-asked").send("account-invite").done("The invitation is sent again")
    account = desk.driver.current_url.split("?")[0]
    desk.fill("account-tier", tier="operandi").send("account-tier").done("The plan of the account is changed")
    desk.go(desk.stack.link(OLU, "reset-password", known=1)).look("first-password", "Choose your password")
    desk.put("#password", PASSWORD), desk.press("main button")
    desk.go(account).look("account-active", "Olu Firm")
    desk.ask("account-reset").send("account-reset").done("A mail with a link for a new password is on its way")
    desk.ask("account-suspend").send("account-suspend").done("The account is suspended")
    desk.look("account-suspended")
    desk.ask("account-restore").send("account-restore").done("The account is let in again")
    desk.ask("account-remove").look("account-remove-asked").send("account-remove").done("The account is removed")
    desk.look("account-removed")
    desk.go("/admin/provisioning?text=nun").press("tbody th a").ask("account-remove").send("account-remove").refused("without an administrator")
    desk.look("account-kept")
    desk.ask("account-suspend").send("account-suspend").done("The account is suspended")
    desk.checks("that nobody is left is said", "without an administrator who can sign in" in desk.text(), desk.text()[-600:])
    desk.look("account-left-alone")
    desk.ask("account-restore").send("account-restore").done("The account is let in again")
    request("POST", f"{desk.stack.url}{desk.stack.mails(KIM)[0][1]}/bounce")
    until(lambda: "no such mailbox" in desk.go(desk.driver.current_url.split("?")[0]).text(), "the mail that came back")
    desk.look("account-mail-back")


def search(desk):
    desk.go("/admin/provisioning").look("accounts", "Accounts")
    for query, there in ((f"text={KIM}", True), ("text=Nun", True), ("status=removed", False), ("status=invited&tier=platinum", True), ("tier=free", False)):
        desk.checks(f"found by {query}: {there}", (KIM in desk.go(f"/admin/provisioning?{query}").text()) == there, desk.text()[-400:])
    desk.look("accounts-none", "Accounts")
    desk.put("#find-text", "kim@"), desk.press("form[role=search] button")
    desk.refused("This is no whole address").look("accounts-wrong", "Accounts")
    desk.press("form[role=search] .acts a").checks("all again", KIM in desk.text(), desk.text()[-300:])


def refuse_mails(desk):
    refusal = {"type": "refuse", "error": "MessageRejected", "status": 400, "message": "no"}
    fault = {"service": "ses", "operation": "SendEmail", "kind": refusal, "times": 2}
    request("PUT", f"{desk.stack.told['AWS'][0]}/_faults", [fault])


def failed_jobs(desk):
    for email, name in ((ADA, "Ada Fails"), ("eve@firm.example", "Eve Fails")):
        refuse_mails(desk)
        order(desk, email, name, tenant=desk.sample, role="viewer")
        desk.wait_for("The mail service refused the mail")
    desk.look("account-job-failed", "Account for Eve Fails")
    desk.ask("cancel-account").look("account-job-asked").send("cancel-account").done("The job is cancelled")
    desk.look("account-job-cancelled")
    desk.go("/admin/provisioning/jobs").look("account-jobs", "Jobs of accounts")
    desk.press(".tabs a:last-child").look("account-jobs-failed", "Jobs of accounts")
    told = desk.find("main table").text
    desk.checks("only that is to look at", ADA in told and "eve@" not in told and KIM not in told, told)
    desk.press("tbody th a").ask("retry-account").send("retry-account").done("The job is tried again")
    desk.wait_for("To the account")
    desk.go("/admin/provisioning/jobs?status=needs_attention").look("account-jobs-none", "Jobs of accounts")


def own_log(desk):
    def there():
        time.sleep(0.5)
        return desk.go("/admin/platform-log").has("tbody th a")

    until(there, "a record with a number")
    desk.look("platform-log-own", "Platform log")
    codes = {each.text for each in desk.driver.find_elements("css selector", "tbody th code")}
    desk.checks("only what oneself did", bool(codes) and "account.join" not in codes and not desk.has("#export"), codes)
    desk.go("/admin/platform-log?action=account.suspend").press("tbody th a").look("platform-record", "Suspended an account")
    desk.checks("with the way to the account", desk.has("main a[href^='/admin/provisioning/accounts/']"), desk.text()[-600:])
    as_sample(desk, PROMO)
    desk.go("/admin/platform-log").look("platform-promo", "Platform log")
    desk.checks("who did nothing sees nothing", not desk.has("tbody code") or GENERAL not in desk.text(), desk.text()[-400:])


def whole_log(desk):
    as_sample(desk, SUPER)
    desk.press("nav a[href='/admin/platform-log']").look("platform-log", "Platform log")
    desk.put("#log-action", "account."), desk.put("#log-actor", GENERAL), desk.press("#log button")
    codes = {each.text for each in desk.driver.find_elements("css selector", "tbody th code")}
    desk.checks("only these are shown", bool(codes) and all(code.startswith("account.") for code in codes), codes)
    desk.look("platform-log-filtered", "Platform log")
    desk.go("/admin/platform-log?actor=kim").refused("mail address").look("platform-log-wrong", "Platform log")
    desk.go("/admin/platform-log?action=account.join").press("tbody th a").look("platform-record-of-system", "Gave an account its place")
    table = download(desk.go("/admin/platform-log"), "#export a[href*='format=csv']")
    rows = list(csv.DictReader(table.text.splitlines()))
    known = {code for code, _ in WORDS["action"]}
    without = sorted({row["action"] for row in rows} - known)
    desk.checks(f"{len(rows)} records, and every action has its words", len(rows) > 20 and not without, without)


PARTS = (sign_in, wrong_orders, find_business, new_business, care, search, failed_jobs, own_log, whole_log)
