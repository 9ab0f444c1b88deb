package io.github.notesync.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads the files of {@code protocol/vectors}, and holds what happened against what they say. */
final class Vectors {
    private static final Path FOLDER = Path.of("vectors");

    private Vectors() {}

    interface Attempt {
        void run() throws Exception;
    }

    /** The suites that are there, by file name. */
    static Set<String> suites() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json"))
                    .forEach(name -> names.add(name.substring(0, name.length() - ".json".length())));
        }
        return names;
    }

    static List<JsonObject> tests(String suite) throws IOException {
        JsonObject file = ProtocolJson.parse(Files.readAllBytes(FOLDER.resolve(suite + ".json")));
        if (!file.string("suite").equals(suite)) {
            throw new AssertionError(suite + ".json is of suite " + file.string("suite"));
        }
        return file.objects("tests");
    }

    static String name(JsonObject test) throws ProtocolException {
        return "#" + test.integer("id") + " " + test.string("comment");
    }

    static boolean isBomb(JsonObject test) throws ProtocolException {
        return test.strings("flags").contains("bomb");
    }

    /** Runs {@code attempt}, which must end as the test says: without an error, or with this code and reason. */
    static void check(JsonObject test, Attempt attempt) throws Exception {
        boolean valid = test.string("result").equals("valid");
        try {
            attempt.run();
        } catch (ProtocolException e) {
            boolean expected = !valid
                    && e.code().code().equals(test.string("code"))
                    && Objects.equals(e.reason(), test.stringOrNull("reason"));
            if (!expected) {
                throw new AssertionError(
                        name(test) + ": " + e.code().code() + "/" + e.reason() + " instead of " + wanted(test), e);
            }
            return;
        }
        if (!valid) {
            throw new AssertionError(name(test) + ": accepted instead of " + wanted(test));
        }
    }

    private static String wanted(JsonObject test) throws ProtocolException {
        return test.has("code") ? test.string("code") + "/" + test.stringOrNull("reason") : "valid";
    }

    static byte[] bytes(JsonObject test, String field) throws IOException {
        try (InputStream in = stream(test, field)) {
            return in.readAllBytes();
        }
    }

    /** A list of parts as a stream, which never holds more than one repetition of a part. */
    static InputStream stream(JsonObject test, String field) throws ProtocolException {
        List<InputStream> streams = new ArrayList<>();
        for (JsonObject part : test.objects(field)) {
            byte[] once = part.has("text")
                    ? part.string("text").getBytes(StandardCharsets.UTF_8)
                    : HexFormat.of().parseHex(part.string("hex"));
            streams.add(part.has("times") ? new Repeated(once, part.integer("times")) : new ByteArrayInputStream(once));
        }
        return new SequenceInputStream(Collections.enumeration(streams));
    }

    private static final class Repeated extends InputStream {
        private final byte[] once;
        private long left;
        private int at;

        Repeated(byte[] once, long times) {
            this.once = once;
            this.left = times * once.length;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] out, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int n = (int) Math.min(length, left);
            for (int i = 0; i < n; i++) {
                out[offset + i] = once[at];
                at = at + 1 == once.length ? 0 : at + 1;
            }
            left -= n;
            return n;
        }
    }
}
