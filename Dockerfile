# Kefu's one image: web, worker and beat are the same code, started differently (docker-compose.yml).
FROM python:3.13-slim AS environment
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/base.txt /requirements.txt
RUN python -m venv /opt/kefu && /opt/kefu/bin/pip install --require-hashes -r /requirements.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app kefu && install -d -o kefu -g kefu -m 0700 /data
COPY --from=environment /opt/kefu /opt/kefu
WORKDIR /app
COPY . .
ENV PATH=/opt/kefu/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    KEFU_DATA_DIR=/data KEFU_STATIC_ROOT=/app/staticfiles
# Collected, hashed and compressed once; the key is of no use afterwards.
RUN SECRET_KEY=build KEFU_DATA_DIR=/tmp/build python manage.py collectstatic --noinput && rm -rf /tmp/build
USER kefu
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "kefu.wsgi:application"]
