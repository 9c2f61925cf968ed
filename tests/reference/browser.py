#!/usr/bin/env python3
"""Opens the pages behind mailed links in headless Chromium, presses their buttons, and checks what comes of it.

Scripts are off. Each page is also photographed, wide and light, narrow and dark, into .cache/pages/.
  browser.py
Run it with the interpreter of .cache/venv/identity (setup.sh identity oidc), after `cargo build -p vestibule-local`.
"""

import tempfile
import urllib.parse

from identity_stack.chromium import PICTURES, Chromium
from identity_stack.provider import Provider, begin, settings
from identity_stack.stack import Checks, Stack, free_port

EMAIL, NEW_EMAIL = "kim@example.org", "kim.new@example.org"
PASSWORD, NEW_PASSWORD = "gravel ottoman fjord whistle", "lantern bicycle marsh tuxedo"
GONE = "This link is no longer valid"
RECEIPT = "__Host-vestibule-receipt"
SESSION = {
    "__Host-vestibule-access": (True, True, "Lax"),
    "__Host-vestibule-refresh": (True, True, "Strict"),
    "__Host-vestibule-csrf": (True, False, "Strict"),
}


def login(stack, email, password):
    return stack.post("login", {"email": email, "password": password})


def verify_email(stack, chromium, checks):
    stack.post("register", {"email": EMAIL, "password": PASSWORD, "name": "Kim"}).expect(202)
    link = stack.link(EMAIL, "verify-email")
    for _ in range(2):
        heading = chromium.open(link, "verify-email")
        checks("the link opens a page with a button", heading == "Confirm your address", heading)
    checks("the policy lets its style through", chromium.styled())
    checks("opening it makes no account", login(stack, EMAIL, PASSWORD).status == 401)
    heading = chromium.press("verify-email-whose")
    checks("where nobody asked for an account it asks for the password", heading == "Was it you who asked?", heading)
    chromium.type("lantern of somebody else")
    chromium.press("verify-email-not-it")
    checks("a wrong one is refused", "was not accepted" in chromium.problem(), chromium.text())
    chromium.type(PASSWORD)
    heading = chromium.press("verify-email-done")
    checks("the right one makes the account", heading == "Your account is ready", heading)
    checks("that signs in", login(stack, EMAIL, PASSWORD).status == 200)
    chromium.open(link)
    heading = chromium.press("link-gone")
    checks("the link works once", heading == GONE, heading)
    asked = stack.post("register", {"email": "lee@example.org", "password": PASSWORD, "name": "Lee"}).expect(202)
    chromium.keep(RECEIPT, asked["receipt"], "Strict")
    chromium.open(stack.link("lee@example.org", "verify-email"))
    heading = chromium.press()
    checks("where it was asked for the button is enough", heading == "Your account is ready", heading)
    chromium.forget_all()


def magic_link(stack, chromium, checks):
    stack.post("magic-link", {"email": EMAIL}).expect(202)
    link = stack.link(EMAIL, "magic-link")
    token = urllib.parse.urlsplit(link).query.removeprefix("token=")
    form = f'<form method=post action="{stack.site}/auth/magic-link"><input name=token value={token}><button>'
    chromium.open("data:text/html," + urllib.parse.quote(form))
    chromium.press()
    checks("a form of another site is refused", "CSRF_INVALID" in chromium.text().upper(), chromium.text())
    heading = chromium.open(link, "magic-link")
    checks("the link opens a page with a button", heading == "Sign in", heading)
    checks("opening it signs nobody in", not chromium.cookies(), chromium.cookies())
    heading = chromium.press("magic-link-done")
    checks("the button signs in", heading == "Your Vestibule on this machine", heading)
    checks("Chromium keeps the cookies, bound to the host", chromium.cookies() == SESSION, chromium.cookies())
    chromium.open(f"{stack.site}/api/v1/auth/me")
    checks("and sends them: it is Kim", EMAIL in chromium.text(), chromium.text())
    chromium.forget_all()


def reset_password(stack, chromium, checks):
    stack.post("forgot-password", {"email": EMAIL}).expect(202)
    heading = chromium.open(stack.link(EMAIL, "reset-password"), "reset-password")
    checks("the link asks for a new password", heading == "Set a new password", heading)
    chromium.type("password1234")
    chromium.press("reset-password-weak")
    checks("a weak one is refused with what to do", len(chromium.problem()) > 20, chromium.problem())
    checks("the old one still works", login(stack, EMAIL, PASSWORD).status == 200)
    chromium.type(NEW_PASSWORD)
    heading = chromium.press("reset-password-done")
    checks("a good one is taken", login(stack, EMAIL, NEW_PASSWORD).status == 200, heading)
    checks("the old one is refused", login(stack, EMAIL, PASSWORD).status == 401)


def change_email(stack, chromium, checks):
    access = login(stack, EMAIL, NEW_PASSWORD).expect(200)["accessToken"]
    stack.post("email", {"email": NEW_EMAIL, "password": NEW_PASSWORD}, access).expect(202)
    heading = chromium.open(stack.link(NEW_EMAIL, "confirm-email"), "confirm-email")
    checks("the new address gets a link to a page", heading == "Use this address", heading)
    checks("opening it changes nothing", login(stack, NEW_EMAIL, NEW_PASSWORD).status == 401)
    heading = chromium.press()
    checks("it asks for the password too", heading == "Was it you who asked?", heading)
    chromium.type(NEW_PASSWORD)
    heading = chromium.press("confirm-email-done")
    checks("the button changes the address", heading == "Your address was changed", heading)
    checks("that signs in", login(stack, NEW_EMAIL, NEW_PASSWORD).status == 200)
    heading = chromium.open(stack.link(EMAIL, "undo-email"), "undo-email")
    checks("the old address gets a link to undo it", heading == "Undo the change of address", heading)
    known = len(stack.links(EMAIL, "reset-password"))
    heading = chromium.press("undo-email-done")
    checks("the button brings it back", heading == "Your address is the old one again", heading)
    checks("the new address signs in no more", login(stack, NEW_EMAIL, NEW_PASSWORD).status == 401)
    checks("nor does the password", login(stack, EMAIL, NEW_PASSWORD).status == 401)
    chromium.open(stack.link(EMAIL, "reset-password", known))
    chromium.type(PASSWORD)
    chromium.press()
    checks("until it is set by the mailed link", login(stack, EMAIL, PASSWORD).status == 200)


def social(stack, provider, chromium, checks):
    """The provider's site is another one, so only a cookie that is `Lax` comes back from there."""
    chromium.open(begin(stack, provider)[0])
    checks("the way back needs the cookie", not set(SESSION) & set(chromium.cookies()), chromium.text())
    chromium.open(f"{stack.site}/auth/magic-link?token=x")
    url, attempt = begin(stack, provider)
    chromium.keep("__Host-vestibule-social", attempt, "Lax")
    chromium.open(url)
    ended = chromium.driver.current_url
    checks("a sign-in at a provider ends at home", ended == stack.home, ended)
    checks("with the cookies of a session alone", chromium.cookies() == SESSION, chromium.cookies())


def unvouched(stack, provider, chromium, checks):
    """Only the browser that came back from a provider without a word for the address can make the account."""
    chromium.forget_all()
    url, attempt = begin(stack, provider)
    chromium.keep("__Host-vestibule-social", attempt, "Lax")
    chromium.open(url)
    checks("an unproved address ends at a page about a mail", "in this browser" in chromium.text(), chromium.text())
    kept = chromium.cookies()
    checks("with the cookie of the receipt", kept == {RECEIPT: (True, True, "Strict")}, kept)
    receipt = chromium.driver.get_cookie(RECEIPT)["value"]
    chromium.forget_all()
    link = stack.link("mia@example.org", "verify-email")
    chromium.open(link)
    heading = chromium.press()
    checks("another browser cannot make the account", heading == "That did not work", chromium.text())
    chromium.keep(RECEIPT, receipt, "Strict")
    chromium.open(link)
    heading = chromium.press()
    checks("that browser can", heading == "Your account is ready", heading)


def broken(stack, chromium, checks):
    for page in ("verify-email", "magic-link", "reset-password", "confirm-email", "undo-email"):
        heading = chromium.open(f"{stack.site}/auth/{page}")
        checks(f"{page} without a token says so", heading == GONE, heading)


def main():
    checks, port = Checks(), free_port()
    site = f"http://localhost:{port}"
    google = Provider("google", "google", f"{site}/auth/social/google", None, email="ann@example.org")
    mia = {"email": "mia@example.org", "verified": "false"}
    careless = Provider("careless", "google", f"{site}/auth/social/careless", None, **mia)
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file, Chromium() as chromium:
            file.write(settings([google, careless]))
            file.flush()
            home = f"{site}/_local/"
            options, parameters = ["--oidc-providers", file.name], {"SiteUrl": site, "HomeUrl": home}
            with Stack(port=port, options=options, parameters=parameters) as stack:
                stack.site, stack.home = site, home
                for part in (verify_email, magic_link, reset_password, change_email, broken):
                    part(stack, chromium, checks)
                checks("the console has no complaint", not chromium.console, chromium.console[:3])
                social(stack, google, chromium, checks)
                unvouched(stack, careless, chromium, checks)
            print(f"{chromium.pictures} pictures in {PICTURES}")
    finally:
        google.stop()
        careless.stop()
    checks.end("browser")


if __name__ == "__main__":
    main()
