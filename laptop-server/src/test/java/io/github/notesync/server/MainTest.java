package io.github.notesync.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says to arguments before it does anything. */
class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource({
        "--prot 4, --prot",
        "--po 4, --po",
        "--port, port",
        "--port x, --port x is not a number",
        "--port 70000, --port 70000 is not in 0..65535",
        "a b, one project at a time",
        "why, why which PATH",
        "why --port 1 x, --port",
    })
    void wrongArgumentsAreNamedInOneLine(String args, String named) {
        assertThat(run(args.split(" "))).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("notesync: ")
                .contains(named)
                .endsWith("; see --help\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "why --help", "-V", "--version why"})
    void helpAndVersionAreNoErrors(String args) {
        assertThat(run(args.split(" "))).isZero();
        assertThat(err.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "notesync serve, a.jar, notesync serve",
        "'', target/notesync-server.jar, java -jar target/notesync-server.jar",
        "'', my tools/notesync-server.jar, java -jar \"my tools/notesync-server.jar\"",
        "'', target/classes, java -jar notesync-server.jar",
        "'', a.jar:b.jar, java -jar notesync-server.jar",
    })
    void itsHelpNamesACommandThatExists(String told, String classPath, String name) {
        assertThat(CalledAs.text(told, classPath.replace(':', File.pathSeparatorChar)))
                .isEqualTo(name);
        assertThat(run("--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " "))
                .contains("usage: java -jar notesync-server.jar [OPTIONS] [DIR]")
                .contains("'java -jar notesync-server.jar why PATH'");
    }

    @ParameterizedTest
    @CsvSource({"1.8, 1.8.0_412", "11, 11.0.23", "16, 16.0.1"})
    void anOldJavaIsNamedInOneSentenceWithWhatToDo(String specification, String version) {
        assertThat(Start.refusal(specification, version, "/opt/old"))
                .startsWith("the server needs Java 17 or newer, this is Java " + version + " in /opt/old: install one")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "25", "", "x"})
    void anotherOneIsUsed(String specification) {
        assertThat(Start.refusal(specification, "", "")).isEmpty();
    }

    /** A Java looks at this number before anything else, and refuses what is above its own; Java 8 has 52. */
    @Test
    void theClassThatSaysSoCanBeReadByJava8() throws Exception {
        try (InputStream file = Start.class.getResourceAsStream("Start.class")) {
            byte[] head = file.readNBytes(8);
            assertThat(head[6] << 8 | head[7]).isEqualTo(52);
        }
    }

    @Test
    void aProjectThatIsNotThereIsTheUsersToPutRight() {
        assertThat(run("/nowhere/at/all")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/nowhere/at/all does not exist");
    }
}
