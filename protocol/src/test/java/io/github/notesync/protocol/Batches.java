package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes and reads whole batches for tests. */
final class Batches {
    static final Id EPOCH = new Id("0123456789abcdef0123456789abcdef");

    private Batches() {}

    static ManifestHeader header() {
        return new ManifestHeader(
                "shop",
                new Cursor(EPOCH, 6),
                TreeDigest.EMPTY,
                new Cursor(EPOCH, 7),
                TreeDigest.EMPTY,
                1_790_000_000_000L,
                new GitState("c0ffee", "main", true),
                0,
                0);
    }

    static Change.Put put(String path, byte[] content) {
        return new Change.Put(
                new RelativePath(path), content.length, Digest.of(content), false, Expect.ABSENT, Source.PAYLOAD);
    }

    static Manifest manifest(List<? extends Change> changes) {
        return Manifest.of(header(), changes);
    }

    static Manifest manifestOf(Map<String, byte[]> files) {
        List<Change> changes = new ArrayList<>();
        files.forEach((path, content) -> changes.add(put(path, content)));
        return manifest(changes);
    }

    /** A whole stream and what announces it. */
    record Written(BatchDescriptor descriptor, byte[] stream) {}

    static Written write(Manifest manifest, Encoding encoding, Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BatchWriter writer = BatchWriter.begin(Id.random(), manifest, encoding, out);
        writer.finish(put -> new ByteArrayInputStream(files.get(put.path().value())));
        return new Written(writer.descriptor(), out.toByteArray());
    }

    /** What the payload carried, by path. */
    static Map<String, byte[]> read(Written batch) throws IOException {
        Map<String, byte[]> read = new LinkedHashMap<>();
        try (BatchReader reader = new BatchReader(new ByteArrayInputStream(batch.stream()), batch.descriptor())) {
            Manifest manifest = reader.readManifest();
            reader.readPayload(manifest, (put, bytes) -> read.put(put.path().value(), bytes.readAllBytes()));
        }
        return read;
    }
}
