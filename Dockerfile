# The shop's image: one for web, worker, beat and commands. Nothing is fetched when it starts.
FROM python:3.12-slim-trixie AS build
WORKDIR /sheaf
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM postgres:18-trixie AS postgres

FROM python:3.12-slim-trixie
# pg_dump and pg_restore as new as the server, for backups: Debian's are older and refuse it; what they lean on is not.
# rsync and ssh: a copy of each backup elsewhere (BACKUP_COPY).
RUN apt-get update -q && apt-get install -qy --no-install-recommends libpq5 liblz4-1 libzstd1 rsync openssh-client && rm -rf /var/lib/apt/lists/*
COPY --from=postgres /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /usr/local/bin/
COPY --from=postgres /usr/lib/*-linux-gnu/libpq.so.5* /usr/local/lib/
RUN ldconfig && pg_dump --version
RUN useradd --create-home --uid 10001 sheaf && install -d -o sheaf /data /backups
COPY --from=build /venv /venv
WORKDIR /sheaf
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data STATIC_ROOT=/static
# The key is only there because the settings ask for one; it signs nothing and stays in no layer.
RUN SECRET_KEY=build python manage.py collectstatic --no-input --skip-checks -v 0
USER sheaf
VOLUME /data /backups
EXPOSE 8000
CMD ["python", "-m", "core.front", "shop.wsgi:application", "--host", "0.0.0.0", "--port", "8000"]
