#!/usr/bin/env python3
"""Makes, licenses, disables, deletes and restores users of Microsoft 365 on a real stack: tokens by Microsoft's own library
(msal), Microsoft Graph by plain calls. Checks each answer.
  microsoft_graph.py
Run it with the interpreter of .cache/venv/mailboxes (setup.sh mailboxes), after `cargo build -p vestibule-local`.
"""

import urllib.parse

import msal
import requests

from identity_stack.stack import Checks
from mailbox_vendors import DOMAIN, PASSWORD, MailboxStack

SCOPES = ["https://graph.microsoft.com/.default"]
KIM = f"kim.doe@{DOMAIN}"


class VendorHosts:
    """What msal sends goes to the model of the host it is meant for."""

    def __init__(self, aws):
        self.aws, self.session = aws, requests.Session()

    def get(self, url, **kwargs):
        return self.session.get(self.at_model(url), **kwargs)

    def post(self, url, **kwargs):
        return self.session.post(self.at_model(url), **kwargs)

    def close(self):
        self.session.close()

    def at_model(self, url):
        return f"{self.aws}/{url.removeprefix('https://')}"


class Walk:
    def __init__(self, stack, checks):
        self.stack, self.checks, self.token = stack, checks, None
        self.directory, self.client, self.licence = stack.told["Microsoft"]
        self.secret = stack.secret("microsoft")

    def grant(self, client=None, secret=None):
        app = msal.ConfidentialClientApplication(
            client or self.client,
            client_credential=secret or self.secret,
            authority=f"https://login.microsoftonline.com/{self.directory}",
            instance_discovery=False,
            http_client=VendorHosts(self.stack.aws),
        )
        return app.acquire_token_for_client(scopes=SCOPES)

    def call(self, method, path, body=None, **query):
        url = f"{self.stack.aws}/graph.microsoft.com/v1.0/{path}"
        headers = {"Authorization": f"Bearer {self.token}", "client-request-id": "walk-1"}
        query = {f"${name}": value for name, value in query.items()}
        return requests.request(method, url, json=body, headers=headers, params=query, timeout=30)

    def done(self, what, answer, status):
        self.checks(what, answer.status_code == status, f"{answer.status_code}: {answer.text[:200]}")
        return answer.json() if answer.content else None

    def refused(self, what, answer, status, code, detail=None):
        error = answer.json()["error"]
        told = (answer.status_code, error["code"], error.get("details", [{}])[0].get("target"))
        self.checks(what, told == (status, code, detail), answer.text[:300])

    def sign_in(self):
        wrong = self.grant(secret="wrong")
        self.checks("msal tells a wrong secret by its number", wrong.get("error_codes") == [7000215], wrong)
        unknown = self.grant(client="99999999-0000-4000-8000-000000000000")
        self.checks("and an unknown application", unknown.get("error_codes") == [700016], unknown)
        answer = self.call("GET", "users")
        self.refused("there is no call without a token", answer, 401, "InvalidAuthenticationToken")
        self.token = self.grant()["access_token"]
        domains = self.done("msal gets a token that works", self.call("GET", "domains"), 200)["value"]
        told = [(each["id"], each["isVerified"]) for each in domains]
        self.checks("the directory has its verified domain", told == [(DOMAIN, True)], told)

    def create(self):
        body = {
            "accountEnabled": True,
            "displayName": "Kim Doe",
            "mailNickname": "kim.doe",
            "userPrincipalName": KIM,
            "employeeId": "emp-123",
            "passwordProfile": {"forceChangePasswordNextSignIn": True, "password": PASSWORD},
        }
        user = self.done("a user is made", self.call("POST", "users", body), 201)
        again = self.call("POST", "users", body)
        self.refused("the name is given once", again, 400, "Request_BadRequest", "userPrincipalName")
        self.checks("the refusal names the request", again.headers["client-request-id"] == "walk-1")
        foreign = body | {"userPrincipalName": "kim@elsewhere.example"}
        answer = self.call("POST", "users", foreign)
        self.refused("a foreign domain is refused", answer, 400, "Request_BadRequest", "userPrincipalName")
        read = self.done("it is read by its name", self.call("GET", f"users/{KIM}", select="id,mail"), 200)
        told = (read["id"], read["mail"])
        self.checks("and has no mailbox yet", told == (user["id"], None), read)
        found = self.call("GET", "users", filter="employeeId eq 'emp-123'").json()["value"]
        self.checks("it is found by its employee id", [each["id"] for each in found] == [user["id"]], found)
        return user["id"]

    def license(self, user):
        body = {"addLicenses": [{"skuId": self.licence, "disabledPlans": []}], "removeLicenses": []}
        answer = self.call("POST", f"users/{user}/assignLicense", body)
        self.refused("a licence asks for a usage location first", answer, 400, "Request_BadRequest")
        self.done("that can be set", self.call("PATCH", f"users/{user}", {"usageLocation": "NL"}), 204)
        self.done("and then a licence is given", self.call("POST", f"users/{user}/assignLicense", body), 200)
        sku = self.call("GET", "subscribedSkus").json()["value"][0]
        told = (sku["skuId"], sku["consumedUnits"], sku["prepaidUnits"]["enabled"])
        self.checks("it is counted", told == (self.licence, 1, 25), told)
        proxy = urllib.parse.quote(f"proxyAddresses/any(x:x eq 'smtp:{KIM}')")
        found = self.call("GET", f"users?$filter={proxy}").json()["value"]
        self.checks("the mailbox is found by its address", [each["mail"] for each in found] == [KIM], found)

    def disable(self, user):
        self.done("a user is disabled", self.call("PATCH", f"users/{user}", {"accountEnabled": False}), 204)
        self.done("sessions are ended", self.call("POST", f"users/{user}/revokeSignInSessions"), 200)
        read = self.call("GET", f"users/{user}", select="accountEnabled,employeeId").json()
        told = (read["accountEnabled"], read["employeeId"])
        self.checks("what was not sent is kept", told == (False, "emp-123"), read)
        rules = f"users/{user}/mailFolders/inbox/messageRules"
        hand_over = {"redirectTo": [{"emailAddress": {"address": f"lee@{DOMAIN}"}}]}
        body = {"displayName": "Handed over", "sequence": 1, "actions": hand_over}
        rule = self.done("a rule hands the mail on", self.call("POST", rules, body), 201)
        self.done("and is taken away", self.call("DELETE", f"{rules}/{rule['id']}"), 204)

    def delete(self, user):
        self.done("a user is deleted", self.call("DELETE", f"users/{user}"), 204)
        self.refused("and gone", self.call("GET", f"users/{KIM}"), 404, "Request_ResourceNotFound")
        deleted = self.call("GET", "directory/deletedItems/microsoft.graph.user").json()["value"]
        self.checks("it is among the deleted ones", [each["id"] for each in deleted] == [user], deleted)
        restored = self.done("it is restored", self.call("POST", f"directory/deletedItems/{user}/restore"), 200)
        self.checks("with its name", restored["userPrincipalName"] == KIM, restored)

    def throttle(self):
        self.stack.fault("microsoft", "GetUser", {"type": "throttle", "retry_after": 7})
        answer = self.call("GET", f"users/{KIM}")
        self.refused("a throttled call says so", answer, 429, "TooManyRequests")
        self.checks("and how long to wait", answer.headers["Retry-After"] == "7")


def main():
    checks = Checks()
    with MailboxStack() as stack:
        walk = Walk(stack, checks)
        walk.sign_in()
        user = walk.create()
        walk.license(user)
        walk.disable(user)
        walk.delete(user)
        walk.throttle()
    checks.end("microsoft graph")


if __name__ == "__main__":
    main()
