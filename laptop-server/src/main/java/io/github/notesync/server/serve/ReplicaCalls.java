package io.github.notesync.server.serve;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.ReplicaManifest;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.pack.Batch;
import io.github.notesync.server.pack.Chunk;
import io.github.notesync.server.pack.Packer;
import io.github.notesync.server.pairing.Grant;
import io.github.notesync.server.pairing.Tokens;
import io.github.notesync.server.tell.Teller;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls of a paired replica ({@code PROTOCOL.md} 3). Any thread. */
final class ReplicaCalls {
    private static final long CHUNK_WAIT = 5_000;
    /** For the first bytes of a batch that is being made: better a few at once than all later. */
    private static final long INLINE_WAIT = 100;

    private final Source source;
    private final Packer packer;
    private final Tokens tokens;
    private final Replicas replicas;
    private final Next next;
    private final Traffic traffic;
    private final Room room = new Room();

    ReplicaCalls(Source source, Packer packer, Tokens tokens, Replicas replicas, Teller teller) {
        this.source = source;
        this.packer = packer;
        this.tokens = tokens;
        this.replicas = replicas;
        this.next = new Next(source, packer);
        this.traffic = new Traffic(teller);
    }

    void project(Caller caller) throws IOException {
        caller.paired(tokens);
        caller.answer(new ProjectDescription(source).toJson());
    }

    void introduce(Caller caller) throws IOException {
        Grant grant = caller.paired(tokens);
        JsonObject said = caller.json();
        for (String field : List.of("label", "machine")) {
            if (said.has(field)) {
                said.string(field, Limits.LABEL_CHARS_MAX);
            }
        }
        Replica replica = replicas.get(caller.id("replica"));
        replica.introduce(said, grant);
        traffic.introduced(replica);
        caller.answer(JsonObject.builder().build());
    }

    /** Where an answer goes. */
    interface Sink {
        void envelope(JsonObject head, byte[] bytes) throws IOException;
    }

    void next(Caller caller) throws IOException, InterruptedException {
        Grant grant = caller.paired(tokens);
        NextRequest asked = NextRequest.fromJson(caller.json());
        next(
                grant,
                () -> caller.paired(tokens),
                caller.id("replica"),
                asked,
                (head, bytes) -> Answers.envelope(caller.response, head, bytes));
    }

    /** @param allowed throws once the pairing has ended, which may be while the call waits */
    void next(Grant grant, Runnable allowed, Id id, NextRequest asked, Sink to)
            throws IOException, InterruptedException {
        Replica replica = replicas.get(id);
        boolean waits = asked.waitMillis() > 0;
        long poll = replica.poll(asked, grant);
        NextAnswer answer = next.answer(replica, asked, poll, allowed);
        Batch batch = answer.batch();
        int first = room.take(batch == null ? 0 : asked.inline());
        try {
            send(to, asked, replica, answer, first);
        } finally {
            room.giveBack(first);
        }
        if (waits) {
            replica.delivered();
        }
    }

    /** @param first how many bytes of a batch go along at most */
    private void send(Sink to, NextRequest asked, Replica replica, NextAnswer answer, int first)
            throws IOException, InterruptedException {
        JsonObject.Builder json = answer.toJson();
        byte[] bytes = new byte[0];
        Batch batch = answer.batch();
        if (batch != null) {
            Chunk chunk = readable(batch.read(0, first, INLINE_WAIT));
            bytes = chunk.bytes();
            // After the read: by then the size of a small stream is known.
            json.put("batch", batch.descriptor().toJson());
            json.put("offset", 0);
            json.put("end", chunk.end());
            traffic.offered(replica, batch);
            Cursor from = asked.cursor();
            Long saved = from == null ? null : source.history().savedAfter(from);
            if (saved != null) {
                json.put("saved_ms", saved);
            }
        }
        json.put("now_ms", System.currentTimeMillis());
        json.put("confirmed", replica.confirmed());
        json.put("declined", replica.declined());
        to.envelope(json.build(), bytes);
    }

    void manifest(Caller caller) throws IOException {
        caller.paired(tokens);
        Replica replica = replicas.get(caller.id("replica"));
        List<Entry> entries = new ArrayList<>();
        TreeDigest tree = ReplicaManifest.read(
                caller.request.getInputStream(),
                entry -> entries.add(source.history().same(entry)));
        replica.manifest(tree, entries);
        caller.answer(JsonObject.builder().put("tree", tree.hex()).build());
    }

    void chunk(Caller caller) throws IOException, InterruptedException {
        caller.paired(tokens);
        caller.id("replica");
        JsonObject asked = caller.json();
        long offset = asked.integerOr("offset", 0);
        int max = (int) Math.min(asked.integerOr("max", Limits.CHUNK_DEFAULT), Limits.CHUNK_MAX);
        Batch batch = packer.find(Id.parse(asked.string("batch"))).orElseThrow(ReplicaCalls::unknownBatch);
        int most = room.take(max);
        try {
            Chunk chunk = readable(batch.read(offset, most, CHUNK_WAIT));
            JsonObject head = JsonObject.builder()
                    .put("batch", batch.descriptor().batch().hex())
                    .put("offset", offset)
                    .put("end", chunk.end())
                    .build();
            Answers.envelope(caller.response, head, chunk.bytes());
            traffic.carried(batch, offset + chunk.bytes().length);
        } catch (EOFException e) {
            throw HttpError.of(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), null);
        } finally {
            room.giveBack(most);
        }
    }

    void report(Caller caller) throws IOException {
        caller.paired(tokens);
        JsonObject report = caller.json();
        report.string("state");
        Replica replica = replicas.get(caller.id("replica"));
        replica.report(report);
        traffic.reported(replica, report);
        caller.answer(JsonObject.builder().build());
    }

    void forgetToken(Caller caller) throws IOException {
        caller.paired(tokens);
        tokens.forget(caller.token());
        caller.answer(JsonObject.builder().build());
    }

    private static Chunk readable(@Nullable Chunk chunk) {
        if (chunk == null) {
            throw unknownBatch();
        }
        return chunk;
    }

    private static HttpError unknownBatch() {
        return HttpError.of(
                ErrorCode.BATCH_UNKNOWN,
                "this batch is no longer kept, or a file changed while it was made",
                "ask next again");
    }
}
