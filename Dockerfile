FROM python:3.13-slim-trixie AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt
COPY manage.py ./
COPY examprep examprep
COPY facts facts
COPY templates templates
COPY static static
RUN /venv/bin/python manage.py collectstatic --noinput --verbosity 0 && rm -f var/secret_key

FROM python:3.13-slim-trixie
# The client programs of this Debian are those of PostgreSQL 17, as the server in deploy/compose.yaml is; psql goes with them.
# Debian keeps only the newest version of a package: an image with a pinned one could not be built again.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home examprep \
    && mkdir /data && chown examprep /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
ENV HOST=0.0.0.0 PORT=8000 PYTHONDONTWRITEBYTECODE=1 DATABASE_URL=sqlite:////data/examprep.sqlite3
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["/venv/bin/python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/healthz', headers={'Host': os.environ.get('ALLOWED_HOSTS', 'localhost').split(',')[0].strip().lstrip('.')}); raise SystemExit(c.getresponse().status != 200)"]
CMD ["/bin/sh", "-c", "/venv/bin/python manage.py migrate --verbosity 0 && /venv/bin/python manage.py load_facts && exec /venv/bin/python manage.py serve"]
