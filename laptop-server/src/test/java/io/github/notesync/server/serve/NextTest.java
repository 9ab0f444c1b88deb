package io.github.notesync.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Envelope;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Manifest;
import io.github.notesync.protocol.ReplicaManifest;
import io.github.notesync.protocol.Source;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.tell.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The calls of a replica, from the first to a recipe. */
class NextTest {
    private RunningServer server;
    private String token;
    private JsonObject cursor;
    private String tree = TreeDigest.EMPTY.hex();

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        server = new RunningServer(temporary);
        token = server.pair(null);
    }

    @AfterEach
    @Timeout(5)
    void stop() throws IOException {
        server.close();
    }

    private Path path(String name) {
        return server.served.root.resolve(name);
    }

    private Envelope next(JsonObject request) throws IOException {
        Http.Answer answer =
                server.http().token(token).post("/v1/replicas/" + RunningServer.REPLICA + "/next", request);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return Envelope.parse(answer.body());
    }

    private Envelope next() throws IOException {
        return next(RunningServer.nextRequest(cursor, tree));
    }

    private static JsonObject with(JsonObject object, String field, Object value) {
        JsonObject.Builder changed = JsonObject.builder();
        object.fields().forEach(changed::put);
        return changed.put(field, value).build();
    }

    private static Manifest manifest(Envelope envelope) throws IOException {
        BatchDescriptor batch = BatchDescriptor.fromJson(envelope.json().object("batch"));
        return Manifest.parse(Arrays.copyOf(envelope.body(), (int) batch.manifestSize()));
    }

    /** Takes the next batch for applied. */
    private Manifest take() throws IOException {
        Envelope envelope = next();
        assertThat(envelope.json().string("state")).isEqualTo("batch");
        Manifest manifest = manifest(envelope);
        cursor = manifest.header().to().toJson();
        tree = manifest.header().tree().hex();
        return manifest;
    }

    @Test
    void whoDoesNotSayWhatItHoldsHearsOnlyWhetherThereIsAnythingNewer() throws Exception {
        take();
        JsonObject.Builder asked = JsonObject.builder();
        RunningServer.nextRequest(cursor, tree).fields().forEach((name, value) -> {
            if (!name.equals("tree")) {
                asked.put(name, value);
            }
        });
        JsonObject request = asked.put("wait_ms", 300).put("fresh", false).build();
        long began = System.nanoTime();
        assertThat(next(request).json().string("state")).isEqualTo("current");
        assertThat(System.nanoTime() - began).as("it waits").isGreaterThan(250_000_000);
        Files.writeString(path("secret.py"), "SECRET = 2\n");
        Envelope newer = next(with(with(request, "wait_ms", 20_000), "inline", 262144));
        assertThat(newer.json().string("state")).isEqualTo("exchange");
        assertThat(newer.body()).isEmpty();
    }

    @Test
    void anEmptyReplicaGetsEverythingWithoutAnExchange() throws IOException {
        Manifest manifest = take();
        assertThat(manifest.header().isFull()).isTrue();
        assertThat(manifest.changes()).extracting(each -> each.path().value()).containsExactly("secret.py");
        assertThat(next().json().string("state")).isEqualTo("current");
    }

    /** Of those that stay away nothing is kept: where one of them stands it says itself when it is back. */
    @Test
    void ofManyReplicasTheLeastRecentIsForgottenAndGoesOnAllTheSame() throws Exception {
        take();
        for (int i = 0; i < 100; i++) {
            JsonObject request = with(RunningServer.nextRequest(cursor, tree), "fresh", false);
            Http.Answer answer = server.http().token(token).post("/v1/replicas/" + Id.random() + "/next", request);
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        }
        assertThat(replicas()).hasSize(100).doesNotContain(RunningServer.REPLICA.hex());
        Files.writeString(path("secret.py"), "SECRET = 2\n");
        assertThat(take().header().isFull()).isFalse();
        assertThat(replicas()).hasSize(100).contains(RunningServer.REPLICA.hex());
    }

    private List<String> replicas() throws IOException {
        JsonObject dashboard =
                server.http().token(RunningServer.KEY).get("/v1/dashboard").json();
        List<String> ids = new ArrayList<>();
        for (JsonObject each : dashboard.objects("replicas")) {
            ids.add(each.string("replica"));
        }
        return ids;
    }

    @Test
    void aSaveIsTheNextDelta() throws IOException {
        take();
        Files.writeString(path("secret.py"), "SECRET = 2\n");
        Manifest manifest = take();
        assertThat(manifest.header().isFull()).isFalse();
        assertThat(manifest.changes()).hasSize(1);
    }

    @Test
    void aWaitingPollIsAnsweredByTheSave() throws Exception {
        take();
        JsonObject patient = with(with(RunningServer.nextRequest(cursor, tree), "fresh", false), "wait_ms", 30_000);
        CompletableFuture<Envelope> poll = ask(patient);
        Files.writeString(path("secret.py"), "SECRET = 3\n");
        assertThat(poll.get().json().string("state")).isEqualTo("batch");
    }

    @Test
    void aQuestionThatDoesNotWaitLeavesTheWaitingPollAlone() throws Exception {
        take();
        JsonObject patient = with(with(RunningServer.nextRequest(cursor, tree), "fresh", false), "wait_ms", 30_000);
        CompletableFuture<Envelope> poll = ask(patient);
        // A poll looks every 250 ms whether it is still wanted.
        for (long end = System.nanoTime() + 700_000_000L; System.nanoTime() < end; ) {
            assertThat(next().json().string("state")).isEqualTo("current");
        }
        Files.writeString(path("secret.py"), "SECRET = 3\n");
        assertThat(poll.get().json().string("state")).isEqualTo("batch");
    }

    private CompletableFuture<Envelope> ask(JsonObject request) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return next(request);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void stoppingDoesNotWaitForTheEndOfAPoll() throws Exception {
        take();
        JsonObject patient = with(with(RunningServer.nextRequest(cursor, tree), "fresh", false), "wait_ms", 30_000);
        CompletableFuture<Envelope> one = ask(patient);
        CompletableFuture<Envelope> other = ask(patient);
        // The newer question ends the older one, and waits.
        CompletableFuture.anyOf(one, other).get();
        // The rest is stop(), which has a limit.
    }

    @Test
    void theSameReplicaAtTheSameCursorGetsTheSameBatch() throws IOException {
        String first = next().json().object("batch").string("batch");
        assertThat(next().json().object("batch").string("batch")).isEqualTo(first);
    }

    @Test
    void aRenameTravelsWithoutBytesAndPlainMakesThemTravel() throws IOException {
        take();
        Files.move(path("secret.py"), path("moved.py"));
        Manifest copied = manifest(next());
        assertThat(copied.header().payloadBytes()).isZero();
        assertThat(((Change.Put) copied.changes().get(0)).source()).isInstanceOf(Source.Copy.class);
        Manifest plain = manifest(next(with(RunningServer.nextRequest(cursor, tree), "plain", true)));
        assertThat(plain.header().payloadBytes()).isEqualTo(11);
    }

    @Test
    void oneLineInABigFileTravelsAsARecipe() throws IOException {
        byte[] big = new byte[8 << 20];
        new Random(1).nextBytes(big);
        Files.write(path("big.csv"), big);
        take();
        Files.write(path("big.csv"), "one more line\n".getBytes(), StandardOpenOption.APPEND);
        Change.Put put = (Change.Put) take().changes().get(0);
        assertThat(put.source()).isInstanceOf(Source.FromRecipe.class);
        assertThat(put.payloadSize()).isLessThan(big.length / 100);
    }

    @Test
    void anUnknownCursorWithOurTreeIsCurrent() throws IOException {
        take();
        JsonObject ours = cursor;
        cursor = with(ours, "epoch", Id.random().hex());
        JsonObject answer = next().json();
        assertThat(answer.string("state")).isEqualTo("current");
        assertThat(answer.object("cursor")).isEqualTo(ours);
    }

    @Test
    void anUnknownTreeIsExchangedAndThenOnlyTheDifferenceTravels() throws IOException {
        Files.writeString(path("second.py"), "2");
        take();
        Entry stale =
                new Entry.File(new io.github.notesync.protocol.RelativePath("stale.py"), 1, Digest.of("x"), false);
        Entry same =
                new Entry.File(new io.github.notesync.protocol.RelativePath("second.py"), 1, Digest.of("2"), false);
        cursor = null;
        tree = TreeDigest.of(List.of(stale, same)).hex();
        assertThat(next().json().string("state")).isEqualTo("exchange");
        ByteArrayOutputStream manifest = new ByteArrayOutputStream();
        ReplicaManifest.write(manifest, TreeDigest.parse(tree), List.of(stale, same));
        Http.Answer put = server.http()
                .token(token)
                .header("Content-Type", "application/octet-stream")
                .send("PUT", "/v1/replicas/" + RunningServer.REPLICA + "/manifest", manifest.toByteArray());
        assertThat(put.json().string("tree")).isEqualTo(tree);
        assertThat(take().changes())
                .extracting(each -> each.getClass().getSimpleName() + " " + each.path())
                .containsExactly("Put secret.py", "Delete stale.py");
    }

    @Test
    void aLargeBatchComesInChunksThatCanBeReadTwice() throws IOException {
        byte[] big = new byte[3 << 20];
        new Random(2).nextBytes(big);
        Files.write(path("big.bin"), big);
        Envelope first = next(with(RunningServer.nextRequest(null, TreeDigest.EMPTY.hex()), "inline", 1000));
        assertThat(first.json().flag("end")).isFalse();
        String batch = first.json().object("batch").string("batch");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        boolean end = false;
        while (!end) {
            Envelope chunk = Envelope.parse(chunk(batch, all.size()).body());
            assertThat(Envelope.parse(chunk(batch, all.size()).body()).body()).isEqualTo(chunk.body());
            all.write(chunk.body());
            end = chunk.json().flag("end");
        }
        BatchDescriptor descriptor = BatchDescriptor.fromJson(first.json().object("batch"));
        assertThat(all.size()).isEqualTo(descriptor.manifestSize() + descriptor.payloadSize());
        assertThat(chunk(batch, all.size() + 1).status()).isEqualTo(400);
        assertThat(chunk(batch, -1).status()).isEqualTo(400);
        assertThat(chunk(Id.random().toString(), 0).code()).isEqualTo("batch_unknown");
    }

    private Http.Answer chunk(String batch, int offset) throws IOException {
        JsonObject asked = JsonObject.builder()
                .put("batch", batch)
                .put("offset", offset)
                .put("max", 700_000)
                .build();
        return server.http().token(token).post("/v1/replicas/" + RunningServer.REPLICA + "/chunk", asked);
    }

    @Test
    void aBatchHoldsWhatWasScannedEvenWhenTheFileMovedOn() throws Exception {
        take();
        Files.writeString(path("secret.py"), "SECRET = 4\n");
        server.served.source.refresh(30_000);
        Path root = server.served.root;
        // Nobody scans between the next two steps: the batch is made of a file that is another by now.
        Files.writeString(root.resolve("secret.py"), "SECRET = 5\n");
        Envelope envelope = next(with(RunningServer.nextRequest(cursor, tree), "fresh", false));
        Manifest manifest = manifest(envelope);
        String content = new String(envelope.body(), java.nio.charset.StandardCharsets.UTF_8);
        Digest promised = ((Change.Put) manifest.changes().get(0)).digest();
        String carried = content.contains("SECRET = 4") ? "SECRET = 4\n" : "SECRET = 5\n";
        assertThat(promised).isEqualTo(Digest.of(carried));
    }

    @Test
    void theUsersAnswerToAHaltTravelsWithTheNextAnswerUntilItIsReported() throws IOException {
        take();
        String batch = Id.random().hex();
        JsonObject confirm = JsonObject.builder().put("confirm", true).build();
        String address = "/v1/dashboard/replicas/" + RunningServer.REPLICA + "/halts/" + batch;
        assertThat(server.http().token(RunningServer.KEY).post(address, confirm).status())
                .isEqualTo(200);
        assertThat(next().json().strings("confirmed")).containsExactly(batch);
        JsonObject report = JsonObject.builder()
                .put("batch", batch)
                .put("state", "applied")
                .put("cursor", cursor)
                .build();
        server.http().token(token).post("/v1/replicas/" + RunningServer.REPLICA + "/report", report);
        assertThat(next().json().strings("confirmed")).isEmpty();
    }

    private void report(String state, String message) throws IOException {
        JsonObject error = JsonObject.builder()
                .put("code", "some")
                .put("message", message)
                .put("remedy", null)
                .build();
        JsonObject report = JsonObject.builder()
                .put("batch", Id.random().hex())
                .put("state", state)
                .put("cursor", cursor)
                .put("error", message.isEmpty() ? null : error)
                .build();
        assertThat(server.http()
                        .token(token)
                        .post("/v1/replicas/" + RunningServer.REPLICA + "/report", report)
                        .status())
                .isEqualTo(200);
    }

    private List<String> linesWith(String part) {
        return server.events.stream()
                .map(Event::line)
                .filter(line -> line != null && line.contains(part))
                .toList();
    }

    @Test
    void aReplicaThatTakesNothingIsSaidToOnceUntilSomethingChanges() throws IOException {
        report("halted", "would lose 30 of 40 files");
        report("halted", "would lose 30 of 40 files");
        assertThat(linesWith("waits for your answer")).hasSize(1);
        assertThat(server.events)
                .filteredOn(event -> event.name().equals("halted"))
                .hasSize(2);
        report("halted", "would lose 31 of 40 files");
        assertThat(linesWith("waits for your answer")).hasSize(2);
        report("refused", "the disk is full");
        report("refused", "the disk is full");
        assertThat(linesWith("the disk is full")).hasSize(1);
        report("applied", "");
        report("refused", "the disk is full");
        assertThat(linesWith("the disk is full")).hasSize(2);
    }

    @Test
    void aLargeBatchThatIsMadeAgainForTheSameStepIsSaidOnce() throws IOException {
        next();
        byte[] bytes = new byte[2 << 20];
        new Random(1).nextBytes(bytes);
        Files.write(path("big.bin"), bytes);
        Envelope first = next();
        Envelope again = next(with(RunningServer.nextRequest(cursor, tree), "plain", true));
        assertThat(again.json().object("batch").string("batch"))
                .isNotEqualTo(first.json().object("batch").string("batch"));
        assertThat(linesWith("→")).hasSize(1);
    }

    @Test
    void aSourceThatIsGoneIsSaidSoAndNothingIsDeleted() throws Exception {
        take();
        Path away = server.served.root.resolveSibling("away");
        Files.move(server.served.root, away);
        JsonObject request = with(RunningServer.nextRequest(cursor, tree), "wait_ms", 20_000);
        Http.Answer answer =
                server.http().token(token).post("/v1/replicas/" + RunningServer.REPLICA + "/next", request);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("source_unavailable");
        Files.move(away, server.served.root);
    }

    @Test
    void aForgottenTokenIsGone() throws IOException {
        assertThat(server.http()
                        .token(token)
                        .send("DELETE", "/v1/token", new byte[0])
                        .status())
                .isEqualTo(200);
        assertThat(server.http().token(token).get("/v1/project").status()).isEqualTo(401);
    }
}
