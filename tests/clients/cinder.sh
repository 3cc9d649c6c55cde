#!/usr/bin/env bash
# Cinder's command line, as it is, against the embedded cloud, which it finds by OS_AUTH_URL alone. The first thing that is
# wrong ends it.
set -euo pipefail

# A field of a table of two columns: `field NAME`.
field() {
  awk -F '|' -v name="$1" '{ gsub(/ /, "", $2); gsub(/^ +| +$/, "", $3) } $2 == name { print $3 }'
}

# Waits until a command succeeds: `until_true COMMAND...`.
until_true() {
  for _ in $(seq 40); do
    "$@" && return
    sleep 0.1
  done
  echo "this does not come true: $*" >&2
  exit 1
}

# Whether a volume has that field: `is VOLUME FIELD VALUE`.
is() {
  [ "$(cinder show "$1" 2>/dev/null | field "$2")" = "$3" ]
}

snapshot_is() {
  [ "$(cinder snapshot-show "$1" 2>/dev/null | field status)" = "$2" ]
}

cinder availability-zone-list | grep -q az-dc-1
cinder type-list | grep -q SSD
cinder absolute-limits | grep -q maxTotalVolumes
cinder quota-show "$OS_PROJECT_ID" | grep -q gigabytes
cinder quota-usage "$OS_PROJECT_ID" | grep -q gigabytes
cinder list-extensions >/dev/null

cinder create --name first --volume-type SSD --availability-zone az-dc-1 10 >/dev/null
until_true is first status available
cinder list --name first | grep -q first
cinder rename first second --description later
cinder extend second 20
until_true is second size 20
until_true is second status available
cinder metadata second set team=data
cinder metadata-show second | grep -q team
cinder metadata second unset team
cinder set-bootable second true
until_true is second bootable true
cinder readonly-mode-update second false

cinder snapshot-create --name of-second second >/dev/null
until_true snapshot_is of-second available
cinder snapshot-list | grep -q of-second
cinder snapshot-rename of-second renamed
cinder snapshot-metadata renamed set a=b
cinder snapshot-metadata-show renamed | grep -q a
cinder snapshot-delete renamed
no_snapshot() { ! cinder snapshot-list | grep -q renamed; }
until_true no_snapshot

cinder transfer-create --name gift second >/dev/null
cinder transfer-list | grep -q gift
cinder transfer-show gift | grep -q gift
cinder transfer-delete gift
until_true is second status available
cinder delete second
no_volume() { ! cinder list | grep -q second; }
until_true no_volume
echo "all steps done"
