package io.github.notesync.server.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.PairingCode;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.server.tell.Event;
import io.github.notesync.server.tell.Meter;
import io.github.notesync.server.tell.Teller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user reads at the terminal about what was typed there. */
class DecisionsTest {
    private static final Client NOTEBOOK = new Client("https://hub.example.org", "page", "story.ipynb", "m");
    private static final byte[] NONCE = new byte[32];
    private static final String CODE = PairingCode.of(Digest.of(NONCE), "https://hub.example.org");

    @TempDir
    Path state;

    private final List<String> told = new ArrayList<>();
    private long now = 1;
    private Decisions decisions;

    @BeforeEach
    void aNotebookAsks() throws ProtocolException {
        Tokens tokens = new Tokens(() -> now, state.resolve("grants"), told::add);
        Pairings pairings = new Pairings(tokens, () -> now);
        pairings.ask(PairingCode.commit(NONCE), NOTEBOOK, false);
        decisions = new Decisions(pairings, new Teller() {
            @Override
            public void tell(Event event) {
                told.add(String.valueOf(event.line()));
            }

            @Override
            public void progress(Meter meter) {}
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"y", "yes", "ABC", "hello world", "ABC DEFG"})
    void whatCannotBeACodeIsNoWrongOne(String typed) {
        for (int i = 0; i < 4; i++) {
            decisions.type(typed, false);
        }
        assertThat(told).hasSize(4).allMatch(line -> line.startsWith("a code has six characters"));
        decisions.type(CODE.toLowerCase(Locale.ROOT), false);
        assertThat(told)
                .last()
                .isEqualTo("allowed: 'story.ipynb' may read the project; to end that, type: revoke story.ipynb");
    }

    @Test
    void aCodeThatComesTooLateIsToldAndWhatToDo() {
        now += Pairings.ANSWER_MILLIS + 1;
        decisions.type(CODE, false);
        decisions.type(CODE, false);
        decisions.type("what is this", false);
        assertThat(told)
                .containsExactly(
                        "too late for the code of 'story.ipynb'; connect again in the notebook for a new one",
                        "no notebook waits for a code; connect again in the notebook for a new one",
                        "no notebook waits for a code; connect again in the notebook for a new one");
    }

    @Test
    void whatWasAllowedIsTakenBackByItsName() {
        decisions.type(CODE, false);
        told.clear();
        decisions.revoke("other.ipynb");
        decisions.revoke("story.ipynb");
        decisions.revoke("all");
        assertThat(told)
                .containsExactly(
                        "no notebook 'other.ipynb' may read the project; who may: story.ipynb",
                        "ended: 'story.ipynb' may no longer read the project",
                        "no notebook 'all' may read the project; nobody may");
    }

    @Test
    void theThirdWrongCodeSaysWhyItIsRefused() {
        String wrong = CODE.equals("AAAAAA") ? "BBBBBB" : "AAAAAA";
        for (int i = 0; i < 3; i++) {
            decisions.type(wrong, false);
        }
        assertThat(told).hasSize(3);
        assertThat(told.get(0)).startsWith("that is not the code which 'story.ipynb' shows");
        assertThat(told)
                .last()
                .asString()
                .isEqualTo(
                        "refused: 'story.ipynb', after three wrong codes; connect again in the notebook for a new one");
    }
}
