package io.supernode.exporter;

import java.util.List;

/**
 * Every metric that the exporter gives, declared once: the collectors are made from it, the table in
 * {@code docs/telemetry.md} is generated from it, and every dashboard query is checked against it.
 *
 * <p>A thing is counted once: what nodes did is the sum over their cards ({@code sum by (node)}), so nodes have no
 * counters of their own. Supernode counters stand apart from card counters because steps, requests and events are
 * counted there without loss even where cards are filtered out.
 */
public enum Metric {
    RUN_INFO(
            "supernode_run_info",
            Type.GAUGE,
            Unit.NONE,
            "Always 1; names the run whose windows are shown, and the machine that each of its supernodes is.",
            "run",
            "supernode",
            "scenario",
            "machine",
            "workload"),
    EXPECTED_CARDS(
            "supernode_expected_cards", Type.GAUGE, Unit.CARDS, "Cards of the supernode's machine.", "supernode"),
    PEAK_FLOPS(
            "supernode_card_peak_flops_per_second",
            Type.GAUGE,
            Unit.FLOPS_PER_SECOND,
            "Peak rate of one card at the run's precision, floating-point operations per second.",
            "supernode"),

    CARD_INFO(
            "supernode_card_info",
            Type.GAUGE,
            Unit.NONE,
            "Always 1; where a card that reports stands: its rack, its slot in the node, and its place on the floor plan.",
            "supernode",
            "node",
            "card",
            "rack",
            "slot",
            "x",
            "y"),
    CARD_TOKENS(
            "supernode_card_tokens_total",
            Type.COUNTER,
            Unit.TOKENS,
            "Tokens completed by compute events; each token once over all cards.",
            "supernode",
            "node",
            "card"),
    CARD_FLOPS(
            "supernode_card_flops_total",
            Type.COUNTER,
            Unit.FLOPS,
            "Model work done by compute events, floating-point operations.",
            "supernode",
            "node",
            "card"),
    CARD_HBM_BYTES(
            "supernode_card_hbm_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes moved to and from the card's memory.",
            "supernode",
            "node",
            "card"),
    CARD_SENT_BYTES(
            "supernode_card_bus_sent_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes that left the card over the bus or network; events of unknown size are not in it.",
            "supernode",
            "node",
            "card"),
    CARD_RECEIVED_BYTES(
            "supernode_card_bus_received_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes that reached the card over the bus or network; events of unknown size are not in it.",
            "supernode",
            "node",
            "card"),
    CARD_COMPUTE_SECONDS(
            "supernode_card_compute_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that the card spent computing; spans that overlap count each.",
            "supernode",
            "node",
            "card"),
    CARD_TRANSIT_SECONDS(
            "supernode_card_bus_transit_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that the card spent in bus events beyond waiting.",
            "supernode",
            "node",
            "card"),
    CARD_WAIT_SECONDS(
            "supernode_card_bus_wait_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that the card spent in bus events waiting for late peers.",
            "supernode",
            "node",
            "card"),
    CARD_ENERGY(
            "supernode_card_energy_joules_total",
            Type.COUNTER,
            Unit.JOULES,
            "Energy that the card drew, by its samples; its rate is power in watts.",
            "supernode",
            "node",
            "card"),
    CARD_TEMPERATURE(
            "supernode_card_temperature_celsius",
            Type.GAUGE,
            Unit.CELSIUS,
            "Temperature of the card, by its newest sample.",
            "supernode",
            "node",
            "card"),
    CARD_CLOCK(
            "supernode_card_clock_hertz",
            Type.GAUGE,
            Unit.HERTZ,
            "Clock of the card's cores, by its newest sample.",
            "supernode",
            "node",
            "card"),
    CARD_HBM_USED(
            "supernode_card_hbm_used_bytes",
            Type.GAUGE,
            Unit.BYTES,
            "Memory of the card in use, by its newest sample.",
            "supernode",
            "node",
            "card"),
    CARD_LINK_ERRORS(
            "supernode_card_link_errors_total",
            Type.COUNTER,
            Unit.ERRORS,
            "Checksum errors and retries on the card's links, by its samples.",
            "supernode",
            "node",
            "card"),
    RACK_BUS_BYTES(
            "supernode_rack_bus_sent_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes that went from a rack to a rack, the same one or another; up to 24 racks, of bytes whose way is known.",
            "supernode",
            "src_rack",
            "dst_rack"),
    BUS_PLACED(
            "supernode_bus_placed_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the bytes sent over the bus whose way between racks is known: the rest went in collectives of which"
                    + " the events do not tell who sent to whom.",
            "supernode"),
    CARD_UTILIZATION(
            "supernode_card_utilization_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the card spent computing; at most 1.",
            "supernode",
            "node",
            "card"),
    CARD_TRANSIT(
            "supernode_card_bus_transit_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the card spent in bus events beyond waiting; at most 1.",
            "supernode",
            "node",
            "card"),
    CARD_WAIT(
            "supernode_card_bus_wait_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the card spent waiting for late peers; at most 1.",
            "supernode",
            "node",
            "card"),
    CARD_STEP(
            "supernode_card_step_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Length of the card's last whole step.",
            "supernode",
            "node",
            "card"),
    CARD_LATENCY_P99(
            "supernode_card_latency_p99_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "99th percentile of the newest 10 s window, within 1 %; of compute events and of waits in bus events.",
            "supernode",
            "node",
            "card",
            "metric"),

    NODE_UTILIZATION(
            "supernode_node_utilization_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the node's cards spent computing, on average; at most 1.",
            "supernode",
            "node"),
    NODE_TRANSIT(
            "supernode_node_bus_transit_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the node's cards spent in bus events beyond waiting; at most 1.",
            "supernode",
            "node"),
    NODE_WAIT(
            "supernode_node_bus_wait_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the node's cards spent waiting for late peers; at most 1.",
            "supernode",
            "node"),
    NODE_STEP(
            "supernode_node_step_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Mean length of the node's last whole steps.",
            "supernode",
            "node"),
    NODE_LATENCY_P99(
            "supernode_node_latency_p99_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "99th percentile of the newest 10 s window, within 1 %; of compute, bus, wait and each bus operation.",
            "supernode",
            "node",
            "metric"),

    RACK_LATENCY_P99(
            "supernode_rack_latency_p99_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "99th percentile of the newest 10 s window, within 1 %, of all events of the rack's nodes: their distributions"
                    + " added up, not their percentiles averaged; of compute, bus, wait and each bus operation.",
            "supernode",
            "rack",
            "metric"),
    RACK_UTILIZATION(
            "supernode_rack_utilization_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the rack's cards spent computing, on average; at most 1.",
            "supernode",
            "rack"),
    RACK_TRANSIT(
            "supernode_rack_bus_transit_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the rack's cards spent in bus events beyond waiting; at most 1.",
            "supernode",
            "rack"),
    RACK_WAIT(
            "supernode_rack_bus_wait_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the newest 10 s window that the rack's cards spent waiting for late peers; at most 1.",
            "supernode",
            "rack"),
    OPERATION_SENT_BYTES(
            "supernode_operation_sent_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes that left all cards in bus events of each operation; events of unknown size are not in it.",
            "supernode",
            "op"),
    OPERATION_TRANSIT(
            "supernode_operation_transit_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Time that all cards spent in bus events of each operation beyond waiting.",
            "supernode",
            "op"),
    OPERATION_WAIT(
            "supernode_operation_wait_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Time that all cards spent in bus events of each operation waiting for late peers.",
            "supernode",
            "op"),
    PLANE_DOWN(
            "supernode_plane_down_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Time for which links of cards to the plane of the bus were down, by the cards' samples, two cards counting"
                    + " twice. A transfer does not tell its planes: no bytes or latencies are known of one. Absent without"
                    + " samples.",
            "supernode",
            "plane"),

    CARDS_REPORTING(
            "supernode_cards_reporting",
            Type.GAUGE,
            Unit.CARDS,
            "Cards with a window in the last 30 s of event time.",
            "supernode"),
    WINDOW_COMPLETENESS(
            "supernode_window_completeness_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Samples in the newest 10 s window over those that the machine's cards should have told; without samples, cards"
                    + " that report over cards of the machine. Below 1 the window is incomplete. Absent without a machine.",
            "supernode"),
    WATERMARK_LAG(
            "supernode_watermark_lag_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Wall time at which the newest window came less the time that its end stands for: how old figures are at speed"
                    + " 1x; at other speeds event time leaves the wall clock, below zero when it runs ahead.",
            "supernode"),
    EVENT_SECONDS(
            "supernode_event_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that the windows have reached, from the run's start; its rate is the speed of the replay.",
            "supernode"),
    EVENTS(
            "supernode_events_total",
            Type.COUNTER,
            Unit.EVENTS,
            "Events counted in windows, corrections included.",
            "supernode",
            "kind"),
    LATE_EVENTS(
            "supernode_late_events_total",
            Type.COUNTER,
            Unit.EVENTS,
            "Events that came after their window had first been given, and corrected it.",
            "supernode"),
    UNKNOWN_SIZE_EVENTS(
            "supernode_unknown_size_events_total",
            Type.COUNTER,
            Unit.EVENTS,
            "Bus events whose size the source does not tell.",
            "supernode"),
    TOKENS(
            "supernode_tokens_total",
            Type.COUNTER,
            Unit.TOKENS,
            "Tokens completed by compute events of all cards.",
            "supernode"),
    FLOPS(
            "supernode_flops_total",
            Type.COUNTER,
            Unit.FLOPS,
            "Model work done by compute events of all cards, floating-point operations.",
            "supernode"),
    HBM_BYTES(
            "supernode_hbm_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes moved to and from the memory of all cards.",
            "supernode"),
    SENT_BYTES(
            "supernode_bus_sent_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes that left all cards over the bus or network.",
            "supernode"),
    RECEIVED_BYTES(
            "supernode_bus_received_bytes_total",
            Type.COUNTER,
            Unit.BYTES,
            "Bytes that reached all cards over the bus or network.",
            "supernode"),
    COMPUTE_SECONDS(
            "supernode_compute_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that all cards spent computing, summed.",
            "supernode"),
    TRANSIT_SECONDS(
            "supernode_bus_transit_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that all cards spent in bus events beyond waiting, summed.",
            "supernode"),
    WAIT_SECONDS(
            "supernode_bus_wait_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Event time that all cards spent in bus events waiting for late peers, summed.",
            "supernode"),
    ENERGY(
            "supernode_energy_joules_total",
            Type.COUNTER,
            Unit.JOULES,
            "Energy that all cards drew, by their samples; its rate is power in watts.",
            "supernode"),
    LINK_ERRORS(
            "supernode_link_errors_total",
            Type.COUNTER,
            Unit.ERRORS,
            "Checksum errors and retries on the links of all cards, by their samples.",
            "supernode"),
    STEP_TOKENS(
            "supernode_step_tokens_total",
            Type.COUNTER,
            Unit.TOKENS,
            "Tokens of whole steps, each once over all cards.",
            "supernode"),
    STEP_FLOPS(
            "supernode_step_flops_total",
            Type.COUNTER,
            Unit.FLOPS,
            "Model work of whole steps, floating-point operations.",
            "supernode"),
    STEP_SECONDS(
            "supernode_step_seconds_total",
            Type.COUNTER,
            Unit.SECONDS,
            "Length of whole steps, summed over cards: step tokens over step seconds are tokens per second per card.",
            "supernode"),
    REQUESTS(
            "supernode_requests_total",
            Type.COUNTER,
            Unit.REQUESTS,
            "Requests served to their last token.",
            "supernode"),
    INPUT_TOKENS(
            "supernode_request_input_tokens_total",
            Type.COUNTER,
            Unit.TOKENS,
            "Prompt tokens of served requests.",
            "supernode"),
    OUTPUT_TOKENS(
            "supernode_request_output_tokens_total",
            Type.COUNTER,
            Unit.TOKENS,
            "Generated tokens of served requests.",
            "supernode"),
    TOKENS_PER_SECOND_PER_CARD(
            "supernode_tokens_per_second_per_card",
            Type.GAUGE,
            Unit.TOKENS_PER_SECOND,
            "Tokens per second of event time and card, over all whole steps of the run so far.",
            "supernode"),
    TOKENS_PER_SECOND(
            "supernode_tokens_per_second",
            Type.GAUGE,
            Unit.TOKENS_PER_SECOND,
            "Tokens completed per second of event time in the newest 10 s window.",
            "supernode"),
    BUS_RATE(
            "supernode_bus_sent_bytes_per_second",
            Type.GAUGE,
            Unit.BYTES_PER_SECOND,
            "Bytes that left all cards per second of event time in the newest 10 s window.",
            "supernode"),
    MODEL_FLOPS_UTILIZATION(
            "supernode_model_flops_utilization_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Model work of all whole steps so far over what the cards' peak allows in that time; absent without a peak.",
            "supernode"),
    LATENCY_P50(
            "supernode_latency_p50_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Median of the newest 10 s window, within 1 %.",
            "supernode",
            "metric"),
    LATENCY_P90(
            "supernode_latency_p90_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "90th percentile of the newest 10 s window, within 1 %.",
            "supernode",
            "metric"),
    LATENCY_P99(
            "supernode_latency_p99_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "99th percentile of the newest 10 s window, within 1 %.",
            "supernode",
            "metric"),
    LATENCY_MAX(
            "supernode_latency_max_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Largest value of the newest 10 s window, exact.",
            "supernode",
            "metric"),
    STEP_DURATION(
            "supernode_step_duration_seconds",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "Length of whole steps, one value per card and step.",
            "supernode"),
    COMPUTE_DURATION(
            "supernode_compute_duration_seconds",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "Length of compute events.",
            "supernode"),
    BUS_DURATION(
            "supernode_bus_duration_seconds",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "Length of bus events of each operation, wait and transit together.",
            "supernode",
            "op"),
    WAIT_DURATION(
            "supernode_bus_wait_duration_seconds",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "Part of bus events spent waiting for late peers.",
            "supernode"),
    TIME_TO_FIRST_TOKEN(
            "supernode_time_to_first_token_seconds",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "From a request's arrival to its first token.",
            "supernode"),
    TIME_PER_OUTPUT_TOKEN(
            "supernode_time_per_output_token_seconds",
            Type.HISTOGRAM,
            Unit.SECONDS,
            "From first to last token of a request, per token after the first.",
            "supernode"),

    DEAD_LETTERS(
            "supernode_dead_letters_total",
            Type.COUNTER,
            Unit.FRAMES,
            "Frames put aside because they could not be read or came too late.",
            "topic",
            "stage"),
    DEAD_LETTER_EVENTS(
            "supernode_dead_letter_events_total",
            Type.COUNTER,
            Unit.EVENTS,
            "Events in frames put aside, as far as their number is known.",
            "topic",
            "stage"),
    EXPORTER_READY("supernode_exporter_ready", Type.GAUGE, Unit.NONE, "1 when /readyz answers 200, else 0."),
    EXPORTER_RECORDS(
            "supernode_exporter_records_total", Type.COUNTER, Unit.RECORDS, "Records read from the topic.", "topic"),
    EXPORTER_UNREADABLE(
            "supernode_exporter_unreadable_records_total",
            Type.COUNTER,
            Unit.RECORDS,
            "Records of the topic that are not what it promises; they are skipped.",
            "topic"),
    ANOMALY_ACTIVE(
            "supernode_anomaly_active",
            Type.GAUGE,
            Unit.NONE,
            "Always 1; an anomaly that goes on, with its first card and its stage where it has them.",
            "supernode",
            "anomaly",
            "kind",
            "cause",
            "card",
            "stage"),
    ANOMALY_SEVERITY(
            "supernode_anomaly_severity_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Worst of the anomalies of a kind that go on: observed over expected; absent without any.",
            "supernode",
            "kind"),
    ANOMALIES(
            "supernode_anomalies_total",
            Type.COUNTER,
            Unit.NONE,
            "Anomalies found since the run began, those that have ended too.",
            "supernode",
            "kind"),
    FAULT_ACTIVE(
            "supernode_fault_active",
            Type.GAUGE,
            Unit.NONE,
            "Always 1; an injected fault that goes on, with the first card and the stage concerned.",
            "supernode",
            "fault",
            "kind",
            "card",
            "stage"),
    REPLAY_PAUSED(
            "supernode_replay_paused",
            Type.GAUGE,
            Unit.NONE,
            "1 while the replay beside the exporter stands still because somebody paused it, else 0; absent where none is"
                    + " beside it."),
    REPLAY_LAG(
            "supernode_replay_lag_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "How far the replay beside the exporter is behind its schedule; 0 while it is paused or has none."),
    REPLAY_SENT(
            "supernode_replay_sent_events_total",
            Type.COUNTER,
            Unit.EVENTS,
            "Events that the replay beside the exporter has sent, of all supernodes."),
    REPLAY_SEEKS(
            "supernode_replay_seeks_total",
            Type.COUNTER,
            Unit.NONE,
            "Times that the replay beside the exporter was sent to another place, from the page or by request."),
    DETECTION_PRECISION(
            "supernode_detection_precision_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the anomalies that name an injected fault of their kind and place; absent where no fault was told."),
    DETECTION_RECALL(
            "supernode_detection_recall_ratio",
            Type.GAUGE,
            Unit.RATIO,
            "Share of the faults injected at least 10 s ago that an anomaly names; absent without any."),
    DETECTION_SECONDS(
            "supernode_detection_delay_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Mean event time from the beginning of a fault to the end of the second with which it was found."),
    EXPORTER_ERRORS(
            "supernode_exporter_read_errors_total",
            Type.COUNTER,
            Unit.NONE,
            "Times that reading the topics failed and was begun again."),
    EXPORTER_BEHIND(
            "supernode_exporter_behind_records",
            Type.GAUGE,
            Unit.RECORDS,
            "Records of the topics that are not read yet, as of the last look."),
    EXPORTER_EXPIRED(
            "supernode_exporter_expired_windows_total",
            Type.COUNTER,
            Unit.WINDOWS,
            "Windows that came after their place in the books had been given up; they count nowhere."),
    EXPORTER_LAST_WINDOW(
            "supernode_exporter_last_window_timestamp_seconds",
            Type.GAUGE,
            Unit.SECONDS,
            "Wall time at which the last window was taken, seconds since 1970 UTC; absent before the first.");

    /** What a metric is to Prometheus. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /** What a metric's value counts. */
    public enum Unit {
        NONE("1"),
        RATIO("ratio 0 to 1"),
        SECONDS("seconds"),
        BYTES("bytes"),
        BYTES_PER_SECOND("bytes per second"),
        JOULES("joules"),
        CELSIUS("degrees Celsius"),
        HERTZ("hertz"),
        ERRORS("errors"),
        TOKENS("tokens"),
        TOKENS_PER_SECOND("tokens per second"),
        FLOPS("operations"),
        FLOPS_PER_SECOND("operations per second"),
        EVENTS("events"),
        REQUESTS("requests"),
        CARDS("cards"),
        FRAMES("frames"),
        RECORDS("records"),
        WINDOWS("windows");

        private final String word;

        Unit(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    private final String metricName;
    private final Type type;
    private final Unit unit;
    private final String help;
    private final List<String> labels;

    Metric(String metricName, Type type, Unit unit, String help, String... labels) {
        this.metricName = metricName;
        this.type = type;
        this.unit = unit;
        this.help = help;
        this.labels = List.of(labels);
    }

    /** The name as Prometheus shows it; a histogram's series add {@code _bucket}, {@code _sum} and {@code _count}. */
    public String metricName() {
        return metricName;
    }

    public Type type() {
        return type;
    }

    public Unit unit() {
        return unit;
    }

    public String help() {
        return help;
    }

    public List<String> labels() {
        return labels;
    }
}
