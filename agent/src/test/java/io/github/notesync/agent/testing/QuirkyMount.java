package io.github.notesync.agent.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A FUSE mount that lacks something ({@code src/test/quirkfs}); a test is skipped where FUSE is not to be had. */
public final class QuirkyMount implements AutoCloseable {
    private static final Path SOURCE = Path.of("src/test/quirkfs/quirkfs.c");

    private final Path path;

    private QuirkyMount(Path path) {
        this.path = path;
    }

    /** @param quirk a name that {@code quirkfs.c} knows */
    public static QuirkyMount of(Path place, String quirk) throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "FUSE is not here");
        Path program = place.resolve("quirkfs");
        Process compile = new ProcessBuilder(
                        "sh",
                        "-c",
                        "cc -O2 '" + SOURCE.toAbsolutePath() + "' $(pkg-config --cflags --libs fuse3) -o '" + program
                                + "' 2>/dev/null")
                .start();
        assumeTrue(compile.waitFor() == 0, "quirkfs cannot be compiled: libfuse3-dev is missing");
        Path backing = Files.createDirectory(place.resolve("backing"));
        Path mount = Files.createDirectory(place.resolve("mount"));
        ProcessBuilder builder = new ProcessBuilder(program.toString(), mount.toString());
        builder.environment().put("QUIRK", quirk);
        builder.environment().put("QUIRK_ROOT", backing.toString());
        Process process = builder.start();
        assumeTrue(process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0, "FUSE cannot mount here");
        return new QuirkyMount(mount);
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        try {
            new ProcessBuilder("fusermount3", "-uz", path.toString()).start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
