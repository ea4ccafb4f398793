#!/usr/bin/env bash
# Formatting, analyzers, dependency audit, shell scripts and compose files; runs every check, then says which failed.
set -euo pipefail
repository=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
. "$repository/compose/lib/say.sh"
. "$repository/compose/lib/state.sh"
. "$repository/compose/lib/packages.sh"
. "$repository/compose/lib/dotnet.sh"

failures=()
scripts=(compose/*.sh load/*.sh tests/Conformance/dns-hook.sh .ci/run)

check() {
  step "$1"
  if "${@:2}"; then step_done 'fine'; else
    failures+=("$1")
    step_done 'FAILED'
  fi
}

format_is_clean() {
  dotnet format whitespace Certctl.sln --verify-no-changes --no-restore -v q &&
    dotnet format style Certctl.sln --verify-no-changes --no-restore -v q
}

builds_without_warnings() { dotnet build Certctl.sln -c Release --nologo -v q -warnaserror; }

# Reports what is published now, so it is no part of the build. Without the source there is nothing to say.
no_known_vulnerabilities() {
  local report
  report=$(dotnet list Certctl.sln package --vulnerable --include-transitive 2>&1) || {
    note 'NOT CHECKED: the audit source could not be reached:'
    tail -n 3 <<<"$report"
    return 0
  }
  if grep -q 'has the following vulnerable packages' <<<"$report"; then
    printf '%s\n' "$report"
    return 1
  fi
  if grep -qE 'NU1900|NU1301|Unable to load' <<<"$report"; then
    note 'NOT CHECKED: the audit source could not be reached:'
    grep -m 3 -E 'NU1900|NU1301|Unable to load' <<<"$report"
  fi
}

scripts_are_clean() {
  local script
  for script in "${scripts[@]}" compose/lib/*.sh load/baselines/*.sh tests/Conformance/*.sh; do bash -n "$script" || return 1; done
  shellcheck -a "${scripts[@]}"
}

k6_scripts_do_as_defined() { node load/k6/check.mjs; }

# Every variable that compose.yaml insists on gets a value here, so that only the file itself is judged.
compose_files_are_valid() {
  local tool=(docker-compose) environment=$state_dir/compose-lint.env
  ! docker compose version >/dev/null 2>&1 || tool=(docker compose)
  sed -E 's/^([A-Z_]+)=$/\1=lint/' compose/example.env >"$environment"
  "${tool[@]}" --env-file "$environment" -f compose/compose.yaml config -q &&
    "${tool[@]}" --env-file "$environment" -f compose/compose.yaml --profile scale config -q
}

cd -- "$repository"
use_state ''
ensure_tools shellcheck
docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null ||
  (install_packages 'docker.service docker.socket' docker-compose) || true

check 'shell scripts' scripts_are_clean
if docker compose version >/dev/null 2>&1 || command -v docker-compose >/dev/null; then
  check 'compose files' compose_files_are_valid
else
  step 'compose files: NOT CHECKED, there is no docker compose here'
fi
if command -v node >/dev/null; then
  check 'k6 scripts' k6_scripts_do_as_defined
else
  step 'k6 scripts: NOT CHECKED, there is no node here'
fi
check 'build without warnings' builds_without_warnings
check 'formatting and style' format_is_clean
check 'dependency audit' no_known_vulnerabilities

((${#failures[@]} == 0)) || fail "lint: $(printf '%s; ' "${failures[@]}")"
echo 'lint is clean'
