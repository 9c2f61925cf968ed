"""What the checks of both mailbox vendors share: a stack, and its secrets as programs read them."""

from identity_stack.stack import Stack, request

PASSWORD = "xWwvJ]6NMw+bWH-d"
DOMAIN = "test-brand.example"


class MailboxStack(Stack):
    """Its models answer at `aws`, each beneath a path that begins with its vendor's host."""

    @property
    def aws(self):
        return self.told["AWS"][0]

    def secret(self, provider):
        tenant = next(word.strip("()") for word in self.told["Tenant"] if word.startswith("("))
        name = f"vestibule/mailboxes/{tenant}/{provider}"
        headers = {"X-Amz-Target": "secretsmanager.GetSecretValue", "Content-Type": "application/x-amz-json-1.1"}
        answer = request("POST", f"{self.aws}/", {"SecretId": name}, headers).expect(200)
        return answer["SecretString"]

    def fault(self, service, operation, kind):
        planted = [{"service": service, "operation": operation, "kind": kind}]
        request("PUT", f"{self.aws}/_faults", planted).expect(204)
