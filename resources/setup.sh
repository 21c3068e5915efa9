#!/usr/bin/env bash
# Prepares a fresh machine and runs the program or its tests.
#   bash resources/setup.sh run [ARGUMENTS]   installs what is missing, then opens the window (on the sample unless told otherwise)
#   bash resources/setup.sh test [ARGUMENTS]  installs what is missing, then runs the tests (arguments go to pytest)
#   bash resources/setup.sh install [EXTRA]   only installs
# A second start reuses what the first one installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=.venv
python=$environment/bin/python
offscreen_packages=(libgl1 libegl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon0 fonts-dejavu-core)
display_packages=(libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0)

say() { printf 'setup: %s\n' "$*" >&2; }

# Installs the libraries that Qt needs on Debian and Ubuntu; elsewhere says which they are.
system_libraries() {
  [ "$(uname -s)" = Linux ] || return 0
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian or Ubuntu: if the window does not appear, install your system's packages for Qt 6 (xcb-cursor, EGL, xkbcommon) and a font"
    return 0
  fi
  local missing=() package
  for package in "${offscreen_packages[@]}" "${display_packages[@]}"; do
    # Newer releases carry the 64-bit time suffix (libglib2.0-0t64).
    [[ $(dpkg-query -W -f='${db:Status-Abbrev} ' "$package" "${package}t64" 2>/dev/null || true) == *ii* ]] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "these system packages are missing, and without sudo they cannot be installed here: ${missing[*]}"
      return 0
    fi
    as_root=(sudo)
  fi
  say "installing the system packages that Qt needs: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Makes the virtual environment and installs the program with the tested versions, once for each change of what is wanted.
python_packages() {
  local extra=${1:-} wanted stamp
  wanted=$(cat pyproject.toml resources/constraints.txt; echo "$extra")
  stamp=$environment/.installed${extra:+-$extra}
  [ -x "$python" ] && [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return 0
  if [ ! -x "$python" ]; then
    if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
      say "Python 3.11 or newer is needed, and python3 is $(python3 --version 2>&1)"
      exit 1
    fi
    say "making a virtual environment in $environment"
    python3 -m venv "$environment"
  fi
  say "installing Stellar GUI and what it needs (the first time this takes some minutes)"
  "$python" -m pip install --quiet --disable-pip-version-check --constraint resources/constraints.txt "torch==2.13.0"
  "$python" -m pip install --quiet --disable-pip-version-check --constraint resources/constraints.txt --editable ".${extra:+[$extra]}"
  printf '%s\n' "$wanted" >"$stamp"
}

action=${1:-run}
[ $# -eq 0 ] || shift
case $action in
run)
  system_libraries
  python_packages
  [ $# -gt 0 ] || set -- --demo
  say "opening the window"
  exec "$python" -m stellar_gui "$@"
  ;;
test)
  system_libraries
  python_packages test
  export QT_QPA_PLATFORM=offscreen
  exec "$python" -m pytest -n auto "$@"
  ;;
install)
  system_libraries
  python_packages "${1:-}"
  ;;
*)
  say "unknown action '$action': use run, test or install"
  exit 2
  ;;
esac
