package io.supernode.grafana;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.supernode.exporter.Metric;
import java.util.ArrayList;
import java.util.List;

/** One dashboard answers one question. Panels are laid out in the order of their adding, from left to right. */
final class Dashboard {
    private static final int COLUMNS = 24;

    private final String uid;
    private final String title;
    private final String question;
    private final List<ObjectNode> variables = new ArrayList<>();
    private final List<ObjectNode> panels = new ArrayList<>();
    private int x;
    private int y;
    private int rowHeight;

    private static final int NUMERICAL_DESCENDING = 4;

    Dashboard(String uid, String title, String question) {
        this.uid = uid;
        this.title = title;
        this.question = question;
        variables.add(Json.object(
                "name",
                "datasource",
                "label",
                "Data source",
                "type",
                "datasource",
                "query",
                "prometheus",
                "refresh",
                1,
                "hide",
                0,
                "includeAll",
                false,
                "multi",
                false,
                "current",
                Json.object()));
    }

    /** The run that is looked at: one exporter shows one run. */
    Dashboard ofOneRun() {
        choice("instance", "Exporter", "label_values(" + Metric.EXPORTER_READY.metricName() + ", instance)");
        several(
                "supernode",
                "Supernode",
                "label_values(" + Metric.CARDS_REPORTING.metricName() + "{instance=\"$instance\"}, supernode)");
        return this;
    }

    /** A variable of one value, the first where none was chosen. */
    Dashboard choice(String name, String label, String query) {
        variables.add(query(name, label, query));
        return this;
    }

    /** The same, with the last value first. */
    Dashboard choiceOfLast(String name, String label, String query) {
        ObjectNode variable = query(name, label, query);
        variable.put("sort", NUMERICAL_DESCENDING);
        variables.add(variable);
        return this;
    }

    /** A variable of any number of values, all where none was chosen. */
    Dashboard several(String name, String label, String query) {
        ObjectNode variable = query(name, label, query);
        variable.put("includeAll", true).put("multi", true).put("allValue", ".+");
        variable.set("current", Json.object("text", "All", "value", "$__all"));
        variables.add(variable);
        return this;
    }

    /** A variable of written values; the first holds where none was chosen. */
    Dashboard custom(String name, String label, List<Choice> choices) {
        List<ObjectNode> options = new ArrayList<>();
        List<String> pairs = new ArrayList<>();
        for (Choice choice : choices) {
            options.add(Json.object("text", choice.text(), "value", choice.value(), "selected", options.isEmpty()));
            pairs.add(choice.text() + " : " + choice.value());
        }
        variables.add(Json.object(
                "name",
                name,
                "label",
                label,
                "type",
                "custom",
                "query",
                String.join(", ", pairs),
                "hide",
                0,
                "includeAll",
                false,
                "multi",
                false,
                "options",
                Json.array(options),
                "current",
                Json.object(
                        "text", choices.get(0).text(), "value", choices.get(0).value())));
        return this;
    }

    /** @param text what the reader chooses, without comma or colon */
    record Choice(String text, String value) {}

    Dashboard row(String heading) {
        newLine();
        panels.add(Json.object(
                "id",
                panels.size() + 1,
                "type",
                "row",
                "title",
                heading,
                "collapsed",
                false,
                "gridPos",
                Json.object("x", 0, "y", y, "w", COLUMNS, "h", 1),
                "panels",
                Json.array()));
        y++;
        return this;
    }

    Dashboard add(Panel panel) {
        if (x + panel.width() > COLUMNS) {
            newLine();
        }
        panels.add(panel.json(panels.size() + 1, x, y));
        x += panel.width();
        rowHeight = Math.max(rowHeight, panel.height());
        return this;
    }

    private void newLine() {
        x = 0;
        y += rowHeight;
        rowHeight = 0;
    }

    String uid() {
        return uid;
    }

    ObjectNode json() {
        ObjectNode out =
                Json.object("uid", uid, "title", title, "description", question, "tags", Json.array("supernode"));
        out.put("schemaVersion", 39).put("version", 1).put("editable", false).put("graphTooltip", 1);
        out.put("refresh", "5s");
        out.set("time", Json.object("from", "now-15m", "to", "now"));
        out.put("timezone", "browser").put("fiscalYearStartMonth", 0);
        out.set(
                "links",
                Json.array(Json.object(
                        "type",
                        "dashboards",
                        "title",
                        "Supernode",
                        "tags",
                        Json.array("supernode"),
                        "asDropdown",
                        false,
                        "includeVars",
                        true,
                        "keepTime",
                        true,
                        "targetBlank",
                        false,
                        "icon",
                        "external link",
                        "tooltip",
                        "",
                        "url",
                        "")));
        out.set("templating", Json.object("list", Json.array(variables)));
        out.set("annotations", Json.object("list", annotations()));
        out.set("panels", Json.array(panels));
        return out;
    }

    /**
     * What happened, as bands over every chart; the recording of alerts is Prometheus' own. A dashboard of one run says
     * what happened to it, one of two what happened to either.
     */
    private ArrayNode annotations() {
        boolean one = variables.stream().anyMatch(v -> v.get("name").asText().equals("instance"));
        String of = "{instance=" + (one ? "\"$instance\"" : "~\"$left|$right\"") + "}";
        return Json.array(
                annotation(
                        "Alerts",
                        "red",
                        "ALERTS{alertstate=\"firing\",alertname=~\"Supernode.+\"}",
                        "{{alertname}}",
                        "{{severity}}",
                        "alertname,severity"),
                annotation(
                        "Injected faults",
                        "orange",
                        Metric.FAULT_ACTIVE.metricName() + of,
                        "{{kind}}",
                        "card {{card}}",
                        "kind,card"),
                annotation("Pauses", "blue", Metric.REPLAY_PAUSED.metricName() + of + " > 0", "paused", "", "instance"),
                annotation(
                        "Seeks",
                        "purple",
                        "changes(" + Metric.REPLAY_SEEKS.metricName() + of + "[15s]) > 0",
                        "went to another place",
                        "",
                        "instance"));
    }

    private static ObjectNode annotation(
            String name, String colour, String expression, String title, String text, String tags) {
        return Json.object(
                "name",
                name,
                "datasource",
                Json.datasource(),
                "enable",
                true,
                "hide",
                false,
                "iconColor",
                colour,
                "expr",
                expression,
                "step",
                "5s",
                "titleFormat",
                title,
                "textFormat",
                text,
                "tagKeys",
                tags,
                "useValueForTime",
                false);
    }

    private static ObjectNode query(String name, String label, String query) {
        return Json.object(
                "name",
                name,
                "label",
                label,
                "type",
                "query",
                "datasource",
                Json.datasource(),
                "definition",
                query,
                "query",
                Json.object("query", query, "refId", name),
                "refresh",
                2,
                "sort",
                1,
                "hide",
                0,
                "includeAll",
                false,
                "multi",
                false,
                "current",
                Json.object());
    }
}
