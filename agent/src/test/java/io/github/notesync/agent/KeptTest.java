package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.notesync.agent.apply.KeptStore;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was kept: listed, read, restored, dropped; and what a verification finds. */
class KeptTest {
    @TempDir
    Path root;

    private Notebook notebook;
    private final Laptop laptop = new Laptop();

    @BeforeEach
    void anEditIsKept() throws Exception {
        notebook = Notebook.open(Disk.REAL, root);
        notebook.bring(laptop.put("a.py", "a = 1\n").put("b.py", "b = 1\n").save());
        Files.writeString(root.resolve("a.py"), "mine\n");
        notebook.bring(laptop.put("a.py", "a = 2\n").save());
    }

    @AfterEach
    void close() {
        notebook.close();
    }

    private KeptStore.Item only() throws Exception {
        assertThat(notebook.replica.kept().list()).hasSize(1);
        return notebook.replica.kept().list().get(0);
    }

    @Test
    void itIsListedWithWhatWhenAndWhy() throws Exception {
        JsonObject item = only().toJson();
        assertThat(item.string("path")).isEqualTo("a.py");
        assertThat(item.string("why")).isEqualTo("edited");
        assertThat(item.integer("sequence")).isEqualTo(2);
        assertThat(item.integer("size")).isEqualTo(5);
        assertThat(item.integer("when")).isPositive();
    }

    @Test
    void itsBytesCanBeRead() throws Exception {
        assertThat(new String(notebook.replica.kept().read(only().id()), StandardCharsets.UTF_8))
                .isEqualTo("mine\n");
    }

    @Test
    void itIsRestoredOverTheLaptopsVersionAndKeptAgainByTheNextChange() throws Exception {
        long before = Files.getLastModifiedTime(root.resolve("a.py")).toMillis() / 1000;
        notebook.replica.restore(only().id());
        assertThat(root.resolve("a.py")).hasContent("mine\n");
        assertThat(Files.getLastModifiedTime(root.resolve("a.py")).toMillis() / 1000)
                .isGreaterThan(before);
        assertThat(notebook.replica.kept().list()).isEmpty();
        JsonObject told = notebook.events.get(notebook.events.size() - 1);
        assertThat(told.string("reason")).isEqualTo("restore");
        assertThat(told.objects("changes").get(0).string("path")).isEqualTo("a.py");
        notebook.bring(laptop.put("a.py", "a = 3\n").save());
        assertThat(only().path().value()).isEqualTo("a.py");
    }

    @Test
    void itIsNotRestoredOverWhatSomebodyWroteMeanwhile() throws Exception {
        Files.writeString(root.resolve("a.py"), "newer\n");
        Id id = only().id();
        assertThatThrownBy(() -> notebook.replica.restore(id)).hasMessageContaining("a.py is not as notesync wrote it");
        assertThat(root.resolve("a.py")).hasContent("newer\n");
        assertThat(notebook.replica.kept().list()).hasSize(1);
    }

    @Test
    void itIsDropped() throws Exception {
        notebook.replica.kept().drop(only().id());
        assertThat(notebook.replica.kept().list()).isEmpty();
    }

    @Test
    void whatIsNotKeptIsUnknown() {
        assertThatThrownBy(() -> notebook.replica.kept().find(Id.random()))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_KEPT));
    }

    @Test
    void aVerificationNamesEveryDifference() throws Exception {
        assertThat(notebook.replica.verify(true).differences()).isEmpty();
        assertThat(notebook.replica.verify(true).tree()).isEqualTo(laptop.tree());
        Files.writeString(root.resolve("a.py"), "a = 9\n");
        Files.delete(root.resolve("b.py"));
        assertThat(notebook.replica.verify(false).differences())
                .as("an equal size is believed")
                .extracting(each -> each.path() + " " + each.what())
                .containsExactly("b.py missing");
        assertThat(notebook.replica.verify(true).differences())
                .extracting(each -> each.path() + " " + each.what())
                .containsExactly("a.py edited", "b.py missing");
        assertThat(notebook.replica.verify(true).tree()).isNotEqualTo(laptop.tree());
    }
}
