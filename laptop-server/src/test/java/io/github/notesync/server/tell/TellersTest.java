package io.github.notesync.server.tell;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads in the terminal, and a program on its pipe. */
class TellersTest {
    /** The terminal cuts what is between these at its edge, however narrow it is. */
    private static final String CUT = "\033[?7l";

    private static final String WRAP = "\033[?7h";
    private static final Cursor CURSOR = new Cursor(Id.random(), 7);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void oneLineForASaveAndNoColourOutsideATerminal() {
        new TerminalTeller(out, false, true).tell(Texts.sequence(CURSOR, List.of("shop/cart.py"), 1, 12));
        assertThat(text()).matches("\\d\\d:\\d\\d:\\d\\d #7  shop/cart.py\\R");
    }

    @Test
    void inATerminalAProblemStandsOut() {
        new TerminalTeller(out, true, true)
                .tell(Texts.problem("x.py", "too_large", "x.py is too large", "make it smaller"));
        assertThat(text()).contains("\033[33mx.py is too large. To do: make it smaller\033[0m");
    }

    @Test
    void whoWantsNoColourHasNone() {
        new TerminalTeller(out, true, false).tell(Texts.problem("x.py", "too_large", "x.py is too large", "shrink it"));
        assertThat(text()).matches("\\d\\d:\\d\\d:\\d\\d x.py is too large. To do: shrink it\\R");
        assertThat(TerminalTeller.isColourWanted("1")).isFalse();
        assertThat(TerminalTeller.isColourWanted("")).isTrue();
        assertThat(TerminalTeller.isColourWanted(null)).isTrue();
    }

    @Test
    void aFolderFullOfProblemsIsCutShortAndTheNextIsToldAgain() {
        TerminalTeller teller = new TerminalTeller(out, false, true);
        for (int i = 0; i < 1_500; i++) {
            teller.tell(Texts.problem("a:" + i, "windows_name", "a:" + i + " is not sent", "rename it"));
        }
        assertThat(text().lines()).hasSize(21).last().asString().endsWith("the dashboard names them all");
        teller.tell(Texts.notice("done"));
        teller.tell(Texts.problem("b", "windows_name", "b is not sent", "rename it"));
        assertThat(text().lines()).hasSize(23).last().asString().endsWith("b is not sent. To do: rename it");
    }

    @Test
    void whatOthersNameCannotRewriteTheTerminal() {
        TerminalTeller teller = new TerminalTeller(out, true, true);
        teller.tell(Texts.problem("a", "control", "a\n12:00:00 all is well\033[2J is not sent", "rename it"));
        teller.tell(Texts.replica(Id.random(), "gpj.\u202eexe\007"));
        teller.progress(Texts.carrying("\033]0;x", CURSOR, 1, null));
        assertThat(text())
                .contains("\033[33ma\\x0a12:00:00 all is well\\x1b[2J is not sent. To do: rename it\033[0m")
                .contains("gpj.\\u202eexe\\x07 follows this project")
                .endsWith("\\x1b]0;x: 1 B" + WRAP);
    }

    @Test
    void aFirstSyncHasABarThatTheNextLineReplaces() {
        TerminalTeller teller = new TerminalTeller(out, true, true);
        teller.progress(Texts.reading(500, 1_000, 2_000_000, 4_000_000));
        assertThat(text()).endsWith("████████████░░░░░░░░░░░░  50 %  reading 1,000 files, 2.0 MB of 4.0 MB" + WRAP);
        teller.progress(Texts.carrying("a.ipynb", CURSOR, 3_000_000, 4_000_000L));
        assertThat(text())
                .endsWith("\r\033[K" + CUT + "██████████████████░░░░░░  75 %  #7  → a.ipynb: 3.0 MB of 4.0 MB" + WRAP);
        teller.tell(Texts.notice("done"));
        assertThat(text()).contains("4.0 MB" + WRAP + "\r\033[K").endsWith("done\033[0m" + System.lineSeparator());
    }

    @Test
    void whereTheEndIsNotKnownThereIsNoBar() {
        new TerminalTeller(out, true, true).progress(Texts.carrying("a.ipynb", CURSOR, 3_000_000, null));
        assertThat(text()).endsWith("#7  → a.ipynb: 3.0 MB" + WRAP).doesNotContain("░");
    }

    @Test
    void noProgressOutsideATerminal() {
        new TerminalTeller(out, false, true).progress(Texts.reading(1, 2, 3, 4));
        assertThat(text()).isEmpty();
    }

    @Test
    void aProgramGetsOneObjectALine() throws Exception {
        JsonTeller teller = new JsonTeller(out);
        teller.tell(Texts.sequence(CURSOR, List.of("a", "b"), 2, 12));
        for (int i = 0; i < 100; i++) {
            teller.progress(Texts.reading(i, 1_000, 3, 4));
        }
        List<String> lines = text().lines().toList();
        assertThat(lines).as("progress is told now and then").hasSizeBetween(2, 4);
        JsonObject first = ProtocolJson.parse(lines.get(0));
        assertThat(first.string("event")).isEqualTo("sequence");
        assertThat(first.strings("paths")).containsExactly("a", "b");
        JsonObject second = ProtocolJson.parse(lines.get(1));
        assertThat(second.string("event")).isEqualTo("progress");
        assertThat(second.integer("of")).isEqualTo(1_000);
    }
}
