package io.supernode.ingest.kafka;

import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;

/** How frames are sent. Kafka's own defaults are made for small records at low rates. */
final class FrameSending {
    /** A frame that has not arrived by then will not; also how long a full buffer may hold the sender. */
    private static final String DELIVERY_TIMEOUT_MILLIS = "30000";

    static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry(ProducerConfig.CLIENT_ID_CONFIG, "supernode-replay"),
            // every frame once and in order per partition: the books count on it
            Map.entry(ProducerConfig.ACKS_CONFIG, "all"),
            Map.entry(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true"),
            Map.entry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5"),
            // one request carries several frames (64 KiB at most each); waiting longer only adds latency
            Map.entry(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(256 << 10)),
            Map.entry(ProducerConfig.LINGER_MS_CONFIG, "5"),
            // at full speed a second of stall fits, before the replay is held up and says so
            Map.entry(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(64 << 20)),
            // tried on a training run's frames: lz4 leaves 48 % of the bytes at about the sender's CPU of none at all,
            // zstd leaves 37 % at about twice that
            Map.entry(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4"),
            Map.entry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS),
            Map.entry(ProducerConfig.MAX_BLOCK_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS),
            Map.entry(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000"));

    private FrameSending() {}
}
