package io.github.notesync.server.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.PairingCode;
import io.github.notesync.protocol.ProtocolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a token: only the client whose code the user typed, once, for as long as it is used. */
class PairingsTest {
    private static final String HUB = "https://hub.example.org";

    private long now = 1_000_000_000_000L;

    @TempDir
    Path state;

    private Tokens tokens;
    private Pairings pairings;

    @BeforeEach
    void begin() {
        tokens = tokens();
        pairings = new Pairings(tokens, () -> now);
    }

    /** Those of a server that starts now. */
    private Tokens tokens() {
        return new Tokens(() -> now, state.resolve("grants"), text -> {
            throw new AssertionError(text);
        });
    }

    private static Client page(String label) {
        return new Client(HUB, "page", label, "m");
    }

    private static byte[] nonce(int seed) {
        byte[] nonce = new byte[32];
        nonce[0] = (byte) seed;
        return nonce;
    }

    private Pairings.Pending ask(int nonce, Client client) throws ProtocolException {
        return pairings.ask(PairingCode.commit(nonce(nonce)), client, false);
    }

    private static String code(int nonce, String origin) {
        return PairingCode.of(Digest.of(nonce(nonce)), origin);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private String claim(Pairings.Pending pending, int nonce) throws Exception {
        return pairings.claim(pending.id(), nonce(nonce), pending.client().origin(), 0)
                .token();
    }

    @Test
    void theRightCodeGivesATokenOnce() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        assertThat(claim(pending, 1)).isNull();
        assertThat(pairings.type(pending.id(), code(1, HUB).toLowerCase(java.util.Locale.ROOT), false))
                .isEqualTo(Pairings.Typed.ALLOWED);
        String token = claim(pending, 1);
        assertThat(token).hasSize(64);
        assertThat(tokens.use(token, HUB)).isPresent();
        refused(ErrorCode.PAIRING_EXPIRED, () -> claim(pending, 1));
    }

    @Test
    void aWaitingClaimIsAnsweredWhenTheUserAnswers() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        CompletableFuture<String> claim = CompletableFuture.supplyAsync(() -> {
            try {
                return pairings.claim(pending.id(), nonce(1), HUB, 30_000).token();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        pairings.type(pending.id(), code(1, HUB), false);
        assertThat(claim.get()).isNotNull();
    }

    @Test
    void whoDoesNotKnowTheNonceOrHasAnotherOriginGetsNothing() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        pairings.type(pending.id(), code(1, HUB), false);
        refused(ErrorCode.PAIRING_DENIED, () -> claim(pending, 2));
        refused(ErrorCode.PAIRING_DENIED, () -> pairings.claim(pending.id(), nonce(1), "https://evil.example", 0));
        assertThat(claim(pending, 1)).isNotNull();
    }

    @Test
    void aTokenIsWorthNothingFromAnotherOrigin() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        pairings.type(pending.id(), code(1, HUB), false);
        String token = claim(pending, 1);
        assertThat(tokens.use(token, "https://evil.example")).isEmpty();
        assertThat(tokens.use(token, Client.KERNEL)).isEmpty();
        assertThat(tokens.use(token, "null")).isEmpty();
        assertThat(tokens.use(token, HUB)).isPresent();
    }

    @Test
    void threeWrongCodesDeny() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        assertThat(pairings.type(pending.id(), "AAAAAA", false)).isEqualTo(Pairings.Typed.WRONG);
        assertThat(pairings.type(pending.id(), code(1, "https://evil.example"), false))
                .isEqualTo(Pairings.Typed.WRONG);
        assertThat(pairings.type(pending.id(), "", false)).isEqualTo(Pairings.Typed.DENIED);
        assertThat(pairings.type(pending.id(), code(1, HUB), false)).isEqualTo(Pairings.Typed.GONE);
        refused(ErrorCode.PAIRING_DENIED, () -> claim(pending, 1));
    }

    @Test
    void twoMinutesWithoutAnAnswerEndARequest() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        now += Duration.ofMinutes(2).toMillis() + 1;
        assertThat(pairings.pending()).isEmpty();
        assertThat(pairings.type(pending.id(), code(1, HUB), false)).isEqualTo(Pairings.Typed.GONE);
        refused(ErrorCode.PAIRING_EXPIRED, () -> claim(pending, 1));
    }

    @Test
    void anAllowedRequestThatNobodyClaimsIsTakenBack() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        pairings.type(pending.id(), code(1, HUB), false);
        assertThat(tokens.all()).hasSize(1);
        now += Duration.ofMinutes(2).toMillis() + 1;
        pairings.pending();
        assertThat(tokens.all()).isEmpty();
    }

    @Test
    void oneOriginHasOneRequestAndAReloadReplacesItsOwn() throws Exception {
        Pairings.Pending first = ask(1, page("a"));
        refused(ErrorCode.PAIRING_LIMIT, () -> ask(2, page("b")));
        Pairings.Pending again = ask(3, page("a"));
        assertThat(pairings.pending()).extracting(Pairings.Pending::id).containsExactly(again.id());
        refused(ErrorCode.PAIRING_EXPIRED, () -> claim(first, 1));
    }

    @Test
    void fiveRequestsAMinute() throws Exception {
        for (int i = 0; i < 5; i++) {
            pairings.deny(ask(i, page("a")).id());
        }
        refused(ErrorCode.PAIRING_LIMIT, () -> ask(6, page("a")));
        now += Duration.ofMinutes(1).toMillis() + 1;
        ask(7, page("a"));
    }

    @Test
    void manyOriginsCannotFillTheScreen() throws Exception {
        for (int i = 0; i < 8; i++) {
            ask(i, new Client("https://evil" + i + ".example", "page", "x", "m"));
        }
        refused(ErrorCode.PAIRING_LIMIT, () -> ask(9, page("a")));
    }

    @Test
    void aTokenEndsAfterTwelveHoursWithoutUseAndWhenRevoked() throws Exception {
        Pairings.Pending pending = ask(1, page("a"));
        pairings.type(pending.id(), code(1, HUB), false);
        String token = claim(pending, 1);
        now += Duration.ofHours(11).toMillis();
        assertThat(tokens.use(token, HUB)).isPresent();
        now += Duration.ofHours(11).toMillis();
        assertThat(tokens.use(token, HUB)).isPresent();
        now += Duration.ofHours(12).toMillis() + 1;
        assertThat(tokens.use(token, HUB)).isEmpty();
        Pairings.Pending other = ask(2, page("a"));
        pairings.type(other.id(), code(2, HUB), false);
        String second = claim(other, 2);
        assertThat(tokens.revoke(other.id())).isTrue();
        assertThat(tokens.use(second, HUB)).isEmpty();
    }

    @Test
    void aTokenEndsWithTheServerUnlessTheUserWantsItRemembered() throws Exception {
        Pairings.Pending plain = ask(1, page("a"));
        pairings.type(plain.id(), code(1, HUB), false);
        String ends = claim(plain, 1);
        Pairings.Pending kept = ask(2, page("b"));
        pairings.type(kept.id(), code(2, HUB), true);
        String stays = claim(kept, 2);
        assertThat(Files.readString(state.resolve("grants"))).doesNotContain(ends, stays);
        Tokens later = tokens();
        assertThat(later.use(ends, HUB)).isEmpty();
        assertThat(later.use(stays, "https://other.example")).isEmpty();
        assertThat(later.use(stays, HUB)).map(Grant::remembered).contains(true);
        assertThat(later.revoke(kept.id())).isTrue();
        assertThat(tokens().use(stays, HUB)).as("revoked is revoked for good").isEmpty();
        assertThat(state.resolve("grants")).doesNotExist();
    }

    @Test
    void aRememberedTokenAlsoEndsAfterTwelveHoursAndADamagedFileGrantsNothing() throws Exception {
        Pairings.Pending kept = ask(1, page("a"));
        pairings.type(kept.id(), code(1, HUB), true);
        String token = claim(kept, 1);
        now += Duration.ofHours(12).toMillis() + 1;
        assertThat(tokens().use(token, HUB)).isEmpty();
        Files.writeString(state.resolve("grants"), "{\"grants\": [{}]}");
        assertThat(tokens().all()).isEmpty();
    }
}
