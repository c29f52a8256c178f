# The shop's image: one for web, worker, beat and commands. Nothing is fetched when it starts.
FROM python:3.12-slim AS build
WORKDIR /sheaf
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 sheaf && install -d -o sheaf /data
COPY --from=build /venv /venv
WORKDIR /sheaf
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data STATIC_ROOT=/static
# The key is only there because the settings ask for one; it signs nothing and stays in no layer.
RUN SECRET_KEY=build python manage.py collectstatic --no-input --skip-checks -v 0
USER sheaf
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "core.front", "shop.wsgi:application", "--host", "0.0.0.0", "--port", "8000"]
