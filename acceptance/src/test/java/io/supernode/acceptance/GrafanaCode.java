package io.supernode.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What Grafana's and Prometheus' own code says of dashboards; run by Node, from {@code grafana/check}. */
final class GrafanaCode {
    private static final Path CHECK = Supernode.home().resolve("grafana/check").toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();

    private GrafanaCode() {}

    static boolean isHere() {
        return Tool.isOnPath("node") && Files.isDirectory(CHECK.resolve("node_modules/@grafana/data"));
    }

    /** Compiles dashboards against Grafana's types; makes its files in {@code work}. */
    static Supernode.Result types(Path dashboards, Path work) {
        return node("types.mjs", dashboards.toString(), work.toString());
    }

    /** Parses every expression and looks every series up among {@code names}. */
    static Supernode.Result promql(Path dashboards, Collection<String> names, Path work) {
        Path file = work.resolve("names.txt");
        write(file, String.join("\n", names));
        return node("promql.mjs", dashboards.toString(), file.toString());
    }

    /** A panel, and what Prometheus answered to its one query. */
    record Answered(JsonNode panel, JsonNode answer) {}

    /** The table that a reader of the panel sees. */
    record Table(List<String> columns, List<List<JsonNode>> rows) {}

    static List<Table> transformed(List<Answered> panels, Path work) {
        ArrayNode list = JSON.createArrayNode();
        for (Answered one : panels) {
            list.addObject()
                    .<com.fasterxml.jackson.databind.node.ObjectNode>set("panel", one.panel())
                    .set("answer", one.answer());
        }
        Path file = work.resolve("answered.json");
        write(file, list.toString());
        Supernode.Result result = node("transform.mjs", file.toString());
        if (result.exitCode() != 0) {
            throw new AssertionError(result.out() + result.err());
        }
        List<Table> tables = new ArrayList<>();
        for (JsonNode table : result.json()) {
            List<String> columns = new ArrayList<>();
            table.get("columns").forEach(column -> columns.add(column.asText()));
            List<List<JsonNode>> rows = new ArrayList<>();
            for (JsonNode row : table.get("rows")) {
                List<JsonNode> cells = new ArrayList<>();
                row.forEach(cells::add);
                rows.add(cells);
            }
            tables.add(new Table(columns, rows));
        }
        return tables;
    }

    private static Supernode.Result node(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", program));
        command.addAll(List.of(arguments));
        return Tool.run(CHECK, Duration.ofSeconds(90), command);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
