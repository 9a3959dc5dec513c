package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job's jar by {@code flink run} on a session cluster of separate processes, a job manager and two task managers of
 * one slot each, against a broker of its own. While a replay goes on, the job is stopped with a savepoint and started on
 * two slots, one of the task managers is killed, the job is set back to one slot, and the job manager is killed and the
 * job started from its newest checkpoint; as often as {@code -Dcycles} says (1). The windows are those of one thread.
 */
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class SessionClusterIT {
    private static final int CYCLES = Integer.getInteger("cycles", 1);
    private static final int SECONDS_PER_CYCLE = 60;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String JAR = "/opt/flink/usrlib/supernode-analytics-job.jar";
    private static final String CHECKPOINTS = "/opt/flink/checkpoints";
    private static final Pattern JOB = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed\\. Path: (\\S+)");

    @TempDir
    Path folder;

    private ComposeStack stack;
    private String job;

    @Test
    void aJobThatIsRescaledAndWhoseProcessesAreKilledGivesTheSameWindows() throws Exception {
        Requirement.CONTAINERS.demand(Tool.hasContainers());
        try (ComposeStack compose = new ComposeStack("session").over("session.yaml")) {
            stack = compose;
            stack.up(List.of("kafka", "topics", "jobmanager", "taskmanager"), "--scale", "taskmanager=2");
            stack.until("the job manager answers", LIMIT, stack::flinkAnswers);
            submit(1, "");
            try (Books books = new Books(stack.bootstrap());
                    Running replay = replay()) {
                replay.until("frames", LIMIT, () -> books.computeFrames() > 150);
                for (int cycle = 0; cycle < CYCLES; cycle++) {
                    submit(2, stopped());
                    stack.killContainer(stack.containers("taskmanager").get(cycle % 2));
                    stack.until("the loss is noticed", LIMIT, () -> !stack.jobRuns());
                    running();
                    submit(1, stopped());
                    String before = newestCheckpoint();
                    stack.until("a checkpoint", LIMIT, () -> !newestCheckpoint().equals(before));
                    stack.must("kill", "-s", "SIGKILL", "jobmanager");
                    stack.must("start", "jobmanager");
                    stack.until("the job manager answers", LIMIT, stack::flinkAnswers);
                    submit(1, newestCheckpoint());
                }
                assertThat(replay.await(LIMIT.plusSeconds(SECONDS_PER_CYCLE * CYCLES))
                                .exitCode())
                        .as(replay::toString)
                        .isZero();
                mustBalance(books);
                assertThat(books.putAside("duplicate")).isZero();
                assertThat(books.putAside("gap")).isZero();
                assertThat(books.putAside("late")).isZero();
            }
        }
    }

    private void mustBalance(Books books) {
        try {
            books.mustBalance(
                    CYCLES + " times rescaled twice, task manager and job manager killed",
                    Supernode.parse(folder.resolve("r.json")),
                    LIMIT);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + stack.jobs() + stack.logs(), e);
        }
    }

    private Running replay() {
        return Supernode.start(
                folder,
                "replay",
                "--kafka",
                stack.bootstrap(),
                "--cards",
                "0-63",
                "--duration",
                SECONDS_PER_CYCLE * CYCLES + "s",
                "--report",
                "r.json",
                "--quiet");
    }

    /** @param from a savepoint or a checkpoint; empty for none */
    private void submit(int slots, String from) {
        List<String> words = new ArrayList<>(List.of("flink", "run", "-d"));
        if (!from.isEmpty()) {
            words.addAll(List.of("-s", from));
        }
        words.addAll(List.of(JAR, "--kafka", "kafka:9092"));
        words.addAll(List.of("--parallelism", Integer.toString(slots), "--readers", Integer.toString(slots)));
        job = found(JOB, stack.exec("jobmanager", words.toArray(String[]::new)));
        running();
    }

    private void running() {
        stack.until("the job runs", LIMIT, stack::jobRuns);
    }

    /** Stops the job. @return its savepoint */
    private String stopped() {
        return found(
                SAVEPOINT,
                stack.exec("jobmanager", "flink", "stop", "--savepointPath", "file://" + CHECKPOINTS + "/saved", job));
    }

    /** The one that was complete last, of any job: only a complete one has its metadata. */
    private String newestCheckpoint() {
        String command = "ls -t " + CHECKPOINTS + "/*/chk-*/_metadata 2>/dev/null | head -1";
        return stack.exec("jobmanager", "sh", "-c", command).strip().replace("/_metadata", "");
    }

    private static String found(Pattern what, String said) {
        Matcher matcher = what.matcher(said);
        assertThat(matcher.find()).as(said).isTrue();
        return matcher.group(1);
    }
}
