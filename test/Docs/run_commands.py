"""Runs the commands of a Markdown page and checks the output it shows.

    run_commands.py PAGE FOLDER

FOLDER becomes the working folder and is emptied first. In the page,

- a block preceded by `<!-- file: NAME -->` is written to NAME;
- a `sh` block is run by bash, and must succeed;
- the block that follows a `sh` block, with nothing but an empty line in between,
  is an excerpt of its output: its lines occur in the output in this order, where
  `...` stands for anything, a line of its own for any number of lines.
"""

import os
import re
import shutil
import subprocess
import sys

BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?"
                   r"^```(?P<language>\w+)\n(?P<text>.*?)^```$",
                   re.MULTILINE | re.DOTALL)


def blocks(page):
    """File name or None, language, text and first line of each block, and
    whether it directly follows the block before."""
    end = None
    for match in BLOCK.finditer(page):
        follows = end is not None and not page[end:match.start()].strip()
        line = page.count("\n", 0, match.start()) + 1
        yield (match["file"], match["language"], match["text"], line, follows)
        end = match.end()


def squeeze(text):
    return " ".join(text.split())


def find_missing(excerpt, output):
    """The first line of the excerpt that does not follow in the output."""
    lines = [squeeze(line) for line in output.splitlines()]
    position = 0
    for expected in excerpt.splitlines():
        expected = squeeze(expected)
        if expected in ("", "..."):
            continue
        pattern = ".*".join(re.escape(part)
                            for part in expected.split("..."))
        for index in range(position, len(lines)):
            if re.fullmatch(pattern, lines[index]):
                position = index + 1
                break
        else:
            return expected
    return None


def main():
    page_name, folder = sys.argv[1:]
    with open(page_name, encoding="utf-8") as page:
        text = page.read()
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    output, commands = "", 0
    for name, language, body, line, follows in blocks(text):
        if name:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(body)
        elif language == "sh":
            result = subprocess.run(["bash", "-euo", "pipefail", "-c", body],
                                    cwd=folder, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, text=True,
                                    check=False)
            output = result.stdout
            commands += 1
            if result.returncode:
                sys.exit(f"{page_name}:{line}: command failed:\n{body}{output}")
        elif follows:
            missing = find_missing(body, output)
            if missing is not None:
                sys.exit(f"{page_name}:{line}: the output lacks\n{missing}\n"
                         f"It is:\n{output}")
    if not commands:
        sys.exit(f"{page_name}: no commands found")
    print(f"{commands} commands ran")


if __name__ == "__main__":
    main()
