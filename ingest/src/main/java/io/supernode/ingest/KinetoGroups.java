package io.supernode.ingest;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Numbers the communicators of a job: the same for all ranks that name the same. */
final class KinetoGroups {
    private static final int GROUPS_MAX = 1 << 16;

    private final Path recording;
    private final Map<String, Integer> numbers = new HashMap<>();

    KinetoGroups(Path recording) {
        this.recording = recording;
    }

    /**
     * The communicator of a kernel. Long lists of ranks are shortened by the profiler, so that their first rank, stride
     * and size count too. Kernels that name none are taken to be in the one of all ranks.
     */
    int number(ChromeEvent kernel) throws InputException {
        return number(String.join(
                "|",
                kernel.argument("Process Group Name"),
                kernel.argument("Process Group Ranks"),
                kernel.argument("Global rank start"),
                kernel.argument("Global rank stride"),
                kernel.argument("Group size")));
    }

    private int number(String name) throws InputException {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        if (numbers.size() == GROUPS_MAX) {
            throw InputException.of(recording, "names more than " + GROUPS_MAX + " process groups");
        }
        numbers.put(name, numbers.size());
        return numbers.size() - 1;
    }
}
