package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.pairing.Decisions;
import io.github.notesync.server.pairing.Pairings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** The calls of our own pages: what they show, and the user's answers. Any thread. */
final class DashboardCalls {
    /** A second, less the time that a message takes: nobody reads and decides faster. */
    private static final long SOONEST_MILLIS = 900;

    private final String key;
    private final Decisions decisions;
    private final Replicas replicas;
    private final Overview overview;

    /** @param key what the link that was printed at the start carries */
    DashboardCalls(String key, Decisions decisions, Replicas replicas, Overview overview) {
        this.key = key;
        this.decisions = decisions;
        this.replicas = replicas;
        this.overview = overview;
    }

    void overview(Caller caller) throws IOException {
        requireKey(caller);
        caller.answer(overview.toJson());
    }

    /** The user allows with the code, or refuses. */
    void decide(Caller caller) throws IOException {
        requireKey(caller);
        decidePending(caller, pending(caller));
    }

    /**
     * The same from the popup through which the request came. It has no key, but runs in the browser of the user who runs
     * this server: the browser says that it is our page, and the system whose process it is.
     */
    void decideInBridge(Caller caller) throws IOException {
        Pairings.Pending pending = pendingInBridge(caller);
        if (System.currentTimeMillis() - pending.since() < SOONEST_MILLIS) {
            throw HttpError.of(ErrorCode.BAD_REQUEST, "that was too fast to have been read", "press the button again");
        }
        decidePending(caller, pending);
    }

    /** What the popup shows of a request that came through it: the folder that is asked for. */
    void showInBridge(Caller caller) throws IOException {
        pendingInBridge(caller);
        caller.answer(JsonObject.builder().put("root", overview.root()).build());
    }

    private Pairings.Pending pendingInBridge(Caller caller) {
        Pairings.Pending pending = pending(caller);
        boolean theirs = PeerCheck.isSomeoneElse(caller.request.getRemotePort(), caller.request.getLocalPort());
        if (!caller.isOwnPage() || theirs || !pending.inBridge()) {
            throw HttpError.of(
                    ErrorCode.ORIGIN_REFUSED,
                    "this request cannot be answered here",
                    "answer it in the terminal of the server or on its dashboard");
        }
        return pending;
    }

    private void decidePending(Caller caller, Pairings.Pending pending) throws IOException {
        JsonObject body = caller.json();
        String state;
        if (body.flag("allow")) {
            state = switch (decisions.type(pending, body.string("code", 40), body.flagOrFalse("remember"))) {
                case ALLOWED -> "allowed";
                case WRONG -> "wrong";
                case DENIED -> "denied";
                case GONE -> "expired";
            };
        } else {
            decisions.deny(pending);
            state = "denied";
        }
        caller.answer(JsonObject.builder().put("state", state).build());
    }

    private Pairings.Pending pending(Caller caller) {
        return decisions
                .pending(caller.id("pairing"))
                .orElseThrow(() -> HttpError.of(
                        ErrorCode.PAIRING_EXPIRED, "this request is no longer there", "connect again in the notebook"));
    }

    void revoke(Caller caller) throws IOException {
        requireKey(caller);
        boolean was = decisions.revoke(caller.id("pairing"));
        caller.answer(JsonObject.builder().put("revoked", was).build());
    }

    void decideHalt(Caller caller) throws IOException {
        requireKey(caller);
        Id batch = caller.id("batch");
        replicas.get(caller.id("replica")).decide(batch.hex(), caller.json().flag("confirm"));
        caller.answer(JsonObject.builder().build());
    }

    private void requireKey(Caller caller) {
        boolean right = MessageDigest.isEqual(
                caller.token().getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
        String site = caller.request.getHeader("Sec-Fetch-Site");
        if (!right || (site != null && !site.equals("same-origin") && !site.equals("none"))) {
            throw HttpError.of(
                    ErrorCode.TOKEN_UNKNOWN,
                    "this page needs the link that the server printed when it started",
                    "open that link");
        }
    }
}
