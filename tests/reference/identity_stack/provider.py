"""Identity providers (oidc/provider.mjs), and the browser's part of a sign-in at one of them."""

import json
import select
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar, DefaultCookiePolicy

from .stack import PATIENCE_SECONDS, REFERENCE, NoRedirects, request

SCRIPT = REFERENCE / "oidc" / "provider.mjs"
MOST_STEPS = 10
COOKIE = "__Host-vestibule-social"


class Provider:
    """One provider that signs in one person, and our registration with it."""

    def __init__(self, name, kind, redirect, directories, /, **person):
        options = [text for key, value in person.items() for text in (f"--{key}", value)]
        command = ["node", SCRIPT, kind, "--redirect", redirect, "--client-id", name, *options]
        self.name, self.kind, self.redirect, self.directories = name, kind, redirect, directories
        self.command = command
        self.start()

    def start(self):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)

    def issuer(self):
        told, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        return self.process.stdout.readline().strip() if told else ""

    def entry(self):
        if not (issuer := self.issuer()):
            # Node was seen to stand still at the start, once in a hundred; why is not known.
            print(f"the provider {self.name} did not start; once more")
            self.stop()
            self.start()
            if not (issuer := self.issuer()):
                raise SystemExit(f"the provider {self.name} does not start")
        entry = {"issuer": issuer, "clientId": self.name, "clientSecret": "secret-of-vestibule-at-the-provider"}
        return entry | ({"kind": "microsoft", "tenants": self.directories} if self.kind == "microsoft" else {})

    def stop(self):
        self.process.kill()
        self.process.communicate()


def settings(providers):
    """What `--oidc-providers` reads."""
    return json.dumps({provider.name: provider.entry() for provider in providers})


def walk(url, redirect):
    """Follows the provider's pages with a cookie jar, up to our own address: what comes back there."""
    jar = urllib.request.HTTPCookieProcessor(CookieJar(DefaultCookiePolicy(rfc2965=False)))
    browser = urllib.request.build_opener(NoRedirects, jar, urllib.request.ProxyHandler({}))
    for _ in range(MOST_STEPS):
        if url.startswith(redirect):
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
            return {name: query[name][0] for name in ("code", "state", "error") if name in query}
        try:
            raise SystemExit(f"the provider stopped at {browser.open(url, timeout=10).url}")
        except urllib.error.HTTPError as error:
            with error:
                url = urllib.parse.urljoin(url, error.headers["Location"] or "")
    raise SystemExit("the provider goes round in circles")


def begin(stack, provider):
    """The first step: where to go, and what binds the way back."""
    started = stack.post("social-login", {"provider": provider.name}).expect(200)
    return started["authorizationUrl"], started["attempt"]


def back(stack, provider):
    """All that the last step takes, after a walk to the provider."""
    url, attempt = begin(stack, provider)
    return {"provider": provider.name, "attempt": attempt} | walk(url, provider.redirect)


def sign_in(stack, provider):
    return stack.post("social-login", back(stack, provider))


def callback(stack, provider, answer, cookie=None, session=()):
    """The way back of a browser; without our cookie, unless one is given. `session` are those of a sign-in."""
    query = {name: answer[name] for name in ("code", "state", "error") if name in answer}
    cookies = [*session, *([f"{COOKIE}={cookie}"] if cookie else [])]
    headers = {"Cookie": "; ".join(cookies)} if cookies else {}
    page = f"{stack.url}/auth/social/{provider.name}?{urllib.parse.urlencode(query)}"
    return request("GET", page, headers=headers)
