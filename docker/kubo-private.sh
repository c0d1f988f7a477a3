#!/bin/sh
# Run by Kubo's container before the daemon: a node of a private swarm, that asks nobody outside of it for anything.
set -eu
ipfs bootstrap rm --all > /dev/null
ipfs config --json AutoConf.Enabled false
ipfs config --json DNS.Resolvers '{}'
ipfs config --json Ipns.DelegatedPublishers '[]'
ipfs config --json Routing '{"Type": "none"}'
ipfs config --json Discovery.MDNS.Enabled false
ipfs config --json AutoTLS.Enabled false
ipfs config --json Swarm.RelayClient.Enabled false
ipfs config --json Swarm.Transports.Network '{"QUIC": false, "WebTransport": false, "WebRTCDirect": false, "Websocket": false}'
ipfs config --json Addresses.Swarm '["/ip4/0.0.0.0/tcp/4001"]'
