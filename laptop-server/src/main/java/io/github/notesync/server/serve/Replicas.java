package io.github.notesync.server.serve;

import io.github.notesync.protocol.Id;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The replicas that were heard of, the least recent forgotten first: one that stays away costs nothing. Any thread. */
final class Replicas {
    private static final int REMEMBERED = 100;

    private final Map<Id, Replica> byId = new LinkedHashMap<>(16, 0.75f, true);

    synchronized Replica get(Id id) {
        Replica replica = byId.computeIfAbsent(id, Replica::new);
        var eldest = byId.entrySet().iterator();
        while (byId.size() > REMEMBERED) {
            eldest.next();
            eldest.remove();
        }
        return replica;
    }

    synchronized List<Replica> all() {
        return List.copyOf(byId.values());
    }
}
