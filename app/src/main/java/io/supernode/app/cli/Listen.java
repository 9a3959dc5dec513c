package io.supernode.app.cli;

import io.supernode.app.ConfigurationException;
import io.supernode.exporter.Exporter;
import io.supernode.exporter.ExporterOptions;
import io.supernode.exporter.ListenException;

/** The address that {@code --listen} names. */
final class Listen {
    private Listen() {}

    /**
     * Tells before a broker and a job are started for nothing; another process may still take the port meanwhile.
     *
     * @throws ListenException when it is taken
     * @throws ConfigurationException when it is no address
     */
    static void requireFree(String address) throws ConfigurationException, ListenException {
        ExporterOptions options;
        try {
            options = ExporterOptions.withoutKafka().listen(address);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("--listen: " + e.getMessage());
        }
        Exporter.start(options).close();
    }
}
