"""Three pages of a portal as Django is usually written: models, query sets and templates, a session looked up in the
database, and a bulk load. It is what the benchmark holds the portal against, and no part of it."""

import os
from pathlib import Path

import django
from django.conf import settings

DATABASE = os.environ["DATABASE"]


def database():
    if DATABASE.startswith("sqlite:"):
        options = {"init_command": "PRAGMA journal_mode=WAL;", "transaction_mode": "IMMEDIATE"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE.removeprefix("sqlite:"), "OPTIONS": options}
    host, name = DATABASE.removeprefix("postgres:").rsplit("/", 1)
    base = {"ENGINE": "django.db.backends.postgresql", "HOST": host, "NAME": name, "USER": "postgres"}
    return {**base, "CONN_MAX_AGE": None}


settings.configure(
    SECRET_KEY="only for the benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="portal",
    USE_TZ=True,
    DATABASES={"default": database()},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "portal"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent]}],
)
django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.paginator import Paginator  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.db.models import F, Sum  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402


class Table(models.Model):
    class Meta:
        abstract = True
        app_label = "portal"


class Reseller(Table):
    name = models.CharField(max_length=120, db_index=True)


class Request(Table):
    reference = models.CharField(max_length=20, unique=True)
    company = models.CharField(max_length=120)
    state = models.CharField(max_length=20, db_index=True)
    country = models.CharField(max_length=2)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT)
    forecast = models.DecimalField(max_digits=20, decimal_places=2)
    currency = models.CharField(max_length=3)
    submitted_at = models.DateTimeField(db_index=True)


class Bundle(Table):
    name = models.CharField(max_length=120, db_index=True)


class Price(Table):
    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT)
    currency = models.CharField(max_length=3)
    reference = models.DecimalField(max_digits=20, decimal_places=10)
    value = models.DecimalField(max_digits=20, decimal_places=10)


class Usage(Table):
    reseller = models.ForeignKey(Reseller, on_delete=models.PROTECT)
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT)
    day = models.DateField(db_index=True)
    quantity = models.DecimalField(max_digits=20, decimal_places=4)
    price = models.DecimalField(max_digits=20, decimal_places=10)


TABLES = [Reseller, Request, Bundle, Price, Usage]


@login_required
def requests(request):
    page = Paginator(Request.objects.select_related("owner").order_by("-submitted_at"), 50).get_page(1)
    return render(request, "requests.html", {"page": page})


@login_required
def prices(request, reseller):
    rows = Price.objects.filter(reseller=reseller).select_related("bundle").order_by("bundle__name")[:50]
    return render(request, "prices.html", {"rows": rows})


@login_required
def revenue(request, first, end):
    usage = Usage.objects.filter(day__gte=first, day__lt=end)
    rows = usage.values("reseller__name", "bundle__name").annotate(total=Sum(F("quantity") * F("price")))
    return render(request, "revenue.html", {"rows": rows.order_by("reseller__name", "bundle__name")[:200]})


urlpatterns = [
    path("requests", requests),
    path("prices/<int:reseller>", prices),
    path("revenue/<str:first>/<str:end>", revenue),
]
application = get_wsgi_application()
