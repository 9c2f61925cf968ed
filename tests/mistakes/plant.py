#!/usr/bin/env python3
"""Plants mistakes in a copy of the code and shows that the matrix of operations names each one.

Not part of the daily checks: each group is a build of its own. Call it as `tests/mistakes/plant.py`; a number
takes that group alone. It exits with 1 when a mistake was not noticed.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MATRIX = ["cargo", "test", "--workspace", "--locked", "--test", "operations", "--", "--nocapture", "everybody_may"]


def swapped(file, old, new):
    return (file, f"Permission::{old}", f"Permission::{new}")


def unaudited(file, old, new):
    return (f"shared/store/src/{file}", old, new)


# What the matrix must name, and the mistake: file, text, text in its place. In one group each operation has one.
GROUPS = [
    [
        ("POST /api/hires", swapped("functions/hires/src/create_hire.rs", "HiresManage", "HiresView")),
        ("GET /api/hires", swapped("functions/hires/src/list_hires.rs", "HiresView", "OwnView")),
        ("GET /api/hires/{id}", swapped("functions/hires/src/get_hire.rs", "HiresView", "HiresManage")),
        ("POST /api/hires/{id}/reset-password", swapped("functions/hires/src/reset_password.rs", "HiresManage", "HiresView")),
        ("POST /api/esign/events/{id}/match", swapped("functions/hires/src/match_esign_event.rs", "HiresManage", "HiresView")),
        ("POST /api/provision/jobs/{id}/cancel", swapped("functions/provision-run/src/cancel_job.rs", "ProvisioningRun", "ProvisioningView")),
        ("POST /api/provision/jobs/{id}/retry", swapped("functions/provision-run/src/retry_job.rs", "ProvisioningRun", "ProvisioningView")),
        ("POST /api/provision/run", swapped("functions/provision-run/src/run_job.rs", "ProvisioningRun", "CustomersView")),
        ("GET /api/provision/jobs", swapped("functions/provision-run/src/list_jobs.rs", "ProvisioningView", "ProvisioningRun")),
        ("GET /api/provision/jobs/{id}", swapped("functions/provision-run/src/get_job.rs", "ProvisioningView", "AuditView")),
    ],
    [
        ("DELETE /api/hires/{id}", unaudited("operator/repair.rs", "Command::new().and(gone, Conflict::Stale).audited(self.scope, &record)?", "{ let _ = &record; Command::new().and(gone, Conflict::Stale) }")),
        ("POST /api/esign/events/{id}/drop", unaudited("work/esign_events.rs", "        command.audited(self.scope, &record)\n", "        let _ = record; Ok(command)\n")),
        ("POST /api/hires", unaudited("work/hires.rs", "command.audited(self.scope, &record)?.answering", "{ let _ = &record; command }.answering")),
        ("DELETE /api/v1/auth/sessions/{id}", unaudited("identity/rotation.rs", "ending(user, session, record.at).recording(&key, &record)?", "ending(user, session, { let _ = &key; record.at })")),
        ("PATCH /api/v1/auth/me", unaudited("identity/change.rs", "command.recording(&key, &record)?.answering", "{ let _ = &key; command }.answering")),
        ("POST /api/v1/auth/login", unaudited("identity/sign_in.rs", "command.recording(&key, &record)?.answering", "{ let _ = &key; command }.answering")),
        ("POST /api/v1/auth/verify-email", unaudited("identity/registrations.rs", "command.recording(&key, &record)?.commit", "{ let _ = &key; command }.commit")),
        ("GET /api/esign/events", swapped("functions/hires/src/list_esign_events.rs", "HiresView", "TeamView")),
        ("GET /api/hires/{id}", ("shared/api/src/caller.rs", "        self.principal.require(permission)?;\n", "        let _ = self.principal.require(permission);\n")),
    ],
    [
        ("GET /api/provision/jobs/{id}", ("shared/store/src/tenancy/authz.rs", "keys::entity(who.2, E::PREFIX, id)", "keys::entity(*{ static FIRST: std::sync::OnceLock<TenantId> = std::sync::OnceLock::new(); FIRST.get_or_init(|| who.2) }, E::PREFIX, id)")),
    ],
]


def plant(folder, mistakes):
    for operation, (file, old, new) in mistakes:
        path = folder / file
        text = path.read_text()
        assert text.count(old) == 1, f"{operation}: {file} has {text.count(old)} times: {old}"
        path.write_text(text.replace(old, new))


def noticed(folder, mistakes):
    # A target folder of its own: the binaries of mistakes must not stand in for the real ones.
    surroundings = {"CARGO_TARGET_DIR": str(ROOT / "target" / "mistakes"), **os.environ}
    run = subprocess.run(MATRIX, cwd=folder, env=surroundings, capture_output=True, text=True)
    told = run.stdout + run.stderr
    if "cells looked at" not in told:
        sys.exit(f"the matrix did not run:\n{told[-4000:]}")
    found = [operation for operation, _ in mistakes if f"\n{operation}: " in told]
    for operation, (file, *_) in mistakes:
        print(f"{'noticed' if operation in found else 'NOT NOTICED':12} {operation:44} {file}", flush=True)
    assert run.returncode != 0 or not found
    return len(found)


def check():
    """Whether each mistake still finds its text, without planting it."""
    for mistakes in GROUPS:
        for operation, (file, old, _) in mistakes:
            found = (ROOT / file).read_text().count(old)
            assert found == 1, f"{operation}: {file} has {found} times: {old}"
    print("each mistake finds its text")


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    groups = GROUPS if len(sys.argv) < 2 else [GROUPS[int(sys.argv[1]) - 1]]
    total, count = 0, 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "copy"
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", folder, "HEAD"], cwd=ROOT, check=True)
        try:
            for mistakes in groups:
                subprocess.run(["git", "checkout", "--quiet", "."], cwd=folder, check=True)
                plant(folder, mistakes)
                total += len(mistakes)
                count += noticed(folder, mistakes)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)
    print(f"{count} of {total} planted mistakes turned the matrix red")
    sys.exit(0 if count == total else 1)


if __name__ == "__main__":
    main()
