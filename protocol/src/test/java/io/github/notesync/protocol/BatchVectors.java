package io.github.notesync.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the batches and manifests of the vectors as the agent does, the manifest spooled. As a program it reads all of
 * them, the bombs too, and is meant for a small heap.
 */
final class BatchVectors {
    private BatchVectors() {}

    /** Exits with 1 if a vector does not end as it says. */
    public static void main(String[] args) throws Exception {
        int wrong = 0;
        int read = 0;
        for (String suite : List.of("batches", "manifests")) {
            for (JsonObject test : Vectors.tests(suite)) {
                read++;
                try {
                    Vectors.check(test, () -> {
                        if (suite.equals("batches")) {
                            readBatch(test);
                        } else {
                            readManifest(test);
                        }
                    });
                } catch (Throwable e) {
                    wrong++;
                    System.out.println(suite + " " + e);
                }
            }
        }
        System.out.println(read + " read, " + wrong + " wrong");
        System.exit(wrong == 0 ? 0 : 1);
    }

    static void readManifest(JsonObject test) throws IOException {
        try (ManifestReader reader = ManifestReader.open(Vectors.stream(test, "text"))) {
            while (reader.next() != null) {
                // to the end
            }
        }
    }

    /** The paths that the payload carried. */
    static List<String> readBatch(JsonObject test) throws IOException {
        List<String> carried = new ArrayList<>();
        Path spool = Files.createTempFile("manifest", ".json");
        try (BatchReader reader =
                new BatchReader(Vectors.stream(test, "stream"), BatchDescriptor.fromJson(test.object("descriptor")))) {
            try (OutputStream out = Files.newOutputStream(spool)) {
                reader.copyManifest(out);
            }
            try (InputStream in = Files.newInputStream(spool);
                    ManifestReader lines = ManifestReader.open(in)) {
                Manifest manifest = Manifest.read(lines, change -> {});
                reader.check(manifest);
                reader.readPayload(manifest, (put, bytes) -> {
                    carried.add(put.path().value());
                    bytes.transferTo(OutputStream.nullOutputStream());
                });
            }
        } finally {
            Files.delete(spool);
        }
        return carried;
    }
}
