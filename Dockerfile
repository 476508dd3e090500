# The webhook and the plugin, for the Jobs it starts; the same image as `npm run release` makes, which images/ defines:
#                docker build -t HOST/PATH/bluegreen-webhook:0.1.0 .
# A release should pin the base image by digest (NAME:TAG@sha256:...): a tag can be moved. Of it, the libraries of C and
# C++ get into the image; Node is the one that package-lock.json pins.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# The install scripts of development tools are not needed to bundle.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.ts webhook plugin
RUN node images/root.ts dist >/tmp/root.tar && mkdir /image && tar -xf /tmp/root.tar -C /image

# What follows is what images/webhook.ts says; a test fails when they differ.
FROM scratch
COPY --from=build /image/ /
LABEL org.opencontainers.image.title=bluegreen
LABEL org.opencontainers.image.version=0.1.0
LABEL org.opencontainers.image.licenses=Apache-2.0
ENV PATH=/usr/bin
ENV MALLOC_ARENA_MAX=2
ENV MALLOC_MMAP_THRESHOLD_=16384
WORKDIR /app
USER 65532:65532
ENTRYPOINT ["/usr/bin/node", "--max-semi-space-size=1", "/app/webhook.cjs"]
