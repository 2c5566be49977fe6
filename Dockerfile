# syntax=docker/dockerfile:1

FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /build
# The tools take minutes to install and seldom change: a layer of their own.
COPY setup.sh rust-toolchain.toml Cargo.lock package.json package-lock.json .npmrc ./
RUN ./setup.sh build
COPY . .
# The cache is gone after this step, so what is needed from it is copied out.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    make build && \
    mkdir /out && \
    cp -r target/release/mini-compete target/release/hash.txt target/release/site /out/

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/mini-compete mini-compete
COPY --from=build /out /opt/mini-compete
USER mini-compete
# The server keeps its data (SQLite, a generated secret) in data/ below the folder it is started in.
WORKDIR /var/lib/mini-compete
RUN mkdir data
VOLUME /var/lib/mini-compete/data
ENV APP_ENV=production HOST=0.0.0.0 PORT=3000
EXPOSE 3000
# The image has no curl; bash can speak enough HTTP.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD \
    ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/opt/mini-compete/mini-compete"]
CMD ["serve"]
