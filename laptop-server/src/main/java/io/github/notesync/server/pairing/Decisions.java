package io.github.notesync.server.pairing;

import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.PairingCode;
import io.github.notesync.server.tell.Event;
import io.github.notesync.server.tell.Teller;
import io.github.notesync.server.tell.Texts;
import java.util.List;
import java.util.Optional;

/** The user's answers to pairings, wherever they are given, told where the server was started. Any thread. */
public final class Decisions {
    private static final String ALL = "all";

    private final Pairings pairings;
    private final Teller teller;

    public Decisions(Pairings pairings, Teller teller) {
        this.pairings = pairings;
        this.teller = teller;
        pairings.whenExpired(
                each -> teller.tell(Texts.expired(each.id(), each.client().origin(), name(each))));
    }

    public Optional<Pairings.Pending> pending(Id id) {
        return pairings.pending().stream().filter(each -> each.id().equals(id)).findFirst();
    }

    public List<Pairings.Pending> pending() {
        return pairings.pending();
    }

    /** The user typed a code for one request. */
    public Pairings.Typed type(Pairings.Pending pending, String code, boolean remember) {
        Pairings.Typed typed = pairings.type(pending.id(), code, remember);
        Id id = pending.id();
        String origin = pending.client().origin();
        String label = name(pending);
        switch (typed) {
            case ALLOWED -> teller.tell(Texts.paired(id, origin, label));
            case WRONG -> teller.tell(Texts.wrongCode(id, origin, label));
            case DENIED -> teller.tell(Texts.wrongCodes(id, origin, label));
            case GONE -> teller.tell(Texts.notice("the request is no longer there; connect again in the notebook"));
        }
        return typed;
    }

    /** The user typed a code without saying for which request: the one that shows it. */
    void type(String code, boolean remember) {
        List<Pairings.Pending> all = pairings.pending();
        if (!PairingCode.isShaped(code)) {
            if (!all.isEmpty()) {
                teller.tell(Texts.noCode());
            }
            return;
        }
        if (all.isEmpty()) {
            teller.tell(Texts.nobodyAsks());
        }
        for (Pairings.Pending each : all) {
            if (pairings.shows(each.id(), code)) {
                type(each, code, remember);
                return;
            }
        }
        all.forEach(each -> type(each, code, remember));
    }

    public void deny(Pairings.Pending pending) {
        pairings.deny(pending.id());
        Event denied = Texts.denied(pending.id(), pending.client().origin(), name(pending));
        teller.tell(denied);
    }

    /** The user takes back what notebooks of this name may do, or {@code all}. */
    void revoke(String name) {
        List<Grant> allowed = pairings.allowed();
        List<Grant> meant = allowed.stream()
                .filter(each -> name.equals(ALL) || name(each.client()).equals(name))
                .toList();
        meant.forEach(this::revoke);
        if (meant.isEmpty()) {
            teller.tell(Texts.notAllowed(
                    name, allowed.stream().map(each -> name(each.client())).toList()));
        }
    }

    /** The user takes back one pairing; tells whether it still was there. */
    public boolean revoke(Id pairing) {
        Optional<Grant> meant = pairings.allowed().stream()
                .filter(each -> each.pairing().equals(pairing))
                .findFirst();
        meant.ifPresent(this::revoke);
        return meant.isPresent();
    }

    private void revoke(Grant grant) {
        pairings.revoke(grant);
        teller.tell(Texts.revoked(grant.pairing(), grant.client().origin(), name(grant.client())));
    }

    private static String name(Pairings.Pending pending) {
        return name(pending.client());
    }

    private static String name(Client client) {
        return client.label().isBlank() ? client.origin() : client.label();
    }
}
