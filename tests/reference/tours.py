#!/usr/bin/env python3
"""Runs the blocks of the README and of the tours as a reader would. The README's are run in bash and in zsh, twice on the same kept data,
on a stack without sample data, as it says; those of the tours once in bash, with `--all` like the README's. Then runs the commands of the deployment page on such a stack, up to the first mailbox.

  tours.py [--all]
Run it with the interpreter of .cache/venv/identity (setup.sh identity), after `cargo build -p vestibule-local -p vestibule-ops`.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile

from identity_stack.stack import BINARY, REFERENCE, Checks, Stack, request, until

ROOT = REFERENCE.parent.parent
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What starts something else than a command of the reader.
ELSEWHERE = ("cargo run", "cargo test", ".ci/run", "sam ", "cargo lambda")
# Words that a page must lead to: on a stack as new as a deployment, and on one with sample data.
EMPTY = {
    "README.md": ["/domain/verify: 200", '"provider": "google"', '"ready": true', '"signed"', '"succeeded"', "Temporary password:"],
}
SAMPLE = {
    "docs/tours/hires.md": ["idempotent-replayed: true", "unchanged", "job succeeded", "undone", "job failed", '"dropped"'],
    "docs/tours/sign-up.md": ["secondFactor", "recoveryCodes", '"email"'],
    "docs/tours/business.md": ['"slug": "acme-', '"contract"', '"fields"', '"percent": 100', "There is no text record", '"domain": "acme-', '"through"', "last administrator", "None of the member's roles", '"tenant_admin"'],
    "docs/tours/provision.md": ['"email"', '"succeeded"', '"invited"', "is no longer valid", '"active"', '"operandi"', '"suspended"', "unauthenticated", '"wrong_state"', '"message_rejected"', '"failed"', '"undone"', '"cancelled"', '"account.provision"', '"account.suspend"'],
    "docs/tours/invite.md": ['"malformed"', '"hasAccount": false', '"status": "active"', "is no longer valid", "is for another address", '"organization"', '"timesSent": 2', '"revoked"', '"role_above_yours"', '"succeeded"', "already_member"],
    "docs/tours/audit.md": ["You lack the permission", '"hire.create"', '"refused"', '"searchedTo"', '"number"', '"whole"', '"vestibule-audit/1"', "complete: up to record", "refused: "],
}
COMPLAINT = re.compile(r"command not found|parse error|syntax error|no matches found|unbound|Traceback", re.IGNORECASE)
ADMIN, PASSWORD = "kim@acme.example", "gravel ottoman fjord whistle"


def blocks(page):
    found = BLOCK.findall((ROOT / page).read_text())
    return [block for block in found if not block.startswith(ELSEWHERE)]


def tree():
    return subprocess.run(["git", "status", "--short"], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def run(shell, script, env=None):
    options = ["-f"] if shell == "zsh" else ["--norc", "--noprofile"]
    done = subprocess.run([shell, *options], input=script, cwd=ROOT, capture_output=True, text=True, env=env, timeout=300)
    return done.stdout + done.stderr


def tours(checks, whole):
    before = tree()
    with tempfile.TemporaryDirectory() as data:
        for round_ in ("first", "again"):
            for first_data, pages in ((["--empty"], EMPTY), ([], SAMPLE)):
                shells = ("bash", "zsh") if whole or pages is EMPTY else ("bash",)[: round_ == "first"]
                if not shells:
                    continue
                options = [*first_data, "--data-dir", f"{data}/{len(first_data)}"]
                with Stack(ephemeral=False, options=options) as stack:
                    for page, words in pages.items():
                        for shell in shells:
                            follow(stack, (page, words), shell, round_, checks)
    checks("nothing lands in the working tree", tree() == before, tree())


def follow(stack, tour, shell, round_, checks):
    page, words = tour
    text = "\n".join(blocks(page)).replace("http://127.0.0.1:8080", stack.url)
    text = text.replace("cargo run -q -p vestibule-ops --", str(BINARY.parent / "vestibule-ops"))
    text = text.replace("aws=http://127.0.0.1:PORT", f"aws={stack.told['AWS'][0]}")
    told = run(shell, f"aws={stack.told['AWS'][0]}\n{text}")
    missing = [word for word in words if word not in told]
    checks(f"{page} in {shell}, {round_}", not missing, f"{missing}: {told[-1500:]}")
    wrong = COMPLAINT.search(told)
    checks("  no complaint of the shell", not wrong, wrong and told[wrong.start() - 200 : wrong.end() + 200])
    # A request of the README that is refused is a step that a reader cannot take.
    refused = re.findall(r"^[A-Z]+ /\S+: [45]\d\d$", told, re.MULTILINE) if page == "README.md" else []
    checks("  no request is refused", not refused, refused)


def deployment(checks):
    ops = BINARY.parent / "vestibule-ops"
    with Stack(options=["--empty"]) as stack:
        addresses = {"AWS_ENDPOINT_URL": stack.told["AWS"][0], "AWS_ENDPOINT_URL_DYNAMODB": stack.told["DynamoDB"][0]}
        env = os.environ | addresses | {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
        script = "\n".join(blocks("docs/deployment.md") + commands("docs/deployment.md"))
        script = re.sub(r"^eval .*$", "", script, flags=re.MULTILINE)
        script = re.sub(r"table=\$\(aws.*?\"\)", "table=vestibule-Table", script, flags=re.DOTALL)
        script = script.replace("cargo run --release -p vestibule-ops --", str(ops))
        # The local directory knows one mail domain; the site is this stack.
        script = script.replace("--domain acme.example", "--domain test-brand.example")
        script = script.replace("--site https://accounts.acme.example", f"--site {stack.url}")
        told = run("bash", script, env)
        print(told)
        for word in ("tenant: ten_", "a mail to choose a password is on its way", "webhook: /api/esign/webhook/docusign/ep_"):
            checks(f"the page's commands say {word}", word in told)
        checks("and find nothing missing", "MISSING" not in told and told.count("ok  ") >= 6, told)
        first_mailbox(stack, told, checks)


def commands(page):
    """The blocks that begin with `cargo run --release -p vestibule-ops`."""
    found = BLOCK.findall((ROOT / page).read_text())
    return [block for block in found if block.startswith("cargo run --release -p vestibule-ops")]


def first_mailbox(stack, told, checks):
    stack.post("reset-password", {"token": stack.token(ADMIN, "reset-password"), "password": PASSWORD}).expect(204)
    access = stack.post("login", {"email": ADMIN, "password": PASSWORD}).expect(200)["accessToken"]
    checks("the administrator chooses a password and signs in", bool(access))
    caller = {"Authorization": f"Bearer {access}"}
    person = {"givenName": "Maria", "familyName": "Nunez", "personalEmail": "maria@example.org"}
    hire = request("POST", f"{stack.url}/api/hires", person, caller).expect(201)
    path, secret = re.search(r"webhook: (\S+)", told)[1], re.search(r"the secret (\S+?),", told)[1]
    key = secret_of(stack, secret)
    for document in ("w9", "hire-agreement"):
        sign(stack, path, key, document, hire["id"])
    url = f"{stack.url}/api/hires/{hire['id']}"
    done = until(lambda: (found := request("GET", url, headers=caller)).text.count('"succeeded"') and found, "the mailbox")
    checks("the first mailbox is made", "@test-brand.example" in done.text, done.text[:300])


def sign(stack, path, key, document, hire):
    event = (ROOT / "events" / "esign-webhook" / f"{document}-completed.json").read_text().replace("{hire}", hire)
    signature = base64.b64encode(hmac.new(key.encode(), event.encode(), hashlib.sha256).digest()).decode()
    command = ["curl", "-sS", "-f", stack.url + path, "-H", "Content-Type: application/json"]
    command += ["-H", f"X-DocuSign-Signature-1: {signature}", "--data-binary", event]
    subprocess.run(command, check=True, capture_output=True)


def secret_of(stack, name):
    headers = ["-H", "X-Amz-Target: secretsmanager.GetSecretValue", "-H", "Content-Type: application/x-amz-json-1.1"]
    command = ["curl", "-sS", "-f", stack.told["AWS"][0], *headers, "-d", json.dumps({"SecretId": name})]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(json.loads(done.stdout)["SecretString"])["keys"][0]


def main():
    checks = Checks()
    tours(checks, "--all" in sys.argv)
    deployment(checks)
    checks.end("tours")


if __name__ == "__main__":
    main()
