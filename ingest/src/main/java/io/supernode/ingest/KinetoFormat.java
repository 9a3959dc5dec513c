package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * PyTorch's profiler (Kineto): one JSON file for each rank, plain or gzip, or a folder of them. Kernels become compute
 * events, kernels that move data between cards become bus events, {@code ProfilerStep#N} becomes a step. The host's
 * side and copies within a card are no work of the card and are left out.
 */
final class KinetoFormat implements RecordingFormat {
    private static final List<String> ENDINGS = List.of(".json", ".json.gz");

    @Override
    public String name() {
        return "kineto";
    }

    @Override
    public String lookedFor() {
        return "a JSON object with traceEvents, plain or gzip, or a folder of such files, one for each rank";
    }

    @Override
    public boolean recognises(Recording recording) throws IOException {
        if (!recording.isFolder()) {
            return looksRight(recording.head());
        }
        List<Path> files = files(recording);
        return !files.isEmpty() && looksRight(FileHead.of(files.get(0)));
    }

    @Override
    public int passes() {
        return 2;
    }

    @Override
    public void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException {
        List<Path> files = recording.isFolder() ? files(recording) : List.of(recording.path());
        if (files.isEmpty()) {
            throw InputException.of(
                    recording.path(), "holds no file that ends in .json or .json.gz; accepted: one for each rank");
        }
        RankMap ranks = new RankMap();
        KinetoGroups groups = new KinetoGroups(recording.path());
        KinetoTally tally = new KinetoTally();
        try (EventAssembly events = new EventAssembly(recording.path());
                EventSorter collectives = new EventSorter(EventOrder.COLLECTIVE)) {
            for (int place = 0; place < files.size(); place++) {
                new KinetoRank(recording, files.get(place), options, groups, tally)
                        .read(ranks, place, events, collectives);
            }
            new CollectiveMatcher(collectives, true).resolve(events, out);
            out.note("ranks", ranks.text());
            out.remark(ranks.text());
            tally.remarks().forEach(out::remark);
            events.finish(options, out);
        }
    }

    private static boolean looksRight(FileHead head) {
        String text = head.text().stripLeading();
        return text.startsWith("{") && (text.contains("\"traceEvents\"") || text.contains("\"schemaVersion\""));
    }

    private static List<Path> files(Recording folder) {
        return RankMap.inOrder(folder.entries().stream()
                .filter(Files::isRegularFile)
                .filter(file ->
                        ENDINGS.stream().anyMatch(file.getFileName().toString().toLowerCase(Locale.ROOT)::endsWith))
                .toList());
    }
}
