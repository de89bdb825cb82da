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
# around a 403. Each with the seconds that a module has.
PASSES = [
    (40, "xss,sql,permanentxss,csrf,redirect,crlf"),
    (10, "exec,file,ldap,timesql,upload,csp,cookieflags,http_headers,methods,shellshock,spring4shell,backup,buster,"
         "brute_login_form"),
]
# In seconds.
CRAWL, SQLMAP = 60, 45
# What ends the session that scans.
SPARED = ["*/sign-out", "*/sign-out?*", "*/theme", "*/account/sessions/*", "*/people/*/sessions/*"]
MEDIUM = 2
NOT_AT_ALL = "not at all"

# Addresses with filters, by role; texts that are searched first.
FILTERS = {
    "root": [
        "/audit?q=a&person=Rosa&from=2026-01-01",
        "/requests?q=a&state=submitted",
        "/resellers?q=a&state=active",
        "/statements?state=open&month=2026-10",
        "/usage/unrated?channel=a&cause=product",
    ],
    "ingrid": [
        "/customers?q=a&after=a",
        "/subscriptions?q=a&state=active&customer=a",
        "/reports/revenue?from=2026-09&group=bundle&customer=a",
        "/lines?from=2026-09&row=a&product=a",
        "/simulation?from=2026-09&percent=1",
    ],
}
# How many of them on PostgreSQL, whose queries are the same.
ON_POSTGRES = 2
# Pages with a form that changes something, by role: page and action; what is typed there.
FORMS = {
    "root": [("/products/new", "/products/new", {"sku": "X-1", "name": "Disk", "category": "Storage", "unit": "GB"})],
    "ingrid": [("/customers/new", "/customers/new", {"name": "Nordvik", "country": "NO"})],
}


def wapiti(portal, visitor, name, folder):
    """What wapiti finds: severity, address, what; and how many addresses it knows."""
    # First the planted script by itself: wapiti goes by the alphabet, and need not come to it in its time.
    told = attack(portal, visitor, folder, "planted", ["-u", portal.url + ECHO, "--scope", "page", "-m", "xss"])[1]
    known = 0
    for number, (seconds, modules) in enumerate(PASSES):
        options = ["-u", f"{portal.url}/", "--scope", "folder", "-m", modules, "--max-attack-time", seconds]
        for pattern in SPARED:
            options += ["-x", portal.url + pattern[1:]]
        # Few of each kind of address, so that all are attacked in time.
        options += ["-d", "3", "--max-links-per-page", "25", "--max-files-per-dir", "3", "--max-parameters", "20"]
        # The second pass attacks what the first one found.
        options += ["--skip-crawl"] if number else ["--flush-session", "--max-scan-time", CRAWL]
        addresses, found = attack(portal, visitor, folder, number, options)
        known, told = max(known, addresses), told + found
    return known, told


def attack(portal, visitor, folder, pass_name, options):
    """One run of wapiti: how many addresses it knows, and what it finds."""
    report = folder / f"wapiti-{pass_name}.json"
    command = [TOOLS / "wapiti", *options, "-C", visitor.cookie(), "-H", "X-Forwarded-For: 203.0.113.7", "-t", "10"]
    command += ["--store-session", folder / "session", "--store-config", folder / "config", "--no-bugreport"]
    command += ["--dns-endpoint", HOST, "-v", "0", "-f", "json", "-o", report]
    run(command, folder / f"wapiti-{pass_name}.log", 900)
    if not report.exists():
        return 0, [(MEDIUM, "no address", f"wapiti itself failed; see wapiti-{pass_name}.log")]
    report, found = json.loads(report.read_text()), []
    for kind in ("vulnerabilities", "anomalies"):
        for category, entries in report[kind].items():
            found += [(entry["level"], entry["path"], f"{category}: {entry['info']}") for entry in entries]
    return report["infos"].get("crawled_pages_nbr") or 0, found


def sqlmap(portal, visitor, address, folder, dbms, place, data=None, only=None):
    """What sqlmap can inject into at an address, or into one of its fields only, and how far it came."""
    log = folder / f"sqlmap{re.sub('[^a-z0-9]+', '-', address.split('?')[0])}-{place.lower()}-{dbms}.log"
    command = [TOOLS / "sqlmap", "-u", portal.url + address, "--batch", "--disable-coloring", "--flush-session"]
    command += ["--level", "3", "--risk", "2", "--dbms", dbms, "--time-sec", "2", "--timeout", "10"]
    command += ["--drop-set-cookie", "--ignore-redirects", "--output-dir", folder / "sqlmap"]
    command += ["--param-filter", place]
    # Each request from another address, so that limits on tries do not end it.
    command += ["--tamper", "xforwardedfor", "--time-limit", str(SQLMAP)]
    if only:
        command += ["-p", only]
    # It does not read what is packed by Brotli.
    command += ["--headers", "Accept-Encoding: identity"]
    if visitor.cookies:
        command += ["--cookie", visitor.cookie()]
    if data:
        fields = urllib.parse.urlencode(data)
        command += ["--data", fields, "--csrf-token", "csrf", "--csrf-url", f"{portal.url}/help"]
    text = run(command, log, SQLMAP + 60)
    found = re.findall(r"^Parameter: (.+)$", text, re.MULTILINE)
    if found or "do not appear to be injectable" in text:
        return found, "to the end"
    return found, "until its time was over" if "testing for SQL injection on" in text else NOT_AT_ALL


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
        print(f"wapiti as {name}: {pages} addresses, {len(said)} findings", flush=True)
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
    filters = FILTERS[name] if dbms == "sqlite" else FILTERS[name][:ON_POSTGRES]
    targets = [(address, "GET", None) for address in [SEARCH, *filters]]
    if dbms == "sqlite":
        targets.append(("/help", "COOKIE", None))
        for page, action, typed in FORMS[name]:
            targets.append((action, "POST", visitor.forms(page)[action] | typed))
    for address, place, data in targets:
        found, how_far = sqlmap(portal, visitor, address, folder, dbms, place, data)
        faults += judged(f"sqlmap as {name} on {dbms}", address, place, found, how_far)
    if name == "root" and dbms == "sqlite":
        stranger = Visitor(portal.host)
        fields = stranger.forms("/sign-in")["/sign-in"] | {"name": "rosa", "password": "a long enough sentence"}
        # With every try another name, as one account is soon asked to wait.
        found, how_far = sqlmap(portal, stranger, "/sign-in", folder, dbms, "POST", fields, "name")
        faults += judged(f"sqlmap as nobody on {dbms}", "/sign-in", "POST", found, how_far)
    if is_out(visitor):
        faults.append(f"sqlmap's session as {name} ended before its time")
    return faults


def judged(who, address, place, found, how_far):
    path = address.split("?")[0]
    print(f"{who}: {place} {path}: {', '.join(found) or 'nothing'}, {how_far}", flush=True)
    if path.startswith(PLANTED):
        return [] if found else [f"{who} did not find the planted query"]
    if how_far == NOT_AT_ALL:
        return [f"{who}: {place} {path} was not tested"]
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
