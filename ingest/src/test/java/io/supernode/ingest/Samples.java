package io.supernode.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Small recordings in every format, written by hand after the real ones. */
final class Samples {
    static final String MOONCAKE =
            "{\"timestamp\": 3000, \"input_length\": 600, \"output_length\": 7, \"hash_ids\": [0, 5]}\n".repeat(3);
    static final String AZURE =
            "TIMESTAMP,ContextTokens,GeneratedTokens\r\n" + "2023-11-16 18:15:46.6805900,374,44\r\n".repeat(3);
    static final String BURSTGPT_OLD = """
            Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type
            5,ChatGPT,472,18,490,Conversation log
            45.5,GPT-4,1087,0,1087,API log
            118,ChatGPT,417,276,693,Conversation log
            """;
    static final String BURSTGPT_NEW = """
            Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type
            5,1,4,ChatGPT,472,18,490,Conversation log
            45.5,1,0,GPT-4,1087,0,1087,API log
            118,2,9,ChatGPT,417,276,693,Conversation log
            """;
    static final String VLLM = """
            {"request_id": "a", "input_toks": 10, "output_toks": 3, "arrival_time": 1777144890.5, "queued_ts": 100.25, \
            "scheduled_ts": 100.3, "first_token_ts": 100.75, "last_token_ts": 101.75}
            {"request_id": "b", "input_toks": 20, "output_toks": 5, "arrival_time": 1777144891.0, "queued_ts": 100.76, \
            "scheduled_ts": 100.8, "first_token_ts": 101.0, "last_token_ts": 102.000000001}
            """;
    static final String STRAGGLER = straggler();

    private Samples() {}

    /**
     * One rank of two: steps 4 and 5, in each a kernel of 10 us and an all-reduce which this rank enters {@code lateMicros}
     * after 1,000 us and which ends for all at 1,500 us of the step. What times count from stands at the end.
     */
    static String kineto(int rank, int lateMicros) {
        StringBuilder events = new StringBuilder();
        for (int step = 0; step < 2; step++) {
            int at = step * 2_000;
            int start = at + 1_000 + lateMicros;
            events.append(String.format(
                    Locale.ROOT, """
                    {"ph": "X", "cat": "user_annotation", "name": "ProfilerStep#%d", "pid": 9, "tid": 9, "ts": %d, "dur": 1900},
                    {"ph": "X", "cat": "cpu_op", "name": "aten::mm", "pid": 9, "tid": 9, "ts": %d, "dur": 5, "args": {"Input Dims": [[2, 3], []], "Input type": ["float", ""]}},
                    {"ph": "X", "cat": "kernel", "name": "gemm(int, ncx)", "pid": 0, "tid": 7, "ts": %d.125, "dur": 10.5, "args": {"device": 3, "stream": 7}},
                    {"ph": "X", "cat": "kernel", "name": "ncclDevKernel_AllReduce_Sum_f32_RING_LL(ncclDevComm*)", "pid": 0, "tid": 20, "ts": %d, "dur": %d, \
                    "args": {"Collective name": "allreduce", "In msg nelems": 256, "Out msg nelems": 256, "dtype": "Float", \
                    "Process Group Name": "0", "Process Group Ranks": "[0, 1]", "Group size": 2}},
                    {"ph": "X", "cat": "gpu_memcpy", "name": "Memcpy DtoD", "pid": 0, "tid": 7, "ts": %d, "dur": 1, "args": {"bytes": 512}},
                    """, step + 4, at, at + 1, at + 100, start, at + 1_500 - start, at + 200));
        }
        return "{\"schemaVersion\": 1, \"distributedInfo\": {\"backend\": \"nccl\", \"rank\": " + rank
                + ", \"world_size\": 2},\n\"traceEvents\": [\n" + events
                + "{\"name\": \"Record Window End\", \"ph\": \"i\", \"s\": \"g\", \"ts\": 4000}\n],\n"
                + "\"baseTimeNanoseconds\": 1711964646000000000}\n";
    }

    /** Two replicas of two stages, one step of one microbatch; stage 1 computes twice as long. */
    private static String straggler() {
        StringBuilder events = new StringBuilder("[");
        StringBuilder names = new StringBuilder();
        for (int replica = 0; replica < 2; replica++) {
            for (int stage = 0; stage < 2; stage++) {
                int lane = replica * 10 + stage * 2;
                int late = replica * 5;
                event(events, "forward-compute", replica, lane, stage * 200 + late, 100 * (stage + 1), 0);
                event(
                        events,
                        stage == 0 ? "forward-send" : "forward-recv",
                        replica,
                        lane + 1,
                        stage == 0 ? 110 + late : 90 + late,
                        stage == 0 ? 20 : 40,
                        -1);
                event(events, "grads-reduce-scatter", replica, lane + 1, 1_000 + 10 * late, 200 - 10 * late, -1);
                for (int l = 0; l < 2; l++) {
                    names.append(String.format(
                            Locale.ROOT,
                            ",\n{\"name\": \"thread_name\", \"pid\": %d, \"tid\": %d, \"ph\": \"M\", \"args\": {\"name\":"
                                    + " \"PP rank %d, TP rank 0, %s\"}}",
                            replica,
                            lane + l,
                            stage,
                            l == 0 ? "compute" : "pp-comm"));
                }
            }
            names.append(String.format(
                    Locale.ROOT,
                    ",\n{\"name\": \"process_name\", \"pid\": %d, \"ph\": \"M\", \"args\": {\"name\": \"DP rank [%d]\"}}",
                    replica,
                    replica));
        }
        return events.append(names.substring(events.length() == 1 ? 1 : 0))
                .append("]\n")
                .toString();
    }

    private static void event(
            StringBuilder to, String name, int replica, int lane, int at, int micros, int microbatch) {
        to.append(to.length() == 1 ? "" : ",\n")
                .append(String.format(
                        Locale.ROOT,
                        "{\"name\": \"%s\", \"cat\": \"%s\", \"pid\": %d, \"tid\": %d, \"ts\": %d.0004, \"dur\": %d.0,"
                                + " \"ph\": \"X\", \"args\": {\"step\": 23, \"model_chunk\": 0, \"mb_id\": %d,"
                                + " \"seq_id\": 0}}",
                        name,
                        name,
                        replica,
                        lane,
                        at,
                        micros,
                        microbatch));
    }

    /** A rank of Ascend's profiler: two kernels and an all-reduce of 2,000 us, 300 of them transfer, in step 50. */
    static Path ascend(Path parent, int rank) throws IOException {
        Path folder = parent.resolve("rank" + rank + "_ascend_pt");
        Path output = Files.createDirectories(folder.resolve("ASCEND_PROFILER_OUTPUT"));
        Files.writeString(folder.resolve("profiler_info_" + rank + ".json"), ASCEND_INFO.replace("RANK", "" + rank));
        Files.writeString(output.resolve("kernel_details.csv"), ASCEND_KERNELS);
        Files.writeString(output.resolve("communication.json"), ASCEND_OPERATIONS);
        Files.writeString(output.resolve("communication_matrix.json"), ASCEND_MATRIX.replace("RANK", "" + rank));
        Files.writeString(output.resolve("step_trace_time.csv"), ASCEND_STEPS);
        return folder;
    }

    static final List<String> ASCEND_FILES = List.of(
            "profiler_info_0.json",
            "ASCEND_PROFILER_OUTPUT/kernel_details.csv",
            "ASCEND_PROFILER_OUTPUT/communication.json",
            "ASCEND_PROFILER_OUTPUT/communication_matrix.json",
            "ASCEND_PROFILER_OUTPUT/step_trace_time.csv");

    private static final String ASCEND_INFO = "{\"config\": {\"a\": [1]}, \"rank_id\": \"RANK\"}";
    private static final String ASCEND_KERNELS = """
            Step Id,Name,Type,Accelerator Core,Start Time(us),Duration(us),Input Shapes
            50,mm,MatMul,AI_CORE,1736408883704643.212\t,53.741,\"""32,3;4\"""\r
            50,add,Add,AI_VECTOR_CORE,1736408883704743.212\t,10.001,\"""32,3\"""\r
            50,hcom_allReduce__586_0_1,hcom_allReduce_,HCCL,1736408883705000.000\t,2000,N/A\r
            """;
    private static final String ASCEND_OPERATIONS = """
            {"step50": {"p2p": {}, "collective": {"hcom_allReduce__586_0_1@77": {"Communication Time Info": \
            {"Start Timestamp(us)": 1736408883705000.0, "Elapse Time(ms)": 2.0000005, "Transit Time(ms)": 0.3, \
            "Wait Time(ms)": 0.7, "Idle Time(ms)": 1.0000005}, "Communication Bandwidth Info": {"RDMA": \
            {"Transit Size(MB)": 0}, "HCCS": {"Transit Size(MB)": 1.5, "Size Distribution": {"1.5": [1, 0.3]}}, \
            "SDMA": {"Transit Size(MB)": 1.5}}}, "Total Op Info": {"Communication Time Info": {}}}}}
            """;
    private static final String ASCEND_MATRIX = """
            {"step50": {"p2p": {}, "collective": {"allreduce-top1@77": {"0-1": {"Transit Size(MB)": 1.5}}, \
            "allreduce-total@77": {"RANK-RANK": {"Transport Type": "LOCAL", "Transit Size(MB)": 9}, \
            "RANK-2": {"Transport Type": "HCCS", "Transit Size(MB)": 0.5, "Op Name": "x"}, \
            "RANK-3": {"Transport Type": "HCCS", "Transit Size(MB)": 1.0}}}}}
            """;
    private static final String ASCEND_STEPS = """
            Step,Computing,Communication(Not Overlapped),Overlapped,Communication,Free,Stage
            50,63.742,2000.0,0,2000.0,293.046,2356.788000000001
            """;

    static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }
}
