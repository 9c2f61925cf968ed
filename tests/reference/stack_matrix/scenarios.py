"""What goes wrong on the way to a mailbox, step by step; each case fails for a while or for good."""

from collections.abc import Callable
from dataclasses import dataclass, field

ALWAYS = 4294967295
# Neither by a fault outside nor by a record that can be changed from outside in time.
NOT_RUN = ["finish, for a while: only the table can fail it, and the stack plants no faults there"]


@dataclass(frozen=True)
class Scenario:
    step: str
    case: str
    ends: str = "succeeded"
    faults: list = field(default_factory=list)
    before: Callable | None = None  # (stack, hire, job): between the record that the job runs and its workflow
    held: Callable | None = None  # (stack, hire, job): while the call is held that a fault holds
    lift: Callable | None = None  # (stack, hire, job): makes the next call succeed, after at least one failed
    given: str = ""

    @property
    def name(self):
        """Given and family name of the hire: nobody else's, so that addresses are told apart."""
        if self.given:
            return self.given, self.given
        letters = "".join(each for each in self.case.title() if each.isalpha())
        return self.step.replace("_", "") or "Nothing", letters


def refuse(service, operation, error):
    return plant(service, operation, {"type": "refuse", "error": error, "status": 400, "message": "refused"}, ALWAYS)


def throttle(service, operation):
    return plant(service, operation, {"type": "throttle", "retry_after": 1})


def lose(service, operation):
    return plant(service, operation, {"type": "lose_answer"})


def hold(service, operation):
    return plant(service, operation, {"type": "hold"})


def plant(service, operation, kind, times=1):
    return {"service": service, "operation": operation, "kind": kind, "times": times}


def cancel(stack, _hire, job):
    stack.cancel(job)


def break_hire(stack, hire, _job):
    stack.change_row("HIRE", hire, "created", {"S": "broken"})


def lease_to_another(stack, _hire, job):
    stack.change_row("JOB", job, "lease_until", {"S": "2999-01-01T00:00:00Z"})


def end_lease(stack, _hire, job):
    stack.change_row("JOB", job, "lease_until", {"NULL": True})


def stranger(stack, job):
    """Somebody with the name that the job's hire was about to get: its local part."""
    address = stack.effect(job, "reserve_address")
    return address, address.split("@")[0]


def take_name(stack, _hire, job):
    name = stranger(stack, job)[1]
    stack.work_mail.create_user(OrganizationId=stack.organization, Name=name, DisplayName="A Stranger")


def take_address(stack, _hire, job):
    address, name = stranger(stack, job)
    made = stack.work_mail.create_user(
        OrganizationId=stack.organization, Name=f"{name}-stranger", DisplayName="A Stranger"
    )
    stack.work_mail.register_to_work_mail(
        OrganizationId=stack.organization, EntityId=made["UserId"], Email=address
    )


def scenarios():
    def while_(step, case, *faults, **more):
        return Scenario(step, f"for a while: {case}", "succeeded", list(faults), **more)

    def for_good(step, case, *faults, ends="failed", **more):
        return Scenario(step, f"for good: {case}", ends, list(faults), **more)

    rejected = refuse("ses", "SendEmail", "MessageRejected")
    unsettable = refuse("workmail", "ResetPassword", "InvalidPasswordException")
    return [
        Scenario("", "clean"),
        while_("claim", "leased to another worker", before=lease_to_another, lift=end_lease),
        for_good("claim", "cancelled", ends="cancelled", before=cancel),
        for_good("claim", "hire unreadable", before=break_hire),
        while_("reserve_address", "DescribeEntity throttled", throttle("workmail", "DescribeEntity")),
        while_("reserve_address", "ListUsers throttled", throttle("workmail", "ListUsers")),
        for_good("reserve_address", "ListUsers refused", refuse("workmail", "ListUsers", "OrganizationStateException")),
        for_good("reserve_address", "name without letters", ends="needs_attention", given="!"),
        while_("create_user", "throttled", throttle("workmail", "CreateUser")),
        while_("create_user", "answer lost", lose("workmail", "CreateUser")),
        while_("create_user", "name taken meanwhile", hold("workmail", "CreateUser"), held=take_name),
        for_good("create_user", "refused", refuse("workmail", "CreateUser", "LimitExceededException")),
        while_("enable_mailbox", "throttled", throttle("workmail", "RegisterToWorkMail")),
        while_("enable_mailbox", "answer lost", lose("workmail", "RegisterToWorkMail")),
        while_("enable_mailbox", "address taken meanwhile", hold("workmail", "RegisterToWorkMail"), held=take_address),
        for_good("enable_mailbox", "refused", refuse("workmail", "RegisterToWorkMail", "MailDomainStateException")),
        while_("issue_password", "ResetPassword throttled", throttle("workmail", "ResetPassword")),
        while_("issue_password", "SendEmail throttled", throttle("ses", "SendEmail")),
        while_("issue_password", "SendEmail answer lost", lose("ses", "SendEmail")),
        for_good("issue_password", "ResetPassword refused", unsettable),
        for_good("issue_password", "SendEmail refused", rejected),
        for_good("issue_password", "an undo throttled", rejected, throttle("workmail", "DeregisterFromWorkMail")),
        for_good(
            "issue_password",
            "an undo refused",
            rejected,
            refuse("workmail", "DeleteUser", "UnsupportedOperationException"),
            ends="needs_attention",
        ),
        for_good("finish", "hire unreadable", hold("ses", "SendEmail"), ends="needs_attention", held=break_hire),
    ]
