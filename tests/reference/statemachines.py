#!/usr/bin/env python3
"""Runs the state machines in the project's interpreter and in moto's, and compares what both did.

  statemachines.py                 every Task x every fault it names, in both interpreters; fails on any difference
  statemachines.py --self-check    then deletes each Retry and each Catch on the project's side only: each must be noticed
  statemachines.py --stack-url URL --machine NAME --input JSON
                                   runs a machine in moto only, with the functions of a running stack, and prints the run
Run it with the interpreter of .cache/venv/moto (setup.sh moto).
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from asl_matrix import local_engine, matrix
from asl_matrix.lambda_double import LambdaDouble
from asl_matrix.moto_engine import MotoEngine

HERE = Path(__file__).resolve().parent
MACHINES = HERE.parents[1] / "infra" / "statemachines"
REQUEST_ID = re.compile(r"Request ID: [0-9a-f-]+")


def function_arn(match, stack):
    words = re.findall("[A-Z][a-z0-9]*", match[1].removesuffix("FunctionArn"))
    return f"arn:aws:lambda:eu-west-1:000000000000:function:{stack}-{'-'.join(words).lower()}"


def load_machines(stack="vestibule"):
    files = sorted(MACHINES.glob("*.asl.json"))
    if not files:
        raise SystemExit(f"no state machines in {MACHINES}")

    def substitute(text):
        return re.sub(r"\$\{(\w+FunctionArn)\}", lambda match: function_arn(match, stack), text)

    return {file.name.removesuffix(".asl.json"): json.loads(substitute(file.read_text())) for file in files}


def normal(value, key=None):
    """Causes are JSON texts, whose order and spacing say nothing, or name a request."""
    if isinstance(value, dict):
        return {name: normal(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [normal(each) for each in value]
    if isinstance(value, str) and key in ("cause", "Cause"):
        try:
            return json.loads(value)
        except ValueError:
            return REQUEST_ID.sub("Request ID: *", value)
    return value


def differences(ours, theirs):
    ours, theirs = normal(ours), normal(theirs)
    return [name for name in theirs if ours.get(name) != theirs[name]]


def record(runs, double, session):
    for job, run in runs.items():
        run["calls"] = double.calls_of(session, job)
    return runs


def show(scenarios, different, runs):
    total, wrong = Counter(), Counter()
    for each in scenarios:
        total[each.machine, each.fault] += 1
        wrong[each.machine, each.fault] += each.job in different
    width = max(len(fault) for _, fault in total) + 2
    print(f"{'machine':<14}{'fault':<{width}}{'cases':>6}{'differ':>8}")
    for (machine, fault), cases in total.items():
        print(f"{machine:<14}{fault:<{width}}{cases:>6}{wrong[machine, fault]:>8}")
    ends = Counter((run["status"], run["error"]) for run in runs.values())
    for (status, error), count in sorted(ends.items(), key=str):
        print(f"  {count} x {status}{f' ({error})' if error else ''}")
    calls, states = (sum(len(run[part]) for run in runs.values()) for part in ("calls", "states"))
    print(f"{len(scenarios)} cases, {calls} Lambda calls, {states} states entered, {len(different)} cases differ")


def explain(scenario, fields, ours, theirs):
    print(f"\n{scenario.machine} mode={scenario.mode} {scenario.state or 'no'}: {scenario.fault}")
    for name in fields:
        print(f"  {name}\n    ours:   {json.dumps(normal(ours)[name])}\n    theirs: {json.dumps(normal(theirs)[name])}")


def compare(machines, record_file):
    definitions, scenarios = matrix.scenarios(machines)
    double = LambdaDouble(scenarios)
    started = time.monotonic()
    moto = MotoEngine(double.url("moto"))
    for name, definition in definitions.items():
        moto.create(name, definition)
    theirs = record(moto.run_all(scenarios), double, "moto")
    moto.stop()
    between = time.monotonic()
    local_engine.build()
    built = time.monotonic()
    ours = record(local_engine.run_all(double.url("local"), definitions, scenarios), double, "local")
    print(f"moto {between - started:.1f} s, ours {time.monotonic() - built:.1f} s\n")
    different = {}
    for each in scenarios:
        if fields := differences(ours[each.job], theirs[each.job]):
            different[each.job] = fields
    show(scenarios, different, ours)
    for each in [each for each in scenarios if each.job in different][:10]:
        explain(each, different[each.job], ours[each.job], theirs[each.job])
    rows = [vars(each) | {"ours": ours[each.job], "theirs": theirs[each.job]} for each in scenarios]
    record_file.parent.mkdir(exist_ok=True)
    record_file.write_text(json.dumps(rows, indent=1))
    return scenarios, theirs, double, not different


def is_noticed(mutant, scenarios, theirs, double):
    machine, number, (_, state, definition) = mutant
    name = f"{machine}-{number}"
    cases = [
        replace(each, definition=each.definition.replace(machine, name, 1))
        for each in scenarios
        if (each.machine, each.state) == (machine, state)
    ]
    definitions = {name: definition, f"{name}-impatient": matrix.impatient(definition)}
    runs = record(local_engine.run_all(double.url(name), definitions, cases), double, name)
    return any(differences(runs[job], theirs[job]) for job in runs)


def self_check(machines, scenarios, theirs, double):
    """Every deleted retrier or catcher must make the comparison of its state's cases fail."""
    mutants = [
        (machine, number, mutation)
        for machine, definition in machines.items()
        for number, mutation in enumerate(matrix.mutations(definition))
    ]
    with ThreadPoolExecutor(4) as pool:
        noticed = list(pool.map(lambda mutant: is_noticed(mutant, scenarios, theirs, double), mutants))
    print(f"self-check: {len(mutants)} deletions of a Retry or Catch, {sum(noticed)} noticed")
    for machine, _, (what, *_) in (mutant for mutant, seen in zip(mutants, noticed) if not seen):
        print(f"  not noticed: {machine} {what}")
    return bool(mutants) and all(noticed)


def run_on_stack(arguments):
    machines = load_machines(arguments.stack_name)
    moto = MotoEngine(arguments.stack_url, scale=arguments.scale)
    moto.create(arguments.machine, machines[arguments.machine])
    run = moto.run(arguments.machine, "reference", json.loads(arguments.input))
    moto.stop()
    print(json.dumps(run, indent=1))
    return run["status"] == arguments.expect


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-check", action="store_true")
    parser.add_argument("--record", type=Path, default=HERE / ".cache" / "statemachines.json", help="all runs as JSON")
    parser.add_argument("--stack-url", help="beneath which /2015-03-31/functions/../invocations answers")
    parser.add_argument("--stack-name", default="vestibule", help="first part of the functions' names")
    parser.add_argument("--machine", default="mailbox")
    parser.add_argument("--input", help="input of the execution, JSON")
    parser.add_argument("--expect", default="SUCCEEDED", help="status that counts as success")
    parser.add_argument("--scale", type=float, default=0.05, help="factor on backoffs and waits")
    arguments = parser.parse_args()
    if arguments.stack_url:
        return run_on_stack(arguments)
    machines = load_machines()
    scenarios, theirs, double, same = compare(machines, arguments.record)
    if same and arguments.self_check:
        return self_check(machines, scenarios, theirs, double)
    return same


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
