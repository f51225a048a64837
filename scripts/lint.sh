#!/usr/bin/env bash
# Check everything that can be checked without running a test; silent about what is right.
set -uo pipefail
cd "$(dirname "$0")/.."

temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
passed=() failed=()

check() { # NAME COMMAND…: the command's output is shown only when it fails
    local name=$1
    shift
    if "$@" >"$temp/out" 2>&1 </dev/null; then
        passed+=("$name")
    else
        failed+=("$name")
        printf '✗ %s\n' "$name"
        sed 's/^/    /' "$temp/out"
    fi
}

tracked() { git -c safe.directory='*' ls-files -z -- "$@"; }
absent() { # PATTERN FILE-PATTERN…: no tracked file may hold a matching line
    local pattern=$1
    shift
    tracked "$@" | xargs -0 -r grep -nIEi -e "$pattern" /dev/null | tee "$temp/found"
    [ ! -s "$temp/found" ]
}

production() { # manage.py with the settings of a real site and a database of its own
    DEBUG=false HTTPS=true ALLOWED_HOSTS=example.org DATABASE_URL="sqlite:///$temp/lint.sqlite3" \
        SECRET_KEY=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
        .venv/bin/python manage.py "$@"
}

no_large_file() { # above 3 MB; fonts and vendored files in static/ may be
    tracked ':!static/' | xargs -0 -r sh -c 'find "$@" -maxdepth 0 -type f -size +3072k' sh >"$temp/large"
    cat "$temp/large"
    [ ! -s "$temp/large" ]
}

check "git" git -c safe.directory='*' rev-parse --is-inside-work-tree
check "ruff check" .venv/bin/ruff check --quiet .
check "ruff format" .venv/bin/ruff format --check --quiet --diff .
check "import contracts" .venv/bin/lint-imports
check "migrations" production makemigrations --check --dry-run
check "deployment settings" production check --deploy --fail-level WARNING --database default
check "locks without addresses" absent 'https?://' requirements.lock requirements-dev.lock
# written with brackets, so that this file passes its own check
check "no registry named" absent 'py[p]i\.org|pytho[n]hosted\.org|npm[j]s\.|unp[k]g\.com|jsdel[i]vr|cdn[j]s' ':!static/vendor/'
check "templates without inline style" absent '[[:space:]]style[[:space:]]*=' 'templates/*.html'
check "templates without inline handlers" \
    absent '[[:space:]]on(click|change|submit|load|input|error|focus|blur|key[a-z]+|mouse[a-z]+)=|javascript:' 'templates/*.html'
check "templates escape everything" absent '\|[[:space:]]*safe|autoescape[[:space:]]+off' 'templates/*.html'
check "no file above 3 MB" no_large_file
[ ! -f scripts/check_vendor.py ] || check "vendored files" .venv/bin/python scripts/check_vendor.py

if [ ${#failed[@]} -gt 0 ]; then
    printf '✗ lint: %d of %d checks failed\n' "${#failed[@]}" "$((${#failed[@]} + ${#passed[@]}))"
    exit 1
fi
printf '✓ lint: %d checks passed\n' "${#passed[@]}"
