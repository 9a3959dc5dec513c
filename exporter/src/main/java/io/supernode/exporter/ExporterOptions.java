package io.supernode.exporter;

import java.util.Map;
import java.util.Optional;

/**
 * How an exporter is run.
 *
 * @param listenHost name or address to listen on
 * @param listenPort 0 to 65535; 0 takes any free one
 * @param kafka consumer settings, at least {@code bootstrap.servers}; empty for an exporter that reads no topics and is
 *     fed through its store
 * @param info what is known of the run
 * @param token what a request that changes something has to show; empty where none is needed
 */
public record ExporterOptions(
        String listenHost, int listenPort, Map<String, Object> kafka, RunInfo info, Optional<String> token) {
    public static final String DEFAULT_HOST = "127.0.0.1";
    public static final int DEFAULT_PORT = 8384;

    public ExporterOptions {
        if (listenPort < 0 || listenPort > 65_535) {
            throw new IllegalArgumentException("must be 0 to 65535: listenPort=" + listenPort);
        }
        kafka = Map.copyOf(kafka);
    }

    /** Reads the topics of a broker, listens on the default address. */
    public static ExporterOptions reading(String bootstrapServers) {
        return new ExporterOptions(
                DEFAULT_HOST,
                DEFAULT_PORT,
                Map.of("bootstrap.servers", bootstrapServers),
                RunInfo.unknown(),
                Optional.empty());
    }

    /** Reads no topics. */
    public static ExporterOptions withoutKafka() {
        return new ExporterOptions(DEFAULT_HOST, DEFAULT_PORT, Map.of(), RunInfo.unknown(), Optional.empty());
    }

    /** @param address {@code HOST:PORT}, {@code [IPV6]:PORT} */
    public ExporterOptions listen(String address) {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty() || !address.substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("must be HOST:PORT, such as 127.0.0.1:8384: listen=" + address);
        }
        return new ExporterOptions(host, Integer.parseInt(address.substring(colon + 1)), kafka, info, token);
    }

    public ExporterOptions kafka(Map<String, Object> settings) {
        return new ExporterOptions(listenHost, listenPort, settings, info, token);
    }

    public ExporterOptions info(RunInfo known) {
        return new ExporterOptions(listenHost, listenPort, kafka, known, token);
    }

    public ExporterOptions token(String shown) {
        return new ExporterOptions(listenHost, listenPort, kafka, info, Optional.of(shown));
    }
}
