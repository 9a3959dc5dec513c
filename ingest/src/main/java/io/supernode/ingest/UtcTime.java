package io.supernode.ingest;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;

/** Dates with a time of day, to the nanosecond: {@code 2023-11-16 18:15:46.6805900}. Without an offset they are UTC. */
final class UtcTime {
    static final String ACCEPTED = "1970 to 2262 as 2023-11-16 18:15:46.6805900 (UTC, up to 9 decimals)";

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .toFormatter()
            .withResolverStyle(ResolverStyle.STRICT);

    private UtcTime() {}

    /** Nanoseconds since 1970; -1 when the text is not such a time or lies outside 1970 to 2262. */
    static long nanos(String text) {
        try {
            TemporalAccessor parsed = FORMAT.parse(text.strip());
            ZoneOffset offset = parsed.isSupported(ChronoField.OFFSET_SECONDS)
                    ? ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS))
                    : ZoneOffset.UTC;
            Instant instant = LocalDateTime.from(parsed).toInstant(offset);
            long nanos =
                    Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS_PER_SECOND), instant.getNano());
            return Math.max(-1, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            return -1;
        }
    }
}
