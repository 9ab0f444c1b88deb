package io.github.notesync.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
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

    @Test
    void aProjectThatIsNotThereIsTheUsersToPutRight() {
        assertThat(run("/nowhere/at/all")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("/nowhere/at/all does not exist");
    }
}
