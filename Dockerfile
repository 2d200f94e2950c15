# The image holds the program alone: static, unprivileged, without PostgreSQL.
# Give it DATABASE_URL, REDRESS_SECRET and REDRESS_BASE_URL.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/redress ./cmd/redress \
 && install -d -o 65532 -g 65532 /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/redress /redress
COPY --from=build --chown=65532:65532 /out/data /data
ENV REDRESS_ADDR=0.0.0.0:8080 \
    REDRESS_DATA=/data
USER 65532:65532
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["/redress", "doctor", "--ready"]
ENTRYPOINT ["/redress"]
CMD ["serve"]
