package io.supernode.ingest;

import java.io.IOException;

/** One foreign format. A new format is one implementation, added to the list in {@link Importers}. */
interface RecordingFormat {
    /** What {@code --format} calls it. */
    String name();

    /** What {@link #recognises} looks for, in a few words, for the message when nothing fits. */
    String lookedFor();

    /** Whether it looks like this format. Two formats never recognise the same recording. */
    boolean recognises(Recording recording) throws IOException;

    /** How often {@link #read} goes through the recording, for the progress. */
    default int passes() {
        return 1;
    }

    /**
     * Reads the recording to its end, record by record, in memory that does not depend on its size.
     *
     * @throws InputException when it is not what it claims to be
     * @throws IOException when {@code out} cannot take more
     */
    void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException;
}
