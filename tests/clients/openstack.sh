#!/usr/bin/env bash
# OpenStack's command line, as it is, against the embedded cloud, which it finds by OS_AUTH_URL alone. The first thing that is
# wrong ends it.
set -euo pipefail

# Waits until a volume has that status: `until_is VOLUME STATUS`.
until_is() {
  for _ in $(seq 40); do
    [ "$(openstack volume show "$1" -f value -c status)" = "$2" ] && return
    sleep 0.1
  done
  echo "$1 does not become $2" >&2
  exit 1
}

# Fails unless both are the same: `same WHAT FOUND EXPECTED`.
same() {
  [ "$2" = "$3" ] || { echo "$1 is $2, and not $3" >&2; exit 1; }
}

types=$(openstack catalog list -f value -c Type)
for type in identity volume volumev2 volumev3 evs evsv2.1; do grep -qx "$type" <<<"$types"; done
same "the project" "$(openstack project show "$OS_PROJECT_NAME" -f value -c name)" "$OS_PROJECT_NAME"
same "the zones" "$(openstack availability zone list --volume -f value -c 'Zone Name' | wc -l)" 3
openstack volume type list -f value -c Name | grep -qx SSD
openstack volume type show SSD >/dev/null

openstack volume create --size 10 --type SSD --availability-zone az-dc-1 --property team=data first >/dev/null
until_is first available
same "the size" "$(openstack volume show first -f value -c size)" 10
same "the list" "$(openstack volume list --name first -f value -c Name)" first
openstack volume set --name second --description later --size 20 --property stage=test first
until_is second available
same "the size" "$(openstack volume show second -f value -c size)" 20
openstack volume show second -f value -c properties | grep -q stage
openstack volume unset --property stage second
openstack volume set --bootable second
openstack volume set --read-only second
openstack volume set --read-write second
openstack volume summary >/dev/null

openstack volume snapshot create --volume second of-second >/dev/null
for _ in $(seq 40); do
  [ "$(openstack volume snapshot show of-second -f value -c status)" = available ] && break
  sleep 0.1
done
same "the snapshots" "$(openstack volume snapshot list --volume second -f value -c Name)" of-second
openstack volume snapshot set --name renamed --property a=b of-second
openstack volume snapshot unset --property a renamed
openstack volume snapshot delete renamed

transfer=$(openstack volume transfer request create --name gift second -f value -c id)
same "the transfers" "$(openstack volume transfer request list -f value -c Name)" gift
openstack volume transfer request show "$transfer" >/dev/null
openstack volume transfer request delete "$transfer"
until_is second available
for _ in $(seq 40); do
  openstack volume snapshot list -f value -c Name | grep -qx renamed || break
  sleep 0.1
done
openstack volume delete second
for _ in $(seq 40); do
  [ -z "$(openstack volume list --name second -f value -c Name)" ] && break
  sleep 0.1
done
same "the list" "$(openstack volume list --name second -f value -c Name)" ""
echo "all steps done"
