package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Id;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The tokens that are valid now. Only their digests are kept, so looking one up tells nothing by its timing. They end
 * with the server, when revoked, and after twelve hours without use. Any thread.
 */
public final class Tokens {
    private static final long IDLE_MILLIS = Duration.ofHours(12).toMillis();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final LongSupplier clock;
    private final Map<Digest, Grant> grants = new HashMap<>();

    /** @param clock milliseconds since 1970 */
    public Tokens(LongSupplier clock) {
        this.clock = clock;
    }

    /** A new token for an allowed pairing; this is the only time that it can be read. */
    synchronized String issue(Id pairing, Client client) {
        String token = secret();
        long now = clock.getAsLong();
        grants.put(Digest.of(token), new Grant(pairing, client, now, now));
        return token;
    }

    /** 256 random bits, as hex. */
    public static String secret() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** What the token allows to the origin that paired it; nothing to any other. */
    public synchronized Optional<Grant> use(String token, String origin) {
        Digest key = Digest.of(token);
        Grant grant = grants.get(key);
        if (grant == null || !grant.client().origin().equals(origin)) {
            return Optional.empty();
        }
        long now = clock.getAsLong();
        if (now - grant.lastUsed() > IDLE_MILLIS) {
            grants.remove(key);
            return Optional.empty();
        }
        grants.put(key, grant.usedAt(now));
        return Optional.of(grant);
    }

    public synchronized void forget(String token) {
        grants.remove(Digest.of(token));
    }

    /** Takes the pairing's token back; returns whether there was one. */
    public synchronized boolean revoke(Id pairing) {
        return grants.values().removeIf(each -> each.pairing().equals(pairing));
    }

    /** All that are valid, oldest first. */
    public synchronized List<Grant> all() {
        long now = clock.getAsLong();
        grants.values().removeIf(each -> now - each.lastUsed() > IDLE_MILLIS);
        return grants.values().stream()
                .sorted(java.util.Comparator.comparingLong(Grant::since))
                .toList();
    }
}
