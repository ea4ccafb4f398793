# shellcheck shell=bash
# The load driver, built into the state folder. Needs say.sh, $repository, $state_dir.

build_driver() {
  step 'Building the load driver'
  dotnet publish "$repository/load/Driver" -c Release --nologo -v q --use-current-runtime --self-contained false -p:PublishReadyToRun=true \
    -o "$state_dir/driver" --disable-build-servers >"$state_dir/logs/driver.log" || fail "see $state_dir/logs/driver.log"
  step_done 'built'
}

driver() { "$state_dir/driver/Certctl.Load" "$@"; }
