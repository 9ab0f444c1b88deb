package io.github.notesync.server.cycle;

import io.github.notesync.protocol.GitState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The repository that the source lies in, read without git and never written. Any thread. */
record GitDirectory(Path directory) {
    private static final String REF = "ref: ";
    private static final String BRANCHES = "refs/heads/";

    /** The repository of {@code source} or of the nearest directory above it. */
    static Optional<GitDirectory> of(Path source) {
        for (Path each = source; each != null; each = each.getParent()) {
            Path git = each.resolve(".git");
            try {
                if (Files.isDirectory(git)) {
                    return Optional.of(new GitDirectory(git));
                }
                if (Files.isRegularFile(git)) {
                    // A worktree or a submodule: the file names the directory.
                    String text = Files.readString(git).strip();
                    if (text.startsWith("gitdir: ")) {
                        return Optional.of(new GitDirectory(each.resolve(text.substring("gitdir: ".length()))));
                    }
                }
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    Path indexLock() {
        return directory.resolve("index.lock");
    }

    /** What runs over several commits right now, for people; null when nothing does. */
    @Nullable
    String operation() {
        if (Files.exists(directory.resolve("rebase-merge")) || Files.exists(directory.resolve("rebase-apply"))) {
            return "git rebase in progress";
        }
        return null;
    }

    /** When git itself last moved something, milliseconds since 1970. */
    long lastMoved() {
        return Math.max(modified("HEAD"), modified("index"));
    }

    private long modified(String name) {
        try {
            return Files.getLastModifiedTime(directory.resolve(name)).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Commit and branch, from the files of the repository. */
    GitState state(boolean dirty) throws IOException {
        String head = Files.readString(directory.resolve("HEAD")).strip();
        if (!head.startsWith(REF)) {
            return new GitState(head, null, dirty);
        }
        String ref = head.substring(REF.length());
        String branch = ref.startsWith(BRANCHES) ? ref.substring(BRANCHES.length()) : ref;
        return new GitState(commit(ref), branch, dirty);
    }

    private @Nullable String commit(String ref) throws IOException {
        Path common = common();
        Path loose = common.resolve(ref);
        if (Files.isRegularFile(loose)) {
            return Files.readString(loose).strip();
        }
        Path packed = common.resolve("packed-refs");
        if (!Files.isRegularFile(packed)) {
            return null;
        }
        try (Stream<String> lines = Files.lines(packed, StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.endsWith(" " + ref))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Branches of a worktree live in the main repository. */
    private Path common() throws IOException {
        Path pointer = directory.resolve("commondir");
        return Files.isRegularFile(pointer)
                ? directory.resolve(Files.readString(pointer).strip())
                : directory;
    }
}
