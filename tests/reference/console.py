#!/usr/bin/env python3
"""Walks the console in headless Chromium as its people would: a stranger who founds a business, staff, people from outside,
whoever is invited, somebody who wants to know who did what, and administrators of the platform.

Every page that is met is looked at: axe-core, html-validate, width, cut text, the keyboard, complaints of the browser, weight.
  console.py              each page once at each width, with script: as .ci/run does
  console.py --all        at both widths, light and dark, with script and without
  console.py --pictures   as the first, and renews the pictures of the README in docs/pictures
Run it with the interpreter of .cache/venv/identity (setup.sh identity oidc), after `cargo build -p vestibule-local`.
"""

import json
import re
import shutil
import sys
import tempfile

from console_walk import invited, newcomer, platform, promo, recorded, staff
from console_walk.desk import NARROW, WIDE, Desk
from identity_stack.chromium import PICTURES
from identity_stack.markup import validate
from identity_stack.provider import Provider, settings
from identity_stack.stack import REFERENCE, Checks, Stack, free_port

ROOT = REFERENCE.parents[1]
ONCE = [(WIDE, "light"), (NARROW, "dark")]
EACH = [(size, scheme) for size in (WIDE, NARROW) for scheme in ("light", "dark")]
HEAVIEST = 60_000
SHOWN = ("home-1280-light", "hire-done-1280-light", "role-own-1280-light", "permissions-1280-light", "setup-company-1280-light", "team-390-dark")
CALL = re.compile(r'method=(\w+) route="([^"]+)" status=2\d\d')
# What no page of the console calls, and why.
APART = {
    "webhooks of vendors": r"POST /api/esign/webhook.*",
    "the pages in front of the console, which are walked as pages": r"\w+ /(auth/.*|mailbox/password)?",
    "what those pages do themselves": r"POST /api/v1/auth/(register|verify-email|login|second-factor|magic-link(/consume)?|forgot-password|reset-password|social-login|email/(confirm|undo)|invitations/(look|sign-up|accept|decline)|connections/finish)",
    "what the page of a sign-up does itself": r"POST /api/promo/signups",
    "for programs": r"GET /(openapi.json|[.]well-known/.*)",
    "comes with the context of every page": r"GET /api/auth/context/tenants",
    "the same as below /api/admin/team": r"\w+ /api/v1/teams/(members|invitations).*",
    "the sign-in of administrators of the platform, which a page does itself": r"POST /api/admin/login",
    "renews a session by itself, which takes a quarter of an hour": r"POST /api/v1/auth/refresh",
}


def walk(checks, modes, javascript):
    """Operations that were called, the pages as they were shown, and the heaviest one."""
    port = free_port()
    site = f"http://localhost:{port}"
    google = Provider("google", "google", f"{site}/auth/social/google", None, email="kim@provider.example")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as providers, tempfile.TemporaryFile("w+") as log:
        providers.write(settings([google]))
        providers.flush()
        options = ["--oidc-providers", providers.name]
        with Stack(port=port, options=options, parameters={"SiteUrl": site}, log=log) as stack:
            stack.site = site
            with Desk(stack, checks, modes, javascript) as desk:
                parts = newcomer.PARTS + staff.PARTS + invited.PARTS + recorded.PARTS + platform.PARTS + promo.PARTS
                for part in parts:
                    print(f"-- {part.__name__.replace('_', ' ')}", flush=True)
                    part(desk)
        google.stop()
        log.seek(0)
        return set(CALL.findall(log.read())), desk


def reached(checks, called):
    described = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    operations = {(method.upper(), path) for path, item in described.items() for method in item if method != "parameters"}
    left = {f"{method} {path}" for method, path in operations - called}
    left = sorted(each for each in left if not any(re.fullmatch(pattern, each) for pattern in APART.values()))
    checks(f"{len(operations & called)} operations called of {len(operations)}; no other is without a page", not left, left)


def main():
    checks, options = Checks(), set(sys.argv[1:])
    if options - {"--all", "--pictures"}:
        raise SystemExit(__doc__)
    for javascript in (True, False) if "--all" in options else (True,):
        called, desk = walk(checks, EACH if "--all" in options else ONCE, javascript)
        print(f"{len(desk.pages)} pages, {desk.seen} looks, script {'on' if javascript else 'off'}")
        reached(checks, called)
        validate(checks, desk.pages)
        if javascript:
            size, name = desk.heaviest
            checks(f"the heaviest page is {name} with {size} bytes", size <= HEAVIEST)
            if "--pictures" in options:
                for name in SHOWN:
                    shutil.copy(PICTURES / f"{name}.png", ROOT / "docs" / "pictures" / f"{name}.png")
    checks.end("console")


if __name__ == "__main__":
    main()
