"""One job in one interpreter: the stack's own, or moto's with the stack's functions."""

import json
from concurrent.futures import ThreadPoolExecutor

from asl_matrix.moto_engine import MotoEngine

from .real_stack import RealStack, until
from .recording_proxy import RecordingProxy
from .scenarios import ALWAYS, hold, plant

NOT_STARTED = plant(
    "states", "StartExecution", {"type": "refuse", "error": "InvalidArn", "status": 400, "message": "refused"}, ALWAYS
)
HELD = hold("states", "StartExecution")


def outcome(stack, scenario, job, execution):
    """What both interpreters must agree on; the job's id is the only word that may differ."""
    shown = stack.job(job)
    unhit = [fault["operation"] for fault in stack.planted() if fault["times"] != ALWAYS]
    stack.release()
    users, mails = stack.news()
    seen = execution | {
        "job": shown["status"],
        "error": shown["lastError"] and [shown["lastError"]["step"], shown["lastError"]["code"]],
        "steps": [[each[part] for part in ("name", "status", "attempts", "error")] for each in shown["steps"]],
        "users": users,
        "mails": mails,
        "unhit": unhit,
    }
    return json.loads(json.dumps(seen).replace(job, "<job>"))


class OwnInterpreter:
    def __init__(self, binary):
        self.stack = RealStack(binary)

    def stop(self):
        self.stack.stop()

    def run(self, scenario, _failures):
        stack = self.stack
        hire, job = stack.new_job(*scenario.name)
        arn = f"{stack.machine.replace(':stateMachine:', ':execution:')}:{job}-1"
        if scenario.before:
            stack.plant([HELD])
            with ThreadPoolExecutor(1) as pool:
                started = pool.submit(stack.run, job)
                stack.until_held()
                scenario.before(stack, hire, job)
                stack.release()
                started.result()
        else:
            stack.plant(scenario.faults)
            stack.run(job)
        if scenario.held:
            stack.until_held()
            scenario.held(stack, hire, job)
            stack.release()
        if scenario.lift:
            until(lambda: "TaskFailed" in [event["type"] for event in self.history(arn)], "nothing failed")
            scenario.lift(stack, hire, job)
        return outcome(stack, scenario, job, self.ended(arn))

    def history(self, arn):
        pages = self.stack.steps.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def ended(self, arn):
        def look():
            shown = self.stack.steps.describe_execution(executionArn=arn)
            return shown["status"] != "RUNNING" and shown

        shown = until(look, f"{arn} did not end")
        events = self.history(arn)
        tasks = [
            json.loads(event["taskScheduledEventDetails"]["parameters"])["Payload"]
            for event in events
            if event["type"] == "TaskScheduled"
        ]
        entered = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
        return {
            "calls": [f"{task['step']}/{task['action']}" for task in tasks],
            "states": entered,
            "execution": [shown["status"], shown.get("error"), shown.get("cause")],
        }


class MotosInterpreter:
    def __init__(self, binary, definition, scale):
        self.stack = RealStack(binary)
        self.proxy = RecordingProxy(self.stack.aws)
        self.moto = MotoEngine(self.proxy.url, scale)
        self.moto.create("mailbox", definition)

    def stop(self):
        self.moto.stop()
        self.proxy.stop()
        self.stack.stop()

    def run(self, scenario, failures):
        """`failures` is how many calls must fail before what can be lifted is lifted."""
        stack = self.stack
        hire, job = stack.new_job(*scenario.name)
        stack.plant([NOT_STARTED])
        stack.run(job)
        if scenario.before:
            scenario.before(stack, hire, job)
        stack.plant(scenario.faults)
        if scenario.lift:
            lift = lambda calls: calls == failures and scenario.lift(stack, hire, job)  # noqa: E731
            self.proxy.answered[job] = lift
        value = {"tenant": stack.tenant, "job": job, "attempt": 1, "mode": "do"}
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.moto.run, "mailbox", f"{job}-1", value)
            if scenario.held:
                stack.until_held()
                scenario.held(stack, hire, job)
                stack.release()
            run = running.result()
        execution = {
            "calls": self.proxy.calls[job],
            "states": [name for name, _ in run["states"]],
            "execution": [run[part] for part in ("status", "error", "cause")],
        }
        return outcome(stack, scenario, job, execution)
