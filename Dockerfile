# Two images: `exporter`, only the program, and `server`, NFS-Ganesha with the program as its supervisor.
# scripts/images builds both.
ARG DEBIAN=docker.io/library/debian:trixie-slim

FROM ${DEBIAN} AS configured
WORKDIR /src
COPY scripts/install-deps scripts/
RUN scripts/install-deps program && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
COPY . .
# There is no git in this stage.
ARG GANESHA_EXPORTER_REVISION=
RUN cmake --preset release -B /build -DGANESHA_WERROR=OFF -DGANESHA_BUILD_TESTS=OFF -DGANESHA_BUILD_BENCH=OFF \
        -DGANESHA_EXPORTER_REVISION="${GANESHA_EXPORTER_REVISION}"


FROM configured AS build
RUN cmake --build /build \
    && DESTDIR=/program cmake --install /build --component program --strip --prefix /usr \
    && cmake --install /build --component debug --prefix /debug \
    && rm -rf /build


# What is installed. scripts/images puts the content of a package in its place (PACKAGE=).
FROM scratch AS program
COPY --from=build /program /


# Only on request: `docker build --target debug --output . .` gives what gdb needs beside a core dump.
FROM scratch AS debug
COPY --from=build /debug /


FROM ${DEBIAN} AS runtime
# Without it `top` uses only ASCII.
ENV LANG=C.UTF-8
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
        libcrypt1 libncursesw6 libprometheus-cpp-core1.0 libre2-11 libsdbus-c++2 libspdlog1.15 libssl3t64 libsystemd0 \
        libyaml-cpp0.8 zlib1g \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/*.log /var/cache/ldconfig/aux-cache
COPY LICENSE /usr/share/doc/ganesha-exporter/copyright


# scripts/images adds the labels that are not the same in each build: version, revision, created, base.
FROM runtime AS exporter
COPY packaging/dbus/ganesha-exporter.conf /usr/share/ganesha-exporter/dbus.conf
COPY --from=program /usr/bin/ganesha_exporter /usr/local/bin/
# The time of the commit: an account has a date, and so has the list of what is inside.
ARG SOURCE_DATE_EPOCH
RUN --mount=type=bind,source=packaging/container/sbom,target=/tmp/sbom \
    groupadd --gid 19587 ganesha-exporter \
    && useradd --uid 19587 --gid 19587 --no-create-home --home-dir /nonexistent ganesha-exporter \
    && /tmp/sbom ganesha_exporter >/usr/share/doc/ganesha-exporter/image.spdx.json
LABEL org.opencontainers.image.title="ganesha_exporter" \
      org.opencontainers.image.description="Prometheus exporter for NFS-Ganesha" \
      org.opencontainers.image.licenses="MIT"
# By number, so that an engine can verify that it is not root.
USER 19587:19587
EXPOSE 19587
STOPSIGNAL SIGTERM
ENTRYPOINT ["ganesha_exporter"]


FROM runtime AS server
# The package dbus-daemon makes a random machine id, which would differ from build to build.
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
        dbus-daemon nfs-common nfs-ganesha nfs-ganesha-vfs rpcbind \
    && dpkg-query -W | md5sum | cut -c 1-32 >/var/lib/dbus/machine-id \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/*.log /var/cache/ldconfig/aux-cache
COPY packaging/container/ganesha.conf /etc/ganesha/ganesha.conf
COPY --from=program /usr/bin/ganesha_exporter /usr/local/bin/
ARG SOURCE_DATE_EPOCH
# The VFS FSAL looks for its exports in /etc/mtab, which some engines do not create.
RUN --mount=type=bind,source=packaging/container/sbom,target=/tmp/sbom \
    ln -sf /proc/self/mounts /etc/mtab && mkdir /export && ganesha.nfsd -v \
    && /tmp/sbom ganesha_server >/usr/share/doc/ganesha-exporter/image.spdx.json
LABEL org.opencontainers.image.title="ganesha_exporter with NFS-Ganesha" \
      org.opencontainers.image.description="NFS-Ganesha, run and watched by its Prometheus exporter" \
      org.opencontainers.image.licenses="MIT AND LGPL-3.0-or-later"
ENV GANESHA_RUN=1
# If nothing is mounted there, the engine creates a volume: VFS needs a file system with handles.
VOLUME /export
EXPOSE 2049 19587
STOPSIGNAL SIGTERM
# Checks the process, not the bus or the exports: an engine that restarts unhealthy containers must not stop a
# working server.
HEALTHCHECK --interval=10s --timeout=5s --start-period=1m CMD ["ganesha_exporter", "--healthcheck.live"]
ENTRYPOINT ["ganesha_exporter"]
