# RUN: %python %s
"""README.md and docs/Evaluation.md say what is true."""

import json
import re
import tempfile
import unittest
from pathlib import Path

import support

from spiq.eval.cli import make_parser
from spiq.eval.manifest import read_manifest

TEXT = (support.ROOT / "docs" / "Evaluation.md").read_text()


class EvaluationPageTest(unittest.TestCase):
    def test_options(self):
        documented = set(re.findall(r"^\| `(--[a-z]+)", TEXT, re.MULTILINE))
        actual = set(re.findall(r"--[a-z]+", make_parser().format_usage()))
        self.assertEqual(documented, actual)

    def test_manifest_example(self):
        (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
        json.loads(example)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "manifest.json"
            path.write_text(example)
            entry = read_manifest(path, "net")
        self.assertEqual((entry.classes, entry.input.order), (10, "RGB"))


class ReadmeTest(unittest.TestCase):
    def test_files_exist(self):
        text = (support.ROOT / "README.md").read_text()
        linked = re.findall(r"\]\((?!https:)([^)#]+)(?:#[^)]*)?\)", text)
        scripts = re.findall(r"^ {4}(scripts/\S+)", text, re.MULTILINE)
        self.assertGreaterEqual(len(linked), 5)
        self.assertEqual(scripts, ["scripts/quickstart.sh", "scripts/test.sh"])
        for name in linked + scripts:
            self.assertTrue((support.ROOT / name).exists(), name)


if __name__ == "__main__":
    unittest.main()
