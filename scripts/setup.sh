#!/usr/bin/env bash
# Prepare this folder: system packages, .venv with the locked dependencies, document fonts.
#   scripts/setup.sh run    what running the site needs
#   scripts/setup.sh dev    that, with the tools of `make lint`
#   scripts/setup.sh test   that, with PostgreSQL and Chromium
# Repeating it costs well under a second and changes nothing that is already right.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=${1:-run}
case $mode in run | dev | test) ;; *) echo "usage: scripts/setup.sh run|dev|test" >&2; exit 2 ;; esac
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

say() { printf '» %s\n' "$*"; }
fail() { printf '✗ %s\n' "$1" >&2; shift; [ $# = 0 ] || printf '%s\n' "$@" >&2; exit 1; }

# --- system packages ---------------------------------------------------------------------------

libraries="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1 fonts-noto-cjk fonts-liberation"

installed_packages() { # names that are installed or provided: some libraries were renamed (libmagic1t64)
    dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr ', ' '\n\n'
}

find_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

missing_packages() {
    local installed package
    installed=$(installed_packages)
    for package in $libraries; do
        grep -qx "$package" <<<"$installed" || echo "$package"
    done
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    if [ "$mode" = test ]; then
        find_postgres || echo postgresql
        find_chromium >/dev/null || echo chromium
        command -v pdftotext >/dev/null || echo poppler-utils
    fi
}

command -v "$python" >/dev/null || fail "没有找到 python3，请先安装。 python3 is missing; please install it."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "需要 Python 3.11 或更新版本（可用 PYTHON=… 指定）。 Python 3.11 or newer is needed (choose one with PYTHON=…)."

if command -v dpkg-query >/dev/null; then
    missing=$(missing_packages | tr '\n' ' ')
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then as_root=
        elif sudo -n true 2>/dev/null; then as_root="sudo -n"
        else
            fail "缺少系统软件包，且当前用户不能安装。请管理员执行后再试：" \
                "System packages are missing and this user may not install them. Ask an administrator to run:" \
                "    apt-get update && apt-get install -y --no-install-recommends $missing"
        fi
        say "安装系统软件包 Installing system packages: $missing"
        # an old index may still do when the update fails, so the installation decides
        $as_root apt-get update -q || say "软件包目录更新失败，继续尝试 The package index could not be updated; trying on"
        # shellcheck disable=SC2086 # one word for each package
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing </dev/null ||
            fail "系统软件包安装失败 These packages could not be installed: $missing"
    fi
else
    say "不是 Debian/Ubuntu，请自行确认已安装 Not Debian or Ubuntu; please see to it that these are installed: $libraries"
fi

# --- .venv -------------------------------------------------------------------------------------

stamp_of() { # changes with the lock, the interpreter and the folder (programs in .venv/bin hold its path)
    { cat "$1"; .venv/bin/python -VV; pwd; } 2>/dev/null | sha256sum | cut -d' ' -f1
}
is_stamped() { [ -f ".venv/.$1.stamp" ] && [ "$(cat ".venv/.$1.stamp")" = "$(stamp_of "$1")" ]; }

lock=requirements.lock
[ "$mode" = run ] || lock=requirements-dev.lock
if [ -L .venv ]; then
    say ".venv 是一个链接，按原样使用 .venv is a link and is used as it is"
elif ! is_stamped "$lock"; then
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || [ "$(cat .venv/.folder 2>/dev/null)" != "$(pwd)" ]; then
        say "创建虚拟环境 Creating the virtual environment .venv"
        "$python" -m venv --clear .venv
        pwd >.venv/.folder
    fi
    say "安装依赖（按 $lock 校验哈希，首次需几分钟） Installing what $lock names, checked by hash; minutes the first time"
    .venv/bin/python -m pip install --quiet --require-hashes -r "$lock" </dev/null ||
        fail "依赖安装失败，请检查网络或 pip 的镜像设置。 The dependencies could not be installed; check the network or pip's mirror settings."
    stamp_of "$lock" >".venv/.$lock.stamp"
    if [ "$lock" = requirements-dev.lock ]; then # it holds the other one, too
        stamp_of requirements.lock >.venv/.requirements.lock.stamp
    fi
fi

# --- fonts -------------------------------------------------------------------------------------

# tried once: a machine without a network should not wait for it at every start (`make fonts` tries again)
if [ -x scripts/fetch_fonts.sh ] && [ ! -e .fonts/.tried ]; then
    scripts/fetch_fonts.sh .fonts || true
    if ! compgen -G '.fonts/*.otf' >/dev/null; then
        mkdir -p .fonts
        touch .fonts/.tried
        say "公文字体未能取得，改用系统字体 The document fonts could not be fetched; the system's are used instead"
    fi
fi
