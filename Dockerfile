# Two images, targets server and agent: docker build --target agent -t remora-agent .
#
# Either is made of nothing: a Java runtime of the modules that it needs, the jars, a class cache
# that was trained with just these, and the C library. image/rootfs makes it, here and without a
# container engine.

# An image with glibc 2.34 or newer, bash, and a JDK 25; with Maven, too, unless REMORA_BUILD is off.
ARG BUILD=maven:3.9-eclipse-temurin-25

FROM ${BUILD} AS build
# off: the jars of the context are taken as they are.
ARG REMORA_BUILD=on
WORKDIR /src
COPY . .
RUN ["image/rootfs", "/rootfs"]

FROM scratch AS server
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Remora server" \
      org.opencontainers.image.description="A service registry that speaks etcd" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /rootfs/server /
COPY --from=build --chown=65532:65532 /rootfs/server/var/lib/remora /var/lib/remora
# Settings as variables, so that the health check knows them; flags win over them.
ENV LANG=C.UTF-8 \
    REMORA_DATA_DIR=/var/lib/remora/data \
    REMORA_LISTEN_CLIENT_URLS=http://0.0.0.0:2379 \
    REMORA_LISTEN_PEER_URLS=http://0.0.0.0:2380
USER 65532:65532
WORKDIR /var/lib/remora
VOLUME /var/lib/remora
EXPOSE 2379 2380
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
  CMD ["/opt/remora/server/runtime/bin/java", "@/opt/remora/server/java.options", "health"]
ENTRYPOINT ["/opt/remora/server/runtime/bin/java", "@/opt/remora/server/java.options"]

FROM scratch AS agent
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Remora agent" \
      org.opencontainers.image.description="Registers services, and renders their configuration" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /rootfs/agent /
COPY --from=build --chown=65532:65532 /rootfs/agent/var/lib/remora /var/lib/remora
ENV LANG=C.UTF-8 \
    MALLOC_ARENA_MAX=1 \
    STATE_DIRECTORY=/var/lib/remora/data
USER 65532:65532
WORKDIR /var/lib/remora
VOLUME /var/lib/remora
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s \
  CMD ["/opt/remora/agent/runtime/bin/java", "@/opt/remora/agent/java.options", "health", "--config", "/etc/remora"]
ENTRYPOINT ["/opt/remora/agent/runtime/bin/java", "@/opt/remora/agent/java.options"]
CMD ["--config", "/etc/remora"]
