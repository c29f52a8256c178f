#!/bin/sh
# Builds .venv from requirements-dev.lock, by uv where it can be had, else by pip. Usage: install.sh STAMP
set -eu
stamp=$1
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Sheaf needs Python 3.11 or newer; '$python' is not. Name another with: make PYTHON=python3.12 …" >&2
    exit 1
}

new_venv() {  # DIR
    rm -rf "$1"
    "$python" -m venv "$1" >/dev/null 2>&1 || {
        rm -rf "$1"
        echo "Python could not make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 1
    }
}

export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1
echo "Installing what requirements-dev.lock names …"
[ -x .tools/bin/python ] || new_venv .tools
# A .venv made by another Python, or moved from elsewhere, is made anew.
.venv/bin/python -c '' 2>/dev/null || new_venv .venv
rm -f .venv/.locked-*

if .tools/bin/uv --version >/dev/null 2>&1 || .tools/bin/pip install -q --require-hashes -r scripts/tools.lock; then
    # Compiled once here: where Python may not write its own bytecode, each process would compile all of it again.
    .tools/bin/uv pip sync -q --compile-bytecode --python .venv/bin/python --require-hashes requirements-dev.lock
else
    echo "uv could not be had; going on with pip, which takes longer." >&2
    .venv/bin/python -m pip install -q --require-hashes -r requirements-dev.lock
fi
touch "$stamp"
