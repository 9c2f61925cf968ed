"""Somebody invites people to the sample business, by their addresses and from a file; those who got the mail join, decline, or come too late."""

import tempfile

from identity_stack.stack import request

from .newcomer import NEW_EMAIL, NEW_PASSWORD
from .staff import as_sample

NEW, DECLINES, GONE, BAD, MEMBER = "lou@example.org", "dora@example.org", "rita@example.org", "no.address", "vera@test-brand.local"
PASSWORD = "harbour pencil thicket violin"


def invite(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.go("/admin/team").press("main a[href='/admin/team/invite']").look("invite", "Invite people")
    desk.fill("invite", emails=f"kim\n{BAD}").send("invite").refused(BAD).look("invite-refused", "Invite people")
    text = f"{BAD}, {NEW_EMAIL}; Dora Declines <{DECLINES}>\n{GONE} {MEMBER}\n{NEW} {NEW}"
    desk.fill("invite", emails=text, kind="vendor").send("invite").refused("role")
    desk.checks("what was typed is kept", GONE in desk.find("#invite-emails").get_property("value"))
    desk.fill("invite", roles=["viewer"], kind="team", groups=True).send("invite").done("4 people are invited, 3 addresses are not")
    desk.look("invite-results", "Invite people")
    kept = desk.find("#invite-emails").get_property("value")
    desk.checks("what can be corrected is kept", kept.strip() == BAD, kept)
    desk.checks("the roles are kept", desk.find("#invite-roles-viewer").is_selected())
    desk.fill("invite", emails=f"\n{NEW}").send("invite")
    desk.checks("who is invited stays so", "Nobody new is invited" in desk.text() and "Invited before" in desk.text(), desk.text()[-500:])


def found(desk, email):
    """The id of the invitation of an address, by the list that is shown."""
    return desk.driver.find_element("xpath", f"//tbody//a[.='{email}']").get_attribute("href").split("/")[-1]


def invitations(desk):
    desk.go("/admin/team").look("team-invited").go("/admin/team?status=pending").look("team-pending", "Members")
    desk.press("tbody th a").look("invitation-of-team")
    desk.go("/admin/team/invitations").look("invitations", "Invitations")
    desk.go("/admin/team/invitations?status=declined").look("invitations-none")
    desk.go("/admin/team/invitations?status=expired").press("button[form='invite-again']").done("The invitation is sent again")
    gone = found(desk.go("/admin/team/invitations?status=pending"), GONE)
    desk.press(f"a.danger[href*='{gone}']").look("invitations-asked").send("invite-revoke").done("The invitation is revoked")
    desk.go(f"/admin/team/invitations/{gone}").look("invitation-revoked", GONE)
    desk.go("/admin/team/invitations").press(f"tbody a[href$='{found(desk, NEW)}']").look("invitation", NEW)
    desk.ask("invite-again").look("invitation-asked").send("invite-again").done("The invitation is sent again")


def nobody(desk):
    """Signs whoever is there out."""
    desk.go("/home")
    desk.find("#me summary").click()
    desk.press("#me form button")


def join_anew(desk):
    link = desk.stack.link(NEW, "invitation", known=1)
    desk.go(link).look("invited-other", "Join Test Brand")
    desk.press("main button").look("invited-new", "Join Test Brand")
    desk.put("#name", "Lou"), desk.put("#password", "password1234")
    desk.press("main form button").refused("").look("invited-refused", "Join Test Brand")
    desk.put("#password", PASSWORD)
    desk.press("main form button").look("joined", "Home")
    desk.done("Welcome to Test Brand.")
    desk.checks("the home of that business", "/home?" in desk.driver.current_url, desk.driver.current_url)
    desk.go(link).look("invited-used", "You already joined Test Brand").press("main a.button")
    desk.checks("the way there", desk.driver.current_url.endswith("/home"), desk.driver.current_url)
    desk.go("/admin/team/invite").look("invite-closed", "You may not see this")
    desk.go("/admin/team/invitations").look("invitations-viewer", "Invitations")
    nobody(desk)
    desk.go(link).look("invited-over", "That did not work")


def join_with_account(desk):
    desk.go(desk.stack.link(NEW_EMAIL, "invitation")).look("invited-known", "Join Test Brand")
    desk.put("#password", NEW_PASSWORD)
    desk.press("main form button").look("invited-join", "Join Test Brand")
    desk.press("main form button").done("Welcome to Test Brand.")
    nobody(desk)


def decline(desk):
    desk.go(desk.stack.link(DECLINES, "invitation")).press("a[href^='/auth/decline-invitation']").look("decline", "Decline the invitation to Test Brand")
    desk.press("main button").look("declined", "You declined the invitation to Test Brand")


def afterwards(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.go("/admin/team/invitations").look("invitations-answered")
    desk.go("/admin/team?text=lou").press("tbody th a").look("member-invited", "Lou")
    desk.checks("a member's page says who invited them", "by Alex Admin" in desk.text(), desk.text()[:800])


ROWS = f"email,roles\nmia@example.org,viewer\nruth@example.org,tenant_admin\nno address,viewer\nmia@example.org,finance\nvera@test-brand.local,viewer\n{NEW},king\n"


def import_file(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.go("/admin/team/invitations").press("main a[href='/admin/team/import']").look("import", "Import people from a file")
    desk.go("/admin/team/invite").press("main a[href='/admin/team/import']").send("import").refused("choose a CSV file")
    desk.look("import-refused", "Import people from a file")
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(ROWS)
        file.flush()
        desk.put("#import-file", file.name)
        desk.send("import").look("import-looked", "Import people from a file")
    desk.checks("each row is told", "2 rows are ready, 4 are not" in desk.text() and "Given twice" in desk.text(), desk.text()[:800])
    desk.checks("who becomes an administrator is marked", "Administrator" in desk.find("tbody tr").text, desk.find("tbody tr").text)
    desk.checks("the rows are kept", desk.find("#import-rows").get_property("value") == ROWS)
    desk.send("import").done("The import has begun").wait_for("6 of 6 done")
    desk.wait_for("Import another file").look("imported", "Import")
    report = download(desk, "main a[href$='/report']")
    desk.checks("the report has each row", report.status == 200 and len(report.text.splitlines()) == 7, report.text[:500])
    desk.checks("it is a file", report.headers["content-disposition"].startswith("attachment"), report.headers)


def download(desk, selector):
    """What a link leads to, as the browser would load it."""
    cookies = "; ".join(f"{each['name']}={each['value']}" for each in desk.driver.get_cookies())
    return request("GET", desk.find(selector).get_property("href"), headers={"Cookie": cookies})


def stop_import(desk):
    """One of many rows, of which the page keeps none: it says so."""
    rows = "".join(f"somebody{at}@example.org,king\n" for at in range(10_000))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(f"email,roles\n{rows}")
        file.flush()
        desk.go("/admin/team/import").put("#import-file", file.name)
        desk.send("import").look("import-many", "Import people from a file")
        desk.checks("the file is to be chosen again", "Choose the file again" in desk.text() and "And 9900 more" in desk.text(), desk.text()[-800:])
        desk.put("#import-file", file.name)
        desk.press("#import button[value='import']").done("The import has begun")
    desk.ask("import-stop").send("import-stop").done("The import stops")
    desk.wait_for("Stopped").look("import-stopped", "Import")
    desk.press("main .crumb a").look("imports", "Imports")
    desk.checks("both imports are listed", len(desk.driver.find_elements("css selector", "tbody tr")) == 2, desk.text()[-500:])
    desk.press("tbody th a")
    report = download(desk, "main a[href$='/report']")
    desk.checks("rows that it did not reach are told", ",waiting," in report.text, report.text[-300:])


PARTS = (invite, invitations, join_anew, join_with_account, decline, afterwards, import_file, stop_import)
