package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The fuzz targets on the vectors: none may fail. Leaves them in {@code target/fuzz} as seeds for {@code mvn -Pfuzz}.
 */
class FuzzTargetsTest {
    private static final Path CORPUS = Path.of("target", "fuzz");

    @Test
    void manifestsAreRefusedOrComeBack() throws IOException {
        for (JsonObject test : Vectors.tests("manifests")) {
            if (!Vectors.isBomb(test)) {
                byte[] seed = Vectors.bytes(test, "text");
                FuzzManifest.fuzzerTestOneInput(seed);
                plant("manifest", test, seed);
            }
        }
    }

    @Test
    void payloadsAreRefusedOrWhatTheManifestSays() throws IOException {
        for (JsonObject test : Vectors.tests("batches")) {
            if (!Vectors.isBomb(test)
                    && test.object("descriptor").string("encoding").equals("identity")) {
                byte[] stream = Vectors.bytes(test, "stream");
                int manifest = (int) test.object("descriptor").integer("manifest_size");
                byte[] seed = Arrays.copyOfRange(stream, Math.min(manifest, stream.length), stream.length);
                FuzzPayload.fuzzerTestOneInput(seed);
                plant("payload", test, seed);
            }
        }
    }

    @Test
    void anHonestPayloadGetsThroughTheTarget() throws IOException {
        Map<String, byte[]> files = Map.of(
                "a.py",
                "print('a')\n".getBytes(StandardCharsets.UTF_8),
                "c.py",
                "b = 2\n".getBytes(StandardCharsets.UTF_8));
        Batches.Written batch = Batches.write(Batches.manifestOf(files), Encoding.IDENTITY, files);
        int manifest = (int) batch.descriptor().manifestSize();
        byte[] seed = Arrays.copyOfRange(batch.stream(), manifest, batch.stream().length);

        FuzzPayload.fuzzerTestOneInput(seed);

        Files.write(Files.createDirectories(CORPUS.resolve("payload")).resolve("honest"), seed);
    }

    @Test
    void streamsAreRefused() throws IOException {
        for (JsonObject test : Vectors.tests("batches")) {
            if (!Vectors.isBomb(test)) {
                JsonObject descriptor = test.object("descriptor");
                int size = (int) descriptor.integer("manifest_size") - 1;
                ByteArrayOutputStream seed = new ByteArrayOutputStream();
                seed.write(descriptor.string("encoding").equals("gzip") ? 1 : 0);
                seed.write(size >> 8);
                seed.write(size);
                seed.write((int) (descriptor.integer("payload_size") / TarHeader.BLOCK));
                seed.write(Vectors.bytes(test, "stream"));
                FuzzStream.fuzzerTestOneInput(seed.toByteArray());
                plant("stream", test, seed.toByteArray());
            }
        }
    }

    @Test
    void envelopesAreRefusedOrComeBack() throws IOException {
        List<JsonObject> tests = Vectors.tests("envelopes");
        assertThat(tests).isNotEmpty();
        for (JsonObject test : tests) {
            byte[] seed = Vectors.bytes(test, "bytes");
            FuzzEnvelope.fuzzerTestOneInput(seed);
            plant("envelope", test, seed);
        }
        for (JsonObject test : Vectors.tests("batches")) {
            byte[] seed = new Envelope(test.object("descriptor"), new byte[0]).bytes();
            FuzzEnvelope.fuzzerTestOneInput(seed);
            plant("envelope", test, seed);
        }
    }

    private static void plant(String target, JsonObject test, byte[] seed) throws IOException {
        Path folder = Files.createDirectories(CORPUS.resolve(target));
        Files.write(folder.resolve(Digest.of(seed).hex().substring(0, 16) + "-" + test.integer("id")), seed);
    }
}
