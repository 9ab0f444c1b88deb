package io.github.notesync.server.pack;

import io.github.notesync.protocol.ChunkList;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.RecipeMaker;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.Source;
import io.github.notesync.server.diff.Bases;
import io.github.notesync.server.history.Delta;
import io.github.notesync.server.history.History;
import io.github.notesync.server.scan.ChunkLists;
import io.github.notesync.server.scan.Difference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a replica at the start of a delta has: the old contents of what differs, and everything that does not. One thread. */
final class ReplicaBases implements Bases {
    private final History history;
    private final ChunkLists chunkLists;
    private final Wishes wishes;
    private final Map<Digest, RelativePath> old = new HashMap<>();
    private final Set<RelativePath> differing = new HashSet<>();

    ReplicaBases(Delta delta, History history, ChunkLists chunkLists, Wishes wishes) {
        this.history = history;
        this.chunkLists = chunkLists;
        this.wishes = wishes;
        for (Difference each : delta.differences()) {
            differing.add(each.path());
            if (each.before() instanceof Entry.File file) {
                old.put(file.digest(), each.path());
            }
        }
    }

    @Override
    public @Nullable RelativePath holder(Digest digest) {
        if (!wishes.copy()) {
            return null;
        }
        RelativePath moved = old.get(digest);
        if (moved != null) {
            return moved;
        }
        RelativePath same = history.holder(digest);
        return same == null || differing.contains(same) ? null : same;
    }

    @Override
    public @Nullable Source pieces(Entry.File before, Entry.File wanted) {
        if (!wishes.recipe()) {
            return null;
        }
        ChunkList from = chunkLists.get(before.digest());
        ChunkList to = chunkLists.get(wanted.digest());
        if (from == null || to == null) {
            return null;
        }
        return RecipeMaker.make(before.path(), before.digest(), from, to)
                .map(Source.FromRecipe::new)
                .orElse(null);
    }
}
