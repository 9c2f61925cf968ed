"""The scenarios, made from a definition itself: every Task, reached in every mode, under every fault it names."""

import copy
import itertools
from dataclasses import dataclass, field

LATE_SECONDS = 1.6
TASK_TIMEOUT_SECONDS = 1
# Where a step says what comes next, and what the double's scripts call that.
ASKED = "$.outcome.next"
ASKING = "next:"


@dataclass
class Scenario:
    job: str
    machine: str
    mode: str
    state: str  # the Task under test, "" for the clean run
    fault: str
    definition: str = ""
    faults: dict = field(default_factory=dict)  # "step/action" -> {"name": error, "times": n or None for always}

    @property
    def input(self):
        return {"tenant": "ten_01", "job": self.job, "attempt": 1, "mode": self.mode}


def call_of(state):
    payload = state["Parameters"]["Payload"]
    return f"{payload['step']}/{payload['action']}"


def tasks(definition):
    return {name: state for name, state in definition["States"].items() if state["Type"] == "Task"}


def choose(state, mode):
    if all(rule["Variable"] == ASKED for rule in state["Choices"]):
        return state["Default"]
    for rule in state["Choices"]:
        if set(rule) != {"Variable", "StringEquals", "Next"} or rule["Variable"] != "$.mode":
            raise ValueError(f"the matrix cannot steer the rule {rule}")
        if rule["StringEquals"] == mode:
            return rule["Next"]
    return state["Default"]


def error_for(catcher):
    name = catcher["ErrorEquals"][0]
    return "Permanent" if name == "States.ALL" else name


def routes(definition, mode):
    """For each reachable state the faults, each once, that lead there: as few as possible."""
    states, found, rings = definition["States"], {}, [[(definition["StartAt"], {})]]
    for ring in rings:
        later = []
        while ring:
            name, faults = ring.pop(0)
            if name in found:
                continue
            found[name] = faults
            state = states[name]
            if state["Type"] == "Choice":
                ring.append((choose(state, mode), faults))
            elif "Next" in state:
                ring.append((state["Next"], faults))
            for catcher in state.get("Catch", []):
                fault = {call_of(state): {"name": error_for(catcher), "times": 1}}
                later.append((catcher["Next"], faults | fault))
        if later:
            rings.append(later)
    return found


def faults_of(state):
    """Name of the case -> fault. Every error that a Retry or Catch of the Task names occurs once."""
    named = itertools.chain.from_iterable(
        entry["ErrorEquals"] for entry in state.get("Retry", []) + state.get("Catch", [])
    )
    cases = {
        "permanent": {"name": "Permanent", "times": None},
        "Retry once": {"name": "Retry", "times": 1},
        "Retry nine times": {"name": "Retry", "times": 9},
    }
    for name in named:
        if name not in ("Retry", "States.ALL"):
            cases[f"{name} once"] = {"name": name, "times": 1}
    if state.get("ResultPath") == "$.outcome":
        for asked, times in (("again", 2), ("wait", 1), ("park", 1)):
            cases[f"asks for {asked}"] = {"name": f"{ASKING}{asked}", "times": times}
    return cases


def impatient(definition):
    """The same machine with Tasks that time out while a test can wait for it."""
    definition = copy.deepcopy(definition)
    for state in tasks(definition).values():
        state["TimeoutSeconds"] = TASK_TIMEOUT_SECONDS
    return definition


def modes(definition):
    return ("do", "undo") if "$.mode" in str(definition) else ("do",)


def scenarios(machines):
    """(definitions by key, scenarios) for {machine name: definition}."""
    definitions, made, number = {}, [], itertools.count(1)

    def add(machine, mode, state, fault, definition, faults):
        job = f"job_{next(number):05d}"
        made.append(Scenario(job, machine, mode, state, fault, definition, faults))

    for machine, definition in machines.items():
        definitions[machine], definitions[f"{machine}-impatient"] = definition, impatient(definition)
        reached = set()
        for mode in modes(definition):
            add(machine, mode, "", "clean", machine, {})
            for name, route in routes(definition, mode).items():
                if name not in tasks(definition):
                    continue
                reached.add(name)
                state = definition["States"][name]
                for case, fault in faults_of(state).items():
                    key = f"{machine}-impatient" if fault["name"] == "States.Timeout" else machine
                    add(machine, mode, name, case, key, route | {call_of(state): fault})
        if missed := set(tasks(definition)) - reached:
            raise ValueError(f"{machine}: no scenario reaches {sorted(missed)}")
    return definitions, made


def mutations(definition):
    """(description, state, definition) with each retrier and each catcher deleted in turn."""
    for name, state in tasks(definition).items():
        for part in ("Retry", "Catch"):
            for at, entry in enumerate(state.get(part, [])):
                mutant = copy.deepcopy(definition)
                del mutant["States"][name][part][at]
                yield f"{name}: {part} {'/'.join(entry['ErrorEquals'])}", name, mutant
