package io.github.notesync.server.serve;

import io.github.notesync.protocol.GitState;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.config.Located;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.history.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is served, in the words of the contract. Any thread. */
final class ProjectDescription {
    private static final int NAMESPACE_DEPTH = 4;
    private static final int LOOKED_AT = 2_000;

    private final Source source;

    ProjectDescription(Source source) {
        this.source = source;
    }

    JsonObject toJson() {
        History history = source.history();
        History.Size size = history.size();
        GitState git = source.git();
        return JsonObject.builder()
                .put("name", source.config().name())
                .put("source", source.id())
                .put("cursor", history.cursor().toJson())
                .put("python_paths", pythonPaths())
                .put("git", git == null ? null : git.toJson())
                .put("files", size.files())
                .put("bytes", size.bytes())
                .put("now_ms", System.currentTimeMillis())
                .build();
    }

    private List<String> pythonPaths() {
        List<Located> configured = source.config().pythonPaths();
        if (configured != null) {
            return configured.stream().map(Located::text).toList();
        }
        List<String> paths = new ArrayList<>(List.of(""));
        if (hasSourceLayout(source.root())) {
            paths.add("src");
        }
        source.roots().others().forEach((place, directory) -> {
            // A directory that is a package itself is imported by its place.
            if (!Files.exists(directory.resolve("__init__.py"))) {
                paths.add(place);
            }
            if (hasSourceLayout(directory)) {
                paths.add(place + "/src");
            }
        });
        return paths;
    }

    /** The layout in which the packages are below src/. */
    private static boolean hasSourceLayout(Path root) {
        Path src = root.resolve("src");
        if (!Files.isDirectory(src) || Files.exists(src.resolve("__init__.py"))) {
            return false;
        }
        // As deep as a namespace package, which has no __init__.py of its own, may hold its first module.
        try (Stream<Path> inside = Files.walk(src, NAMESPACE_DEPTH)) {
            return inside.limit(LOOKED_AT).anyMatch(each -> each.toString().endsWith(".py"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
