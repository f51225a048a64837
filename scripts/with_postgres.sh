#!/usr/bin/env bash
# Run a command with DATABASE_URL naming a throw-away PostgreSQL cluster, removed when the command ends.
#   scripts/with_postgres.sh COMMAND [ARGUMENT…]
# The cluster lives in a temporary folder, run as user postgres when we are root; the exit code is the command's.
set -euo pipefail

[ $# -gt 0 ] || { echo "usage: scripts/with_postgres.sh COMMAND [ARGUMENT…]" >&2; exit 2; }

bin=
for folder in $(compgen -G '/usr/lib/postgresql/*/bin' | sort -rV) "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then bin=$folder; break; fi
done
[ -n "$bin" ] || { echo "✗ 没有找到 PostgreSQL PostgreSQL's server programs are missing (package postgresql)" >&2; exit 1; }

dir=$(mktemp -d "${TMPDIR:-/tmp}/zhanbao-pg.XXXXXX")
cleanup() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP # a second Ctrl-C must not leave a server behind
    [ ! -f "$dir/data/postmaster.pid" ] || as_owner "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$dir"
    exit "$code"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to run as root
    id postgres >/dev/null 2>&1 || { echo "✗ 没有用户 postgres There is no user postgres to run it as" >&2; exit 1; }
    chown postgres "$dir"
    as_owner() { (cd "$dir" && runuser -u postgres -- "$@"); }
else
    as_owner() { (cd "$dir" && "$@"); }
fi
unset "${!PG@}" # PGHOST, PGDATA and the like speak of another server

as_owner "$bin/initdb" -D "$dir/data" -U zhanbao --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 ||
    { cat "$dir/initdb.log" >&2; exit 1; }

started=
for _ in 1 2 3 4 5; do # somebody may take the free port before we do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    if as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 -o "-p $port -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories='$dir' -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >/dev/null; then
        started=yes
        break
    fi
done
[ -n "$started" ] || { cat "$dir/data/server.log" >&2; exit 1; }
as_owner "$bin/createdb" -h 127.0.0.1 -p "$port" -U zhanbao zhanbao

export DATABASE_URL="postgres://zhanbao@127.0.0.1:$port/zhanbao"
"$@"
