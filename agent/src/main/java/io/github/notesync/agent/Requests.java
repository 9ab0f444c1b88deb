package io.github.notesync.agent;

import io.github.notesync.agent.apply.KeptStore;
import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.apply.Verification;
import io.github.notesync.agent.receive.Answer;
import io.github.notesync.agent.receive.Door;
import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.agent.receive.Request;
import io.github.notesync.agent.report.Report;
import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the requests that are about one replica, and words the answers. On the door's thread; returns at once. */
final class Requests {
    /** Rounds of waiting until what was applied is durable: half a minute. */
    private static final int ROLLBACK_PATIENCE = 600;

    private Requests() {}

    /** @throws ProtocolException the request is malformed */
    static void handle(Kernel kernel, Seat seat, Request request, Answer answer) throws ProtocolException {
        JsonObject header = request.header();
        switch (request.type()) {
            case "carry" -> seat.carry(kernel, answer, !header.flagOrFalse("give_up"));
            case "manifest" -> {
                int part = (int) header.integer("part", 0, Integer.MAX_VALUE);
                seat.run(kernel, answer, replica -> replica.manifest(part, answer));
            }
            case "adopt" -> adopt(kernel, seat, header, answer);
            case "offer" -> seat.offer(kernel, answer, BatchDescriptor.fromJson(header.object("batch")));
            case "chunk" -> chunk(kernel, seat, request, answer);
            case "abandon" -> {
                Id batch = Id.parse(header.string("batch"));
                seat.run(kernel, answer, replica -> {
                    replica.intake().abandon(batch);
                    answer.reply(JsonObject.builder());
                });
            }
            case "confirm" -> seat.applyConfirmed(kernel, answer, Id.parse(header.string("batch")), true);
            case "decline" -> seat.applyConfirmed(kernel, answer, Id.parse(header.string("batch")), false);
            case "kept" -> kept(kernel, seat, header, answer);
            case "rollback" -> {
                Rewind.Goal goal = new Rewind.Goal(
                        header.integerOr("count", 1), header.has("sequence") ? header.integer("sequence") : null);
                seat.rollback(kernel, answer, goal, ROLLBACK_PATIENCE);
            }
            case "resume" ->
                seat.run(kernel, answer, replica -> {
                    replica.resume();
                    answer.reply(JsonObject.builder()
                            .put("cursor", Report.json(replica.index().cursor()))
                            .put("held", false));
                });
            case "history" ->
                seat.run(
                        kernel,
                        answer,
                        replica -> answer.reply(JsonObject.builder().put("sequences", replica.history())));
            case "verify" -> {
                boolean deep = header.flagOrFalse("deep");
                seat.run(kernel, answer, replica -> answer.reply(words(replica.verify(deep))));
            }
            default -> throw Door.unknown(request.type());
        }
    }

    private static void adopt(Kernel kernel, Seat seat, JsonObject header, Answer answer) throws ProtocolException {
        Cursor cursor = Cursor.fromJson(header.object("cursor"));
        TreeDigest tree = TreeDigest.parse(header.string("tree"));
        seat.change(kernel, answer, replica -> {
            replica.adopt(cursor, tree);
            answer.reply(JsonObject.builder().put("cursor", cursor.toJson()));
        });
    }

    private static void chunk(Kernel kernel, Seat seat, Request request, Answer answer) throws ProtocolException {
        Id batch = Id.parse(request.header().string("batch"));
        long offset = request.header().integer("offset");
        boolean end = request.header().flagOrFalse("end");
        if (request.body().length > Limits.CHUNK_MAX) {
            throw new ProtocolException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "a chunk of " + request.body().length + " bytes, the limit is " + Limits.CHUNK_MAX);
        }
        seat.run(kernel, answer, replica -> {
            try {
                long next = replica.intake().chunk(batch, offset, request.body(), end);
                answer.reply(JsonObject.builder().put("offset", next));
            } catch (ProtocolException e) {
                answer.error(
                        e, JsonObject.builder().put("offset", replica.intake().wanted(batch)));
            }
        });
    }

    private static void kept(Kernel kernel, Seat seat, JsonObject header, Answer answer) throws ProtocolException {
        String action = header.string("action");
        if (action.equals("list")) {
            seat.run(kernel, answer, replica -> answer.reply(words(replica.kept())));
            return;
        }
        Id id = Id.parse(header.string("kept"));
        switch (action) {
            case "read" ->
                seat.run(
                        kernel,
                        answer,
                        replica -> answer.reply(
                                JsonObject.builder()
                                        .put(
                                                "kept",
                                                List.of(replica.kept().find(id).toJson())),
                                replica.kept().read(id)));
            case "restore" ->
                seat.change(kernel, answer, replica -> {
                    replica.restore(id);
                    answer.reply(words(replica.kept()));
                });
            case "drop" ->
                seat.run(kernel, answer, replica -> {
                    replica.kept().drop(replica.kept().find(id).id());
                    answer.reply(words(replica.kept()));
                });
            default ->
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "field action is " + action + ", not list, read, restore or drop");
        }
    }

    private static JsonObject.Builder words(KeptStore store) throws IOException {
        List<JsonObject> items = new ArrayList<>();
        for (KeptStore.Item item : store.list()) {
            items.add(item.toJson());
        }
        return JsonObject.builder().put("kept", items);
    }

    private static JsonObject.Builder words(Verification verification) {
        List<JsonObject> differences = new ArrayList<>();
        for (Verification.Difference each : verification.differences()) {
            differences.add(JsonObject.builder()
                    .put("path", each.path().value())
                    .put("what", each.what())
                    .build());
        }
        return JsonObject.builder().put("tree", verification.tree().hex()).put("differences", differences);
    }
}
