package io.github.notesync.server.serve;

import io.github.notesync.protocol.BatchDescriptor;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.server.pack.Batch;
import io.github.notesync.server.tell.Event;
import io.github.notesync.server.tell.Teller;
import io.github.notesync.server.tell.Texts;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what goes over the wire, each thing once however often it is asked for: also what is made anew for a replica that
 * cannot take it, and what it answers then. Any thread.
 */
final class Traffic {
    private static final int REMEMBERED = 256;

    private final Teller teller;
    private final Set<Offer> offered = Collections.synchronizedSet(Collections.newSetFromMap(bounded()));
    private final Set<Step> steps = Collections.synchronizedSet(Collections.newSetFromMap(bounded()));
    private final Set<Id> introduced = Collections.synchronizedSet(Collections.newSetFromMap(bounded()));

    /** For whom a batch is. */
    private final Map<Id, String> goesTo = Collections.synchronizedMap(bounded());

    /** What was reported last of a replica that takes nothing. */
    private final Map<Id, Event> stuck = Collections.synchronizedMap(bounded());

    private record Offer(Id replica, Id batch) {}

    private record Step(Id replica, @Nullable Cursor from, Cursor to) {}

    Traffic(Teller teller) {
        this.teller = teller;
    }

    private static <K, V> Map<K, V> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    void introduced(Replica replica) {
        if (introduced.add(replica.id)) {
            teller.tell(Texts.replica(replica.id, replica.label()));
        }
    }

    void offered(Replica replica, Batch batch) {
        BatchDescriptor descriptor = batch.descriptor();
        goesTo.put(descriptor.batch(), replica.label());
        if (offered.add(new Offer(replica.id, descriptor.batch()))) {
            Event event = Texts.batch(replica.id, replica.label(), descriptor, batch.payloadBytes());
            boolean isNew = steps.add(new Step(replica.id, descriptor.from(), descriptor.to()));
            teller.tell(isNew ? event : event.silent());
        }
    }

    /** How far a batch of several chunks is. */
    void carried(Batch batch, long bytes) {
        BatchDescriptor descriptor = batch.descriptor();
        String label = goesTo.getOrDefault(descriptor.batch(), "a notebook");
        teller.progress(Texts.carrying(label, descriptor.to(), bytes, descriptor.streamSize()));
    }

    void reported(Replica replica, JsonObject report) {
        Event event = Texts.report(replica.id, replica.label(), report);
        boolean isStuck = event.name().equals("halted") || event.name().equals("refused");
        Event before = isStuck ? stuck.put(replica.id, event) : stuck.remove(replica.id);
        boolean isKnown = isStuck && before != null && Objects.equals(before.line(), event.line());
        teller.tell(isKnown ? event.silent() : event);
    }
}
