# The webhook and the plugin, for the Jobs it starts:
#                docker build -t HOST/PATH/bluegreen-webhook:0.1.0 .
# The demo app:  docker build --target demo --build-arg VERSION=6.1.6 -t HOST/PATH/bluegreen-demo:6.1.6 .
# A release should pin both base images by digest (NAME:TAG@sha256:...): a tag can be moved.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# The install scripts of development tools are not needed to bundle.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.ts webhook plugin demo-app

FROM gcr.io/distroless/nodejs24-debian12:nonroot AS demo
ARG VERSION=6.1.5
ENV VERSION=${VERSION}
COPY --from=build /src/dist/demo-app.cjs /app/demo-app.cjs
USER 65532:65532
EXPOSE 9898
ENTRYPOINT ["/nodejs/bin/node", "/app/demo-app.cjs"]
CMD []

FROM gcr.io/distroless/nodejs24-debian12:nonroot AS webhook
# `helm test` and Jobs run node by its name.
ENV PATH=/nodejs/bin:/usr/bin:/bin
COPY --from=build /src/dist/webhook.cjs /src/dist/plugin.cjs /app/
# Reviews are small and short-lived: room for new objects that grows to V8's default, and an arena of malloc for each thread,
# take 5 MiB of memory and answer no faster; with a single arena the threads wait for each other (docs/performance.md).
ENV MALLOC_ARENA_MAX=2
# By number, so that Kubernetes can check runAsNonRoot.
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=1", "/app/webhook.cjs"]
CMD []
