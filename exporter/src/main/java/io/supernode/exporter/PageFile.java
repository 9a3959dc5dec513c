package io.supernode.exporter;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of the page. Each has a path of its own, known from the start: what a request names is looked up, never
 * opened.
 */
record PageFile(String path, String contentType, byte[] bytes) {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String CSS = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private static final List<String> MODULES = List.of(
            "api",
            "chart",
            "charts",
            "disturb",
            "dom",
            "format",
            "pins",
            "plan",
            "scales",
            "story",
            "stream",
            "tables",
            "theme",
            "traffic",
            "transport");

    private static final Map<String, PageFile> FILES = Stream.concat(
                    Stream.of(
                            of("/", "live.html", HTML),
                            of("/live.css", "live.css", CSS),
                            of("/live.js", "live.js", SCRIPT)),
                    MODULES.stream().map(name -> of("/live/" + name + ".js", "live/" + name + ".js", SCRIPT)))
            .collect(Collectors.toUnmodifiableMap(PageFile::path, Function.identity()));

    /** Null where there is none. */
    static PageFile at(String path) {
        return FILES.get(path);
    }

    static Collection<PageFile> all() {
        return FILES.values();
    }

    private static PageFile of(String path, String resource, String contentType) {
        try (InputStream in = PageFile.class.getResourceAsStream(resource)) {
            return new PageFile(path, contentType, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
