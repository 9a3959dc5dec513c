package io.supernode.ingest;

import io.supernode.event.BusOp;
import java.util.Locale;

/** What the names of kernels and of collectives say that the bus did. */
final class BusOps {
    private BusOps() {}

    /** {@code ncclDevKernel_AllReduce_…}, {@code nccl:all_reduce}, {@code _allgather_base}, {@code hcom_allReduce_}. */
    static BusOp of(String name) {
        int end = name.indexOf('('); // arguments of a kernel name types, not operations
        String plain = (end < 0 ? name : name.substring(0, end))
                .toLowerCase(Locale.ROOT)
                .replace("_", "");
        if (plain.contains("sendrecv")) {
            return BusOp.OTHER; // how NCCL does an all-to-all, and point-to-point transfers too
        }
        if (plain.contains("allreduce")) {
            return BusOp.ALL_REDUCE;
        }
        if (plain.contains("allgather")) {
            return BusOp.ALL_GATHER;
        }
        if (plain.contains("reducescatter")) {
            return BusOp.REDUCE_SCATTER;
        }
        if (plain.contains("alltoall")) {
            return BusOp.ALL_TO_ALL;
        }
        if (plain.contains("broadcast")) {
            return BusOp.BROADCAST;
        }
        if (plain.contains("barrier")) {
            return BusOp.BARRIER;
        }
        if (plain.contains("dispatch")) {
            return BusOp.DISPATCH;
        }
        if (plain.contains("combine")) {
            return BusOp.COMBINE;
        }
        if (plain.contains("send")) {
            return BusOp.SEND;
        }
        return plain.contains("recv") || plain.contains("receive") ? BusOp.RECEIVE : BusOp.OTHER;
    }

    static boolean isBetweenTwo(BusOp op) {
        return op == BusOp.SEND || op == BusOp.RECEIVE;
    }
}
