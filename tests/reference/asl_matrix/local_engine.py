"""The project's own interpreter, through the `reference` example of vestibule-asl."""

import functools
import json
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = ["cargo", "build", "--quiet", "--workspace", "--example", "reference", "--message-format=json"]


@functools.cache
def build():
    built = subprocess.run(BUILD, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    messages = map(json.loads, built.splitlines())
    return next(each["executable"] for each in messages if each.get("executable"))


def run_all(invoke_url, definitions, scenarios):
    """Runs of `scenarios` by job. Each reads the definition that it names."""
    work = {
        "definitions": definitions,
        "scenarios": [
            {"id": each.job, "definition": each.definition, "input": each.input} for each in scenarios
        ],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(work, file)
        file.flush()
        command = [build(), "--invoke-url", invoke_url, "--scenarios", file.name]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return {run.pop("id"): run for run in json.loads(done.stdout)}
