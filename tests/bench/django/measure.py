"""Fills Django's database, serves it with granian and asks for its pages with wrk, as the benchmark asks the portal:
`tests/nightly django [s|m]`. With DATABASE=postgres:HOST/NAME it fills that empty database instead of an SQLite file."""

import datetime
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
PORT = 8971
# Re-sellers, requests, usage records.
SIZES = {"s": (20, 220, 100_000), "m": (1_000, 10_000, 1_000_000)}
FIRST, END = datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)


def fill(resellers, requests, records):
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from portal import Bundle, Price, Request, Reseller, TABLES, Usage

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    owner = User.objects.create_user("root")
    now = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
    Reseller.objects.bulk_create(Reseller(name=f"Re-seller {i}") for i in range(resellers))
    Bundle.objects.bulk_create(Bundle(name=f"Bundle {i}") for i in range(50))
    sold = [(reseller, bundle) for reseller in Reseller.objects.all() for bundle in Bundle.objects.all()]
    price = lambda pair: Price(reseller=pair[0], bundle=pair[1], currency="USD", reference="10.00", value="12.50")
    Price.objects.bulk_create(map(price, sold), batch_size=1000)
    request = lambda i: Request(
        reference=f"RR-{i:06}", company=f"Company {i}", state="submitted", country="NO", owner=owner,
        forecast="8000.00", currency="USD", submitted_at=now - datetime.timedelta(minutes=i))
    Request.objects.bulk_create(map(request, range(requests)), batch_size=1000)
    began = time.monotonic()
    usage = lambda i: Usage(
        reseller=sold[i % len(sold)][0], bundle=sold[i % len(sold)][1],
        day=FIRST - datetime.timedelta(days=334) + datetime.timedelta(days=i % 365), quantity="3.5", price="0.12")
    for start in range(0, records, 10_000):
        Usage.objects.bulk_create(map(usage, range(start, min(start + 10_000, records))), batch_size=1000)
    print(f"bulk load: {records / (time.monotonic() - began):,.0f} rows/s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def session():
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    user, store = User.objects.get(), SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def resident(server):
    """Megabytes of the server and its workers, what they share counted once."""
    children = subprocess.run(["pgrep", "-P", str(server.pid)], capture_output=True, text=True).stdout.split()
    told = [Path(f"/proc/{process}/smaps_rollup").read_text() for process in [server.pid, *children]]
    return sum(int(re.search(r"^Pss: +(\d+)", text, re.M)[1]) for text in told) // 1024


def ask(path, cookie, connections, seconds=5):
    url = f"http://127.0.0.1:{PORT}/{path}"
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "--latency", "-H", f"Cookie: sessionid={cookie}", url]
    told = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in told, told
    found = lambda pattern: re.search(pattern, told)[1]
    print(f"{path}, {connections} at once: {found(r'Requests/sec: +(.*)')}/s, p50 {found(r'50% +(.*)')}, p99 {found(r'99% +(.*)')}")


def main():
    size = sys.argv[1] if len(sys.argv) > 1 else "s"
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE", f"sqlite:{folder}/django.db")
        sys.path.insert(0, str(HERE))
        import portal  # noqa: F401  It sets Django up.

        print(f"Django, {size}, {os.environ['DATABASE'].split(':')[0]}")
        fill(*SIZES[size])
        cookie = session()
        granian = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--workers", "2", "--port", str(PORT), "--log-level", "error", "portal:application"]
        server = subprocess.Popen(granian, cwd=HERE, env=os.environ)
        try:
            wait = ["curl", "-s", "-o", "/dev/null", "--retry", "50", "--retry-connrefused", "--retry-delay", "1", f"http://127.0.0.1:{PORT}/requests"]
            subprocess.run(wait, check=True)
            for path in ["requests", "prices/1"]:
                ask(path, cookie, 16)
            ask(f"revenue/{FIRST}/{END}", cookie, 1)
            print(f"memory: {resident(server)} MB")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
