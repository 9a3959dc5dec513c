package io.supernode.app.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.supernode.app.ExitCode;
import io.supernode.app.report.JsonText;
import io.supernode.ingest.kafka.KafkaEdge;
import io.supernode.ingest.kafka.TopicCheck;
import io.supernode.ingest.kafka.TopicProvisioner;
import io.supernode.ingest.kafka.TopicState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code topics} */
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "The topics on a broker: creates what is missing, checks how they are set up, or describes them.")
final class TopicsCommand implements Callable<Integer> {
    /** What to do with the topics. */
    enum Action {
        CREATE,
        CHECK,
        DESCRIBE
    }

    private final Session session;

    @Parameters(
            arity = "0..1",
            paramLabel = "create|check|describe",
            defaultValue = "check",
            description = "create: those that are missing; check: compare with what the product needs (default);"
                    + " describe: show partitions, copies and settings")
    private Action action;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--partition-factor",
            paramLabel = "N",
            defaultValue = "1",
            description = "times the partitions of one supernode (default: 1)")
    private int partitionFactor;

    @Mixin
    private OutputOptions output;

    TopicsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        session.console().quiet(output.quiet);
        try (KafkaEdge edge = KafkaEdge.connect(kafka.settingsOrDefault())) {
            TopicProvisioner topics = edge.topics(partitionFactor);
            return switch (action) {
                case CREATE -> judge(topics.create());
                case CHECK -> judge(topics.check());
                case DESCRIBE -> describe(topics.describe().values());
            };
        }
    }

    private int judge(TopicCheck check) {
        check.notes().forEach(session.console()::say);
        check.requireUsable();
        session.console().say("all topics are as they should be");
        return ExitCode.OK;
    }

    private int describe(Iterable<TopicState> topics) {
        session.console()
                .data(
                        switch (output.format) {
                            case JSON -> JsonText.of(json -> write(json, topics));
                            case TEXT -> text(topics);
                        });
        return ExitCode.OK;
    }

    private static void write(JsonGenerator json, Iterable<TopicState> topics) throws IOException {
        json.writeStartArray();
        for (TopicState topic : topics) {
            json.writeStartObject();
            json.writeStringField("topic", topic.name());
            json.writeNumberField("partitions", topic.partitions());
            json.writeNumberField("replicas", topic.replicas());
            json.writeObjectFieldStart("settings");
            for (Map.Entry<String, String> each : new TreeMap<>(topic.settings()).entrySet()) {
                json.writeStringField(each.getKey(), each.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String text(Iterable<TopicState> topics) {
        List<String> lines = new ArrayList<>();
        for (TopicState topic : topics) {
            Map<String, String> s = topic.settings();
            lines.add(String.format(
                    Locale.ROOT,
                    "%-26s %2d partitions, %d %s, %s, at most %s bytes and %s ms a partition",
                    topic.name(),
                    topic.partitions(),
                    topic.replicas(),
                    topic.replicas() == 1 ? "copy" : "copies",
                    s.get("cleanup.policy"),
                    s.get("retention.bytes"),
                    s.get("retention.ms")));
        }
        return lines.isEmpty()
                ? "no topics yet; supernode topics create makes them"
                : String.join(System.lineSeparator(), lines);
    }
}
