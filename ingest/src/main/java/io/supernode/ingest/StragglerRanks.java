package io.supernode.ingest;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in the job's layout the threads of a straggler timeline stand, which card shows them, and which of them take
 * part in an operation together. Cards are laid out as the model lays out its own: replica by replica, in a replica
 * stage by stage, in a stage the tensor-parallel ranks side by side.
 */
final class StragglerRanks {
    private static final Pattern PROCESS = Pattern.compile("DP rank \\[(\\d{1,6})\\]");
    private static final Pattern THREAD = Pattern.compile("PP rank (\\d{1,6}), TP rank (\\d{1,6})\\b.*");
    private static final int LANES_MAX = 1 << 20;
    private static final int GROUPS_MAX = 1 << 20;
    private static final int BOTH = 2;

    private final Path file;
    private final Map<String, Integer> replicas = new HashMap<>();
    private final Map<String, int[]> lanes = new HashMap<>();
    private final Map<String, Integer> groups = new HashMap<>();
    private int replicaCount;
    private int stageCount;
    private int tensorCount;

    /** One card of the job. */
    record Place(int replica, int stage, int tensor) {}

    /**
     * Who takes part together.
     *
     * @param size ranks that do
     * @param peer card of the other side; -1 where there are more
     */
    record Group(int number, int size, int peer) {}

    StragglerRanks(Path file) {
        this.file = file;
    }

    /** Takes in the name of a process or thread; passes over everything else. */
    void look(ChromeEvent event) throws InputException {
        if (!event.phase().equals("M")) {
            return;
        }
        String name = event.argument("name");
        if (event.name().equals("process_name")) {
            Matcher m = PROCESS.matcher(name);
            if (!m.matches()) {
                throw event.wrong("names no data-parallel rank: process_name=" + InputException.shown(name));
            }
            replicas.put(event.process(), Integer.parseInt(m.group(1)));
            replicaCount = Math.max(replicaCount, Integer.parseInt(m.group(1)) + 1);
        } else if (event.name().equals("thread_name")) {
            Matcher m = THREAD.matcher(name);
            if (!m.matches()) {
                throw event.wrong("names no pipeline and tensor rank: thread_name=" + InputException.shown(name));
            }
            int stage = Integer.parseInt(m.group(1));
            int tensor = Integer.parseInt(m.group(2));
            lanes.put(lane(event), new int[] {stage, tensor});
            stageCount = Math.max(stageCount, stage + 1);
            tensorCount = Math.max(tensorCount, tensor + 1);
        }
        if (lanes.size() > LANES_MAX || replicas.size() > LANES_MAX) {
            throw event.wrong("names more than " + LANES_MAX + " threads");
        }
    }

    /** All names are there. */
    void close() throws InputException {
        if (replicas.isEmpty() || lanes.isEmpty()) {
            throw InputException.of(
                    file,
                    "names no ranks; accepted: processes named \"DP rank [d]\" and threads named \"PP rank p, TP rank t,"
                            + " ...\"");
        }
        if ((long) replicaCount * stageCount * tensorCount > RankMap.CARDS_MAX) {
            throw InputException.of(
                    file,
                    "names " + replicaCount + " x " + stageCount + " x " + tensorCount + " ranks; accepted: at most "
                            + RankMap.CARDS_MAX);
        }
    }

    Place place(ChromeEvent event) throws InputException {
        Integer replica = replicas.get(event.process());
        int[] lane = lanes.get(lane(event));
        if (replica == null || lane == null) {
            throw event.wrong("has no named process and thread: pid=" + InputException.shown(event.process()) + " tid="
                    + InputException.shown(event.thread()));
        }
        return new Place(replica, lane[0], lane[1]);
    }

    int card(Place p) {
        return card(p.replica, p.stage, p.tensor);
    }

    /** The communicator of an operation; each operation has its own, so that its sequence numbers mean one thing. */
    Group group(String operation, int chunk, Place p) throws InputException {
        return switch (operation) {
            case "forward-send" -> pair("forward", p, p.stage, p.stage + 1);
            case "forward-recv" -> pair("forward", p, p.stage - 1, p.stage - 1);
            case "backward-send" -> pair("backward", p, p.stage, p.stage - 1);
            case "backward-recv" -> pair("backward", p, p.stage + 1, p.stage + 1);
            case "layernorm-grads-all-reduce" -> numbered(operation + "/" + p.replica + "/" + p.stage, tensorCount, -1);
            case "embedding-grads-all-reduce" -> // input and output embedding: first and last stage
                numbered(operation + "/" + p.replica + "/" + p.tensor, Math.min(BOTH, stageCount), -1);
            default -> numbered(operation + "/" + chunk + "/" + p.stage + "/" + p.tensor, replicaCount, -1);
        };
    }

    /** {@code DP d, PP p, TP t -> card (4 d + p) 1 + t: 2 x 4 x 1 ranks}. */
    String text() {
        return "DP rank d, PP rank p, TP rank t -> card (" + stageCount + " d + p) " + tensorCount + " + t; "
                + replicaCount + " x " + stageCount + " x " + tensorCount + " ranks on cards 0-"
                + (replicaCount * stageCount * tensorCount - 1);
    }

    /** The last stage hands over to the first where stages hold several chunks of the model. */
    private Group pair(String direction, Place p, int senderStage, int otherStage) throws InputException {
        int sender = Math.floorMod(senderStage, stageCount);
        int peer = card(p.replica, Math.floorMod(otherStage, stageCount), p.tensor);
        return numbered(direction + "/" + p.replica + "/" + sender + "/" + p.tensor, BOTH, peer);
    }

    private Group numbered(String key, int size, int peer) throws InputException {
        Integer number = groups.get(key);
        if (number == null) {
            if (groups.size() == GROUPS_MAX) {
                throw InputException.of(file, "names more than " + GROUPS_MAX + " groups of ranks");
            }
            number = groups.size();
            groups.put(key, number);
        }
        return new Group(number, size, peer);
    }

    private int card(int replica, int stage, int tensor) {
        return (replica * stageCount + stage) * tensorCount + tensor;
    }

    private static String lane(ChromeEvent event) {
        return event.process() + "/" + event.thread();
    }
}
