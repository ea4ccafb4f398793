# shellcheck shell=bash
# What every dotnet command of these scripts is told: no build server may outlive it, or Ctrl-C would not stop all.

export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
# MSBuild takes a variable of the environment for a property: no compiler server.
export UseSharedCompilation=false
