#!/bin/sh
# Starts a peer in a container; arguments are those of ipfs-cluster-service.
#
#   IPFS_CLUSTER_PATH       the peer's folder
#   IPFS_CLUSTER_CONSENSUS  for the first start, which makes service.json and identity.json
#   IPFS_CLUSTER_BOOTSTRAP  peers to join, with commas. Without /p2p/ID at its end, as /dns4/cluster0/tcp/9096,
#                           the peer at that host is asked for its id through its HTTP API, port 9094
#   IPFS_SWARM_KEY          text of the key of a private IPFS swarm, written to swarm.key in the folder
#   DOCKER_DEBUG            if set, traces this script
set -eu
[ -z "${DOCKER_DEBUG:-}" ] || set -x
folder=${IPFS_CLUSTER_PATH:-/data/ipfs-cluster}
api_port=9094
patience=120 # seconds, for the id of a peer to join

fail() {
  echo "$*" >&2
  exit 1
}

as_user() { # command
  HOME=$folder setpriv --reuid ipfs --regid users --init-groups "$@"
}

# Gives the folder to the user "ipfs" if that user cannot write there, and goes on as that user.
drop_root() {
  mkdir -p "$folder" || fail "cannot make $folder"
  as_user test -w "$folder" || chown -R ipfs:users "$folder" ||
    fail "$folder belongs to another user and its owner cannot be changed"
  HOME=$folder exec setpriv --reuid ipfs --regid users --init-groups -- "$0" "$@"
}

check_folder() {
  [ -d "$folder" ] || mkdir -p "$folder" 2>/dev/null || fail "cannot make $folder (IPFS_CLUSTER_PATH) as user $(id -u)"
  [ -w "$folder" ] ||
    fail "user $(id -u) cannot write to $folder: give it to that user (chown -R $(id -u) FOLDER on the host), or start the container as root"
}

initialise() {
  [ -e "$folder/service.json" ] || ipfs-cluster-service init --consensus "${IPFS_CLUSTER_CONSENSUS:-crdt}"
}

# The key is not in an argument, which a trace or a list of processes would show.
write_swarm_key() {
  [ -n "${IPFS_SWARM_KEY:+set}" ] || return 0
  (umask 077 && printenv IPFS_SWARM_KEY > "$folder/swarm.key")
}

peer_id() { # host, as /dns4/NAME
  timeout 10 ipfs-cluster-ctl --host "$1/tcp/$api_port" --enc json id 2>/dev/null |
    sed -n 's/^[ {]*"id": *"\([^"]*\)".*/\1/p' | head -n 1
}

# A peer that knows others from before finds them by itself, so that it does not wait for this one.
known_peers() { [ -s "$folder/peerstore" ]; }

await_peer_id() { # host
  waited=0
  while :; do
    found=$(peer_id "$1")
    [ -z "$found" ] || break
    ! known_peers || break
    [ "$waited" -lt "$patience" ] || fail "IPFS_CLUSTER_BOOTSTRAP: $1/tcp/$api_port does not tell its peer id"
    waited=$((waited + 1))
    sleep 1
  done
  echo "$found"
}

bootstrap_addresses() {
  for address in $(echo "${IPFS_CLUSTER_BOOTSTRAP:-}" | tr , ' '); do
    case $address in
      */p2p/*) printf '%s,' "$address" ;;
      *)
        found=$(await_peer_id "$(echo "$address" | cut -d/ -f1-3)")
        [ -z "$found" ] || printf '%s/p2p/%s,' "$address" "$found"
        ;;
    esac
  done
}

wants_daemon() {
  for argument; do
    [ "$argument" != daemon ] || return 0
  done
  return 1
}

[ "$(id -u)" -ne 0 ] || drop_root "$@"
wants_daemon "$@" || exec ipfs-cluster-service "$@"
check_folder
echo "ipfs-cluster-service $(ipfs-cluster-service version)"
initialise
write_swarm_key
bootstrap=$(bootstrap_addresses)
[ -z "$bootstrap" ] || set -- "$@" --bootstrap "$bootstrap"
exec ipfs-cluster-service "$@"
