package io.supernode.ingest;

/** Hears how far an import has come: now and then while it goes on, and once at its end. */
@FunctionalInterface
public interface ImportProgress {
    ImportProgress SILENT = (records, bytesRead, bytesTotal) -> {};

    /**
     * @param records records taken so far
     * @param bytesRead bytes of the input read so far; runs ahead of the records by a buffer
     * @param bytesTotal size of the input, bytes
     */
    void at(long records, long bytesRead, long bytesTotal);
}
