package io.supernode.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * {@code compose.yaml} as it is or with what a test puts over it, with ports and image names of its own. Closing it
 * removes all that it made.
 */
final class ComposeStack implements AutoCloseable {
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> files = new ArrayList<>(List.of("-f", "compose.yaml"));
    private final String project;
    private final int exporter = port("SUPERNODE_HTTP_PORT");
    private final int prometheus = port("SUPERNODE_PROMETHEUS_PORT");
    private final int flink = port("SUPERNODE_FLINK_PORT");
    private final int kafka = port("SUPERNODE_KAFKA_PORT");

    /** @param name tells this stack from others of this process */
    ComposeStack(String name) {
        project = "supernode-it-" + name + "-" + ProcessHandle.current().pid();
        environment.put("SUPERNODE_IMAGE", project + ":latest");
        environment.put("SUPERNODE_JOB_IMAGE", project + "-job:latest");
    }

    private int port(String variable) {
        int port = Http.freePort();
        environment.put(variable, Integer.toString(port));
        return port;
    }

    ComposeStack with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Puts a file of {@code src/test/resources/compose} over what is there. */
    ComposeStack over(String name) {
        files.addAll(List.of("-f", "acceptance/src/test/resources/compose/" + name));
        return this;
    }

    void up(List<String> services, String... options) {
        List<String> up = new ArrayList<>(List.of("up", "-d", "--build"));
        up.addAll(List.of(options));
        up.addAll(services);
        assertThat(compose(Duration.ofMinutes(5), up).exitCode()).as(this::logs).isZero();
    }

    /** Where the broker answers this process. */
    String bootstrap() {
        return "localhost:" + kafka;
    }

    String exporterUri() {
        return "http://127.0.0.1:" + exporter;
    }

    int prometheusPort() {
        return prometheus;
    }

    boolean flinkAnswers() {
        return Http.get("http://127.0.0.1:" + flink + "/jobs/overview").status() == 200;
    }

    boolean jobRuns() {
        Http.Answer answer = Http.get("http://127.0.0.1:" + flink + "/jobs/overview");
        if (answer.status() != 200) {
            return false;
        }
        for (JsonNode job : Supernode.parse(answer.body()).path("jobs")) {
            if (job.path("state").asText().equals("RUNNING")) {
                return job.path("tasks").path("running").asInt()
                        == job.path("tasks").path("total").asInt();
            }
        }
        return false; // none, or none but those that have ended
    }

    /** What the job manager says of its jobs: their states, and why the newest failed. */
    String jobs() {
        StringBuilder said = new StringBuilder();
        String jobs = "http://127.0.0.1:" + flink + "/jobs/";
        Http.Answer overview = Http.get(jobs + "overview");
        said.append(overview.body()).append('\n');
        for (JsonNode job : Supernode.parse(overview.body()).path("jobs")) {
            String id = job.path("jid").asText();
            for (String part : List.of("", "/exceptions", "/checkpoints")) {
                said.append(Http.get(jobs + id + part).body()).append('\n');
            }
        }
        return said.toString();
    }

    void until(String what, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(() -> "not within " + limit + ": " + what + "\n" + logs())
                    .isLessThan(deadline);
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    String logs() {
        return compose(Duration.ofSeconds(30), List.of("ps")).out()
                + compose(Duration.ofSeconds(60), List.of("logs", "--no-color", "--tail", "25"))
                        .out();
    }

    /** Runs a command of {@code docker compose}, which must succeed. */
    void must(String... arguments) {
        Supernode.Result result = compose(Duration.ofMinutes(1), List.of(arguments));
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    /** Runs a command in a service's container, which must succeed. @return what it wrote */
    String exec(String service, String... command) {
        List<String> words = new ArrayList<>(List.of("exec", "-T", service));
        words.addAll(List.of(command));
        Supernode.Result result = compose(Duration.ofMinutes(2), words);
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    /** The containers of a service that has several. */
    List<String> containers(String service) {
        return compose(Duration.ofMinutes(1), List.of("ps", "-q", service))
                .out()
                .lines()
                .toList();
    }

    /** One of several containers is killed and started again. */
    void killContainer(String container) {
        for (List<String> words : List.of(List.of("kill", "-s", "KILL", container), List.of("start", container))) {
            Supernode.Result result = docker(words);
            assertThat(result.exitCode()).as(result.err()).isZero();
        }
    }

    /** Takes the service's container off the stack's network: it runs on and reaches nobody. */
    void cutOff(String service) {
        network("disconnect", service);
    }

    /** Puts it back, under its name. */
    void connect(String service) {
        network("connect", "--alias", service, service);
    }

    /** @param words of {@code docker network}; the last is the service */
    private void network(String... words) {
        List<String> command = new ArrayList<>(List.of("network"));
        command.addAll(List.of(words).subList(0, words.length - 1));
        command.add(project + "_default");
        String container = compose(Duration.ofMinutes(1), List.of("ps", "-q", words[words.length - 1]))
                .out()
                .trim();
        command.add(container);
        Supernode.Result result = docker(command);
        assertThat(result.exitCode()).as(result.err()).isZero();
    }

    Supernode.Result compose(Duration limit, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of("docker", "compose", "-p", project));
        command.addAll(files);
        command.addAll(arguments);
        return Tool.run(Supernode.home(), limit, command);
    }

    @Override
    public void close() {
        compose(Duration.ofMinutes(2), List.of("down", "-v", "-t", "5", "--remove-orphans"));
        docker(List.of("rmi", "-f", project + ":latest", project + "-job:latest"));
        assertThat(docker(List.of("ps", "-aq", "--filter", "label=com.docker.compose.project=" + project))
                        .out())
                .as("containers left")
                .isBlank();
    }

    private static Supernode.Result docker(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(arguments);
        return Tool.run(Path.of("."), Duration.ofMinutes(1), command);
    }
}
