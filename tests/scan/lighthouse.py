"""Lighthouse on four pages of the demonstration, as a desktop and as a phone; of three looks the medians count.

`lighthouse.py PROGRAM TOOLS FOLDER`: TOOLS holds npm's packages, FOLDER takes what is written.
"""

import json
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

from portal import Portal, signed_in

LOOKS = 3
# At least, in percent, by form; accessibility and best practices are whole in both.
PERFORMANCE = {"desktop": 98, "mobile": 90}
CATEGORIES = "performance,accessibility,best-practices"
# Chromium must not ask for anything elsewhere.
CHROME = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def link(page, pattern):
    return re.search(rf'href="({pattern})"', page).group(1)


def pages(root):
    """Names and addresses: one that anybody sees, three of root's."""
    channel = link(root.get("/channels")[2], "/channels/[0-9a-f-]{36}")
    editor = link(root.get(f"{channel}/prices")[2], rf"{channel}/prices/[0-9a-f-]{{36}}/[A-Z]{{3}}")
    return [("sign-in", "/sign-in"), ("overview", "/"), ("price editor", editor), ("revenue", "/reports/revenue")]


def look(tools, url, form, cookie, folder):
    report, headers = folder / "lighthouse.json", folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie} if cookie else {}))
    command = [tools / "node_modules/.bin/lighthouse", url, "--quiet", "--output=json", f"--output-path={report}"]
    command += [f"--only-categories={CATEGORIES}", f"--chrome-flags={CHROME}", f"--extra-headers={headers}"]
    command += ["--preset=desktop"] if form == "desktop" else []
    environment = os.environ | {"CHROME_PATH": "/usr/bin/chromium"}
    # Now and then the browser does not come up; that says nothing of the page.
    for is_last in (False, False, True):
        ended = subprocess.run(command, check=is_last, env=environment, stderr=subprocess.DEVNULL)
        if ended.returncode == 0:
            break
    told = json.loads(report.read_text())
    scores = {name: round(100 * category["score"]) for name, category in told["categories"].items()}
    return scores | {"layout shift": told["audits"]["cumulative-layout-shift"]["numericValue"]}


def main(program, tools, folder):
    folder.mkdir(parents=True, exist_ok=True)
    portal = Portal(program, folder, f"sqlite://{folder}/lighthouse.db")
    failed = False
    try:
        root = signed_in(portal.host, "root")
        for name, path in pages(root):
            for form, least in PERFORMANCE.items():
                cookie = "" if path == "/sign-in" else root.cookie()
                looks = [look(tools, portal.url + path, form, cookie, folder) for _ in range(LOOKS)]
                medians = {category: statistics.median(one[category] for one in looks) for category in looks[0]}
                whole = medians["accessibility"] == medians["best-practices"] == 100
                is_good = whole and medians["performance"] >= least and medians["layout shift"] == 0
                failed |= not is_good
                told = ", ".join(f"{category} {value}" for category, value in medians.items())
                print(f"{'ok ' if is_good else 'BAD'} {name}, {form}: {told}", flush=True)
    finally:
        portal.close()
    return failed


if __name__ == "__main__":
    sys.exit(main(*(Path(argument).resolve() for argument in sys.argv[1:4])))
