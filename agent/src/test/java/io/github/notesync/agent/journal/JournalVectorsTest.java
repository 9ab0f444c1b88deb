package io.github.notesync.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.ProtocolJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The vectors of {@code JOURNAL.md}; and the fuzz target on them, which leaves them as seeds for {@code mvn -Pfuzz}. */
class JournalVectorsTest {
    private static final Path VECTORS = Path.of("..", "protocol", "vectors", "journals.json");
    private static final Path SEEDS = Path.of("target", "fuzz", "journal");

    private static List<JsonObject> tests() throws IOException {
        return ProtocolJson.parse(Files.readAllBytes(VECTORS)).objects("tests");
    }

    @TestFactory
    List<DynamicTest> journals() throws IOException {
        List<DynamicTest> all = new ArrayList<>();
        for (JsonObject test : tests()) {
            all.add(DynamicTest.dynamicTest(test.integer("id") + " " + test.string("comment"), () -> check(test)));
        }
        return all;
    }

    private static void check(JsonObject test) throws IOException {
        byte[] text = text(test);
        try (Directory directory = new MemoryDisk().open(MemoryDisk.ROOT)) {
            FuzzJournal.write(directory, Layout.JOURNAL, text);
            Transaction read;
            try {
                read = JournalReader.read(directory);
            } catch (ProtocolException e) {
                assertThat(test.string("result")).as(e.getMessage()).isEqualTo("invalid");
                assertThat(e.code().code()).isEqualTo(test.string("code"));
                return;
            }
            assertThat(test.string("result")).isEqualTo("valid");
            assertThat(read.number()).isEqualTo(test.integer("number"));
            assertThat(read.batch()).isEqualTo(test.stringOrNull("batch"));
            assertThat(read.reason()).isEqualTo(test.string("reason"));
            assertThat(read.from()).isEqualTo(cursor(test, "from"));
            assertThat(read.to()).isEqualTo(cursor(test, "to"));
            assertThat(read.boot()).isEqualTo(test.string("boot"));
            assertThat(read.made()).isEqualTo(test.integer("made"));
            assertThat(read.plan().steps()).hasSize((int) test.integer("steps"));
            assertThat(read.plan().kept()).hasSize((int) test.integer("kept"));
            assertThat(read.plan().removed()).hasSize((int) test.integer("removed"));
            assertThat(read.plan().added()).hasSize((int) test.integer("added"));
            assertThat(read.plan().adopted()).hasSize((int) test.integer("adopted"));
            directory.deleteFile(Layout.JOURNAL);
            JournalWriter.write(directory, read);
            assertThat(FuzzJournal.bytes(directory)).isEqualTo(text);
        }
    }

    private static Cursor cursor(JsonObject test, String field) throws ProtocolException {
        JsonObject json = test.objectOrNull(field);
        return json == null ? null : Cursor.fromJson(json);
    }

    private static byte[] text(JsonObject test) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (JsonObject part : test.objects("text")) {
            byte[] once = part.has("text")
                    ? part.string("text").getBytes(StandardCharsets.UTF_8)
                    : HexFormat.of().parseHex(part.string("hex"));
            for (long i = part.has("times") ? part.integer("times") : 1; i > 0; i--) {
                all.writeBytes(once);
            }
        }
        return all.toByteArray();
    }

    @Test
    void theFuzzTargetTakesThemAll() throws IOException {
        Files.createDirectories(SEEDS);
        for (JsonObject test : tests()) {
            byte[] text = text(test);
            FuzzJournal.fuzzerTestOneInput(text);
            Files.write(SEEDS.resolve(Long.toString(test.integer("id"))), text);
        }
        byte[] index = "notesync index 1\nbegin after 0\n+ d a\nend 1 - 0 %s c33b0e8\n"
                .formatted("0".repeat(64))
                .getBytes(StandardCharsets.UTF_8);
        FuzzJournal.fuzzerTestOneInput(index);
        Files.write(SEEDS.resolve("index"), index);
    }
}
