package io.supernode.analytics;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * How often the job has gone on from a checkpoint. What was given between the checkpoint and the failure is not known any
 * more, and what is given next must replace it: revisions go on from the next multiple of 65,536. Not thread-safe.
 */
final class Recoveries {
    private static final int REVISIONS_PER_RECOVERY = 1 << 16;

    private final ListState<Integer> state;
    private int count;

    /** Counts this start, where it is one from a checkpoint. */
    Recoveries(FunctionInitializationContext context) throws Exception {
        // union: after a change of parallelism every subtask knows the highest
        state = context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("recoveries", Types.INT));
        if (context.isRestored()) {
            for (int before : state.get()) {
                count = Math.max(count, before);
            }
            count++;
        }
    }

    void snapshot() throws Exception {
        state.update(List.of(count));
    }

    /** Where revisions begin since the last of them. */
    int firstRevision() {
        return count * REVISIONS_PER_RECOVERY;
    }
}
