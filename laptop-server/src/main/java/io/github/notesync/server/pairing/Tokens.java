package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Id;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The tokens that are valid now. Only their digests are kept, so looking one up tells nothing by its timing. They end
 * when revoked, after twelve hours without use, and, unless the user wants them remembered, with the server. Any thread.
 */
public final class Tokens {
    private static final long IDLE_MILLIS = Duration.ofHours(12).toMillis();
    private static final SecureRandom RANDOM = new SecureRandom();

    private final LongSupplier clock;
    private final GrantsFile file;
    private final Consumer<String> notice;
    private final Map<Digest, Grant> grants;
    private volatile Runnable onEnd = () -> {};

    /**
     * @param clock milliseconds since 1970
     * @param file where those are kept that outlive the server
     * @param notice told in one sentence when they cannot be kept
     */
    public Tokens(LongSupplier clock, Path file, Consumer<String> notice) {
        this.clock = clock;
        this.file = new GrantsFile(file);
        this.notice = notice;
        this.grants = this.file.read();
    }

    /** Tells whenever a token was taken back. */
    public void onEnd(Runnable told) {
        onEnd = told;
    }

    /** A new token for an allowed pairing; this is the only time that it can be read. */
    synchronized String issue(Id pairing, Client client, boolean remembered) {
        String token = secret();
        long now = clock.getAsLong();
        grants.put(Digest.of(token), new Grant(pairing, client, remembered, now, now));
        keep();
        return token;
    }

    /** Writes down what is to outlive the server, as it is now. */
    public synchronized void keep() {
        try {
            file.write(grants);
        } catch (IOException e) {
            notice.accept("what you allowed cannot be remembered (" + e + "); it ends with the server");
        }
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

    /** Whether {@link #use} would find it; that it was looked at is no use of it. */
    public synchronized boolean isGood(String token, String origin) {
        Grant grant = grants.get(Digest.of(token));
        return grant != null
                && grant.client().origin().equals(origin)
                && clock.getAsLong() - grant.lastUsed() <= IDLE_MILLIS;
    }

    /** Whether a page of this origin, or a program, has a token. */
    public boolean isPaired(String origin) {
        return all().stream().anyMatch(each -> each.client().origin().equals(origin));
    }

    public void forget(String token) {
        synchronized (this) {
            grants.remove(Digest.of(token));
            keep();
        }
        onEnd.run();
    }

    /** Takes the pairing's token back; returns whether there was one. */
    public boolean revoke(Id pairing) {
        boolean was;
        synchronized (this) {
            was = grants.values().removeIf(each -> each.pairing().equals(pairing));
            keep();
        }
        onEnd.run();
        return was;
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
