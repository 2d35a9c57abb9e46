#!/usr/bin/env bash
# Writes every lock again, from what pyproject.toml asks for. `make lock` runs it; pass --upgrade for newer versions.
set -euo pipefail
cd "$(dirname "$0")/.."

uv="${UV:-.venv/bin/uv}"

# No header, note or option: a lock says versions and hashes, and neither an index nor a path of this machine.
compile() {
    local out="requirements/$1.txt"
    shift
    "$uv" pip compile --quiet --no-config --generate-hashes --universal --python-version 3.11 --no-annotate --no-header \
        --no-emit-index-url --no-emit-find-links --output-file "$out" "$@" >/dev/null
}

# All are cut from one resolution, so that what is tested, what runs and what provisions are the same versions.
all="$(mktemp)"
trap 'rm -f "$all"' EXIT
[ ! -e requirements/dev.txt ] || cat requirements/dev.txt requirements/stacks.txt requirements/bench.txt >"$all"
"$uv" pip compile --quiet --no-config --universal --python-version 3.11 --output-file "$all" "$@" \
    --extra stacks --group dev --group bench pyproject.toml requirements/build.in >/dev/null

compile build --constraint "$all" requirements/build.in
compile runtime --constraint "$all" pyproject.toml
compile dev --constraint "$all" --group dev pyproject.toml requirements/build.in
compile stacks --constraint "$all" --extra stacks pyproject.toml
compile bench --constraint "$all" --group bench pyproject.toml
