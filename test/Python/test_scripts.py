# RUN: %python %s
"""The scripts' own logic: counting tests, refusing to set up elsewhere."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import support

SCRIPTS = support.ROOT / "scripts"


class SummaryTest(unittest.TestCase):
    def summarize(self, *codes: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.json"
            if codes:
                tests = [{"name": str(i), "code": c} for i, c in enumerate(codes)]
                path.write_text(json.dumps({"tests": tests}))
            done = subprocess.run(
                [sys.executable, SCRIPTS / "summarize_tests.py", path],
                capture_output=True,
                text=True,
            )
        return done.returncode, done.stdout

    def test_counts(self):
        self.assertEqual(
            self.summarize("PASS", "UNSUPPORTED", "PASS", "XFAIL"),
            (0, "3 passed, 0 failed, 1 skipped\n"),
        )

    def test_everything_else_is_a_failure(self):
        self.assertEqual(
            self.summarize("PASS", "FAIL", "XPASS", "TIMEOUT", "UNRESOLVED"),
            (1, "1 passed, 4 failed, 0 skipped\n"),
        )

    def test_no_test_is_a_failure(self):
        self.assertEqual(self.summarize("SKIPPED")[0], 1)
        self.assertEqual(self.summarize(), (1, "0 passed, 1 failed, 0 skipped\n"))


class SetupTest(unittest.TestCase):
    def run_setup(self, path: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            ["/bin/bash", SCRIPTS / "setup.sh", *arguments],
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )

    def test_without_apt(self):
        done = self.run_setup("/nowhere")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "apt-get not found; .* libmlir-22-dev")

    def test_unknown_option(self):
        done = self.run_setup(os.environ["PATH"], "--trian")
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown option '--trian'", done.stderr)

    def test_failing_apt(self):
        # Nothing is installed, and apt-get finds nothing.
        with tempfile.TemporaryDirectory() as folder:
            for name, body in (
                ("dpkg-query", "exit 1"),
                ("apt-get", 'echo "no network"; exit 100'),
                ("id", "echo 0"),
            ):
                tool = Path(folder) / name
                tool.write_text(f"#!/bin/sh\n{body}\n")
                tool.chmod(0o755)
            done = self.run_setup(f"{folder}:{os.environ['PATH']}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no network", done.stderr)
        self.assertIn("could not install libmlir-22-dev", done.stderr)


if __name__ == "__main__":
    unittest.main()
