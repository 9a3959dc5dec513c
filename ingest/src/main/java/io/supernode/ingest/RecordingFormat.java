package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One foreign format. A new format is one implementation, added to the list in {@link Importers}. */
interface RecordingFormat {
    /** What {@code --format} calls it. */
    String name();

    /** What {@link #recognises} looks for, in a few words, for the message when nothing fits. */
    String lookedFor();

    /** Whether the file looks like this format. Two formats never recognise the same file. */
    boolean recognises(FileHead head);

    /**
     * Reads the recording to its end, record by record, in memory that does not depend on the size of the file.
     *
     * @param file names the recording in messages
     * @param input its bytes
     * @return one line each of what the reader of the trace should know of the recording
     * @throws InputException when it is not what it claims to be
     * @throws IOException when {@code out} cannot take more
     */
    List<String> read(Path file, RecordingInput input, RecordingOutput out) throws IOException;
}
