package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A manifest so long that its changes are unpacked while the rest of it is read. What it says wrong, it says last. */
class LongManifestTest {
    private static final Path ROOT = MemoryDisk.ROOT;
    private static final int FILES = 6_000;
    private static final String LAST = String.format("new/module%06d.py", FILES - 1);
    private static final String LAST_BUT_ONE = String.format("new/module%06d.py", FILES - 2);

    private final MemoryDisk disk = new MemoryDisk();
    private final Laptop laptop = new Laptop();
    private final Notebook notebook = Notebook.open(disk, ROOT);
    private Map<String, String> before;
    private Laptop.Batch batch;

    @BeforeEach
    void makeABatch() {
        notebook.bring(laptop.put("a.py", "a = 1\n").save());
        before = notebook.snapshot();
        laptop.mkdir("new").put("a.py", "a = 2\n").link("z", "a.py");
        for (int i = 0; i < FILES; i++) {
            laptop.put(String.format("new/module%06d.py", i), "m = " + i + "\n");
        }
        batch = laptop.save();
        assertThat(batch.descriptor().manifestSize()).isGreaterThan(1 << 20);
    }

    @AfterEach
    void theRightOneIsTakenWhole() {
        assertThat(Notebook.code(notebook.bring(batch))).isEqualTo("applied");
        assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
        notebook.close();
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    private JsonObject refused(Laptop.Batch bad, String code) {
        JsonObject end = notebook.bring(bad);
        assertThat(Notebook.code(end)).as(end.toString()).isEqualTo(code);
        assertThat(notebook.snapshot()).isEqualTo(before);
        assertThat(notebook.broken).isFalse();
        return end;
    }

    @Test
    void aPathThatComesTwiceAtItsEnd() throws Exception {
        JsonObject end = refused(with(batch, twiceAtTheEnd(), payload(batch), 0), "manifest_invalid");
        assertThat(end.string("path")).endsWith(LAST_BUT_ONE);
    }

    /** The payload's fault is met long before the manifest's, whose it is to say what the payload should be. */
    @Test
    void ofTwoFaultsItsOwnIsTold() throws Exception {
        byte[] payload = payload(batch);
        payload[512] ^= 1;
        JsonObject end = refused(with(batch, twiceAtTheEnd(), payload, 0), "manifest_invalid");
        assertThat(end.string("path")).endsWith(LAST_BUT_ONE);
    }

    @Test
    void aPayloadThatIsWrongUnderARightOne() throws Exception {
        byte[] payload = payload(batch);
        payload[512] ^= 1;
        assertThat(refused(with(batch, manifest(batch), payload, 0), "digest_mismatch")
                        .string("path"))
                .endsWith("a.py");
    }

    @Test
    void aPayloadThatEndsEarly() {
        byte[] payload = payload(batch);
        refused(with(batch, manifest(batch), Arrays.copyOf(payload, payload.length / 2), 0), "payload_invalid");
    }

    @Test
    void moreOrFewerChangesThanAnnounced() {
        refused(with(batch, manifest(batch), payload(batch), -1), "manifest_invalid");
        refused(with(batch, manifest(batch), payload(batch), 1), "manifest_invalid");
    }

    private String twiceAtTheEnd() {
        return manifest(batch).replace('"' + LAST + '"', '"' + LAST_BUT_ONE + '"');
    }

    private static String manifest(Laptop.Batch batch) {
        int size = (int) batch.descriptor().manifestSize();
        return new String(batch.stream(), 0, size, StandardCharsets.UTF_8);
    }

    private static byte[] payload(Laptop.Batch batch) {
        return Arrays.copyOfRange(batch.stream(), (int) batch.descriptor().manifestSize(), batch.stream().length);
    }

    /** The batch with another manifest and payload, and so many more changes announced. */
    private static Laptop.Batch with(Laptop.Batch batch, String manifest, byte[] payload, int more) {
        byte[] json = manifest.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(json);
        stream.writeBytes(payload);
        BatchDescriptor right = batch.descriptor();
        BatchDescriptor descriptor = new BatchDescriptor(
                Id.random(),
                right.from(),
                right.to(),
                right.encoding(),
                json.length,
                Digest.of(json),
                right.payloadSize(),
                (long) stream.size(),
                right.changes() + more);
        return new Laptop.Batch(descriptor, stream.toByteArray(), batch.manifest());
    }
}
