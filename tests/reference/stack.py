#!/usr/bin/env python3
"""Runs mailbox jobs on real stacks, in the stack's own interpreter and in moto's, and compares what was left of each.

Each interpreter has a stack of its own, started from the binary; functions, table, models and faults are the stack's.
Only who walks through infra/statemachines/mailbox.asl.json differs. Compared: the Lambda calls in order, the states
entered, the execution's end, the job with its steps, the users in WorkMail, the mails sent.
  stack.py                     all cases; fails on any difference, on an end not foreseen, on a fault that hit nothing
  stack.py --only issue        the cases whose step or name contains this
Run it with the interpreter of .cache/venv/moto (setup.sh moto), after `cargo build -p vestibule-local`.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from stack_matrix.engines import MotosInterpreter, OwnInterpreter
from stack_matrix.scenarios import NOT_RUN, scenarios
from statemachines import load_machines

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def unforeseen(scenario, run):
    """What shows that the case was not the one described."""
    found = []
    if run["job"] != scenario.ends:
        found.append(f"the job ended {run['job']}, not {scenario.ends}")
    # A call that meets another worker's lease writes nothing: such a case shows in the calls only.
    # A job that succeeded tells no error: what failed for a while was tried more than once.
    repeated = [name for name, _, attempts, _ in run["steps"] if attempts > 1]
    failed = repeated if run["job"] == "succeeded" else (run["error"] or [])[:1]
    if scenario.step and not scenario.lift and scenario.step not in failed:
        found.append(f"the failure is that of {failed}, not of {scenario.step}")
    if run["unhit"]:
        found.append(f"no call met the fault of {', '.join(run['unhit'])}")
    return found


def row(scenario, calls, theirs, job, users, mails, verdict=""):
    what = f"{scenario.step or '-':<16}{scenario.case:<39}" if scenario else f"{'step':<16}{'fails':<39}"
    print(f"{what}{calls:>5}{theirs:>6}  {job:<16}{users:>5}{mails:>6}  {verdict}".rstrip(), flush=True)


def compare(scenario, own, moto):
    ours = own.run(scenario, 0)
    failures = ours["calls"].count(f"{scenario.step}/do") - 1  # How many is up to the jitter of the backoff.
    theirs = moto.run(scenario, failures)
    wrong = [
        f"{name}\n    own:  {json.dumps(ours[name])}\n    moto: {json.dumps(theirs[name])}"
        for name in ours
        if ours[name] != theirs[name]
    ]
    for engine, run in (("own", ours), ("moto", theirs)):
        wrong += [f"{engine}: {each}" for each in unforeseen(scenario, run)]
    counts = [len(ours[part]) for part in ("users", "mails")]
    row(scenario, len(ours["calls"]), len(theirs["calls"]), ours["job"], *counts, "DIFFERS" if wrong else "same")
    return ours, theirs, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=TARGET / "debug" / "vestibule", help="the local stack")
    parser.add_argument("--only", default="", help="part of a step or of a case")
    parser.add_argument("--scale", type=float, default=0.05, help="factor on moto's backoffs")
    arguments = parser.parse_args()
    chosen = [each for each in scenarios() if arguments.only in f"{each.step} {each.case}"]
    started, engines, runs = time.monotonic(), [], []
    try:
        engines.append(OwnInterpreter(arguments.binary))
        engines.append(MotosInterpreter(arguments.binary, load_machines()["mailbox"], arguments.scale))
        row(None, "calls", "moto", "job", "users", "mails")
        runs = [compare(each, *engines) for each in chosen]
    finally:
        for engine in engines:
            engine.stop()
    different = sum(bool(wrong) for *_, wrong in runs)
    calls, theirs = (sum(len(run[at]["calls"]) for run in runs) for at in (0, 1))
    states = sum(len(ours["states"]) for ours, *_ in runs)
    print(
        f"{len(runs)} cases in each interpreter, {calls} Lambda calls in ours and {theirs} in moto's, "
        f"{states} states entered, {different} cases differ, {time.monotonic() - started:.0f} s"
    )
    for each in NOT_RUN:
        print(f"not run: {each}")
    for scenario, (*_, wrong) in zip(chosen, runs):
        if wrong:
            print(f"\n{scenario.step} {scenario.case}", *wrong, sep="\n  ")
    return bool(runs) and not different


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
