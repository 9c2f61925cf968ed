#!/usr/bin/env python3
"""Walks through sign-up and sign-in on a real stack, over HTTP and the mails, and checks each answer.

Codes of the second factor come from pyotp, access tokens are verified with PyJWT through the published keys.
  identity.py
Run it with the interpreter of .cache/venv/identity (setup.sh identity jwt), after `cargo build -p vestibule-local`.
"""

import time

import pyotp

from identity_stack.stack import Checks, Stack

EMAIL, NAME = "kim@example.org", "Kim Example"
PASSWORD, NEW_PASSWORD = "gravel ottoman fjord whistle", "lantern bicycle marsh tuxedo"


class Walk:
    def __init__(self, stack, checks):
        self.stack, self.checks, self.password = stack, checks, PASSWORD
        self.totp, self.codes = None, []

    def login(self, password=None):
        return self.stack.post("login", {"email": EMAIL, "password": password or self.password})

    def second_factor(self, ticket, code):
        return self.stack.post("second-factor", {"ticket": ticket, "code": code})

    def signed_in(self):
        """Tokens of a new session; the second factor, if there is one, by a recovery code."""
        answer = self.login().expect(200)
        if self.codes:
            answer = self.second_factor(answer["secondFactor"]["ticket"], self.codes.pop()).expect(200)
        return answer["accessToken"], answer["refreshToken"]

    def works(self, access):
        return self.stack.call("GET", "me", token=access).status == 200

    def sign_up(self):
        stack, checks, person = self.stack, self.checks, {"email": EMAIL, "name": NAME}
        checks.refused("a weak password is refused", stack.post("register", person | {"password": "password1234"}), 422)
        first = stack.post("register", person | {"password": PASSWORD})
        checks("registering answers 202", first.status == 202, first.text)
        token = stack.token(EMAIL, "verify-email")
        checks.refused("no sign-in before the address is proved", self.login(), 401)
        checks.refused("the mailed link alone makes no account", stack.post("verify-email", {"token": token}), 422)
        proof = {"token": token, "receipt": first["receipt"]}
        checks("with the receipt it does", stack.post("verify-email", proof).status == 200)
        checks.refused("the link works once", stack.post("verify-email", proof), 400)
        again = stack.post("register", person | {"password": PASSWORD})
        same = again.text.replace(again["receipt"], "") == first.text.replace(first["receipt"], "")
        checks("registering again answers the same", again.status == first.status and same)

    def sign_in(self):
        stack, checks = self.stack, self.checks
        wrong = self.login("wrong horse battery")
        nobody = stack.post("login", {"email": "no@example.org", "password": "wrong horse battery"})
        same = wrong.status == nobody.status == 401 and wrong["detail"] == nobody["detail"]
        checks("a wrong password and an unknown address are refused alike", same, f"{wrong.text} {nobody.text}")
        access, _ = self.signed_in()
        checks("PyJWT verifies the access token", stack.verifies(access))
        head, claims, signature = access.split(".")
        changed = ("A" if claims[0] != "A" else "B") + claims[1:]
        checks("PyJWT refuses it with other claims", not stack.verifies(f"{head}.{changed}.{signature}"))
        me = stack.call("GET", "me", token=access).expect(200)
        checks("it shows who is signed in", (me["email"], me["name"]) == (EMAIL, NAME), me.text)
        return access

    def set_up_totp(self, access):
        stack, checks = self.stack, self.checks
        begun = stack.post("totp", {"password": PASSWORD}, access).expect(200)
        self.totp = pyotp.parse_uri(begun["otpauthUrl"])
        parts = (self.totp.secret, self.totp.issuer, self.totp.name, self.totp.digits, self.totp.interval)
        checks("pyotp reads the otpauth address", parts == (begun["secret"], "Vestibule", EMAIL, 6, 30), parts)
        wrong = stack.post("totp/confirm", {"code": self.code(-300)}, access)
        checks.refused("a wrong first code is refused", wrong, 422)
        # Each code is for a later step than the one before, so that nothing has to wait half a minute.
        confirmed = stack.post("totp/confirm", {"code": self.code(-30)}, access)
        checks("pyotp's code finishes the set-up", confirmed.status == 200, confirmed.text)
        self.codes = confirmed["recoveryCodes"]
        checks("there are ten recovery codes", len(set(self.codes)) == 10)

    def code(self, seconds):
        return self.totp.at(time.time() + seconds)

    def use_totp(self):
        stack, checks = self.stack, self.checks
        answer = self.login().expect(200)
        ticket = answer["secondFactor"]["ticket"]
        checks("the password alone gives no tokens", "accessToken" not in answer.text)
        checks("PyJWT refuses the ticket as access token", not stack.verifies(ticket))
        checks.refused("so does the API", stack.call("GET", "me", token=ticket), 401)
        checks.refused("an old code is refused", self.second_factor(ticket, self.code(-90)), 401)
        code = self.code(0)
        done = self.second_factor(ticket, code)
        checks("pyotp's code signs in", done.status == 200 and stack.verifies(done["accessToken"]), done.text)
        checks.refused("the same code does not work again", self.second_factor(ticket, code), 401)
        recovery = self.codes.pop()
        checks("a recovery code signs in", self.second_factor(ticket, recovery.lower()).status == 200)
        checks.refused("it works once", self.second_factor(ticket, recovery), 401)

    def refresh(self):
        stack, checks = self.stack, self.checks
        exchange = lambda token: stack.post("refresh", {"refreshToken": token})
        _, first = self.signed_in()
        second = exchange(first).expect(200)
        checks("refreshed tokens work", stack.verifies(second["accessToken"]) and self.works(second["accessToken"]))
        checks("a repeated refresh gives the same successor", exchange(first)["refreshToken"] == second["refreshToken"])
        third = exchange(second["refreshToken"]).expect(200)
        checks.refused("a token whose successor was used is refused", exchange(first), 401)
        checks.refused("and ends the session: its newest token", exchange(third["refreshToken"]), 401)
        checks("and its access token", not self.works(third["accessToken"]))

    def sessions(self):
        stack, checks = self.stack, self.checks
        here, _ = self.signed_in()
        there, token = self.signed_in()
        listed = stack.call("GET", "sessions", token=here).expect(200)["items"]
        checks("the list marks the session of the request", [each["current"] for each in listed].count(True) == 1)
        other = stack.call("GET", "me", token=there).expect(200)["session"]
        checks("the list has the other session", other in [each["id"] for each in listed])
        checks("it can be ended", stack.call("DELETE", f"sessions/{other}", token=here).status == 204)
        checks("its access token is refused from then on", not self.works(there))
        checks.refused("so is its refresh token", stack.post("refresh", {"refreshToken": token}), 401)
        checks("this one goes on", self.works(here))
        return here

    def reset_password(self, access):
        stack, checks = self.stack, self.checks
        asked = [stack.post("forgot-password", {"email": email}) for email in (EMAIL, "nobody@example.org")]
        checks("asking for a reset answers the same for anybody", asked[0].text == asked[1].text)
        token = stack.token(EMAIL, "reset-password")
        reset = lambda password: stack.post("reset-password", {"token": token, "password": password})
        checks.refused("a weak new password is refused", reset("qwertyuiop12"), 422)
        checks("a good one is taken", reset(NEW_PASSWORD).status == 204)
        checks.refused("the link works once", reset(NEW_PASSWORD), 400)
        checks("everybody is signed out", not self.works(access))
        checks.refused("the old password is refused", self.login(), 401)
        self.password = NEW_PASSWORD
        checks("the new one works", self.works(self.signed_in()[0]))
        checks("nobody without an account got a mail", not stack.mails("nobody@example.org"))

    def magic_link(self):
        stack, checks = self.stack, self.checks
        stack.post("magic-link", {"email": EMAIL}).expect(202)
        token = stack.token(EMAIL, "magic-link")
        answer = stack.post("magic-link/consume", {"token": token})
        checks("the mailed link asks for the second factor", "secondFactor" in answer.text, answer.text)
        done = self.second_factor(answer["secondFactor"]["ticket"], self.code(30))
        checks("and signs in with it", done.status == 200 and stack.verifies(done["accessToken"]), done.text)
        checks.refused("the link works once", stack.post("magic-link/consume", {"token": token}), 400)
        access = done["accessToken"]
        checks("logging out answers 204", stack.post("logout", {}, access).status == 204)
        checks("the access token is refused at once", not self.works(access))


def main():
    checks = Checks()
    with Stack() as stack:
        walk = Walk(stack, checks)
        walk.sign_up()
        walk.set_up_totp(walk.sign_in())
        walk.use_totp()
        walk.refresh()
        walk.reset_password(walk.sessions())
        walk.magic_link()
    checks.end("identity")


if __name__ == "__main__":
    main()
