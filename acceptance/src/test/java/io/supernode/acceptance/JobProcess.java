package io.supernode.acceptance;

import io.supernode.analytics.JobOptions;
import io.supernode.analytics.TelemetryJob;
import io.supernode.app.stack.DataFolder;
import io.supernode.app.stack.EmbeddedFlink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job's jar on a Flink runtime, as a process that a test can kill: {@code BOOTSTRAP FOLDER [CHECKPOINT]}. A
 * checkpoint every second; it begins at the earliest frames, or where the checkpoint was.
 */
final class JobProcess {
    private JobProcess() {}

    static Running start(Path folder, String bootstrap, Path data, String checkpoint) {
        String classes = String.join(
                java.io.File.pathSeparator,
                Supernode.home().resolve("acceptance/target/test-classes").toString(),
                Supernode.home()
                        .resolve("analytics/target/supernode-analytics-job.jar")
                        .toString(),
                Supernode.home().resolve("app/target/supernode/lib/*").toString());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                classes,
                JobProcess.class.getName(),
                bootstrap,
                data.toString()));
        if (!checkpoint.isEmpty()) {
            command.add(checkpoint);
        }
        return Running.start(folder, command);
    }

    public static void main(String[] args) throws Exception {
        DataFolder data = DataFolder.open(Path.of(args[1]), false);
        Configuration configuration = EmbeddedFlink.checkpointsIn(data.checkpoints());
        if (args.length > 2) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, args[2]);
        }
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        TelemetryJob.onKafka(
                environment,
                JobOptions.of(args[0])
                        .withCheckpointInterval(Duration.ofSeconds(1))
                        .withParallelism(2, 2));
        EmbeddedFlink flink = EmbeddedFlink.start(data, 2);
        flink.submit(environment, "supernode telemetry");
        while (flink.failure().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        System.err.println(flink.failure().get());
        System.exit(1);
    }
}
