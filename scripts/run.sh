#!/usr/bin/env bash
# Start the site on this machine: settings, tables, demo data, static files, server. Nothing is lost by repeating it.
set -euo pipefail
cd "$(dirname "$0")/.."

port=${PORT:-8000}
say() { printf '» %s\n' "$*"; }

if [ ! -e .env ]; then
    say "生成 .env（演示用，DEBUG=true） Writing .env for a trial (DEBUG=true)"
    (
        umask 077
        .venv/bin/python -c 'import secrets; print("DEBUG=true\nSECRET_KEY=" + secrets.token_urlsafe(48))' >.env.new
        mv .env.new .env
    )
fi

.venv/bin/python - "$port" <<'PYTHON' || { say "端口 $port 已被占用，可换一个 Port $port is taken; choose another: make run PORT=8001" >&2; exit 1; }
import socket
import sys

with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(sys.argv[1])))
    except OSError:
        sys.exit(1)
PYTHON

say "更新数据表 Migrating the database"
.venv/bin/python manage.py migrate --no-input --verbosity 0
debug=$(DJANGO_SETTINGS_MODULE=config.settings .venv/bin/python -c 'from django.conf import settings; print(settings.DEBUG)')
if [ "$debug" = True ]; then
    say "载入演示数据（已有则跳过） Loading the demo data, unless it is there"
    .venv/bin/python manage.py demo --if-empty
fi
say "收集静态文件 Collecting static files"
.venv/bin/python manage.py collectstatic --no-input --verbosity 0

if [ "$debug" = True ]; then
    say "演示账号 Demo sign-ins (.venv/bin/python manage.py demo --accounts):"
    .venv/bin/python manage.py demo --accounts
fi
say "地址 Address: http://127.0.0.1:$port/    停止 Stop: Ctrl-C"
# long work (large imports) is done by a worker beside the server; both stop together
.venv/bin/python manage.py db_worker --no-reload --verbosity 0 &
worker=$!
.venv/bin/python -m gunicorn config.wsgi --bind "127.0.0.1:$port" --workers 2 --threads 4 \
    --no-control-socket --log-level warning &
server=$!
stop() {
    trap - INT TERM
    kill "$server" "$worker" 2>/dev/null || true
    wait "$server" "$worker" 2>/dev/null || true
}
trap 'stop; exit 0' INT TERM
wait -n "$server" "$worker" && code=0 || code=$?  # whichever ends first takes the other with it
stop
exit "$code"
