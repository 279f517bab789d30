# The mock server in a container; docs/container.md says how to use it.
FROM python:3.12-slim AS build
COPY . /source
RUN python -m venv /opt/mockserver \
 && /opt/mockserver/bin/pip install --no-cache-dir --disable-pip-version-check /source

FROM python:3.12-slim
COPY --from=build /opt/mockserver /opt/mockserver
ENV PATH=/opt/mockserver/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# any uid will do: nothing is written, and no home is needed
USER 65534:65534
EXPOSE 8080
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --retries=5 \
  CMD ["python", "-c", "import urllib.request; urllib.request.build_opener(urllib.request.ProxyHandler({})).open('http://127.0.0.1:8080/_mock/health/ready', timeout=2)"]
# 0.0.0.0 needs --control-token TOKEN, or --insecure: see docs/container.md
ENTRYPOINT ["mockserver", "serve", "--host", "0.0.0.0", "--port", "8080"]
