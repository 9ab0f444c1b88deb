package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The vectors that every language reads, in Java. */
class VectorsTest {
    private static final Set<String> READ_HERE = Set.of(
            "batches",
            "collisions",
            "cursors",
            "entries",
            "envelopes",
            "frames",
            "hellos",
            "manifests",
            "pairings",
            "paths",
            "recipes",
            "symlink-targets",
            "trees");

    /** By the part that has the rule. */
    private static final Set<String> READ_ELSEWHERE = Set.of("ignore", "journals");

    @Test
    void everyVectorFileIsKnown() throws IOException {
        Set<String> known = new TreeSet<>(READ_HERE);
        known.addAll(READ_ELSEWHERE);

        assertThat(Vectors.suites()).isEqualTo(known);
    }

    private interface Check {
        void run(JsonObject test) throws Exception;
    }

    private static List<DynamicTest> each(String suite, Check check) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonObject test : Vectors.tests(suite)) {
            if (!Vectors.isBomb(test)) {
                tests.add(DynamicTest.dynamicTest(
                        suite + " " + Vectors.name(test), () -> Vectors.check(test, () -> check.run(test))));
            }
        }
        return tests;
    }

    @TestFactory
    List<DynamicTest> paths() throws IOException {
        return each(
                "paths",
                test -> assertThat(RelativePath.parse(test.string("text")).value())
                        .isEqualTo(test.string("text")));
    }

    @TestFactory
    List<DynamicTest> collisions() throws IOException {
        return each("collisions", test -> {
            RelativePath one = RelativePath.parse(test.strings("paths").get(0));
            RelativePath two = RelativePath.parse(test.strings("paths").get(1));
            for (RelativePath each : withParents(one)) {
                for (RelativePath other : withParents(two)) {
                    if (!each.equals(other) && each.collisionKey().equals(other.collisionKey())) {
                        throw ProtocolException.pathRefused(other.value(), PathReason.COLLISION);
                    }
                }
            }
        });
    }

    private static List<RelativePath> withParents(RelativePath path) {
        List<RelativePath> all = new ArrayList<>();
        for (RelativePath each = path; each != null; each = each.parent()) {
            all.add(each);
        }
        return all;
    }

    @TestFactory
    List<DynamicTest> symlinkTargets() throws IOException {
        return each("symlink-targets", test -> {
            RelativePath path = RelativePath.parse(test.string("path"));
            String target = test.string("target");
            JsonObject json = JsonObject.builder()
                    .put("target", target)
                    .put("digest", Digest.of(target).hex())
                    .build();
            assertThat(ChangeJson.symlink(path, json).target()).isEqualTo(target);
        });
    }

    @TestFactory
    List<DynamicTest> entries() throws IOException {
        return each("entries", test -> {
            Entry entry = Entry.fromJson(test.object("entry"));
            assertThat(Entry.fromJson(entry.toJson())).isEqualTo(entry);
        });
    }

    @TestFactory
    List<DynamicTest> trees() throws IOException {
        return each("trees", test -> {
            List<Entry> entries = new ArrayList<>();
            for (JsonObject entry : test.objects("entries")) {
                entries.add(Entry.fromJson(entry));
            }
            assertThat(TreeDigest.of(entries).hex()).isEqualTo(test.string("tree"));
        });
    }

    @TestFactory
    List<DynamicTest> cursors() throws IOException {
        return each("cursors", test -> {
            Cursor cursor = Cursor.fromJson(test.object("cursor"));
            assertThat(Cursor.fromJson(cursor.toJson())).isEqualTo(cursor);
        });
    }

    @TestFactory
    List<DynamicTest> hellos() throws IOException {
        return each("hellos", test -> {
            Hello hello = Hello.fromJson(test.object("hello"));
            assertThat(Hello.fromJson(hello.toJson().build())).isEqualTo(hello);
        });
    }

    @TestFactory
    List<DynamicTest> envelopes() throws IOException {
        return each("envelopes", test -> {
            Envelope envelope = Envelope.parse(Vectors.bytes(test, "bytes"));
            assertThat(envelope.json()).isEqualTo(test.object("json"));
            assertThat(envelope.body()).isEqualTo(Vectors.bytes(test, "body"));
            assertThat(Envelope.parse(envelope.bytes()).json()).isEqualTo(envelope.json());
        });
    }

    @TestFactory
    List<DynamicTest> frames() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonObject test : Vectors.tests("frames")) {
            tests.add(DynamicTest.dynamicTest("frames " + Vectors.name(test), () -> {
                FrameSigner.Direction direction = test.string("direction").equals("K")
                        ? FrameSigner.Direction.KERNEL
                        : FrameSigner.Direction.AGENT;
                boolean verified = new FrameSigner(hex(test, "key"))
                        .verify(
                                hex(test, "signature"),
                                direction,
                                hex(test, "session"),
                                test.integer("number"),
                                test.string("header").getBytes(StandardCharsets.UTF_8),
                                hex(test, "body"));
                assertThat(verified).isEqualTo(test.string("result").equals("valid"));
            }));
        }
        return tests;
    }

    private static byte[] hex(JsonObject test, String field) throws ProtocolException {
        return HexFormat.of().parseHex(test.string(field));
    }

    @TestFactory
    List<DynamicTest> pairings() throws IOException {
        return each("pairings", test -> {
            Digest commit = PairingCode.commit(PairingCode.parseNonce(test.string("nonce")));
            assertThat(commit.hex()).isEqualTo(test.string("commit"));
            String code = PairingCode.of(commit, test.string("origin"));
            assertThat(code).isEqualTo(test.string("code"));
            assertThat(PairingCode.matches(
                            code, code.toLowerCase(Locale.ROOT).substring(0, 3) + "-" + code.substring(3)))
                    .isTrue();
        });
    }

    @TestFactory
    List<DynamicTest> recipes() throws IOException {
        return each("recipes", test -> {
            byte[] made = test.has("made") ? Vectors.bytes(test, "made") : new byte[0];
            JsonObject json = JsonObject.builder()
                    .put("op", "put")
                    .put("path", "a")
                    .put("size", test.has("made") ? made.length : 10)
                    .put("digest", Digest.of(made).hex())
                    .put("executable", false)
                    .put("expect", "absent")
                    .put("source", "recipe")
                    .put("from", "old")
                    .put("from_digest", Digest.of(Vectors.bytes(test, "old")).hex())
                    .put("recipe", test.list("recipe"))
                    .build();
            Change.Put put = (Change.Put) Change.fromJson(json);
            assertThat(put.toJson()).isEqualTo(json);
            assertThat(build(test, ((Source.FromRecipe) put.source()).recipe())).isEqualTo(made);
        });
    }

    private static byte[] build(JsonObject test, Recipe recipe) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path old = Files.write(Files.createTempFile("old", ""), Vectors.bytes(test, "old"));
        try (SeekableByteChannel channel = Files.newByteChannel(old, StandardOpenOption.DELETE_ON_CLOSE)) {
            byte[] fresh = Vectors.bytes(test, "fresh");
            RecipeBuilder.build(recipe, channel, new ByteArrayInputStream(fresh), out);
        }
        return out.toByteArray();
    }

    @TestFactory
    List<DynamicTest> manifests() throws IOException {
        return each("manifests", test -> {
            BatchVectors.readManifest(test);
            Manifest manifest = Manifest.parse(Vectors.bytes(test, "text"));
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            manifest.writeTo(again);
            assertThat(Manifest.parse(again.toByteArray())).isEqualTo(manifest);
        });
    }

    @TestFactory
    List<DynamicTest> batches() throws IOException {
        return each("batches", test -> assertThat(BatchVectors.readBatch(test)).isEqualTo(test.strings("payload")));
    }
}
