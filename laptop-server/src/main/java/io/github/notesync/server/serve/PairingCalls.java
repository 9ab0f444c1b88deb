package io.github.notesync.server.serve;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Limits;
import io.github.notesync.protocol.PairingCode;
import io.github.notesync.server.pairing.Client;
import io.github.notesync.server.pairing.Pairings;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** The calls of who is not paired yet ({@code PROTOCOL.md} 3, Pairing). Any thread. */
final class PairingCalls {
    private static final long LONGEST_WAIT = 30_000;
    /** Strangers may keep so many threads. */
    private static final int STRANGERS = 24;

    private final Pairings pairings;
    private final Consumer<Pairings.Pending> announced;
    private final java.util.function.Supplier<JsonObject> project;
    private final Semaphore strangers = new Semaphore(STRANGERS);

    /**
     * @param announced told of every new request
     * @param project what a client learns with its token
     */
    PairingCalls(
            Pairings pairings, Consumer<Pairings.Pending> announced, java.util.function.Supplier<JsonObject> project) {
        this.pairings = pairings;
        this.announced = announced;
        this.project = project;
    }

    void ask(Caller caller) throws IOException {
        caller.readable();
        JsonObject body = bounded(caller);
        Digest commit = Digest.parse(body.string("commit"));
        JsonObject said = body.object("client");
        String kind = said.string("kind", Limits.LABEL_CHARS_MAX);
        Client client = new Client(caller.origin(), kind, printable(said, "label"), printable(said, "machine"));
        Pairings.Pending pending = pairings.ask(commit, client, caller.isThroughBridge());
        announced.accept(pending);
        JsonObject answer = JsonObject.builder()
                .put("pairing", pending.id().hex())
                .put("expires_seconds", Pairings.ANSWER_MILLIS / 1000)
                .build();
        Answers.json(caller.response, 201, answer);
    }

    void claim(Caller caller) throws IOException, InterruptedException {
        caller.readable();
        JsonObject body = bounded(caller);
        byte[] nonce = PairingCode.parseNonce(body.string("nonce"));
        long wait = Math.min(body.integerOr("wait_ms", 0), LONGEST_WAIT);
        boolean mayWait = strangers.tryAcquire();
        Pairings.Claim claim;
        try {
            claim = pairings.claim(caller.id("pairing"), nonce, caller.origin(), mayWait ? wait : 0);
        } finally {
            if (mayWait) {
                strangers.release();
            }
        }
        JsonObject.Builder answer = JsonObject.builder();
        if (claim.token() == null) {
            answer.put("state", "pending");
        } else {
            answer.put("state", "allowed").put("token", claim.token()).put("project", project.get());
        }
        caller.answer(answer.build());
    }

    /** The body of a stranger: short, and read by few threads at a time, because it may come by the drop. */
    private JsonObject bounded(Caller caller) throws IOException {
        if (caller.request.getContentLengthLong() > 8 << 10) {
            throw HttpError.of(ErrorCode.TOO_LARGE, "the body is over the limit of 8192 bytes", null);
        }
        if (!strangers.tryAcquire()) {
            throw HttpError.of(ErrorCode.PAIRING_LIMIT, "too many pairings at once", "try again in a minute");
        }
        try {
            return caller.json();
        } finally {
            strangers.release();
        }
    }

    /** Text of a stranger that is shown to the user: without control characters that could rewrite the terminal. */
    private static String printable(JsonObject said, String field) throws IOException {
        String text = said.has(field) ? said.string(field, Limits.LABEL_CHARS_MAX) : "";
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Co}\\p{Cn}\\p{Zl}\\p{Zp}]", " ")
                .strip();
    }
}
