package io.supernode.app.cli;

import io.supernode.app.report.Readable;
import io.supernode.ingest.kafka.KafkaFailedException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Holds a replay while its consumers are too far behind, and lets it go on when they have come to half of that: every
 * look in between would otherwise turn it on and off. Used by one thread.
 */
final class LagPacer {
    private final LongSupplier lag;
    private final long mostRecords;
    private final Consumer<Boolean> hold;
    private final Consumer<String> say;
    private boolean holds;
    private boolean isBlind;

    /** @param hold makes the replay stand still, or not */
    LagPacer(LongSupplier lag, long mostRecords, Consumer<Boolean> hold, Consumer<String> say) {
        this.lag = lag;
        this.mostRecords = mostRecords;
        this.hold = hold;
        this.say = say;
    }

    /** Asks how far behind they are, and acts on it. While the answer cannot be had all stays as it is. */
    void look() {
        long records;
        try {
            records = lag.getAsLong();
            isBlind = false;
        } catch (KafkaFailedException e) {
            if (!isBlind) {
                say.accept(
                        "lag is not known, the replay " + (holds ? "stays held" : "goes on") + ": " + e.getMessage());
            }
            isBlind = true;
            return;
        }
        boolean tooFar = records > (holds ? mostRecords / 2 : mostRecords);
        if (tooFar != holds) {
            holds = tooFar;
            hold.accept(holds);
            say.accept(holds ? "held: consumers are " + Readable.count(records) + " records behind" : "goes on");
        }
    }
}
