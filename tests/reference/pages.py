#!/usr/bin/env python3
"""Walks every way in and back from `/` by keyboard, and the link to a mailbox's password, in headless Chromium, wide and narrow.
axe-core and html-validate look at each page.

Pictures of each page, 1280 and 390 pixels wide, go into .cache/pages/.
  pages.py
Run it with the interpreter of .cache/venv/identity (setup.sh identity oidc), after `cargo build -p vestibule-local`.
"""

import tempfile
import time

import pyotp
from identity_stack.chromium import PICTURES, Chromium
from identity_stack.markup import validate
from identity_stack.provider import Provider, settings
from identity_stack.stack import REFERENCE, Checks, Stack, free_port, request, send_form, until

AXE = (REFERENCE / "oidc" / "node_modules" / "axe-core" / "axe.min.js").read_text()
EMAIL, PASSWORD, NEW_PASSWORD = "kim@example.org", "gravel ottoman fjord whistle", "lantern bicycle marsh tuxedo"
MAILBOX_PASSWORD = "Gravel ottoman 7 fjord"


class Walk:
    """One person at a keyboard."""

    def __init__(self, stack, chromium, checks):
        self.stack, self.chromium, self.checks, self.pages = stack, chromium, checks, {}

    def home(self):
        return self.see(self.chromium.open(f"{self.stack.site}/"), "Sign in", "sign-in")

    def see(self, heading, expected, picture=None):
        """Checks the heading of the page, looks at it with axe-core, and takes its picture."""
        self.checks(f"{expected}", heading == expected, heading)
        if picture:
            self.chromium.look(picture)
            self.pages[picture] = self.chromium.driver.page_source
            found = self.chromium.violations(AXE)
            self.checks(f"  axe-core finds nothing on {picture}", not found, found)
            wide = self.chromium.overflow()
            self.checks(f"  nothing of {picture} is cut off at 390 pixels", not wide, wide)

    def fill(self, **fields):
        """Types into fields that the tabulator leads to, and sends the form with the enter key."""
        for name, text in fields.items():
            self.chromium.tab_to(f"#{name}")
            self.chromium.write(text)
        return self.chromium.enter()

    def follow(self, selector):
        self.chromium.tab_to(selector)
        return self.chromium.enter()


def sign_up(walk):
    walk.home()
    walk.see(walk.follow("a[href='/auth/register']"), "Make an account", "register")
    walk.see(walk.fill(name="Kim", email="kim", password=PASSWORD), "Make an account", "register-refused")
    kept = walk.chromium.value("#email")
    walk.checks("what was typed is kept, the problem is at its field", kept == "kim" and walk.chromium.at_field("email"))
    walk.checks("the password is not kept", walk.chromium.value("#password") == "")
    walk.chromium.tab_to("#email")
    walk.chromium.write(EMAIL.removeprefix("kim"))
    walk.see(walk.fill(password=PASSWORD), "Look into your mail", "mail-sent")
    walk.see(walk.chromium.open(walk.stack.link(EMAIL, "verify-email")), "Confirm your address", "verify-email")
    walk.see(walk.follow("button"), "Your account is ready", "account-ready")


def sign_in(walk):
    walk.home()
    walk.see(walk.fill(email=EMAIL, password="something else"), "Sign in", "sign-in-refused")
    walk.checks("the address is kept", walk.chromium.value("#email") == EMAIL)
    walk.see(walk.fill(password=PASSWORD), "Welcome", "signed-in")
    walk.see(walk.chromium.open(f"{walk.stack.site}/"), "Welcome")
    walk.chromium.widen()
    walk.chromium.tab_to("#me summary")
    walk.chromium.toggle()
    walk.see(walk.follow("form[action='/auth/sign-out'] button"), "You are signed out", "signed-out")
    walk.see(walk.follow("a.button"), "Sign in")


def forgotten_password(walk):
    walk.home()
    walk.see(walk.follow("a[href='/auth/forgot-password']"), "Forgot your password?", "forgot-password")
    walk.see(walk.fill(email=EMAIL), "Look into your mail")
    walk.see(walk.chromium.open(walk.stack.link(EMAIL, "reset-password")), "Set a new password", "new-password")
    walk.see(walk.fill(password="password1234"), "Set a new password", "new-password-refused")
    walk.see(walk.fill(password=NEW_PASSWORD), "Your password was changed", "password-changed")


def sign_in_link(walk):
    walk.home()
    walk.see(walk.follow("a[href='/auth/sign-in-link']"), "Sign in by mail", "sign-in-link")
    walk.see(walk.follow("a[href='/']"), "Sign in")
    walk.follow("a[href='/auth/sign-in-link']")
    walk.see(walk.fill(email=EMAIL), "Look into your mail")
    walk.chromium.open(walk.stack.link(EMAIL, "magic-link"))
    walk.see(walk.follow("button"), "Welcome")
    walk.chromium.forget_all()


def platform(walk):
    walk.see(walk.chromium.open(f"{walk.stack.site}/auth/admin"), "Sign in to the platform", "admin-sign-in")
    walk.see(walk.fill(username="nobody.here", password="something else"), "Sign in to the platform", "admin-sign-in-refused")
    walk.checks("the user name is kept", walk.chromium.value("#username") == "nobody.here")


def second_factor(walk):
    access = walk.stack.post("login", {"email": EMAIL, "password": NEW_PASSWORD}).expect(200)["accessToken"]
    begun = walk.stack.post("totp", {"password": NEW_PASSWORD}, access).expect(200)
    codes = pyotp.TOTP(begun["secret"])
    walk.stack.post("totp/confirm", {"code": codes.now()}, access).expect(200)
    walk.home()
    walk.see(walk.fill(email=EMAIL, password=NEW_PASSWORD), "One more step", "code")
    walk.see(walk.fill(code="000000"), "One more step", "code-refused")
    walk.see(walk.fill(code=next_code(codes)), "Welcome")
    walk.chromium.forget_all()


def mailbox_password(walk):
    """Somebody who was hired chooses the password of the new mailbox."""
    address, link = hired(walk.stack)
    title = f"Choose the password of {address}"
    walk.see(walk.chromium.open(link), title, "mailbox-password")
    walk.see(walk.fill(password="password1234"), title, "mailbox-password-weak")
    told_at_field(walk, "passwords tried first")
    walk.see(walk.fill(password=PASSWORD), title, "mailbox-password-one-kind")
    told_at_field(walk, "Mix at least three of these")
    refuse(walk.stack, "InvalidPasswordException")
    walk.see(walk.fill(password=MAILBOX_PASSWORD), title, "mailbox-password-refused")
    told_at_field(walk, "refused this password")
    refuse(walk.stack, "AccessDeniedException")
    walk.see(walk.fill(password=MAILBOX_PASSWORD), "That did not work", "mailbox-password-not-allowed")
    walk.chromium.open(link)
    walk.see(walk.fill(password=MAILBOX_PASSWORD), "Your password is set", "mailbox-password-set")
    walk.chromium.tab_to("main a[href]")
    walk.see(walk.chromium.open(link), "This link is no longer valid", "mailbox-password-used")


def told_at_field(walk, text):
    walk.checks(f"  it says at the field: {text}", walk.chromium.at_field("password") and text in walk.chromium.text())
    walk.checks("  the password is not kept", walk.chromium.value("#password") == "")


def refuse(stack, error):
    """The provider of the mailbox refuses the next password."""
    fault = {"service": "workmail", "operation": "ResetPassword"}
    kind = {"type": "refuse", "error": error, "status": 400, "message": "no"}
    request("PUT", f"{stack.told['AWS'][0]}/_faults", [fault | {"kind": kind}]).expect(204)


def hired(stack):
    """The address of a new mailbox of the sample business, and the link of the mail about it."""
    token = request("GET", f"{stack.url}/_local/token/debug_tenant_admin").expect(200).text
    caller, home = {"Authorization": f"Bearer {token}"}, "maria@example.org"
    person = {"givenName": "Maria", "familyName": "Nunez", "personalEmail": home}
    hire = request("POST", f"{stack.url}/api/hires", person, caller).expect(201)["id"]
    send_form(f"{stack.url}/_local/sign/{hire}", documents="w9,baa,hire_agreement")
    link = stack.link(home, "mailbox/password")
    done = lambda: request("GET", f"{stack.url}/api/hires/{hire}", headers=caller).expect(200)
    return until(lambda: (found := done())["provisioning"] == "succeeded" and found, "the mailbox")["address"], link


def next_code(codes):
    """The code of the next half minute, which counts already: the present one was used."""
    return codes.at(time.time() + 30)


def provider(walk):
    walk.home()
    walk.chromium.tab_to("a[href^='/auth/social']")
    walk.chromium.enter()
    ended = walk.chromium.driver.current_url
    walk.checks("the provider's button ends at home", ended == walk.stack.home, ended)
    walk.see(walk.chromium.open(f"{walk.stack.site}/"), "Welcome")
    walk.chromium.widen()
    walk.checks("as the person of the provider", "ann@example.org" in walk.chromium.text(), walk.chromium.text())


def main():
    checks, port = Checks(), free_port()
    site = f"http://localhost:{port}"
    google = Provider("google", "google", f"{site}/auth/social/google", None, email="ann@example.org")
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file, Chromium(javascript=True) as chromium:
            file.write(settings([google]))
            file.flush()
            options = ["--oidc-providers", file.name]
            with Stack(port=port, options=options, parameters={"SiteUrl": site}) as stack:
                stack.site, stack.home = site, f"{site}/home"
                walk = Walk(stack, chromium, checks)
                for part in (sign_up, sign_in, forgotten_password, sign_in_link, platform, second_factor, mailbox_password, provider):
                    part(walk)
                validate(checks, walk.pages)
            print(f"{chromium.pictures} pictures in {PICTURES}")
    finally:
        google.stop()
    checks.end("pages")


if __name__ == "__main__":
    main()
