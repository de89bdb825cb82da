"""Scans the portal with wapiti and sqlmap, as each role, on both databases; all traffic stays on 127.0.0.1.

The portal is built with two planted holes. A scan passes when each tool finds the hole that it is able to find, and
neither finds anything else of medium severity or worse: `scan.py PROGRAM FOLDER`.
"""

import json
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from portal import ACCOUNTS, HOST, Portal, Postgres, Visitor, signed_in

TOOLS = Path(sys.executable).parent
PLANTED = "/planted/"
SEARCH, ECHO = "/planted/search?text=Compute", "/planted/echo?text=Compute"

# Of wapiti's modules all but those that ask elsewhere (network databases, name servers, an address of the attacker's)
# or that are about TLS, which a proxy in front has; and without `htaccess`, to which a 404 for an unknown method is a way
# around a 403.
MODULES = (
    "xss,sql,permanentxss,exec,file,crlf,redirect,ldap,timesql,upload,csrf,csp,cookieflags,http_headers,"
    "methods,shellshock,spring4shell,backup,buster,brute_login_form"
)
# In seconds.
CRAWL, ATTACK, SQLMAP = 60, 20, 45
# What ends the session that scans.
SPARED = ["*/sign-out", "*/sign-out?*", "*/theme", "*/account/sessions/*", "*/people/*/sessions/*"]
MEDIUM = 2

# Addresses with filters, by role.
FILTERS = {
    "root": [
        "/audit?q=a&person=Rosa&kind=settled&object=a&from=2026-01-01&until=2026-12-31&before=1",
        "/requests?q=a&state=submitted&assignee=a&sort=newest",
        "/resellers?q=a&state=active",
        "/statements?state=open&month=2026-10&channel=a&after=1",
        "/usage/unrated?channel=a&cause=product",
        "/people?page=1",
    ],
    "ingrid": [
        "/customers?q=a&channel=a&after=a&before=a",
        "/subscriptions?q=a&state=active&channel=a&bundle=a&customer=a&after=a&before=a",
        "/reports/revenue?from=2026-09&to=2026-10&group=bundle&channel=a&currency=USD&bundle=a&product=a&customer=a",
        "/reports/usage?from=2026-09&to=2026-10&group=product&channel=a&bundle=a&product=a&customer=a",
        "/lines?from=2026-09&to=2026-10&group=bundle&row=a&channel=a&currency=USD&bundle=a&product=a&customer=a",
        "/simulation?channel=a&currency=USD&from=2026-09&to=2026-10&share=20&basis=revenue&percent=1",
    ],
}
# Pages with a form that changes something, by role: page and action; what is typed there.
FORMS = {
    "root": [("/products/new", "/products/new", {"sku": "X-1", "name": "Disk", "category": "Storage", "unit": "GB"})],
    "ingrid": [("/customers/new", "/customers/new", {"name": "Nordvik", "country": "NO"})],
}


def wapiti(portal, visitor, name, folder):
    """What wapiti finds: severity, address, what."""
    report = folder / f"wapiti-{name}.json"
    command = [TOOLS / "wapiti", "-u", f"{portal.url}/", "-s", portal.url + ECHO, "-s", portal.url + SEARCH]
    for pattern in SPARED:
        command += ["-x", portal.url + pattern[1:]]
    command += ["-C", visitor.cookie(), "--scope", "folder", "-m", MODULES, "-S", "normal"]
    command += ["-d", "4", "--max-links-per-page", "40", "--max-files-per-dir", "12", "--max-parameters", "20"]
    command += ["--max-scan-time", str(CRAWL), "--max-attack-time", str(ATTACK), "-t", "10", "--flush-session"]
    command += ["--store-session", folder / f"session-{name}", "--store-config", folder / f"config-{name}"]
    command += ["-H", "X-Forwarded-For: 203.0.113.7", "--dns-endpoint", HOST, "--no-bugreport", "-v", "0", "-f", "json", "-o", report]
    run(command, folder / f"wapiti-{name}.log", 1500)
    found = json.loads(report.read_text())
    pages = found["infos"].get("crawled_pages_nbr")
    told = []
    for kind in ("vulnerabilities", "anomalies"):
        for category, entries in found[kind].items():
            told += [(entry["level"], entry["path"], f"{category}: {entry['info']}") for entry in entries]
    return pages, told


def sqlmap(portal, visitor, address, folder, dbms, data=None):
    """What sqlmap can inject into at an address, and whether it was done in time."""
    log = folder / f"sqlmap-{re.sub('[^a-z0-9]+', '-', address.split('?')[0])}-{dbms}.log"
    command = [TOOLS / "sqlmap", "-u", portal.url + address, "--batch", "--disable-coloring", "--flush-session"]
    command += ["--level", "3", "--risk", "2", "--dbms", dbms, "--threads", "2", "--time-sec", "2", "--timeout", "10"]
    command += ["--drop-set-cookie", "--ignore-redirects", "--output-dir", folder / "sqlmap"]
    # Each request from another address, so that limits on tries do not end it.
    command += ["--tamper", "xforwardedfor", "--time-limit", str(SQLMAP)]
    if visitor.cookies:
        command += ["--cookie", visitor.cookie()]
    if data:
        fields = urllib.parse.urlencode(data)
        command += ["--data", fields, "--csrf-token", "csrf", "--csrf-url", f"{portal.url}/help"]
    text = run(command, log, SQLMAP + 60)
    found = re.findall(r"^Parameter: (.+)$", text, re.MULTILINE)
    is_whole = bool(found) or "do not appear to be injectable" in text
    return found, is_whole


def run(command, log, patience):
    with open(log, "wb") as file:
        try:
            words = [str(word) for word in command]
            subprocess.run(words, stdin=subprocess.DEVNULL, stdout=file, stderr=file, timeout=patience, check=False)
        except subprocess.TimeoutExpired:
            file.write(b"\nended after its time\n")
    return log.read_text(errors="replace")


def scan_as(program, loaded, name, folder):
    """Both tools against a portal of the role's own."""
    folder = folder / name
    shutil.copytree(loaded, folder)
    portal, faults = Portal(program, folder, f"sqlite://{folder}/portal.db"), []
    try:
        visitor = signed_in(portal.host, name)
        pages, told = wapiti(portal, visitor, name, folder)
        said = sorted({(level, path, what.splitlines()[0]) for level, path, what in told}, reverse=True)
        print(f"wapiti as {name}: {pages} pages, {len(said)} findings", flush=True)
        for level, path, what in said:
            is_planted = path.startswith(PLANTED)
            print(f"  {'planted' if is_planted else f'level {level}'}: {path}: {what}")
            if level >= MEDIUM and not is_planted:
                faults.append(f"wapiti as {name}: {path}: {what}")
        if not any(path.startswith(ECHO.split("?")[0]) and "Site Scripting" in what for _, path, what in said):
            faults.append(f"wapiti as {name} did not find the planted script")
        if is_out(visitor):
            faults.append(f"wapiti's session as {name} ended before its time")
        faults += inject(portal, name, folder, "sqlite")
    finally:
        portal.close()
    return faults


def is_out(visitor):
    return visitor.get("/account")[0] != 200


def inject(portal, name, folder, dbms):
    """Sends sqlmap to the addresses and forms of a role."""
    visitor, faults = signed_in(portal.host, name), []
    targets = [(address, None) for address in [SEARCH, *FILTERS[name]]]
    if dbms == "sqlite":
        for page, action, typed in FORMS[name]:
            fields = visitor.forms(page)
            targets.append((action, fields.get(action, fields.get("", {})) | typed))
    for address, data in targets:
        found, is_whole = sqlmap(portal, visitor, address, folder, dbms, data)
        faults += judged(f"sqlmap as {name} on {dbms}", address, found, is_whole)
    if name == "root" and dbms == "sqlite":
        stranger = Visitor(portal.host)
        fields = stranger.forms("/sign-in")["/sign-in"] | {"name": "rosa", "password": "a long enough sentence"}
        found, is_whole = sqlmap(portal, stranger, "/sign-in", folder, dbms, fields)
        faults += judged(f"sqlmap as nobody on {dbms}", "/sign-in", found, is_whole)
    if is_out(visitor):
        faults.append(f"sqlmap's session as {name} ended before its time")
    return faults


def judged(who, address, found, is_whole):
    path = address.split("?")[0]
    ended = "" if is_whole else ", ended by its time"
    print(f"{who}: {path}: {', '.join(found) or 'nothing'}{ended}", flush=True)
    if path.startswith(PLANTED):
        return [] if found else [f"{who} did not find the planted query"]
    return [f"{who}: {path}: {parameter}" for parameter in found]


def main():
    program, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    loaded = folder / "loaded"
    loaded.mkdir(parents=True)
    began = time.monotonic()
    load = [program, "--database-url", f"sqlite://{loaded}/portal.db", "demo", "--no-serve"]
    subprocess.run(load, cwd=loaded, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with ThreadPoolExecutor() as both:
        faults = sum(both.map(lambda name: scan_as(program, loaded, name, folder), ACCOUNTS), [])
    server = Postgres(folder)
    try:
        own = folder / "postgres"
        own.mkdir()
        portal = Portal(program, own, server.url)
        try:
            with ThreadPoolExecutor() as both:
                faults += sum(both.map(lambda name: inject(portal, name, own, "postgresql"), ACCOUNTS), [])
        finally:
            portal.close()
    finally:
        server.close()
    print(f"{(time.monotonic() - began) / 60:.1f} minutes")
    if faults:
        sys.exit("\n".join(["Failed:", *faults]))
    print("Each tool found its planted hole and nothing else of medium severity or worse.")


main()
