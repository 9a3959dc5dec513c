package io.supernode.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What Ascend's PyTorch profiler leaves: a folder {@code *_ascend_pt} for each rank, or a folder of such. Kernels of the
 * card become compute events; collectives and transfers become bus events with the bytes that left the card over
 * anything but itself, and with the split into transfer and all else that the profiler has measured; steps become steps.
 * The trace of the host, and what is derived from the rest, is not read.
 */
final class AscendFormat implements RecordingFormat {
    static final String OUTPUT = "ASCEND_PROFILER_OUTPUT";

    private static final String ENDING = "_ascend_pt";

    @Override
    public String name() {
        return "ascend";
    }

    @Override
    public String lookedFor() {
        return "a folder *" + ENDING + ", or a folder of them";
    }

    @Override
    public boolean recognises(Recording recording) {
        return !ranks(recording).isEmpty();
    }

    @Override
    public void read(Recording recording, ImportOptions options, RecordingOutput out) throws IOException {
        List<Path> folders = ranks(recording);
        if (folders.isEmpty()) {
            throw InputException.of(recording.path(), "holds no folder *" + ENDING + "; accepted: " + lookedFor());
        }
        RankMap ranks = new RankMap();
        AscendGroups groups = new AscendGroups(recording.path());
        try (EventAssembly events = new EventAssembly(recording.path())) {
            for (int place = 0; place < folders.size(); place++) {
                new AscendRank(recording, folders.get(place), groups).read(ranks, place, events);
            }
            out.note("ranks", ranks.text());
            out.remark(ranks.text());
            groups.describe(ranks.size(), out);
            events.finish(options, out);
        }
    }

    private static List<Path> ranks(Recording recording) {
        if (!recording.isFolder()) {
            return List.of();
        }
        Path itself = recording.path();
        if (itself.toAbsolutePath().getFileName() != null && named(itself.toAbsolutePath())
                || Files.isDirectory(itself.resolve(OUTPUT))) {
            return List.of(itself);
        }
        return RankMap.inOrder(recording.entries().stream()
                .filter(Files::isDirectory)
                .filter(AscendFormat::named)
                .toList());
    }

    private static boolean named(Path folder) {
        return folder.getFileName().toString().endsWith(ENDING);
    }
}
