"""What html-validate says of pages as they were shown."""

import subprocess
import tempfile
from pathlib import Path

from .stack import REFERENCE


def validate(checks, pages):
    """`pages` are sources by name."""
    tool = REFERENCE / "oidc" / "node_modules" / ".bin" / "html-validate"
    with tempfile.TemporaryDirectory() as folder:
        for name, source in pages.items():
            (Path(folder) / f"{name}.html").write_text(source)
        command = [tool, "--config", Path(__file__).with_name("htmlvalidate.json"), "--formatter", "text", folder]
        done = subprocess.run(command, capture_output=True, text=True)
    checks(f"html-validate finds nothing on {len(pages)} pages", done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:])
