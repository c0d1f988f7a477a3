#!/bin/bash
# The cluster of docker-compose-erasure.yml loses peers and IPFS nodes, and no byte. Compares what it reads with what was
# added; ends with 0 only if all was as it should be. Nothing it started is left, however it ends.
# usage: docker/erasure-test.sh
#   CLUSTER_IMAGE, KUBO_IMAGE   the images; by default ecluster and Kubo's, which are built if they are neither here nor
#                               can be pulled
set -uo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
expected=QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ
pairs=8
members_patience=180 # seconds
work=$(mktemp -d "${TMPDIR:-/tmp}/ecluster-erasure.XXXXXX")
project=ecluster-test-$$
begun=$SECONDS
declare -A stopped

say() { printf '[%4ds] %s\n' $((SECONDS - begun)) "$*"; }
fail() {
  say "FAILED: $*" >&2
  exit 1
}

compose() { docker compose -p "$project" -f "$root/docker-compose-erasure.yml" "$@"; }

clean_up() {
  code=$?
  trap - EXIT INT TERM HUP
  [ "$code" -eq 0 ] || compose logs --tail 5 2>&1 | tail -n 90 >&2
  say "cleaning up"
  compose down --volumes --timeout 5 > "$work/down.log" 2>&1 || cat "$work/down.log" >&2
  rm -rf "$work"
  exit "$code"
}

prepare() {
  docker info > /dev/null 2>&1 || fail "no Docker engine answers"
  local config
  config=$("$root/docker/compose-config") || exit 1
  [ -z "$config" ] || export DOCKER_CONFIG=$config
  CLUSTER_SECRET=$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')
  export CLUSTER_SECRET CLUSTER_API_PORT=0
  if [ -z "${CLUSTER_IMAGE:-}" ]; then
    docker image inspect ecluster > /dev/null 2>&1 || "$root/docker/build" > /dev/null || fail "no image of the peer"
  fi
  if [ -z "${KUBO_IMAGE:-}" ]; then
    KUBO_IMAGE=$("$root/docker/kubo-image") || fail "no image of Kubo"
  fi
  export KUBO_IMAGE
}

ctl() { # number of the peer, then a command
  local peer=$1
  shift
  compose exec -T "cluster$peer" ipfs-cluster-ctl "$@"
}

running() {
  local i
  for ((i = 0; i < pairs; i++)); do
    [ -n "${stopped[$i]:-}" ] || echo "$i"
  done
}
first_running() { running | head -n 1; }

await_members() {
  local deadline=$((SECONDS + members_patience)) seen i
  for i in $(running); do
    while seen=$(ctl "$i" health metrics freespace 2> "$work/metrics.log" | grep -c freespace); [ "$seen" -lt "$pairs" ]; do
      [ $SECONDS -lt $deadline ] || fail "cluster$i sees $seen of $pairs peers; $(cat "$work/metrics.log")"
      sleep 1
    done
  done
}

plan() { ctl "$(first_running)" ecrecovery --dry-run "$expected"; }

# The numbers of peers that hold healthy shards, each once.
holders() { plan | sed -n 's/.*: healthy  : cluster\([0-9]*\) .*/\1/p' | sort -nu; }

stop_pair() {
  compose stop --timeout 20 "cluster$1" "ipfs$1" > "$work/stop.log" 2>&1 || { cat "$work/stop.log" >&2; fail "cluster$1 did not stop"; }
  stopped[$1]=1
  say "stopped cluster$1 and ipfs$1"
}

collect_garbage() {
  local i
  for i in $(running); do
    compose exec -T "ipfs$i" ipfs repo gc -q > "$work/gc.log" || fail "ipfs$i: repo gc failed"
  done
  say "collected garbage on $(running | wc -l) IPFS nodes"
}

read_and_compare() {
  local reader
  reader=$(first_running)
  ctl "$reader" ecget -q -o /tmp/read "$expected" || fail "cluster$reader cannot read $expected"
  compose exec -T "cluster$reader" cat /tmp/read > "$work/read" || fail "what cluster$reader read cannot be copied"
  diff -q "$work/tmpfile" "$work/read" > /dev/null || fail "what cluster$reader read differs"
  say "read through cluster$reader: identical"
}

repair() {
  ctl "$(first_running)" ecrecovery > "$work/repair" || { cat "$work/repair" >&2; fail "repair failed"; }
  plan > "$work/plan" || fail "the state of the groups is not told"
  grep -q ' | Margin: ' "$work/plan" || fail "no groups: $(cat "$work/plan")"
  ! grep ' | Margin: ' "$work/plan" | grep -qv ' | Margin: 2 | HEALTHY' || { cat "$work/plan" >&2; fail "not at full margin"; }
  say "repaired $(grep -c 'REPAIRED' "$work/repair") groups; all at full margin on $(running | wc -l) peers"
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

prepare
say "starting $pairs peers and $pairs IPFS nodes"
compose up -d --no-build --quiet-pull > "$work/up.log" 2>&1 || { tail -n 20 "$work/up.log" >&2; fail "docker compose up failed"; }
await_members
say "all peers see each other"

seq 1 250000 > "$work/tmpfile"
compose exec -T cluster0 sh -c 'cat > /tmp/tmpfile' < "$work/tmpfile" || fail "the file cannot be copied to cluster0"
root_cid=$(ctl 0 add -Q --erasure --shard-size 512000 /tmp/tmpfile) || fail "adding failed"
[ "$root_cid" = "$expected" ] || fail "the root is $root_cid, not $expected"
say "added tmpfile: $root_cid"

stop_pair "$(holders | tail -n 1)"
collect_garbage
read_and_compare
repair
for peer in $(holders | tail -n 2); do stop_pair "$peer"; done
read_and_compare
say "passed"
