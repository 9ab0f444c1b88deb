package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.PairingCode;
import io.github.notesync.protocol.ProtocolException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests to be paired and the user's answers ({@code PROTOCOL.md} 3). The client proves that it is the one whose code
 * the user typed, by the nonce that it committed to; the token goes to it once. Any thread.
 */
public final class Pairings {
    /** How long the user has; a test may have less patience. */
    public static final long ANSWER_MILLIS =
            Long.getLong("notesync.pairing.millis", Duration.ofMinutes(2).toMillis());

    private static final long MINUTE = Duration.ofMinutes(1).toMillis();
    private static final int REQUESTS_A_MINUTE = 5;
    private static final int PENDING_AT_MOST = 8;
    private static final int WRONG_CODES_AT_MOST = 3;
    private static final int ORIGINS_REMEMBERED = 1_000;

    private final Tokens tokens;
    private final LongSupplier clock;
    private final Map<Id, Pairing> pairings = new LinkedHashMap<>();
    private final Map<String, Deque<Long>> asked = new HashMap<>();
    private Consumer<Pending> expired = each -> {};

    /**
     * A request that waits for the user.
     *
     * @param inBridge whether it was asked through our own popup
     * @param since milliseconds since 1970
     */
    public record Pending(Id id, Client client, boolean inBridge, long since) {}

    /** What a claim finds: a token, or nothing yet. */
    public record Claim(@Nullable String token) {}

    /** What came of a typed code. */
    public enum Typed {
        ALLOWED,
        WRONG,
        /** Too many wrong codes: the request is denied. */
        DENIED,
        /** The request is no longer there. */
        GONE
    }

    /** @param clock milliseconds since 1970 */
    public Pairings(Tokens tokens, LongSupplier clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Who is told of a request that nobody has answered in time, as soon as anybody looks. */
    synchronized void whenExpired(Consumer<Pending> told) {
        expired = told;
    }

    /**
     * Takes in a request. A client that asks again, after a reload, replaces its own earlier request.
     *
     * @throws ProtocolException {@code pairing_limit}
     */
    public synchronized Pending ask(Digest commit, Client client, boolean inBridge) throws ProtocolException {
        long now = clock.getAsLong();
        expire(now);
        Deque<Long> times = asked.computeIfAbsent(client.origin(), o -> new ArrayDeque<>());
        times.removeIf(time -> now - time > MINUTE);
        if (times.size() >= REQUESTS_A_MINUTE) {
            throw limit("this client asked " + REQUESTS_A_MINUTE + " times within a minute");
        }
        long pending = 0;
        for (Pairing each : pairings.values()) {
            if (each.state != Pairing.State.PENDING) {
                continue;
            }
            if (each.client.equals(client)) {
                each.state = Pairing.State.OVER;
            } else if (each.client.origin().equals(client.origin())) {
                throw limit("another pairing from " + client.origin() + " waits for an answer on the laptop");
            } else {
                pending++;
            }
        }
        if (pending >= PENDING_AT_MOST) {
            throw limit(pending + " pairings wait for an answer on the laptop");
        }
        times.addLast(now);
        Pairing pairing = new Pairing(commit, client, inBridge, now);
        pairings.put(pairing.id, pairing);
        notifyAll();
        return pending(pairing);
    }

    private static ProtocolException limit(String why) {
        return new ProtocolException(ErrorCode.PAIRING_LIMIT, why + "; try again in a minute");
    }

    /** Requests that wait for the user, oldest first. */
    public synchronized List<Pending> pending() {
        expire(clock.getAsLong());
        List<Pending> result = new ArrayList<>();
        for (Pairing each : pairings.values()) {
            if (each.state == Pairing.State.PENDING) {
                result.add(pending(each));
            }
        }
        return result;
    }

    private static Pending pending(Pairing pairing) {
        return new Pending(pairing.id, pairing.client, pairing.inBridge, pairing.asked);
    }

    /**
     * The user typed a code for this request.
     *
     * @param remember whether what is allowed by it outlives the server
     */
    public synchronized Typed type(Id id, String code, boolean remember) {
        expire(clock.getAsLong());
        Pairing pairing = pairings.get(id);
        if (pairing == null || pairing.state != Pairing.State.PENDING) {
            return Typed.GONE;
        }
        if (PairingCode.matches(pairing.code, code)) {
            pairing.state = Pairing.State.ALLOWED;
            pairing.token = tokens.issue(pairing.id, pairing.client, remember);
            notifyAll();
            return Typed.ALLOWED;
        }
        pairing.wrongCodes++;
        if (pairing.wrongCodes < WRONG_CODES_AT_MOST) {
            return Typed.WRONG;
        }
        deny(id);
        return Typed.DENIED;
    }

    /** Who may read now. */
    List<Grant> allowed() {
        return tokens.all();
    }

    /** Takes back what was allowed. */
    void revoke(Grant grant) {
        tokens.revoke(grant.pairing());
    }

    /** Whether a code is the one of this request. */
    synchronized boolean shows(Id id, String code) {
        Pairing pairing = pairings.get(id);
        return pairing != null && PairingCode.matches(pairing.code, code);
    }

    /** The user said no. */
    public synchronized void deny(Id id) {
        Pairing pairing = pairings.get(id);
        if (pairing != null && pairing.state == Pairing.State.PENDING) {
            pairing.state = Pairing.State.DENIED;
            notifyAll();
        }
    }

    /**
     * The client asks for the answer, and waits for it so long.
     *
     * @throws ProtocolException {@code pairing_denied}, {@code pairing_expired}
     */
    public synchronized Claim claim(Id id, byte[] nonce, String origin, long waitMillis)
            throws ProtocolException, InterruptedException {
        long end = System.nanoTime() + waitMillis * 1_000_000;
        while (true) {
            expire(clock.getAsLong());
            Pairing pairing = pairings.get(id);
            if (pairing == null || pairing.state == Pairing.State.OVER) {
                throw new ProtocolException(ErrorCode.PAIRING_EXPIRED, "nobody answered the pairing in time");
            }
            boolean theirs = PairingCode.commit(nonce).equals(pairing.commit)
                    && pairing.client.origin().equals(origin);
            if (!theirs || pairing.state == Pairing.State.DENIED) {
                throw new ProtocolException(ErrorCode.PAIRING_DENIED, "the pairing was refused on the laptop");
            }
            if (pairing.state == Pairing.State.ALLOWED) {
                pairing.state = Pairing.State.OVER;
                String token = pairing.token;
                pairing.token = null;
                return new Claim(token);
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return new Claim(null);
            }
            wait(Math.min(left, 1_000));
        }
    }

    private void expire(long now) {
        for (Pairing each : pairings.values()) {
            if (now - each.asked > ANSWER_MILLIS && each.state != Pairing.State.DENIED) {
                if (each.state == Pairing.State.ALLOWED) {
                    tokens.revoke(each.id);
                } else if (each.state == Pairing.State.PENDING) {
                    expired.accept(pending(each));
                }
                each.state = Pairing.State.OVER;
            }
        }
        pairings.values().removeIf(each -> now - each.asked > 2 * ANSWER_MILLIS);
        if (asked.size() > ORIGINS_REMEMBERED) {
            asked.values().removeIf(times -> times.isEmpty() || now - times.getLast() > MINUTE);
        }
    }
}
