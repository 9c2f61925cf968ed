#!/usr/bin/env python3
"""Makes, changes, deletes and restores users of Google Workspace on a real stack, with Google's own client libraries
(google-api-python-client, google-auth), and checks each answer.
  google_workspace.py
Run it with the interpreter of .cache/venv/mailboxes (setup.sh mailboxes), after `cargo build -p vestibule-local`.
"""

import json
from google.auth.exceptions import RefreshError
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from identity_stack.stack import Checks
from mailbox_vendors import DOMAIN, PASSWORD, MailboxStack

SCOPE = "https://www.googleapis.com/auth/admin.directory."
SCOPES = [SCOPE + name for name in ("user", "user.alias", "user.security", "group", "domain.readonly")]
KIM = f"kim.doe@{DOMAIN}"


class Walk:
    def __init__(self, stack, checks):
        self.stack, self.checks = stack, checks
        self.admin = stack.told["Google"][0]
        self.directory = self.build(SCOPES)

    def build(self, scopes, subject=None):
        info = json.loads(self.stack.secret("google")) | {"token_uri": f"{self.stack.aws}/oauth2.googleapis.com/token"}
        subject = subject or self.admin
        credentials = service_account.Credentials.from_service_account_info(info, scopes=scopes, subject=subject)
        endpoint = {"api_endpoint": f"{self.stack.aws}/admin.googleapis.com"}
        return build("admin", "directory_v1", credentials=credentials, client_options=endpoint, static_discovery=True)

    def refused(self, what, call, status, reason):
        try:
            answer = call.execute()
        except HttpError as error:
            told = (error.resp.status, error.error_details[0]["reason"])
            self.checks(what, told == (status, reason), told)
        else:
            self.checks(what, False, answer)

    def no_token(self, what, directory, error):
        try:
            answer = directory.users().get(userKey=self.admin).execute()
        except RefreshError as refused:
            self.checks(what, refused.args[1]["error"] == error, refused.args)
        else:
            self.checks(what, False, answer)

    def sign_in(self):
        self.no_token("a scope that was not delegated is refused", self.build([SCOPE + "orgunit"]), "access_denied")
        self.no_token("so is a user whom nobody knows", self.build(SCOPES, f"no@{DOMAIN}"), "invalid_grant")
        domains = self.directory.domains().list(customer="my_customer").execute()["domains"]
        told = [(each["domainName"], each["verified"]) for each in domains]
        self.checks("the administrator's customer has its verified domain", told == [(DOMAIN, True)], told)
        readonly = self.build([SCOPE + "group"])
        call = readonly.users().get(userKey=self.admin)
        self.refused("a token opens only what its scopes name", call, 403, "insufficientPermissions")

    def create(self):
        users, body = self.directory.users(), {
            "primaryEmail": KIM,
            "name": {"givenName": "Kim", "familyName": "Doe"},
            "password": PASSWORD,
            "changePasswordAtNextLogin": True,
            "externalIds": [{"type": "organization", "value": "emp-123"}],
        }
        user = users.insert(body=body).execute()
        self.checks("a user is made", (user["primaryEmail"], user["changePasswordAtNextLogin"]) == (KIM, True), user)
        self.checks("the answer shows no password", "password" not in user)
        self.refused("the name is given once", users.insert(body=body), 409, "duplicate")
        weak = body | {"primaryEmail": f"lee@{DOMAIN}", "password": "short"}
        self.refused("a short password is refused", users.insert(body=weak), 400, "invalid")
        read = users.get(userKey=KIM).execute()
        self.checks("it is read by its address", (read["id"], read["isMailboxSetup"]) == (user["id"], True), read)
        found = users.list(customer="my_customer", query="externalId=emp-123").execute()["users"]
        self.checks("it is found by its external id", [each["id"] for each in found] == [user["id"]], found)
        return user["id"]

    def aliases(self, user):
        aliases, alias = self.directory.users().aliases(), f"k@{DOMAIN}"
        aliases.insert(userKey=user, body={"alias": alias}).execute()
        listed = aliases.list(userKey=user).execute()["aliases"]
        self.checks("an alias is added and listed", [each["alias"] for each in listed] == [alias], listed)
        group = self.directory.groups().insert(body={"email": alias})
        self.refused("a group cannot have it as well", group, 409, "duplicate")
        aliases.delete(userKey=user, alias=alias).execute()
        self.checks("it is taken away", "aliases" not in aliases.list(userKey=user).execute())

    def suspend(self, user):
        users = self.directory.users()
        changed = users.patch(userKey=user, body={"suspended": True}).execute()
        kept = changed["externalIds"][0]["value"]
        self.checks("a user is suspended, and the rest is kept", (changed["suspended"], kept) == (True, "emp-123"))
        users.signOut(userKey=user).execute()
        renamed = users.update(userKey=user, body={"primaryEmail": f"kim.lee@{DOMAIN}"}).execute()
        self.checks("the old address of a renamed user is an alias", renamed["aliases"] == [KIM], renamed)
        users.update(userKey=user, body={"primaryEmail": KIM, "suspended": False}).execute()

    def delete(self, user):
        users = self.directory.users()
        users.delete(userKey=user).execute()
        self.refused("a deleted user is gone", users.get(userKey=KIM), 404, "notFound")
        deleted = users.list(customer="my_customer", showDeleted="true").execute()["users"]
        self.checks("it is among the deleted ones", [each["id"] for each in deleted] == [user], deleted)
        users.undelete(userKey=user, body={"orgUnitPath": "/"}).execute()
        self.checks("it comes back with its address", users.get(userKey=user).execute()["primaryEmail"] == KIM)

    def throttle(self):
        self.stack.fault("google", "users.get", {"type": "throttle", "retry_after": 1})
        call = self.directory.users().get(userKey=KIM)
        self.refused("a throttled call says so", call, 403, "userRateLimitExceeded")
        self.stack.fault("google", "users.get", {"type": "throttle", "retry_after": 1})
        self.checks("the client tries again by itself", call.execute(num_retries=1)["primaryEmail"] == KIM)


def main():
    checks = Checks()
    with MailboxStack() as stack:
        walk = Walk(stack, checks)
        walk.sign_in()
        user = walk.create()
        walk.aliases(user)
        walk.suspend(user)
        walk.delete(user)
        walk.throttle()
    checks.end("google workspace")


if __name__ == "__main__":
    main()
