# Kubo as a container, for places where ipfs/kubo cannot be pulled; folders, ports and variables are those of
# that image. Built by docker/kubo-image.
ARG BASE=debian:bookworm-slim
FROM ${BASE}
RUN command -v tini || \
    { apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*; }
RUN useradd --uid 1000 --gid users --home-dir /data/ipfs --no-create-home --shell /usr/sbin/nologin ipfs && \
    install -d -o ipfs -g users /data/ipfs /container-init.d
COPY ipfs start_ipfs /usr/local/bin/
ENV IPFS_PATH=/data/ipfs
# The swarm, the RPC API, the gateway.
EXPOSE 4001 4001/udp 5001 8080
VOLUME /data/ipfs
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["ipfs", "--api=/ip4/127.0.0.1/tcp/5001", "id"]
ENTRYPOINT ["tini", "--", "start_ipfs"]
CMD ["daemon"]
