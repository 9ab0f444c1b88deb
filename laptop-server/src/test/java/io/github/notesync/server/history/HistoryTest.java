package io.github.notesync.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.RelativePath;
import io.github.notesync.protocol.TreeDigest;
import io.github.notesync.server.diff.Bases;
import io.github.notesync.server.diff.Changes;
import io.github.notesync.server.scan.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** From every cursor of this epoch the delta leads to now, and expects exactly what a replica at that cursor has. */
class HistoryTest {
    private final Map<RelativePath, Entry> source = new TreeMap<>();

    @Property(tries = 150)
    void aDeltaFromAnySequenceFitsTheReplicaThere(@ForAll long seed) {
        Random random = new Random(seed);
        History history = History.begin();
        source.clear();
        List<Map<RelativePath, Entry>> at = new ArrayList<>(List.of(Map.of()));
        List<Cursor> cursors = new ArrayList<>(List.of(history.cursor()));
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            List<Difference> step = step(random);
            if (step.isEmpty()) {
                continue;
            }
            cursors.add(history.commit(step, null));
            at.add(new TreeMap<>(source));
        }
        for (int i = 0; i < cursors.size(); i++) {
            Map<RelativePath, Entry> replica = new TreeMap<>(at.get(i));
            TreeDigest tree = TreeDigest.of(replica.values());
            Delta delta = history.since(cursors.get(i), tree).orElseThrow();
            apply(replica, Changes.of(delta.differences(), Bases.NONE));
            assertThat(replica).isEqualTo(source);
            assertThat(TreeDigest.of(replica.values())).isEqualTo(delta.tree()).isEqualTo(history.tree());
        }
    }

    @Property(tries = 150)
    void aFullDeltaLeadsFromAnyReplicaToNow(@ForAll long seed) {
        Random random = new Random(seed);
        History history = History.begin();
        source.clear();
        step(random);
        Map<RelativePath, Entry> replica = new TreeMap<>(source);
        source.clear();
        history.commit(step(random), null);
        Delta delta = history.from(replica.values(), TreeDigest.of(replica.values()));
        apply(replica, Changes.of(delta.differences(), Bases.NONE));
        assertThat(replica).isEqualTo(source);
    }

    /** Changes the source at random; directories and what is in them stay consistent. */
    private List<Difference> step(Random random) {
        Map<RelativePath, Entry> before = new TreeMap<>(source);
        for (int i = 0; i < 1 + random.nextInt(6); i++) {
            String directory = "d" + random.nextInt(3);
            RelativePath path =
                    new RelativePath(random.nextBoolean() ? directory + "/f" + random.nextInt(3) : directory);
            switch (random.nextInt(4)) {
                case 0 -> remove(path);
                case 1 -> {
                    remove(path);
                    parents(path);
                    source.put(path, new Entry.Symlink(path, "t" + random.nextInt(2)));
                }
                case 2 -> {
                    if (path.parent() == null && !(source.get(path) instanceof Entry.Directory)) {
                        source.put(path, new Entry.Directory(path));
                    }
                }
                default -> {
                    remove(path);
                    parents(path);
                    Digest digest = Digest.of("content " + random.nextInt(3));
                    source.put(path, new Entry.File(path, 9, digest, random.nextInt(4) == 0));
                }
            }
        }
        TreeSet<RelativePath> all = new TreeSet<>(before.keySet());
        all.addAll(source.keySet());
        return all.stream()
                .filter(path -> !Objects.equals(before.get(path), source.get(path)))
                .map(path -> new Difference(path, before.get(path), source.get(path)))
                .toList();
    }

    private void remove(RelativePath path) {
        source.keySet().removeIf(each -> each.equals(path) || path.isAncestorOf(each));
    }

    private void parents(RelativePath path) {
        RelativePath parent = path.parent();
        if (parent != null && !(source.get(parent) instanceof Entry.Directory)) {
            source.put(parent, new Entry.Directory(parent));
        }
    }

    /** A replica that trusts nothing: every expectation is checked. */
    private static void apply(Map<RelativePath, Entry> replica, List<Change> changes) {
        Map<RelativePath, Entry> old = new TreeMap<>(replica);
        for (Change each : changes) {
            Entry has = old.get(each.path());
            assertThat(each.expect()).as(each.toString()).isEqualTo(has == null ? Expect.ABSENT : Expect.of(has));
            if (each instanceof Change.Put put) {
                replica.put(put.path(), put.entry());
            } else if (each instanceof Change.Mkdir mkdir) {
                replica.put(mkdir.path(), new Entry.Directory(mkdir.path()));
            } else if (each instanceof Change.Symlink link) {
                replica.put(link.path(), link.entry());
            } else if (each instanceof Change.Chmod chmod) {
                Entry.File file = (Entry.File) has;
                replica.put(file.path(), new Entry.File(file.path(), file.size(), file.digest(), chmod.executable()));
            } else {
                replica.remove(each.path());
            }
        }
    }

    @Test
    void aForeignEpochAFutureSequenceAndAWrongTreeAreUnknown() {
        History history = History.begin();
        history.commit(List.of(put("a")), null);
        Cursor now = history.cursor();
        assertThat(history.since(new Cursor(Id.random(), 1), history.tree())).isEmpty();
        assertThat(history.since(now.next(), history.tree())).isEmpty();
        assertThat(history.since(now, TreeDigest.EMPTY)).isEmpty();
        assertThat(history.since(new Cursor(now.epoch(), 0), history.tree())).isEmpty();
        assertThat(history.since(new Cursor(now.epoch(), 0), TreeDigest.EMPTY)).isPresent();
    }

    @Test
    void whatCameAndWentIsNotTold() {
        History history = History.begin();
        Cursor start = history.commit(List.of(put("a")), null);
        TreeDigest tree = history.tree();
        Difference came = put("b");
        history.commit(List.of(came), null);
        history.commit(List.of(new Difference(came.path(), came.after(), null)), null);
        assertThat(history.since(start, tree).orElseThrow().differences()).isEmpty();
    }

    @Test
    void theHistoryIsBoundedAndAnOldCursorBecomesUnknown() {
        History history = History.begin();
        Cursor start = history.cursor();
        Difference last = put("a");
        history.commit(List.of(last), null);
        for (int i = 0; i < 2_500; i++) {
            Entry next = new Entry.File(last.path(), i, Digest.of("" + i), false);
            last = new Difference(last.path(), last.after(), next);
            history.commit(List.of(last), null);
        }
        assertThat(history.since(start, TreeDigest.EMPTY)).isEmpty();
        assertThat(history.since(history.cursor(), history.tree())).isPresent();
    }

    private static Difference put(String name) {
        RelativePath path = new RelativePath(name);
        return new Difference(path, null, new Entry.File(path, 1, Digest.of(name), false));
    }
}
