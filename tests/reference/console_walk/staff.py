"""Staff of the sample business: hires and their mailboxes, members, signatures that fit nobody, people from outside."""

from identity_stack.stack import request, send_form

LONG = "Anneliese-Wilhelmine"
UNKNOWN = "hire_00000000000000000000000000"


def as_sample(desk, email):
    desk.go("/_local/")
    button = f"//button[contains(., '{email}')]"
    if not desk.driver.find_element("xpath", button).is_displayed():
        desk.find("summary").click()
    desk.leave_by(lambda: desk.driver.find_element("xpath", button).click())


def begin(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.look("home", "Home")
    desk.go("/_local/components").look("components", "Components")
    desk.go("/jobs").look("jobs-empty", "Mailbox jobs")
    desk.go("/signatures").look("signatures-empty")


def add(desk):
    desk.go("/hires").look("hires", "Hires")
    desk.press("main a[href='/hires/new']").look("hire-new", "Add a hire")
    desk.fill("hire", givenName="Kim", familyName="7", personalEmail="kim").send("hire").refused("")
    desk.look("hire-refused", "Add a hire")
    desk.fill("hire", givenName=LONG, familyName=f"von {LONG}", personalEmail="anne@example.org").send("hire").done("The hire is added")
    desk.look("hire-waiting")


def sign(desk):
    desk.press("form[action^='/_local/sign'] button").wait_for("Done")
    desk.look("hire-done")
    desk.ask("new-password").look("hire-asked").send("new-password").done("A new password is being made")
    desk.go("/jobs").look("jobs", "Mailbox jobs")
    desk.press("tbody tr:last-child a").look("job", "Make a mailbox")


def leave(desk):
    hire(desk, "Lea", "Leaver")
    desk.press("form[action^='/_local/sign'] button").wait_for("Done")
    desk.driver.refresh()
    desk.look("hire-staying")
    desk.ask("offboard").look("hire-offboard-asked")
    desk.fill("offboard", handOverTo="nobody@test-brand.example", deleteAfterDays="999").send("offboard").refused("")
    desk.look("hire-offboard-refused")
    desk.fill("offboard", handOverTo="", deleteAfterDays="7").send("offboard").done("The hire is leaving")
    desk.wait_for("waiting")
    desk.look("hire-leaving")
    desk.ask("call-back").look("hire-call-back-asked").send("call-back").done("The hire is being called back")
    desk.wait_for("Begin the leaving")
    desk.look("hire-called-back")


def fail_and_retry(desk):
    aws = desk.stack.told["AWS"][0]
    refusal = {"type": "refuse", "error": "InvalidParameterException", "status": 400, "message": "no"}
    fault = {"service": "workmail", "operation": "CreateUser", "kind": refusal, "times": 4294967295}
    request("PUT", f"{aws}/_faults", [fault])
    hire(desk, "Rob", "Retry")
    desk.press("form[action^='/_local/sign'] button").wait_for("Try again")
    desk.look("hire-failed")
    desk.go("/home").look("home-attention", "Home")
    request("DELETE", f"{aws}/_faults")
    desk.press("section.flush a[href^='/jobs/']").look("job-failed")
    desk.ask("retry-job").look("job-asked")
    desk.fill("retry-job", localPart="support").send("retry-job").refused("")
    desk.fill("retry-job", localPart="rob.again").send("retry-job").done("The job is tried again")
    desk.wait_for("Done")


def hire(desk, given, family):
    desk.go("/hires/new").fill("hire", givenName=given, familyName=family, personalEmail="new@example.org").send("hire")


def on_request(desk):
    desk.go("/workspace").fill("organization", jobStart="on_request").send("organization").done("The settings are saved")
    for action, said in (("run", "The job is running"), ("cancel", "The job is being cancelled")):
        hire(desk, "Wanda", "Waits")
        desk.press("form[action^='/_local/sign'] button").wait_for("Waiting to start")
        desk.look(f"hire-{action}")
        desk.ask(action).send(action).done(said)
    desk.wait_for("Cancelled")
    desk.look("hire-cancelled")
    desk.ask("remove").look("hire-remove-asked").send("remove").done("The hire is removed")


def signatures(desk):
    send_form(f"{desk.stack.url}/_local/sign/{UNKNOWN}", documents="w9,baa")
    hire(desk, "Mia", "Match")
    waiting = desk.driver.current_url.split("/hires/")[1].split("?")[0]
    desk.go("/signatures").look("signatures", "Signatures")
    events = [each.get_attribute("data-dialog")[len("match"):-len("-ask")] for each in desk.driver.find_elements("css selector", "[data-dialog^='match']")]
    desk.ask("match", events[0]).look("signatures-asked")
    desk.fill(f"match{events[0]}", hire="nobody", document="w9").send(f"match{events[0]}").refused("")
    desk.fill(f"match{events[0]}", hire=waiting, document="w9").send(f"match{events[0]}").done("counts for that hire")
    desk.ask("drop", events[1]).send(f"drop{events[1]}").done("The event is dismissed")
    desk.go("/signatures?outcome=matched").look("signatures-matched")


def services(desk):
    desk.go("/workspace/mailboxes").look("mailboxes-workmail").send("check-mailboxes").look("mailbox-check-workmail", "What Amazon WorkMail lets us do")
    desk.go("/workspace/mailboxes").send("connect-workmail").done("It is connected")
    desk.go("/workspace/signatures").press(".rows a").look("endpoint-deliveries", "DocuSign")


def members(desk):
    desk.go("/admin/team").look("team", "Members")
    desk.put("#find-text", "vera"), desk.press("form[role=search] button")
    desk.checks("one is found", "Vera Viewer" in desk.text() and "Finn Finance" not in desk.text(), desk.text()[-300:])
    desk.go("/admin/team?text=nobody-of-this-name").look("team-none")
    desk.go("/admin/team/groups").fill("new-group", name="Berlin").send("new-group")
    desk.go("/admin/team?text=vera").press("tbody th a").look("member", "Vera Viewer")
    desk.fill("member-roles", roles=["finance"]).send("member-roles").done("The roles are changed")
    desk.fill("member-groups", groups=True).send("member-groups").done("The groups are changed")
    desk.fill("member-kind", kind="vendor").send("member-kind").done("It is saved")
    desk.fill("member-kind", kind="team").send("member-kind")
    desk.ask("suspend").look("member-asked").send("suspend").done("The member is suspended")
    desk.look("member-suspended").ask("resume").send("resume").done("The suspension has ended")
    desk.find("main details summary").click()
    desk.press("main details a[href$='payouts.view']").look("why-member")
    desk.go("/admin/team?text=suri").press("tbody th a").ask("remove-member").send("remove-member").done("The member is removed")


def little_rights(desk):
    as_sample(desk, "vera@test-brand.local")
    desk.look("home-viewer", "Home")
    desk.go("/hires").look("not-allowed", "You may not see this")
    desk.press("main a[href^='/why/']").look("why-not")
    desk.go("/hires/nothing").look("not-allowed-too")
    desk.go("/admin/team/roles").look("roles-viewer")


def outside(desk):
    as_sample(desk, "kit@test-brand.local")
    desk.look("portal-creator", "Test Brand")
    for kind in ("contractor", "vendor"):
        desk.go(f"/portal/{kind}").look(f"portal-{kind}")
    desk.go("/admin/team").look("team-closed", "You may not see this")


def two_businesses(desk):
    as_sample(desk, "super@test.local")
    desk.find("#tenants summary").click()
    desk.look("switcher")
    desk.press("#tenants form button").done("You work in this business now")
    desk.look("second-brand")
    desk.go("/t/second-brand/home").look("home-second", "Home")
    desk.go("/t/test-brand/admin/team").look("other-business", "You may not see this")
    desk.go("/settings/tenants")
    away = desk.find("[data-dialog^='leave']:not([data-dialog*='2-ask'])").get_attribute("data-dialog")[len("leave"):-len("-ask")]
    desk.ask("leave", away).send(f"leave{away}").done("You have left it")


PARTS = (begin, add, sign, leave, fail_and_retry, on_request, signatures, services, members, little_rights, outside, two_businesses)
