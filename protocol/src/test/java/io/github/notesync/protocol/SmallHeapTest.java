package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No batch and no manifest, whatever it is or claims, needs more memory than the agent has. */
@Timeout(120)
class SmallHeapTest {

    @Test
    void everyBombIsRefusedInAHeapOf64Megabytes() throws Exception {
        Ended ended = run(BatchVectors.class);

        assertThat(ended.code).as(ended.said).isZero();
        assertThat(ended.said).contains(" read, 0 wrong");
    }

    @Test
    void theLargestManifestIsReadInAHeapOf64Megabytes() throws Exception {
        Ended ended = run(LargestManifest.class, "500000");

        assertThat(ended.code).as(ended.said).isZero();
    }

    @Test
    void aManifestOfOneChangeMoreIsOverTheLimit() throws Exception {
        Ended ended = run(LargestManifest.class, "500001");

        assertThat(ended.code).as(ended.said).isEqualTo(2);
    }

    private record Ended(int code, String said) {}

    private static Ended run(Class<?> program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                program.getName()));
        command.addAll(List.of(arguments));
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(java.waitFor(), said);
    }
}
