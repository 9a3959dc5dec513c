package io.supernode.grafana;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All dashboards, as files that Grafana reads. */
public final class Dashboards {
    private Dashboards() {}

    /** File name to content, in the order in which questions are asked. */
    public static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        for (Dashboard dashboard : List.of(
                FleetDashboard.dashboard(),
                FloorDashboard.dashboard(),
                WorkloadDashboard.dashboard(),
                BusDashboard.dashboard(),
                PipelineDashboard.dashboard(),
                WhatIfDashboard.dashboard())) {
            files.put(dashboard.uid() + ".json", Json.text(dashboard.json()));
        }
        return files;
    }
}
