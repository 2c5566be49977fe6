# syntax=docker/dockerfile:1

FROM node:22-bookworm-slim AS node

FROM rust:1.95.0-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /build

# Layer 1: the tools. New when a version of theirs changes.
COPY setup.sh rust-toolchain.toml Cargo.lock package.json package-lock.json .npmrc ./
RUN ./setup.sh build

# Layer 2: the dependencies, built for crates without code. New when a manifest changes. Layers are kept by the caches
# of CI, too; cache mounts are not.
COPY .cargo .cargo
COPY Cargo.toml ./
COPY app/Cargo.toml app/
COPY bench/Cargo.toml bench/
COPY domain/Cargo.toml domain/
COPY frontend/Cargo.toml frontend/
COPY migration/Cargo.toml migration/
COPY server/Cargo.toml server/
COPY service/Cargo.toml service/
COPY worker/Cargo.toml worker/
# The flags are those of `cargo leptos build --split`; with others it would build everything anew.
RUN for crate in */Cargo.toml; do mkdir "${crate%/*}/src" && touch "${crate%/*}/src/lib.rs"; done && \
    echo 'fn main() {}' | tee server/src/main.rs >bench/src/main.rs && \
    cargo build --locked --release --package server --bin mini-compete && \
    RUSTFLAGS='--cfg erase_components -Clink-args=--emit-relocs' \
      cargo build --locked --profile wasm-release --package frontend --lib --target wasm32-unknown-unknown --target-dir target/front

# Layer 3: this program. Cargo compares modification times, and the crates without code are newer than the sources.
COPY . .
RUN find . -path ./target -prune -o -name '*.rs' -exec touch {} + && \
    make build && \
    mkdir -p /out/data && \
    cp -r target/release/mini-compete target/release/hash.txt target/release/site /out/

# glibc, libgcc and nothing else: no shell, no package manager. The user is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/mini-compete /out/hash.txt /opt/mini-compete/
COPY --from=build /out/site /opt/mini-compete/site
# The server keeps its data (SQLite, a generated secret) in data/ below the folder it is started in.
WORKDIR /var/lib/mini-compete
COPY --from=build --chown=65532:65532 /out/data data
VOLUME /var/lib/mini-compete/data
ENV APP_ENV=production HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=4s --start-period=15s --retries=3 CMD ["/opt/mini-compete/mini-compete", "healthcheck"]
ENTRYPOINT ["/opt/mini-compete/mini-compete"]
CMD ["serve"]
