package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.testing.AgentProcess;
import io.github.notesync.agent.testing.Client;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.protocol.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that has a place begins its cells without asking: nothing changes before it has given the place up. */
class PlaceTest {
    @TempDir
    Path place;

    private Path root;
    private final Laptop laptop = new Laptop();
    private AgentProcess agent;
    private Client carrier;
    private Client other;
    private String replica;

    @BeforeEach
    void twoKernelsOfWhichOneHasAPlace() throws Exception {
        root = place.resolve("replica");
        agent = AgentProcess.start(place.resolve("state"));
        carrier = Client.connect(agent.connection());
        other = Client.connect(agent.connection());
        replica = carrier.attach(root, false).string("replica");
        other.attach(root, false);
        carrier.bring(replica, laptop.put("a.py", "1\n").save(), 10_000);
        assertThat(carrier.event("applied", 10_000)).isNotNull();
        assertThat(askForPlace(other)).isTrue();
    }

    @AfterEach
    void theyEnd() throws Exception {
        carrier.close();
        other.close();
        agent.close();
    }

    private static boolean askForPlace(Client kernel) throws Exception {
        return kernel.ask("place", JsonObject.builder()).flag("place");
    }

    private static JsonObject.Builder place(boolean kept) {
        return JsonObject.builder().put("place", kept);
    }

    /** Sends the batch whole; what becomes of it is still to come. */
    private void send(Client kernel, String content) throws Exception {
        Laptop.Batch batch = laptop.put("a.py", content).save();
        kernel.offer(replica, batch);
        kernel.chunk(replica, batch, 0, batch.stream().length);
    }

    private List<String> ids(String which) throws Exception {
        return carrier.ask("status", JsonObject.builder())
                .objects("replicas")
                .get(0)
                .strings(which);
    }

    @Test
    void aBatchWaitsUntilThePlaceIsGivenUp() throws Exception {
        send(carrier, "2\n");
        assertThat(other.event("recall", 10_000).string("replica")).isEqualTo(replica);
        assertThat(root.resolve("a.py")).hasContent("1");
        assertThat(askForPlace(other)).as("a batch wants in").isFalse();
        other.ask("leave", JsonObject.builder());
        assertThat(carrier.event("applied", 10_000).flag("forced")).isFalse();
        assertThat(carrier.event("waiting", 1)).as("nobody runs a cell").isNull();
        assertThat(root.resolve("a.py")).hasContent("2");
        assertThat(askForPlace(other)).isTrue();
    }

    @Test
    void aCellThatWasBegunInThePlaceBeforeTheRecallHoldsTheBatchUpToItsEnd() throws Exception {
        other.ask("enter", place(true));
        assertThat(ids("in_cell")).hasSize(1);
        send(carrier, "2\n");
        assertThat(other.event("recall", 10_000)).isNotNull();
        assertThat(carrier.event("waiting", 10_000)).isNotNull();
        other.ask("enter", place(false));
        assertThat(ids("places")).isEmpty();
        assertThat(carrier.event("applied", (int) QuietMoment.RECALL_MILLIS + 500))
                .as("a running cell does not lose its place")
                .isNull();
        other.ask("leave", JsonObject.builder());
        assertThat(carrier.event("applied", 10_000).flag("forced")).isFalse();
    }

    @Test
    void aCellThatWasBegunWhileTheRecallWasOnItsWayHoldsTheBatchUpToo() throws Exception {
        send(carrier, "2\n");
        JsonObject entered = other.ask("enter", place(true));
        assertThat(entered.objects("replicas").get(0).object("cursor").integer("sequence"))
                .isEqualTo(1);
        assertThat(carrier.event("waiting", 10_000)).isNotNull();
        // It ends before it has heard the recall: the place is still its own, and it still has to answer.
        other.ask("leave", place(true));
        assertThat(root.resolve("a.py")).hasContent("1");
        other.ask("leave", JsonObject.builder());
        assertThat(carrier.event("applied", 10_000)).isNotNull();
    }

    @Test
    void whoDoesNotAnswerLosesThePlaceSoon() throws Exception {
        long began = System.nanoTime();
        send(carrier, "2\n");
        JsonObject entered = carrier.ask("enter", JsonObject.builder().put("wait_ms", 60_000));
        assertThat(entered.objects("replicas").get(0).object("cursor").integer("sequence"))
                .isEqualTo(2);
        assertThat((System.nanoTime() - began) / 1_000_000).isBetween(QuietMoment.RECALL_MILLIS - 100, 10_000L);
        assertThat(ids("places")).isEmpty();
        assertThat(other.ask("enter", place(true))
                        .objects("replicas")
                        .get(0)
                        .object("cursor")
                        .integer("sequence"))
                .as("it hears what it did not notice")
                .isEqualTo(2);
    }

    @Test
    void anAnswerThatCrossesWithAskingDoesNotCountForACell() throws Exception {
        carrier.ask("enter", JsonObject.builder());
        send(carrier, "2\n");
        assertThat(other.event("recall", 10_000)).isNotNull();
        other.sendFrames(other.frames("enter", JsonObject.builder().put("wait_ms", 60_000), new byte[0]));
        other.ask("enter", place(false));
        carrier.ask("leave", JsonObject.builder());
        assertThat(carrier.event("applied", 10_000).flag("forced")).isFalse();
    }

    @Test
    void aKernelThatIsGoneHoldsNothingUp() throws Exception {
        send(carrier, "2\n");
        assertThat(other.event("recall", 10_000)).isNotNull();
        other.ask("detach", JsonObject.builder().put("replica", replica));
        assertThat(carrier.event("applied", 10_000)).isNotNull();
        assertThat(askForPlace(other)).as("attached to nothing").isFalse();
    }

    @Test
    void whoEntersByAskingHasNoPlaceAnyMore() throws Exception {
        other.ask("enter", JsonObject.builder());
        assertThat(ids("places")).isEmpty();
        assertThat(askForPlace(other)).as("within a cell").isFalse();
        other.ask("leave", JsonObject.builder());
        send(carrier, "2\n");
        assertThat(carrier.event("applied", 10_000)).isNotNull();
        assertThat(other.event("recall", 1)).isNull();
    }

    private void saveAndGiveTheOtherAPlace() throws Exception {
        other.ask("leave", JsonObject.builder());
        send(carrier, "2\n");
        assertThat(carrier.event("applied", 10_000)).isNotNull();
        assertThat(askForPlace(other)).isTrue();
    }

    @Test
    void aRollbackIsHeardOfBeforeTheNextCell() throws Exception {
        saveAndGiveTheOtherAPlace();
        assertThat(askForPlace(carrier)).isTrue();
        carrier.ask("leave", JsonObject.builder());
        List<byte[]> rollback = carrier.frames(
                "rollback", JsonObject.builder().put("replica", replica).put("count", 1), new byte[0]);
        carrier.sendFrames(rollback);
        assertThat(other.event("recall", 10_000)).isNotNull();
        assertThat(root.resolve("a.py")).hasContent("2");
        other.ask("leave", JsonObject.builder());
        assertThat(carrier.event("applied", 10_000).string("reason")).isEqualTo("rollback");
        assertThat(Files.readString(root.resolve("a.py"))).isEqualTo("1\n");
    }

    @Test
    void aRollbackDoesNotWaitForACellOnlyForItsKernelToHearOfIt() throws Exception {
        saveAndGiveTheOtherAPlace();
        other.ask("enter", place(true));
        carrier.sendFrames(carrier.frames(
                "rollback", JsonObject.builder().put("replica", replica).put("count", 1), new byte[0]));
        assertThat(other.event("recall", 10_000)).isNotNull();
        other.ask("enter", place(false));
        assertThat(carrier.event("applied", 10_000).string("reason")).isEqualTo("rollback");
    }
}
