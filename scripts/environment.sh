# What scripts/test, bench and demo share. Source it from the project's folder.

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
# The caller's Python settings would change which packages are found. Containers often forbid writing
# bytecode, and then each kernel compiles all that it imports, which takes three times as long.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE

step() { printf '\n== %s (%d s)\n' "$1" "$SECONDS"; }

die() {
  printf '%s: %s\n' "$0" "$1" >&2
  exit 1
}

# Runs a command silently; shows its output if it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2
    printf 'failed (%d): %s\n' "$status" "$*" >&2
  fi
  rm -f "$log"
  return "$status"
}

can_apt() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

apt_install() {
  step "apt-get install $*"
  quietly apt-get -qq update
  DEBIAN_FRONTEND=noninteractive quietly apt-get -qq install --no-install-recommends -y "$@"
}

# Prints a Python that is new enough and can make environments. For an active environment that is
# its base, since that environment may be the one that is about to be made again.
find_python() {
  local python
  for python in python3 python3.13 python3.12 python3.11 python; do
    if "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' \
      >/dev/null 2>&1; then
      "$python" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
      return
    fi
  done
  return 1
}

# environment FOLDER REQUIREMENT...: makes an environment with these installed, again if they,
# pyproject.toml or the project's path have changed, or its Python is gone.
environment() {
  local folder=$1 python wanted
  shift
  wanted=$({ pwd; printf '%s\n' "$@"; cat pyproject.toml; } | cksum)
  [ -x "$folder/bin/python" ] &&
    [ "$(cat "$folder/made-for" 2>/dev/null)" = "$wanted" ] && return
  python=$(find_python) || {
    can_apt && apt_install python3 python3-venv
    python=$(find_python) || die "needs Python 3.11 or later with its venv module.
On Debian and Ubuntu: apt-get install python3 python3-venv. Elsewhere: python.org/downloads."
  }
  step "$folder, with $("$python" -V): installing, this takes a minute or two"
  # uv doesn't read pip's settings, such as a company's index, so pip may succeed if uv fails
  with_uv "$python" "$folder" "$@" >/dev/null 2>&1 </dev/null ||
    with_pip "$python" "$folder" "$@" || return
  printf '%s\n' "$wanted" >"$folder/made-for"
}

# with_uv PYTHON FOLDER REQUIREMENT...: makes an environment with uv, in a third of pip's time.
with_uv() {
  local python=$1 folder=$2 uv=.cache/uv/bin/uv
  shift 2
  if command -v uv; then
    uv=uv
  elif [ ! -x "$uv" ]; then
    "$python" -m venv .cache/uv
    .cache/uv/bin/python -m pip install --no-compile uv || return
  fi
  rm -rf "$folder"
  "$uv" venv --no-config --seed --python "$python" "$folder" &&
    "$uv" pip install --no-config --python "$folder/bin/python" "$@"
}

with_pip() {
  local python=$1 folder=$2
  shift 2
  rm -rf "$folder"
  # A new pip takes half the time of the one that comes with Python 3.11
  quietly "$python" -m venv --upgrade-deps "$folder"
  # Python compiles what it imports, a small part
  quietly "$folder/bin/python" -m pip install --no-compile "$@"
}
