package io.supernode.grafana;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One panel: what it shows, and how to read it. Only kinds that are in Grafana's core from 10.4 to 13, and only options
 * that all of these know.
 */
final class Panel {
    private final ObjectNode json;
    private final ObjectNode defaults;
    private final ObjectNode custom;
    private final ObjectNode options;
    private final ArrayNode targets;
    private final ArrayNode transformations = Json.array();
    private final int width;
    private final int height;

    private Panel(String type, int width, int height, String title, Unit unit, String description) {
        this.width = width;
        this.height = height;
        json = Json.object("type", type, "title", title, "description", description, "datasource", Json.datasource());
        ObjectNode field = json.putObject("fieldConfig");
        defaults = field.putObject("defaults");
        defaults.put("unit", unit.id());
        custom = Json.object();
        field.putArray("overrides");
        options = json.putObject("options");
        targets = json.putArray("targets");
        thresholds("text");
    }

    /** One number per series, with its course behind it. */
    static Panel stat(int width, String title, Unit unit, String description) {
        Panel panel = new Panel("stat", width, 4, title, unit, description);
        panel.options.set("reduceOptions", lastValue());
        panel.options.put("colorMode", "value").put("graphMode", "area").put("justifyMode", "auto");
        panel.options.put("orientation", "auto").put("textMode", "auto");
        return panel;
    }

    /** Labels as a line of text. */
    static Panel name(int width, String title, String description) {
        Panel panel = stat(width, title, Unit.COUNT, description);
        panel.options.put("graphMode", "none").put("textMode", "name");
        return panel;
    }

    /** Lines over time. */
    static Panel series(int width, String title, Unit unit, String description) {
        Panel panel = new Panel("timeseries", width, 8, title, unit, description);
        panel.custom.put("drawStyle", "line").put("lineWidth", 1).put("fillOpacity", 0);
        panel.custom.put("showPoints", "auto").put("spanNulls", 60_000).put("axisSoftMin", 0);
        panel.options.set(
                "legend",
                Json.object(
                        "displayMode",
                        "list",
                        "placement",
                        "bottom",
                        "showLegend",
                        true,
                        "calcs",
                        Json.array("lastNotNull")));
        panel.options.set("tooltip", Json.object("mode", "multi", "sort", "desc"));
        return panel;
    }

    /** Bars of the newest values. */
    static Panel bars(int width, String title, Unit unit, String description) {
        Panel panel = new Panel("bargauge", width, 8, title, unit, description);
        panel.options.set("reduceOptions", lastValue());
        panel.options
                .put("displayMode", "basic")
                .put("orientation", "horizontal")
                .put("showUnfilled", true);
        return panel;
    }

    /** Rows of the newest values, with the labels as columns. */
    static Panel table(int width, String title, Unit unit, String description) {
        Panel panel = new Panel("table", width, 8, title, unit, description);
        panel.custom.put("align", "auto").set("cellOptions", Json.object("type", "auto"));
        panel.custom.put("inspect", false);
        panel.options.put("cellHeight", "sm").put("showHeader", true);
        return panel;
    }

    /**
     * One coloured cell per card. Grouping takes exactly one frame, and rows and columns come in the order in which they
     * are first seen: hence the one query as a table, sorted by card first.
     */
    static Panel matrix(int width, int height, String title, String column, String row, String description) {
        return matrix(width, height, title, Unit.COUNT, "card", column, row, description);
    }

    /**
     * The same for any pair of labels.
     *
     * @param sortedBy label whose order gives the order of columns and rows
     */
    static Panel matrix(
            int width,
            int height,
            String title,
            Unit unit,
            String sortedBy,
            String column,
            String row,
            String description) {
        Panel panel = new Panel("table", width, height, title, unit, description);
        panel.custom.put("align", "center").put("minWidth", 38).put("inspect", false);
        panel.custom.set("cellOptions", Json.object("type", "color-background", "mode", "basic"));
        panel.defaults.set("color", Json.object("mode", "continuous-BlYlRd"));
        panel.defaults.put("decimals", 2);
        panel.options.put("cellHeight", "sm").put("showHeader", true);
        panel.transform(
                "sortBy",
                Json.object(
                        "fields", Json.object(), "sort", Json.array(Json.object("field", sortedBy, "desc", false))));
        panel.transform(
                "groupingToMatrix",
                Json.object("columnField", column, "rowField", row, "valueField", "Value", "emptyValue", "null"));
        return panel;
    }

    /** How a histogram fills over time. */
    static Panel heatmap(int width, String title, Unit unit, String description) {
        Panel panel = heat(width, 8, title, unit, description);
        panel.options.set(
                "color",
                Json.object("mode", "scheme", "scheme", "Blues", "steps", 64, "scale", "exponential", "exponent", 0.5));
        panel.options.set("yAxis", Json.object("axisPlacement", "left", "unit", unit.id()));
        return panel;
    }

    /** One line of colour per series over time, as many as there are cards. */
    static Panel carpet(int width, int height, String title, Unit unit, String description) {
        Panel panel = heat(width, height, title, unit, description);
        panel.options.set("color", Json.object("mode", "scheme", "scheme", "RdYlBu", "steps", 64, "scale", "linear"));
        panel.options.set("yAxis", Json.object("axisPlacement", "left", "unit", "short"));
        panel.options.set("cellValues", Json.object("unit", unit.id()));
        return panel;
    }

    private static Panel heat(int width, int height, String title, Unit unit, String description) {
        Panel panel = new Panel("heatmap", width, height, title, unit, description);
        panel.options.put("calculate", false).put("cellGap", 0);
        panel.options.set("legend", Json.object("show", true));
        panel.options.set("tooltip", Json.object("mode", "single", "yHistogram", false));
        return panel;
    }

    /** A query over the range of time that is shown. */
    Panel query(String expression, String legend) {
        return target(expression, legend, "time_series", false);
    }

    /** A query of buckets, over the range of time that is shown. */
    Panel bucketQuery(String expression) {
        return target(expression, "{{le}}", "heatmap", false);
    }

    /** A query of now. */
    Panel instantQuery(String expression, String legend) {
        return target(expression, legend, "time_series", true);
    }

    /** A query of now as rows. */
    Panel tableQuery(String expression) {
        return target(expression, "", "table", true);
    }

    /** The first colour holds from the lowest value on; then value, colour, value, colour. */
    Panel thresholds(String base, Object... steps) {
        ArrayNode list = Json.array(Json.object("color", base, "value", null));
        for (int i = 0; i < steps.length; i += 2) {
            list.add(Json.object("color", steps[i + 1], "value", steps[i]));
        }
        defaults.set("thresholds", Json.object("mode", "absolute", "steps", list));
        return this;
    }

    Panel range(double min, double max) {
        defaults.put("min", min).put("max", max);
        return this;
    }

    Panel decimals(int decimals) {
        defaults.put("decimals", decimals);
        return this;
    }

    /** Areas one on the other: only for shares of one whole. */
    Panel stacked() {
        custom.put("fillOpacity", 60);
        custom.set("stacking", Json.object("mode", "normal", "group", "A"));
        return this;
    }

    /** For values that differ by orders of magnitude. */
    Panel logarithmic() {
        custom.remove("axisSoftMin");
        custom.set("scaleDistribution", Json.object("type", "log", "log", 10));
        return this;
    }

    /** What is missing reads as this, not as an error. */
    Panel whenMissing(String text) {
        defaults.put("noValue", text);
        return this;
    }

    /** Leaves columns of a table out. */
    Panel without(String... columns) {
        ObjectNode hidden = Json.object();
        for (String column : columns) {
            hidden.put(column, true);
        }
        return transform(
                "organize",
                Json.object("excludeByName", hidden, "indexByName", Json.object(), "renameByName", Json.object()));
    }

    /** A click on a row leads to the card of the row. */
    Panel linkToCard() {
        defaults.set(
                "links",
                Json.array(Json.object(
                        "title",
                        "This card",
                        "url",
                        "/d/sn-floor?var-card=${__data.fields[\"card\"]}&${datasource:queryparam}&${instance:queryparam}"
                                + "&${__url_time_range}")));
        return this;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    ObjectNode json(int id, int x, int y) {
        ObjectNode out = Json.object("id", id, "gridPos", Json.object("x", x, "y", y, "w", width, "h", height));
        out.setAll(json);
        if (!custom.isEmpty()) {
            ((ObjectNode) out.get("fieldConfig").get("defaults")).set("custom", custom);
        }
        if (!transformations.isEmpty()) {
            out.set("transformations", transformations);
        }
        return out;
    }

    private Panel transform(String id, ObjectNode settings) {
        transformations.add(Json.object("id", id, "options", settings));
        return this;
    }

    private Panel target(String expression, String legend, String format, boolean instant) {
        ObjectNode target = Json.object(
                "refId",
                Character.toString('A' + targets.size()),
                "datasource",
                Json.datasource(),
                "editorMode",
                "code",
                "expr",
                expression,
                "format",
                format,
                "instant",
                instant,
                "range",
                !instant);
        if (!legend.isEmpty()) {
            target.put("legendFormat", legend);
        }
        targets.add(target);
        return this;
    }

    private static ObjectNode lastValue() {
        return Json.object("calcs", Json.array("lastNotNull"), "fields", "", "values", false);
    }
}
