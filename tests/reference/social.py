#!/usr/bin/env python3
"""Signs in to a real stack with accounts at real OpenID providers (npm oidc-provider), and checks each answer.

Google-like providers, and Microsoft-like ones: an issuer with a blank, people known by `tid` and `oid`.
  social.py
Run it with the interpreter of .cache/venv/identity (setup.sh identity jwt oidc), after
`cargo build -p vestibule-local`.
"""

import json
import tempfile

from identity_stack.provider import Provider, back, begin, callback, settings, sign_in, walk
from identity_stack.stack import Checks, Stack, free_port

PASSWORD = "gravel ottoman fjord whistle"
OURS, FOREIGN = "9e107d9d-372b-4b68-a1d8-3542a419d6aa", "0cc175b9-c0f1-46b6-831c-399e26977266"
# Legal or common, and of other types than the specification's examples. Each decides nothing but the first.
ODD = {
    "email_verified": "true",
    "updated_at": "2026-11-20T09:14:07.113Z",
    "address": "Main St 1",
    "birthdate": 19840229,
    "phone_number_verified": "yes",
    "roles": {"of": [1, None, "any"]},
    "zoneinfo": None,
}
# The same in fields that the provider's own program fills in, one at a time.
RETOLD = {
    "auth-time": {"claims": {"auth_time": "1795166048"}},
    "amr": {"claims": {"amr": "pwd"}},
    "acr": {"claims": {"acr": 1}},
    "verified-text": {"claims": {"email_verified": "true"}},
    "updated-at": {"claims": {"updated_at": "2026-11-20T09:14:07.113Z"}},
    "address": {"claims": {"address": "Main St 1"}},
    "no-kid": {"header": {"kid": None}},
}
UNREADABLE = {"name": "\u202eevil\0" + "n" * 500}
MAX, KIM = "5f4dcc3b-5aa7-45d6-9d83-27deb882cf99", "6cb75f65-2a9b-4279-8ecf-2064b3c5b1e0"


def providers(port):
    def provider(name, kind, email, sub, /, **more):
        redirect = f"http://127.0.0.1:{port}/auth/social/{name}"
        directories = [OURS] if kind == "microsoft" else None
        return Provider(name, kind, redirect, directories, email=email, sub=sub, **more)

    made = [
        provider("google", "google", "ann@example.org", "1001", name="Ann Example"),
        provider("google-es256", "google", "eve@example.org", "1002", alg="ES256"),
        provider("taken", "google", "kim@example.org", "1003"),
        provider("careless", "google", "lee@example.org", "1004", verified="false"),
        provider("careless-taken", "google", "kim@example.org", "1005", verified="false"),
        provider("microsoft", "microsoft", "max@example.org", "a1", tid=OURS, oid=MAX, name="Max Example"),
        provider("same-oid", "microsoft", "other@example.org", "a2", tid=OURS, oid=MAX),
        provider("unowned", "microsoft", "kim@example.org", "a1", tid=OURS, oid=KIM, verified="false"),
        provider("odd", "google", "ody@example.org", "1006", claims=json.dumps(ODD)),
        provider("odd-name", "google", "una@example.org", "1007", claims=json.dumps(UNREADABLE)),
        provider("mistyped", "google", "mia@example.org", "1008", claims='{"email_verified": {"really": true}}'),
        provider("cancelled", "google", "ned@example.org", "1009", deny="access_denied"),
        provider("out-of-order", "google", "ned@example.org", "1009", deny="temporarily_unavailable"),
        provider("foreign", "microsoft", "max@example.org", "a1", tid=FOREIGN, oid=MAX),
    ]
    other = json.dumps({"claims": {"aud": "somebody-else"}})
    made.append(provider("for-another", "google", "ann@example.org", "1001", token=other))
    for number, (name, token) in enumerate(RETOLD.items()):
        keys = "1" if name == "no-kid" else "2"
        person = {"token": json.dumps(token), "keys": keys}
        made.append(provider(name, "google", f"{name}@example.org", f"20{number:02}", **person))
    return {each.name: each for each in made}


def who(stack, answer):
    """The person's id, by an access token that PyJWT takes."""
    if answer.status != 200 or not stack.verifies(answer["accessToken"]):
        return f"nobody: {answer.status} {answer.text[:200]}"
    return stack.call("GET", "me", token=answer["accessToken"]).expect(200)["id"]


def google(stack, at, checks):
    done = sign_in(stack, at["google"])
    ann = who(stack, done)
    checks("a Google account makes a person", ann.startswith("usr_"), ann)
    me = stack.call("GET", "me", token=done["accessToken"])
    shown = me["email"], me["name"], me["connections"]
    checks("with its address and name", shown == ("ann@example.org", "Ann Example", ["google"]), shown)
    checks("the next sign-in finds the same person", who(stack, sign_in(stack, at["google"])) == ann)
    eve = who(stack, sign_in(stack, at["google-es256"]))
    checks("another provider, signing with ES256: another person", eve.startswith("usr_") and eve != ann, eve)


def bound(stack, at, checks):
    mine, theirs = back(stack, at["google"]), begin(stack, at["google"])[1]
    last = lambda change: stack.post("social-login", mine | change)
    checks.refused("code and state in another browser are refused", last({"attempt": theirs}), 401)
    checks.refused("so is another state", last({"state": mine["state"][::-1]}), 401)
    checks.refused("so is no attempt at all", last({"attempt": ""}), 401)
    checks.refused("so is another provider's name", last({"provider": "taken"}), 401)
    checks.refused("so is the page without its cookie", callback(stack, at["google"], mine), 401)
    checks("where it was begun they work", last({}).status == 200)
    checks.refused("but only once", last({}), 401)
    checks.refused("a code of somebody else's walk is refused", swapped(stack, at["google"]), 401)
    checks.refused("an unknown provider is not there", stack.post("social-login", {"provider": "none"}), 404)


def swapped(stack, provider):
    """The attempt and state of one walk with the code of another: PKCE and nonce."""
    mine, theirs = back(stack, provider), back(stack, provider)
    return stack.post("social-login", mine | {"code": theirs["code"]})


def existing_account(stack, at, checks):
    stack.sign_up("kim@example.org", PASSWORD)
    login = stack.post("login", {"email": "kim@example.org", "password": PASSWORD}).expect(200)
    kim, access = who(stack, login), login["accessToken"]
    checks.refused("an account with the address is not taken over", sign_in(stack, at["taken"]), 409)
    wrong = stack.post("connections", {"provider": "taken", "password": "wrong horse battery"}, access)
    checks.refused("connecting asks for the password", wrong, 401)
    lured = stack.post("connections/finish", back(stack, at["taken"]), access)
    checks.refused("a sign-in begun elsewhere cannot be finished as a connection", lured, 401)
    begun = stack.post("connections", {"provider": "taken", "password": PASSWORD}, access).expect(200)
    answer = walk(begun["authorizationUrl"], at["taken"].redirect)
    finish = {"provider": "taken", "attempt": begun["attempt"]} | answer
    done = stack.post("connections/finish", finish, access)
    checks("signed in, the account is connected", done.status == 204, done.text)
    changed = "How you sign in to"
    checks("its owner is told", stack.next_mail("kim@example.org", 1).startswith(changed))
    checks("then it signs in the same person", who(stack, sign_in(stack, at["taken"])) == kim)
    ann = sign_in(stack, at["google"]).expect(200)["accessToken"]
    begun = stack.post("connections", {"provider": "taken"}, ann).expect(200)
    answer = walk(begun["authorizationUrl"], at["taken"].redirect)
    theirs = stack.post("connections/finish", {"provider": "taken", "attempt": begun["attempt"]} | answer, ann)
    checks.refused("nobody else can connect it", theirs, 409)
    known = len(stack.mails("kim@example.org"))
    bare = stack.post("connections/remove", {"provider": "taken"}, access)
    checks.refused("disconnecting asks for the password", bare, 401)
    gone = stack.post("connections/remove", {"provider": "taken", "password": PASSWORD}, access)
    checks("with it it is disconnected", gone.status == 204, gone.text)
    checks("its owner is told again", stack.next_mail("kim@example.org", known).startswith(changed))
    checks.refused("then it signs in nobody", sign_in(stack, at["taken"]), 409)
    last = stack.post("connections/remove", {"provider": "google"}, ann)
    checks.refused("the last way to sign in stays", last, 409)


def without_password(stack, at, checks):
    access = sign_in(stack, at["google"]).expect(200)["accessToken"]
    asked = stack.post("email", {"email": "ann.new@example.org"}, access).expect(202)
    link = {"token": stack.token("ann.new@example.org", "confirm-email")}
    checks.refused("a link alone moves no address", stack.post("email/confirm", link), 422)
    guessed = stack.post("email/confirm", link | {"password": PASSWORD})
    checks.refused("nor does a password where there is none", guessed, 422)
    moved = stack.post("email/confirm", link | {"receipt": asked["receipt"]})
    checks("the receipt does", moved.status == 204, moved.text)


def unverified(stack, at, checks):
    answer = sign_in(stack, at["careless"])
    checks("an unproved address leads to a mail, not to tokens", answer.status == 202, answer.text)
    token = stack.token("lee@example.org", "verify-email")
    checks.refused("the mailed link alone makes no account", stack.post("verify-email", {"token": token}), 422)
    proof = {"token": token, "receipt": answer["receipt"]}
    checks("with the receipt it does", stack.post("verify-email", proof).status == 200)
    lee = who(stack, sign_in(stack, at["careless"]))
    checks("then the provider signs in", lee.startswith("usr_"), lee)
    for name in ("careless-taken", "unowned"):
        known = len(stack.mails("kim@example.org"))
        answer = sign_in(stack, at[name])
        checks(f"{name}: the address of an account gets a mail", answer.status == 202, answer.text)
        stack.next_mail("kim@example.org", known)
        # One link is there: that of Kim's own registration.
        links = stack.links("kim@example.org", "verify-email")
        checks("without a link that would connect the two", len(links) == 1, links)


def microsoft(stack, at, checks):
    max_ = who(stack, sign_in(stack, at["microsoft"]))
    checks("a Microsoft account of our directory makes a person", max_.startswith("usr_"), max_)
    checks("the next sign-in finds the same person", who(stack, sign_in(stack, at["microsoft"])) == max_)
    same = who(stack, sign_in(stack, at["same-oid"]))
    checks("tid and oid are the person, not address or sub", same == max_, same)
    checks.refused("the same oid and address in a foreign directory is refused", sign_in(stack, at["foreign"]), 401)


def odd(stack, at, checks):
    """What a provider says differently, or beside what decides, keeps nobody out."""
    person = who(stack, sign_in(stack, at["odd"]))
    checks("claims of odd types that decide nothing: signed in", person.startswith("usr_"), person)
    checks("and the same person again", who(stack, sign_in(stack, at["odd"])) == person)
    for name in RETOLD:
        answer = sign_in(stack, at[name])
        checks(f"{name}, otherwise than the specification has it: signed in", answer.status == 200, answer.text)
    checks.refused("a token for somebody else's client is refused", sign_in(stack, at["for-another"]), 401)
    named = sign_in(stack, at["odd-name"])
    me = stack.call("GET", "me", token=named["accessToken"]) if named.status == 200 else named
    renamed = me.status == 200 and "\u202e" not in me["name"]
    checks("a name that nobody can read: signed in, with another", renamed, me.text)
    mailed = sign_in(stack, at["mistyped"])
    checks("a proof of the address that says nothing is none: a mail", mailed.status == 202, mailed.text)
    ends = ("cancelled", 401, "cancelled at the provider"), ("out-of-order", 503, "does not answer now")
    for name, status, says in ends:
        answer = back(stack, at[name])
        page = callback(stack, at[name], answer, answer["attempt"])
        told = page.status == status and says in page.text and ">Begin again</a>" in page.text
        checks(f"{name}: the page says what happened and leads back", told, f"{page.status} {page.text[-600:]}")
        bare = callback(stack, at[name], answer)
        checks.refused(f"{name}: without the attempt it says nothing of the provider", bare, 401)
    connecting(stack, at["cancelled"], checks)


def connecting(stack, provider, checks):
    """Somebody who is signed in begins to connect an account, and cancels at the provider."""
    sign_in = {"email": "kim@example.org", "password": PASSWORD}
    access = stack.post("login", sign_in).expect(200)["accessToken"]
    cookies = stack.post("login", sign_in | {"cookies": True}).expect(200).headers.get_all("Set-Cookie")
    begun = stack.post("connections", {"provider": provider.name, "password": PASSWORD}, access).expect(200)
    answer = walk(begun["authorizationUrl"], provider.redirect)
    session = [cookie.split(";")[0] for cookie in cookies]
    page = callback(stack, provider, answer, begun["attempt"], session)
    told = page.status == 401 and "cancelled at the provider" in page.text
    checks("who cancels while connecting an account is told the same", told, f"{page.status} {page.text[-600:]}")


def main():
    checks, port = Checks(), free_port()
    at = providers(port)
    try:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(settings(at.values()))
            file.flush()
            stack = Stack(port=port, options=["--oidc-providers", file.name])
        with stack:
            for part in (google, bound, existing_account, without_password, unverified, microsoft, odd):
                part(stack, at, checks)
    finally:
        for provider in at.values():
            provider.stop()
    checks.end("social")


if __name__ == "__main__":
    main()
