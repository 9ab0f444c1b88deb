package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads a manifest of as many changes as its argument says, never holding it. As a program, meant for a small heap: exits
 * with 0 if the manifest was read to its end, with 2 if it was over the limit.
 */
final class LargestManifest {
    private LargestManifest() {}

    public static void main(String[] args) throws Exception {
        int changes = Integer.parseInt(args[0]);
        try (ManifestReader reader = ManifestReader.open(manifest(changes))) {
            int read = 0;
            while (reader.next() != null) {
                read++;
            }
            System.exit(read == changes ? 0 : 1);
        } catch (ProtocolException e) {
            System.out.println(e.getMessage());
            System.exit(e.code() == ErrorCode.LIMIT_EXCEEDED ? 2 : 1);
        }
    }

    private static InputStream manifest(int changes) {
        String header = ProtocolJson.text(Batches.header().toJson());
        Stream<String> parts = Stream.concat(
                Stream.of(header.substring(0, header.length() - 1) + ",\"changes\":["),
                Stream.concat(IntStream.range(0, changes).mapToObj(LargestManifest::change), Stream.of("]}")));
        return new SequenceInputStream(enumeration(parts));
    }

    private static String change(int number) {
        String path = String.format("Package%04d/module%06d.py", number / 200, number);
        Change chmod = new Change.Chmod(new RelativePath(path), true, new Digest(1, 2, 3, 4));
        return (number == 0 ? "" : ",") + ProtocolJson.text(chmod.toJson());
    }

    private static Enumeration<InputStream> enumeration(Stream<String> parts) {
        var texts = parts.iterator();
        return new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return texts.hasNext();
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(texts.next().getBytes(StandardCharsets.UTF_8));
            }
        };
    }
}
