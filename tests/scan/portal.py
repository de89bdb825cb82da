"""A portal with demonstration data on a database of its own, and sessions in it."""

import glob
import html.parser
import http.client
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

HOST = "127.0.0.1"
ACCOUNTS = {"root": "northgate demo root", "ingrid": "kestrel demo seller"}
PATIENCE = 120


def free_port():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


class Portal:
    """The program, serving a database until this is closed."""

    def __init__(self, program, folder, database_url):
        self.host = f"{HOST}:{free_port()}"
        self.url = f"http://{self.host}"
        self.settings = {
            "DATABASE_URL": database_url,
            "LISTEN": self.host,
            # The scanners say where they come from, so that limits on tries do not end their work; and they are faster than people.
            "TRUSTED_PROXIES": HOST,
            "REQUESTS_A_MINUTE": "0",
            "LOG": "error",
        }
        log = open(folder / "portal.log", "ab")
        command = [str(program), "demo"]
        self.process = subprocess.Popen(command, cwd=folder, env=os.environ | self.settings, stdout=log, stderr=log)
        self.wait()

    def wait(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if Visitor(self.host).get("/readyz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.2)
            if self.process.poll() is not None:
                break
        raise SystemExit("the portal did not start; see portal.log")

    def close(self):
        self.process.terminate()
        self.process.wait(30)


class Visitor:
    """Somebody with cookies, who follows no redirect."""

    def __init__(self, host):
        self.host = host
        self.cookies = {}

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, fields):
        return self.send("POST", path, urllib.parse.urlencode(fields))

    def send(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        headers = {"Cookie": self.cookie()}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, answer.headers, text

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def forms(self, path):
        return Forms(self.get(path)[2]).found


def signed_in(host, name):
    """A session of one of the demonstration's accounts; its page tells the code of the second factor."""
    visitor = Visitor(host)
    token = visitor.forms("/sign-in")["/sign-in"]["csrf"]
    fields = {"csrf": token, "name": name, "password": ACCOUNTS[name]}
    status, headers, _ = visitor.post("/sign-in", fields)
    if headers.get("Location") == "/sign-in/code":
        page = visitor.get("/sign-in/code")[2]
        code = re.search(r"<code>(\d{6})</code>", page).group(1)
        token = Forms(page).found["/sign-in/code"]["csrf"]
        status, headers, _ = visitor.post("/sign-in/code", {"csrf": token, "code": code})
    if status != 303 or visitor.get("/account")[0] != 200:
        raise SystemExit(f"{name} cannot sign in")
    return visitor


class Forms(html.parser.HTMLParser):
    """The forms of a page that change something: their fields by their action."""

    def __init__(self, page):
        super().__init__()
        self.found, self.fields, self.select, self.area = {}, None, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        of = dict(attributes)
        if tag == "form" and of.get("method") == "post":
            self.fields = self.found.setdefault(of.get("action") or "", {})
        elif self.fields is None:
            return
        elif tag == "input" and of.get("name") and of.get("type") != "file":
            if of.get("type") not in ("checkbox", "radio") or "checked" in of:
                self.fields[of["name"]] = of.get("value") or ""
        elif tag == "textarea" and of.get("name"):
            self.area = of["name"]
            self.fields[self.area] = ""
        elif tag == "select" and of.get("name"):
            self.select = of["name"]
        elif tag == "option" and self.select:
            if "selected" in of or self.select not in self.fields:
                self.fields[self.select] = of.get("value") or ""

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.fields = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None


class Postgres:
    """A PostgreSQL server from the installed binaries, reached by a socket only."""

    def __init__(self, folder):
        found = shutil.which("initdb") or (sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [None])[-1]
        if not found:
            raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
        binaries = Path(found).resolve().parent
        # The server refuses root, and a socket's path may not be long.
        self.folder = Path(tempfile.mkdtemp(prefix="portal-scan-"))
        self.user = None
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.user = owner.pw_uid
        data = str(self.folder / "data")
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D", data]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "user": self.user, "cwd": "/"}
        subprocess.run([binaries / "initdb", *options], check=True, **quiet)
        self.process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", str(self.folder), "-c", "listen_addresses=", "-c", "fsync=off"],
            **quiet,
        )
        self.url = f"postgres://postgres@{urllib.parse.quote(str(self.folder), safe='')}/postgres"
        ready = [binaries / "pg_isready", "-q", "-h", self.folder, "-U", "postgres"]
        deadline = time.monotonic() + PATIENCE
        while subprocess.run(ready).returncode != 0:
            if time.monotonic() > deadline:
                raise SystemExit("PostgreSQL did not start")
            time.sleep(0.2)

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        shutil.rmtree(self.folder)
