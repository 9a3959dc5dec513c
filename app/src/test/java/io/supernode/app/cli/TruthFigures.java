package io.supernode.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.supernode.event.BusEvent;
import io.supernode.event.ComputeEvent;
import io.supernode.event.EventBatch;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import io.supernode.replay.TraceEvents;
import io.supernode.replay.TraceRequests;
import io.supernode.serving.Request;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.assertj.core.data.Offset;

/**
 * Which figure of the book of truth is which figure of a trace. Paths are the book's keys joined by {@code |}. Counts,
 * bytes and tokens are compared exactly, times to 0.1 us, as the book asks for.
 */
final class TruthFigures {
    enum Verdict {
        REPRODUCED,
        NOT_SPOKEN_OF,
        UNKNOWN
    }

    /** Figures that neither {@code info} nor the trace speaks of, as patterns of paths, with the reason. */
    private static final Map<String, String> NOT_SPOKEN_OF = notSpokenOf();

    private static final double TIME_TOLERANCE_MICROS = 0.1;

    private final JsonNode info;
    private final List<ComputeEvent> compute = new ArrayList<>();
    private final List<BusEvent> bus = new ArrayList<>();
    private final List<StepEvent> steps = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final List<RequestEvent> measured = new ArrayList<>();

    TruthFigures(JsonNode info, Path trace, Optional<Path> measuredTrace) throws IOException {
        this.info = info;
        readEvents(trace);
        if (measuredTrace.isPresent()) {
            readEvents(measuredTrace.get());
        }
        try (TraceRequests all = TraceRequests.open(trace)) {
            all.forEachRemaining(requests::add);
        }
    }

    /** Compares one figure, if it is one that the trace speaks of. */
    Verdict check(JsonNode truth, String path, JsonNode expected) {
        boolean isReproduced = kineto(truth, path, expected)
                || collectives(truth, path, expected)
                || ascend(truth, path, expected)
                || requests(path, expected)
                || straggler(path, expected);
        if (isReproduced) {
            return Verdict.REPRODUCED;
        }
        return NOT_SPOKEN_OF.keySet().stream().anyMatch(path::matches) ? Verdict.NOT_SPOKEN_OF : Verdict.UNKNOWN;
    }

    private boolean kineto(JsonNode truth, String path, JsonNode expected) {
        boolean hasWork = truth.path("gpu_kernels").asLong(1) > 0;
        return switch (path.replaceFirst("^totals\\|", "")) {
            case "compute_kernels" -> same(path, expected, info.at("/events/compute"));
            case "comm_kernels" -> same(path, expected, info.at("/events/bus"));
            case "gpu_kernels" ->
                same(
                        path,
                        expected.asLong(),
                        info.at("/events/compute").asLong()
                                + info.at("/events/bus").asLong());
            case "busy_union_us_compute" -> micros(path, expected, "compute_busy_seconds");
            case "busy_union_us_comm" -> micros(path, expected, "bus_busy_seconds");
            case "busy_union_us_kernels_only" -> micros(path, expected, "busy_seconds");
            case "exposed_comm_us" -> micros(path, expected, "bus_exposed_seconds");
            case "overlap_us_compute_and_comm" -> micros(path, expected, "overlap_seconds");
            case "sum_dur_us_comm_kernels" -> micros(path, expected, "bus_seconds");
            case "sum_dur_us_compute_kernels" -> micros(path, expected, "compute_seconds");
            case "comm_kernel_bytes_in" -> same(path, expected, info.at("/bus_bytes"));
            case "comm_kernel_bytes_out" -> same(path, expected, info.at("/bus_received_bytes"));
            case "nccl_user_annotations_bytes_total" ->
                // where there are kernels that they launched, and these do not tell more
                same(
                        path,
                        hasWork ? expected.asLong() : 0,
                        info.at("/bus_bytes").asLong());
            case "rank" ->
                same(
                        path,
                        expected.isNull() ? "0" : expected.asText(),
                        hasWork ? info.at("/per_card").fieldNames().next() : expected.asText("0"));
            case "span_us_first_start_any_rank_to_last_end_any_rank" -> near(path, expected.asDouble(), span() / 1e3);
            default -> {
                if (path.matches("profiler_steps\\|\\d+\\|dur_us")) {
                    int i = Integer.parseInt(path.split("\\|")[1]);
                    yield hasWork
                            ? near(path, expected.asDouble(), steps.get(i).durationNanos() / 1e3)
                            : same(path, 0, steps.size());
                }
                if (path.matches("profiler_steps\\|\\d+\\|name")) {
                    int i = Integer.parseInt(path.split("\\|")[1]);
                    yield !hasWork
                            || same(
                                    path,
                                    expected.asText(),
                                    "ProfilerStep#" + steps.get(i).step());
                }
                if (path.matches("comm_kernels_by_collective\\|.*")) {
                    String[] parts = path.split("\\|");
                    JsonNode op = info.at("/bus_by_op/" + parts[1].replace("all", "all_"));
                    yield switch (parts[2]) {
                        case "count" -> same(path, expected, op.path("events"));
                        case "bytes_in" -> same(path, expected, op.path("bytes"));
                        case "sum_dur_us" ->
                            near(path, expected.asDouble(), op.path("seconds").asDouble() * 1e6);
                        default -> false;
                    };
                }
                yield false;
            }
        };
    }

    /** The n-th collective of the job, put together from what all cards told of it. */
    private boolean collectives(JsonNode truth, String path, JsonNode expected) {
        if (!path.startsWith("collectives|")) {
            return false;
        }
        String[] parts = path.split("\\|");
        int index = Integer.parseInt(parts[1]);
        List<BusEvent> members =
                bus.stream().filter(e -> e.microbatch() == index).toList();
        long origin = info.at("/origin_epoch_seconds")
                .decimalValue()
                .movePointRight(9)
                .longValueExact();
        long lastStart = members.stream().mapToLong(BusEvent::startNanos).max().orElseThrow();
        long firstStart = members.stream().mapToLong(BusEvent::startNanos).min().orElseThrow();
        return switch (parts[2]) {
            case "index" -> same(path, expected.asLong(), index) && same(path, members.size(), rankCount());
            case "first_start_us" -> same(path, absolute(expected), origin + firstStart);
            case "last_start_us" -> same(path, absolute(expected), origin + lastStart);
            case "first_end_us" ->
                same(
                        path,
                        absolute(expected),
                        origin
                                + members.stream()
                                        .mapToLong(BusEvent::endNanos)
                                        .min()
                                        .orElseThrow());
            case "last_end_us" ->
                same(
                        path,
                        absolute(expected),
                        origin
                                + members.stream()
                                        .mapToLong(BusEvent::endNanos)
                                        .max()
                                        .orElseThrow());
            case "last_to_arrive_rank" ->
                same(
                        path,
                        lastStart,
                        members.stream()
                                .filter(e -> e.card() == expected.asInt())
                                .findFirst()
                                .orElseThrow()
                                .startNanos());
            case "max_dur_us" -> near(path, expected.asDouble(), sum(members, BusEvent::durationNanos, true));
            case "min_dur_us" ->
                near(
                        path,
                        expected.asDouble(),
                        members.stream()
                                        .mapToLong(BusEvent::durationNanos)
                                        .min()
                                        .orElseThrow()
                                / 1e3);
            case "start_skew_us" -> near(path, expected.asDouble(), sum(members, BusEvent::waitNanos, true));
            case "sum_dur_us" -> near(path, expected.asDouble(), sum(members, BusEvent::durationNanos, false));
            case "sum_wait_us(=sum of last_start-own_start)" -> {
                double all = 0;
                for (JsonNode each : truth.get("collectives")) {
                    all += each.get(parts[2]).asDouble();
                }
                yield near(path, expected.asDouble(), sum(members, BusEvent::waitNanos, false))
                        && near(path, all, info.at("/bus_wait_seconds").asDouble() * 1e6);
            }
            default -> false;
        };
    }

    private boolean ascend(JsonNode truth, String path, JsonNode expected) {
        String[] parts = path.split("\\|");
        if (path.matches("communication_json\\|step.*/collective\\|.*")) {
            JsonNode all = truth.path("communication_json").path(parts[1]);
            return switch (path.substring(path.indexOf('|', path.indexOf('|') + 1) + 1)) {
                case "ops" -> same(path, expected, info.at("/events/bus"));
                case "op_names|hcom_allReduce" -> same(path, expected, info.at("/bus_by_op/all_reduce/events"));
                case "elapse_ms" -> near(path, expected.asDouble() * 1e3, seconds("bus_seconds"));
                case "wait_ms", "idle_ms" ->
                    near(
                            path,
                            (all.get("wait_ms").asDouble() + all.get("idle_ms").asDouble()) * 1e3,
                            seconds("bus_wait_seconds"));
                case "by_link|HCCS|MB" ->
                    same(path, megabytes(expected), info.at("/bus_bytes").asLong());
                default -> false;
            };
        }
        if (path.startsWith("kernel_details|by_accelerator_core|")) {
            long rows = 0;
            double length = 0;
            for (Map.Entry<String, JsonNode> core :
                    truth.at("/kernel_details/by_accelerator_core").properties()) {
                boolean comm = core.getKey().matches("HCCL|COMMUNICATION");
                rows += comm ? 0 : core.getValue().get("rows").asLong();
                length += comm ? 0 : core.getValue().get("sum_dur_us").asDouble();
            }
            return same(path, rows, info.at("/events/compute").asLong())
                    && near(path, length, seconds("compute_seconds"));
        }
        if (path.matches("communication_matrix_total_rows_only\\|.*\\|MB")) {
            boolean local = truth.at(
                            "/communication_matrix_total_rows_only/" + parts[1].replace("/", "~1") + "/" + parts[2])
                    .get("type")
                    .asText()
                    .equals("LOCAL");
            String[] pair = parts[2].split("-");
            return local || same(path, megabytes(expected), sentTo(pair[0], pair[1]));
        }
        if (path.matches("(inter_card|groups_by_hash\\|\\d+\\|)_?MB_by_global_src->dst\\|.*")) {
            String[] pair = parts[parts.length - 1].split("->");
            return same(path, megabytes(expected), sentTo(pair[0], pair[1]));
        }
        if (path.matches("trace_view\\|transfer_tasks_link_HCCS\\|by_src_dst\\|.*\\|bytes")) {
            String[] pair = parts[3].split("->");
            return same(path, expected.asLong(), sentTo(pair[0], pair[1]));
        }
        if (path.matches("step_trace_time\\|0\\|.*")
                && truth.get("step_trace_time").size() == 1) {
            double micros = expected.asDouble();
            return switch (parts[2]) {
                case "Computing" -> near(path, micros, seconds("compute_busy_seconds"));
                case "Communication" -> near(path, micros, seconds("bus_busy_seconds"));
                case "Communication(Not Overlapped)" -> near(path, micros, seconds("bus_exposed_seconds"));
                case "Overlapped" -> near(path, micros, seconds("overlap_seconds"));
                case "Stage" -> near(path, micros, steps.get(0).durationNanos() / 1e3);
                case "Free" -> near(path, micros, steps.get(0).waitNanos() / 1e3);
                case "Step" -> same(path, expected.asLong(), steps.get(0).step());
                default -> false;
            };
        }
        if (path.matches("trace_view\\|hccl_ops\\|\\d+\\|(ts_us|dur_us|name)")) {
            BusEvent op = bus.get(Integer.parseInt(parts[2]));
            long origin = info.at("/origin_epoch_seconds")
                    .decimalValue()
                    .movePointRight(9)
                    .longValueExact();
            return switch (parts[3]) {
                case "ts_us" -> near(path, 0, (absolute(expected) - origin - op.startNanos()) / 1e3);
                case "dur_us" -> near(path, expected.asDouble(), op.durationNanos() / 1e3);
                default ->
                    same(
                            path,
                            true,
                            expected.asText().contains("allReduce")
                                    && op.op().name().equals("ALL_REDUCE"));
            };
        }
        return switch (path) {
            case "inter_card_MB_total" ->
                same(path, megabytes(expected), info.at("/bus_bytes").asLong());
            case "trace_view|transfer_tasks_link_HCCS|bytes" -> same(path, expected, info.at("/bus_bytes"));
            case "trace_view|hccl_ops_sum_dur_us" -> near(path, expected.asDouble(), seconds("bus_seconds"));
            case "kernel_details|busy_union_us_non_comm_rows" -> micros(path, expected, "compute_busy_seconds");
            case "kernel_details|busy_union_us_all_rows" -> micros(path, expected, "busy_seconds");
            case "kernel_details|rows" ->
                same(
                        path,
                        expected.asLong(),
                        info.at("/events/compute").asLong()
                                + info.at("/events/bus").asLong());
            case "kernel_details|sum_dur_us_all_rows" ->
                near(path, expected.asDouble(), seconds("compute_seconds") + seconds("bus_seconds"));
            default -> false;
        };
    }

    private boolean requests(String path, JsonNode expected) {
        long[] arrivals = requests.stream().mapToLong(Request::arrivalNanos).toArray();
        return switch (path) {
            case "records" ->
                same(path, expected, info.at("/records")) && same(path, expected, info.at("/events/request"));
            case "total_input_tokens" -> same(path, expected, info.at("/tokens/input"));
            case "total_output_tokens" -> same(path, expected, info.at("/tokens/output"));
            case "span_s" ->
                same(path, expected.asDouble(), info.at("/span_seconds").asDouble());
            case "first_ts_ns" -> same(path, expected.asLong(), originNanos());
            case "last_ts_ns" -> same(path, expected.asLong(), originNanos() + arrivals[arrivals.length - 1]);
            case "hash_ids_total" ->
                same(
                        path,
                        expected.asLong(),
                        requests.stream()
                                .mapToLong(r -> r.prefixBlocks().length)
                                .sum());
            case "hash_ids_distinct" ->
                same(
                        path,
                        expected.asLong(),
                        requests.stream()
                                .flatMapToInt(r -> Arrays.stream(r.prefixBlocks()))
                                .distinct()
                                .count());
            case "distinct_timestamps" ->
                same(path, expected.asLong(), Arrays.stream(arrivals).distinct().count());
            case "max_records_on_one_timestamp" ->
                same(
                        path,
                        expected.asLong(),
                        Arrays.stream(arrivals)
                                .boxed()
                                .collect(Collectors.groupingBy(a -> a, Collectors.counting()))
                                .values()
                                .stream()
                                .mapToLong(n -> n)
                                .max()
                                .orElseThrow());
            case "makespan_s_first_queued_to_last_token" ->
                within(
                        path,
                        expected.asDouble(),
                        measured.stream()
                                        .mapToLong(RequestEvent::endNanos)
                                        .max()
                                        .orElseThrow()
                                / 1e9,
                        0.0000011);
            default -> {
                String[] parts = path.split("\\|");
                yield parts.length == 2 && distribution(path, parts[0], parts[1], expected);
            }
        };
    }

    private boolean distribution(String path, String what, String figure, JsonNode expected) {
        Supplier<double[]> values =
                switch (what) {
                    case "input_tokens" ->
                        () -> requests.stream()
                                .mapToDouble(Request::inputTokens)
                                .toArray();
                    case "output_tokens" ->
                        () -> requests.stream()
                                .mapToDouble(Request::outputTokens)
                                .toArray();
                    case "interarrival_s" -> this::interarrivals;
                    case "ttft_ms" ->
                        () -> measured.stream()
                                .mapToDouble(r -> (r.firstTokenNanos() - r.arrivalNanos()) / 1e6)
                                .toArray();
                    case "tpot_ms" ->
                        () -> measured.stream()
                                .mapToDouble(r -> (r.endNanos() - r.firstTokenNanos()) / 1e6 / (r.outputTokens() - 1))
                                .toArray();
                    case "e2e_latency_ms" ->
                        () -> measured.stream()
                                .mapToDouble(r -> (r.endNanos() - r.arrivalNanos()) / 1e6)
                                .toArray();
                    default -> null;
                };
        if (values == null) {
            return false;
        }
        double[] sorted = Arrays.stream(values.get()).sorted().toArray();
        double found =
                switch (figure) {
                    case "min" -> sorted[0];
                    case "max" -> sorted[sorted.length - 1];
                    case "mean" -> Arrays.stream(sorted).average().orElseThrow();
                    case "p50" -> percentile(sorted, 0.50);
                    case "p90" -> percentile(sorted, 0.90);
                    case "p99" -> percentile(sorted, 0.99);
                    case "zero_count" ->
                        Arrays.stream(sorted).filter(v -> v == 0).count();
                    case "negative_count" ->
                        Arrays.stream(sorted).filter(v -> v < 0).count();
                    default -> Double.NaN;
                };
        // the book prints milliseconds to three decimals, seconds to six or more
        return within(path, expected.asDouble(), found, what.endsWith("_ms") ? 0.0006 : 0.0000011);
    }

    private boolean straggler(String path, JsonNode expected) {
        return switch (path) {
            case "events_X" ->
                same(
                        path,
                        expected.asLong(),
                        info.at("/events/compute").asLong()
                                + info.at("/events/bus").asLong());
            case "steps" ->
                same(
                        path,
                        expected.asLong(),
                        compute.stream().mapToInt(ComputeEvent::step).distinct().count());
            case "pp" ->
                same(
                        path,
                        expected.asLong(),
                        compute.stream()
                                .mapToInt(ComputeEvent::stage)
                                .distinct()
                                .count());
            case "dp", "tp" -> same(path, 0, info.at("/cards").asLong() % expected.asLong());
            case "events_by_name|forward-compute" -> same(path, expected, info.at("/compute_by_op/forward/events"));
            case "events_by_name|backward-compute" -> same(path, expected, info.at("/compute_by_op/backward/events"));
            case "events_by_name|gc" -> same(path, expected, info.at("/compute_by_op/other/events"));
            case "events_by_name|grads-reduce-scatter" ->
                same(path, expected, info.at("/bus_by_op/reduce_scatter/events"));
            case "events_by_name|params-all-gather" -> same(path, expected, info.at("/bus_by_op/all_gather/events"));
            case "published_what_if|slowdown_by_stage|0",
                    "published_what_if|slowdown_by_stage|1",
                    "published_what_if|slowdown_by_stage|2",
                    "published_what_if|slowdown_by_stage|3" ->
                // not the analysis itself, but what it rests on: how long forward and backward take at each stage
                same(
                        path,
                        expected.asDouble() > 1.1,
                        slowness(Integer.parseInt(path.substring(path.length() - 1))) > 1.1);
            default -> false;
        };
    }

    /** Mean length of forward and backward at a stage, against the mean over all stages. */
    private double slowness(int stage) {
        double all = compute.stream()
                .filter(e -> e.microbatch() >= 0 && e.durationNanos() > 0)
                .mapToLong(ComputeEvent::durationNanos)
                .average()
                .orElseThrow();
        return compute.stream()
                        .filter(e -> e.microbatch() >= 0 && e.durationNanos() > 0 && e.stage() == stage)
                        .mapToLong(ComputeEvent::durationNanos)
                        .average()
                        .orElseThrow()
                / all;
    }

    private double[] interarrivals() {
        double[] gaps = new double[requests.size() - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (requests.get(i + 1).arrivalNanos() - requests.get(i).arrivalNanos()) / 1e9;
        }
        return gaps;
    }

    /** Linear interpolation at (n - 1) p. */
    private static double percentile(double[] sorted, double p) {
        double at = (sorted.length - 1) * p;
        int below = (int) at;
        int above = Math.min(sorted.length - 1, below + 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (at - below);
    }

    private long rankCount() {
        return info.at("/cards").asLong();
    }

    private long originNanos() {
        JsonNode origin = info.at("/origin_epoch_seconds");
        return origin.isMissingNode()
                ? 0
                : origin.decimalValue().movePointRight(9).longValueExact();
    }

    private double span() {
        long first = Math.min(
                compute.stream().mapToLong(ComputeEvent::startNanos).min().orElseThrow(),
                bus.stream().mapToLong(BusEvent::startNanos).min().orElseThrow());
        long last = Math.max(
                compute.stream().mapToLong(ComputeEvent::endNanos).max().orElseThrow(),
                bus.stream().mapToLong(BusEvent::endNanos).max().orElseThrow());
        return last - first;
    }

    private long sentTo(String from, String to) {
        Map<String, Long> sent = new LinkedHashMap<>();
        for (String each :
                info.at("/notes").path("busBytesTo.rank" + from).asText().split(" ")) {
            String[] pair = each.split(":");
            sent.put(pair[0], Long.parseLong(pair[1]));
        }
        return sent.get(to);
    }

    private static double sum(List<BusEvent> members, ToLongFunction<BusEvent> figure, boolean max) {
        return (max
                        ? members.stream().mapToLong(figure).max().orElseThrow()
                        : members.stream().mapToLong(figure).sum())
                / 1e3;
    }

    /** Microseconds since 1970, as a number or as text, to nanoseconds. */
    private static long absolute(JsonNode micros) {
        return new BigDecimal(micros.asText()).movePointRight(3).longValueExact();
    }

    private static long megabytes(JsonNode node) {
        return Math.round(node.asDouble() * 1e6);
    }

    /** In microseconds. */
    private double seconds(String key) {
        return info.path(key).asDouble() * 1e6;
    }

    private boolean micros(String path, JsonNode expected, String key) {
        return near(path, expected.asDouble(), seconds(key));
    }

    private static boolean near(String path, double expectedMicros, double micros) {
        return within(path, expectedMicros, micros, TIME_TOLERANCE_MICROS);
    }

    private static boolean within(String path, double expected, double found, double tolerance) {
        assertThat(found).as(path).isCloseTo(expected, Offset.offset(tolerance));
        return true;
    }

    private static boolean same(String path, JsonNode expected, JsonNode found) {
        return same(path, expected.asLong(), found.isMissingNode() ? -1L : found.asLong());
    }

    private static boolean same(String path, Object expected, Object found) {
        assertThat(found instanceof Integer i ? Long.valueOf(i) : found)
                .as(path)
                .isEqualTo(expected instanceof Integer i ? Long.valueOf(i) : expected);
        return true;
    }

    private void readEvents(Path trace) throws IOException {
        EventBatch batch = new EventBatch();
        try (TraceEvents events = TraceEvents.open(trace)) {
            while (events.next(batch)) {
                for (int i = 0; i < batch.size(); i++) {
                    switch (batch.kind(i)) {
                        case COMPUTE -> compute.add(batch.compute(i));
                        case BUS -> bus.add(batch.bus(i));
                        case STEP -> steps.add(batch.stepEvent(i));
                        case REQUEST -> measured.add(batch.requestEvent(i));
                        case SAMPLE, FAULT -> throw new AssertionError("no recording has one: " + batch.record(i));
                    }
                }
            }
        }
    }

    private static Map<String, String> notSpokenOf() {
        Map<String, String> reasons = new LinkedHashMap<>();
        String host = "the host's side of the file is not imported";
        String copies = "copies and fills within a card are no work of its cores and no bytes of the bus";
        String file = "says what the file is made of, not what happened";
        reasons.put("all_X_events_span_us|complete_events_ph_X|file_events_total|events_by_category\\|.*", host);
        reasons.put("record_param_comms.*|nccl_user_annotations_with_input_dims\\|.*", host);
        reasons.put("gpu_mem(cpy|set).*|sum_dur_us_gpu_mem(cpy|set)|totals\\|gpu_mem(cpy|set)", copies);
        reasons.put(
                "(totals\\|)?busy_union_us_all_gpu_activity|gpu_span_us|(first_gpu_start|last_gpu_end)_us"
                        + "|utilisation_busy_over_span",
                copies);
        reasons.put(
                "baseTimeNanoseconds|device_ids_on_kernels.*|device_name|displayTimeUnit|streams_on_kernels.*|world_size",
                file);
        reasons.put("comm_kernels_(carrying_size|expert_parallel_name|nccl_or_rccl_name)", file);
        reasons.put("kernels_with_zero_or_missing_dur|profiler_steps(\\|\\d+\\|start_us)?", file);
        reasons.put("collectives\\|\\d+\\|(kernel|same_name_on_all_ranks)|matching.*", "how the book was written");
        reasons.put("how|groups_by_hash\\|.*(pair_indices_are|ranks_that_report_it.*)|ranks_recorded.*", file);
        reasons.put(
                "communication_json\\|.*(by_link\\|(PCIE|RDMA|SDMA|SIO)\\|.*|transit_ms|group_hashes.*"
                        + "|has_Total_Op_Info_row|/p2p\\|.*)",
                "single links, of which SDMA repeats the others; transit of one link is summed over lanes");
        reasons.put("communication_matrix_total_rows_only\\|.*\\|(ms|type)", "times of lanes that work side by side");
        reasons.put(
                "kernel_details\\|(columns|cr_bytes|device_ids.*|first_start_us|last_end_us|rows_out_of_start_order"
                        + "|start_time_has_trailing_tab|step_ids.*)",
                file);
        reasons.put("(memory_record|npu_module_mem)\\|.*", "memory over time is no event of ours");
        reasons.put("profiler_level|rank_json_type", file);
        reasons.put(
                "step_trace_time\\|\\d+\\|(Bubble|Preparing|Communication\\(Not Overlapped and Exclude Receive\\))",
                "parts of a step that a step event does not carry");
        reasons.put(
                "trace_view\\|(X_by_process.*|X_ts.*|compute_lane_X|events|events_by_ph.*|hccl_process_name.*"
                        + "|overlap_analysis_lanes.*|plane_tasks.*|ts_json_type.*|transfer_tasks_link_ON_CHIP.*)",
                "the timeline is for looking at: its lanes repeat what the tables tell");
        reasons.put(
                "trace_view\\|(hccl_ops\\|\\d+\\|(alg_type|count|data_type|payload_bytes)|hccl_payload_bytes_total"
                        + "|transfer_tasks_link_HCCS\\|(by_src_dst\\|.*\\|(sum_dur_us|tasks)|by_task_name.*"
                        + "|first_start_us|sum_dur_us|tasks))",
                "tasks below an operation, and its payload, where the event carries the bytes that left the card");
        reasons.put(
                "block_hits_if_cache_infinite_and_starts_empty|exact_duplicate_lines|cr_bytes|ends_with_newline"
                        + "|timezone_assumed|mean_arrival_rate.*|clock_note|file_order_is_arrival_order"
                        + "|output_tokens_per_s",
                file);
        reasons.put("timeseries\\|.*", "gauges beside the log of requests");
        reasons.put(
                "events_by_name\\|.*", "names that share an operation with others; their sum is compared as events_X");
        reasons.put("published_what_if\\|.*", "an analysis, not a recording");
        return reasons;
    }
}
