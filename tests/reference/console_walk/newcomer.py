"""A stranger signs up, founds a business, sets it up and runs it; then looks after the own account."""

import base64
import hashlib
import hmac
import json
import time

import pyotp
from identity_stack.stack import REFERENCE, request

EMAIL, NEW_EMAIL = "kim@example.org", "kim.new@example.org"
PASSWORD, NEW_PASSWORD = "gravel ottoman fjord whistle", "lantern bicycle marsh tuxedo"
PIXEL = REFERENCE.parents[1] / "tests" / "src" / "operations" / "pixel.png"


def sign_up(desk):
    desk.go("/").look("sign-in", "Sign in")
    desk.press("a[href='/auth/register']").look("register", "Make an account")
    desk.put("#name", "Kim"), desk.put("#email", EMAIL), desk.put("#password", PASSWORD)
    desk.press("main button").look("mail-sent", "Look into your mail")
    desk.go(desk.stack.link(EMAIL, "verify-email")).press("main button").look("account-ready", "Your account is ready")
    sign_in(desk, EMAIL, PASSWORD)
    desk.look("welcome", "Welcome")


def sign_in(desk, email, password):
    desk.go("/")
    desk.put("#email", email), desk.put("#password", password)
    desk.press("main form button")


def found(desk):
    desk.press("main a[href='/businesses/new']").look("found", "Create a business")
    desk.fill("found", name="Acme & Söhne", slug="A B", preset="brand").send("found").refused("")
    desk.look("found-refused", "Create a business")
    desk.checks("what was typed is kept", desk.find("#found-name").get_property("value") == "Acme & Söhne")
    desk.fill("found", slug="acme").send("found").done("The business is created")


def set_up(desk):
    desk.look("setup-company", "Set up Acme & Söhne")
    desk.fill("company", company__name="Acme & Söhne", company__size="11-50", company__location="Austin, Texas").send("company").done("This step is saved")
    desk.look("setup-industry").send("industry").refused("")
    desk.fill("industry", industry=["health", "auto"]).send("industry")
    desk.fill("regions", regions="Texas\nOklahoma").send("regions")
    desk.look("setup-lead-sources").fill("lead-sources", leadSources="Web site").send("lead-sources")
    desk.look("setup-integrations")
    desk.fill("integrations", integrations__apis="HubSpot", integrations__crmUrl="no address").send("integrations").refused("web address")
    desk.fill("integrations", integrations__crmUrl="https://crm.acme.example/").send("integrations")
    desk.look("setup-billing").fill("billing", billing__tier="platinum", billing__email="bills@acme.example").send("billing")
    desk.look("setup-done", "Set up Acme & Söhne")
    desk.checks("all is done", "Acme & Söhne is set up" in desk.text(), desk.text()[-300:])
    desk.go("/setup/regions")
    desk.checks("a step is revisited", "Texas" in desk.find("#regions-regions").get_property("value"))


def settings(desk):
    desk.go("/workspace").look("workspace", "Settings of Acme & Söhne")
    desk.fill("organization", color="teal").send("organization").refused("colour")
    desk.fill("organization", color="#0f766e", jobStart="on_request").send("organization").done("The settings are saved")
    desk.look("workspace-coloured")
    desk.go("/workspace/systems").look("systems")
    desk.fill("systems", leadSources="Fairs", integrations__apis="HubSpot\nMailchimp").send("systems").done("It is saved")
    desk.go("/workspace/domain").look("domain-none")
    desk.fill("want-domain", domain="acme").send("want-domain").refused("")
    desk.fill("want-domain", domain="acme.example").send("want-domain").done("Now add the record")
    desk.look("domain-wanted").send("verify-domain").refused("")
    desk.press("form[action^='/_local/dns/'] button").send("verify-domain").done("The domain is proved")
    desk.go("/workspace/plan").look("plan").ask("tier", "free").look("plan-asked")
    desk.send("tierfree").done("The plan is changed")
    desk.go("/admin/team/roles/new").fill("new-role", title="Front desk", id="front_desk").send("new-role").refused("free")
    desk.go("/workspace/plan").ask("tier", "platinum").send("tierplatinum").done("The plan is changed")


def at_vendor(desk, provider):
    """What the business's administrator gets at the provider, to be entered here."""
    place = request("POST", f"{desk.stack.url}/_local/vendors/{provider}", {"domain": "acme.example"})
    return json.loads(place.expect(200).text)


def services(desk):
    desk.go("/workspace/mailboxes").look("mailboxes-none")
    desk.fill("connect-google", admin="nobody", key="{}").send("connect-google").refused("")
    desk.look("mailboxes-refused")
    google = at_vendor(desk, "google")
    desk.fill("connect-google", admin=google["admin"], key=json.dumps(google["key"])).send("connect-google").done("It is connected")
    desk.look("mailboxes-google").send("check-mailboxes").look("mailbox-check-google", "What Google Workspace lets us do")
    desk.checks("nothing is missing at Google", "Nothing is missing" in desk.text(), desk.text()[-500:])
    desk.go("/workspace/mailboxes").driver.find_element("xpath", "//summary[contains(., 'Microsoft 365')]").click()
    ids = {name: f"0f8fad5b-d9cb-469f-a165-7086772895{number}" for number, name in enumerate(("directory", "client", "licence"), 10)}
    desk.fill("connect-microsoft", clientSecret="a-secret-of-the-walk", country="us", **ids).send("connect-microsoft").done("It is connected")
    desk.checks("a secret is not shown", "a-secret-of-the-walk" not in desk.driver.page_source, "it is in the page")
    desk.look("mailboxes").send("check-mailboxes").look("mailbox-check", "What Microsoft 365 lets us do")
    microsoft = at_vendor(desk, "microsoft")
    microsoft.pop("provider")
    desk.go("/workspace/mailboxes").fill("connect-microsoft", **microsoft).send("connect-microsoft").done("It is connected")
    desk.send("check-mailboxes").look("mailbox-check-microsoft", "What Microsoft 365 lets us do")
    desk.checks("nothing is missing at Microsoft", "Passwords can be set." in desk.text() and "Nothing is missing" in desk.text(), desk.text()[-500:])
    desk.go("/workspace/signatures").look("endpoints-none")
    desk.fill("new-endpoint", vendor="standard", key="short").send("new-endpoint").refused("")
    desk.fill("new-endpoint", vendor="docusign", key="a-key-of-the-walk").send("new-endpoint").done("The endpoint is made")
    desk.look("endpoint", "DocuSign")
    tells(desk, "a-key-of-the-walk")
    desk.fill("next-key", key="the-next-key-of-the-walk").send("next-key").done("The key is added")
    desk.look("endpoint-two-keys").ask("end-older-key").send("end-older-key").done("Only the newest key")
    desk.go("/workspace/signatures").look("endpoints").press(".rows a").ask("remove-endpoint").look("endpoint-asked")
    desk.send("remove-endpoint").done("The endpoint is removed")


def tells(desk, key):
    """The service sends an event, signed with the key that was typed."""
    told = {"event": "envelope-sent"}
    signature = hmac.new(key.encode(), json.dumps(told).encode(), hashlib.sha256).digest()
    signed = {"X-DocuSign-Signature-1": base64.b64encode(signature).decode()}
    address = desk.find("code.breaks").text
    answer = request("POST", address, told, signed)
    desk.checks("an event signed with the typed key is taken", answer.status < 300, answer.status)


def team(desk):
    desk.go("/admin/team/roles").look("roles", "Roles")
    desk.go("/admin/team/roles/new").look("role-new", "Make a role")
    desk.fill("new-role", title="Very long name of a role that says all it does", id="Long", permissions=["hires.view"]).send("new-role").refused("")
    desk.fill("new-role", id="front_desk", parent="support").send("new-role").done("The role is made")
    desk.look("role-own")
    desk.fill("role", title="Front desk", permissions=["hires.manage"]).send("role").done("The role is saved")
    desk.go("/admin/settings/permissions").look("permissions", "Permissions")
    desk.ask("register").look("permissions-asked")
    desk.fill("register", name="claims.approve", about="approve claims").send("register").done("The permission is added")
    desk.go("/admin/team/groups").look("groups-empty", "Groups")
    desk.fill("new-group", name="Berlin").send("new-group").done("The group is made")
    desk.look("groups")
    group = desk.find("[data-dialog^='rename-group']").get_attribute("data-dialog").removeprefix("rename-group").removesuffix("-ask")
    desk.ask("rename-group", group).fill(f"rename-group{group}", name="Wien").send(f"rename-group{group}").done("The group is renamed")
    desk.ask("remove-group", group).send(f"remove-group{group}").done("The group is removed")
    desk.go("/admin/team/roles/front_desk").ask("remove-role").look("role-asked")
    desk.send("remove-role").done("The role is removed")
    desk.go("/admin/team").look("team-alone", "Members")
    desk.go("/why/hires.view").look("why-allowed")


def profile(desk):
    desk.go("/settings/profile").look("profile", "My account")
    desk.fill("rename", name="A" * 60).send("rename").done("Your name is changed")
    desk.look("profile-long-name")
    desk.fill("rename", name="קים").send("rename").done("Your name is changed")
    desk.put("#picture-file", str(PIXEL))
    desk.send("picture").done("Your picture is changed")
    desk.look("profile-picture")
    desk.ask("no-picture").send("no-picture").done("Your picture is removed")
    desk.fill("email", email=NEW_EMAIL, password="something else").send("email").refused("")
    desk.fill("email", email=NEW_EMAIL, password=PASSWORD).send("email").look("email-sent", "Look into your mail")
    desk.go(desk.stack.link(NEW_EMAIL, "confirm-email")).press("main button").look("email-changed", "Your address was changed")


def security(desk):
    desk.go("/settings/security").look("security", "My account")
    desk.fill("password", currentPassword=PASSWORD, newPassword="short").send("password").refused("")
    desk.fill("password", currentPassword=PASSWORD, newPassword=NEW_PASSWORD).send("password").done("Your password is changed")
    desk.fill("totp", password=NEW_PASSWORD).send("totp").look("totp", "Set up the second factor")
    codes = pyotp.TOTP(desk.find("main code").text)
    desk.fill("totp-confirm", code="000000").send("totp-confirm").refused("").look("totp-refused", "Set up the second factor")
    desk.fill("totp-confirm", code=codes.now()).send("totp-confirm").look("recovery-codes", "Your recovery codes")
    desk.go("/settings/security").look("security-on")
    desk.ask("recovery-codes").look("security-asked")
    desk.fill("recovery-codes", password=NEW_PASSWORD, code="000000").send("recovery-codes").refused("")
    desk.fill("recovery-codes", password=NEW_PASSWORD, code=codes.at(time.time() + 30)).send("recovery-codes")
    kept = [each.text for each in desk.driver.find_elements("css selector", ".secret li")]
    desk.go("/settings/security").ask("totp-remove")
    desk.fill("totp-remove", password=NEW_PASSWORD, code=kept[0]).send("totp-remove").done("Your second factor is off")


def connections(desk):
    if not desk.has("#connect"):
        desk.go("/settings/security")
    desk.find("main details summary").click()
    desk.fill("connect", provider="google", password=NEW_PASSWORD).send("connect").look("connect", "Continue at the provider")
    desk.press("main a.button").look("connected", "Connected")
    desk.go("/settings/security").look("security-connected")
    desk.ask("disconnect", "google").fill("disconnectgoogle", password=NEW_PASSWORD).send("disconnectgoogle").done("does not sign you in")


def sessions(desk):
    for _ in range(2):
        desk.stack.post("login", {"email": NEW_EMAIL, "password": NEW_PASSWORD}).expect(200)
    desk.go("/settings/sessions").look("sessions", "My account")
    first = desk.find("[data-dialog^='end']").get_attribute("data-dialog").removeprefix("end").removesuffix("-ask")
    desk.ask("end", first).send(f"end{first}").done("That device is signed out")
    desk.ask("others").send("others").done("All other devices are signed out")
    desk.go("/settings/notifications").look("notifications").fill("notify", membership=False).send("notify").done("It is saved")


def businesses(desk):
    desk.go("/businesses/new").fill("found", name="Second", slug="acme-two", preset="brokerage").send("found")
    desk.go("/settings/tenants").look("tenants", "My account")
    desk.press("main form:has([value=switch]) button").done("You work in this business now")
    desk.go("/settings/tenants").press("main form:has([value=default]) button").done("It is your default now")
    leave = desk.find("[data-dialog^='leave']").get_attribute("data-dialog").removeprefix("leave").removesuffix("-ask")
    desk.ask("leave", leave).look("leave-asked").send(f"leave{leave}").refused("")
    desk.look("leave-refused")


def sign_out(desk):
    desk.go("/home")
    desk.find("#me summary").click()
    desk.press("#me form button").look("signed-out", "You are signed out")
    desk.go("/hires").look("sign-in-again", "Sign in")


PARTS = (sign_up, found, set_up, settings, services, team, profile, security, connections, sessions, businesses, sign_out)
