package io.github.notesync.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Envelope;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.TreeDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The batch of a replica that has nothing yet: made while its user types the code. */
class FirstBatchTest {
    private static final int MORE_THAN_MEMORY_KEEPS = 2 << 20;

    @TempDir
    Path temporary;

    @Test
    @Timeout(60)
    void itIsMadeBeforeAnybodyIsLetInAndThenHandedOut() throws Exception {
        try (RunningServer server = new RunningServer(temporary)) {
            byte[] content = new byte[MORE_THAN_MEMORY_KEEPS];
            new Random(3).nextBytes(content);
            Files.write(server.served.root.resolve("data.bin"), content);
            server.served.source.refresh(30_000);

            String token = server.pair(null);
            String made = onlyFileOf(temporary.resolve("spool"));

            JsonObject chunk =
                    JsonObject.builder().put("batch", made).put("offset", 0).build();
            String replica = "/v1/replicas/" + RunningServer.REPLICA;
            assertThat(server.http().post(replica + "/chunk", chunk).status()).isEqualTo(401);

            JsonObject asked = JsonObject.builder()
                    .put("tree", TreeDigest.EMPTY.hex())
                    .put("encodings", List.of("gzip", "identity"))
                    .put("capabilities", List.of("copy", "recipe"))
                    .build();
            Http.Answer next = server.http().token(token).post(replica + "/next", asked);
            JsonObject batch = Envelope.parse(next.body()).json().object("batch");
            assertThat(batch.string("batch")).isEqualTo(made);
        }
    }

    /** Waits until it is there. */
    private static String onlyFileOf(Path directory) throws Exception {
        while (true) {
            try (var files = Files.list(directory)) {
                List<Path> found = files.toList();
                if (!found.isEmpty()) {
                    assertThat(found).hasSize(1);
                    return found.get(0).getFileName().toString();
                }
            }
            Thread.onSpinWait();
        }
    }
}
