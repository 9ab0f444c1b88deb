package io.github.notesync.agent.plan;

import io.github.notesync.agent.plan.Step.Aside;
import io.github.notesync.agent.plan.Step.MakeDirectory;
import io.github.notesync.agent.plan.Step.Place;
import io.github.notesync.agent.plan.Step.Recase;
import io.github.notesync.agent.plan.Step.RemoveDirectory;
import io.github.notesync.agent.plan.Step.SetExecutable;
import io.github.notesync.protocol.Change;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Expect;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns changes, what the disk has, and what notesync wrote, into a {@link Plan}. The numbered decisions are in
 * {@code CONFLICTS.md}. One planner makes one plan.
 *
 * <p>The slot of a change is its place in the manifest; things in the way get slots behind the last one.
 */
public final class Planner {
    private final Map<RelativePath, Observed> disk;
    private final Managed managed;
    private final Twins twins;
    private final Spared spared;
    private int nextSlot;

    private final List<Step> directories = new ArrayList<>();
    private final List<Step> places = new ArrayList<>();
    private final List<Step> deletes = new ArrayList<>();
    private final List<Step> removals = new ArrayList<>();
    private final List<Entry> removed = new ArrayList<>();
    private final List<Entry> added = new ArrayList<>();
    private final Set<RelativePath> adopted = new HashSet<>();
    private final List<Kept> kept = new ArrayList<>();

    /** Directories that are known to stand once the steps so far are done. */
    private final Set<RelativePath> standing = new HashSet<>();
    /** Directories that were moved aside, with all that is in them. */
    private final Set<RelativePath> movedAway = new HashSet<>();
    /** Children that will not be there any more when their directory's turn comes. */
    private final Set<RelativePath> gone = new HashSet<>();

    /** Deleted paths that live on in another case. */
    private final Set<RelativePath> recased = new HashSet<>();

    private Planner(Map<RelativePath, Observed> disk, Managed managed, Twins twins, Spared spared, int slots) {
        this.disk = disk;
        this.managed = managed;
        this.twins = twins;
        this.spared = spared;
        this.nextSlot = slots;
    }

    /**
     * @param disk at least: every path of a change, and each parent of one that adds something
     * @param ignoresCase whether two names that differ only in case are one
     * @throws ProtocolException {@code manifest_invalid} if a change expects what notesync never wrote
     */
    public static Plan plan(
            List<Change> changes, Map<RelativePath, Observed> disk, Managed managed, boolean ignoresCase, Spared spared)
            throws ProtocolException {
        Planner planner = new Planner(disk, managed, Twins.among(changes, ignoresCase), spared, changes.size());
        for (int slot = 0; slot < changes.size(); slot++) {
            planner.plan(slot, changes.get(slot));
        }
        return planner.result();
    }

    private void plan(int slot, Change change) throws ProtocolException {
        checkExpectation(change);
        if (change instanceof Change.Mkdir) {
            plan(new Entry.Directory(change.path()));
        } else if (change instanceof Change.Put put) {
            plan(slot, put.entry(), put.digest());
        } else if (change instanceof Change.Symlink link) {
            Entry.Symlink entry = link.entry();
            plan(slot, entry, entry.digest());
        } else if (change instanceof Change.Chmod chmod) {
            plan(chmod);
        } else {
            delete(slot, change.path());
        }
    }

    private void checkExpectation(Change change) throws ProtocolException {
        Entry ours = managed.entry(change.path());
        Expect written = ours == null ? Expect.ABSENT : Expect.of(ours);
        if (!change.expect().equals(written)) {
            throw new ProtocolException(
                    ErrorCode.MANIFEST_INVALID,
                    "the batch expects " + change.expect() + " at " + change.path() + ", notesync last wrote "
                            + written,
                    change.path().value(),
                    null);
        }
        if (ours != null) {
            removed.add(ours);
        }
    }

    private void plan(Entry.Directory directory) {
        RelativePath path = directory.path();
        RelativePath twin = twins.of(path);
        if (twin != null && at(path) instanceof Observed.Directory && at(twin) instanceof Observed.Directory) {
            recase(directory, twin);
            return;
        }
        boolean there = !standing.contains(path) && at(path) instanceof Observed.Directory;
        stand(path);
        added.add(directory);
        if (there) {
            adopted.add(path);
        }
    }

    /** The directory, with all that is in it, gets the new name. */
    private void recase(Entry.Directory directory, RelativePath twin) {
        RelativePath path = directory.path();
        if (!twin.name().equals(path.name())) {
            directories.add(new Recase(nextSlot++, twin.name(), path));
        }
        added.add(directory);
        if (managed.isAdopted(twin)) {
            adopted.add(path);
        }
        recased.add(twin);
    }

    /** A file or a link. */
    private void plan(int slot, Entry entry, Digest digest) {
        RelativePath path = entry.path();
        added.add(entry);
        RelativePath parent = path.parent();
        if (parent != null && stand(parent)) {
            places.add(new Place(slot, "", Step.NOTHING, path));
            return;
        }
        Observed there = at(path);
        if (isSpared(slot, entry, digest, there)) {
            return;
        }
        RelativePath twin = twins.of(path);
        if (twin != null && isFileOrLink(at(twin))) {
            there = at(twin);
            recased.add(twin);
            if (!twin.name().equals(path.name())) {
                delete(twins.slot(twin), twin, there, directories);
                there = Observed.ABSENT;
            }
        }
        if (there instanceof Observed.Absent) {
            places.add(new Place(slot, "", Step.NOTHING, path));
        } else if (there instanceof Observed.File file) {
            if (entry instanceof Entry.File wanted && file.digest().equals(digest)) {
                if (file.stat().executable() != wanted.executable()) {
                    places.add(new SetExecutable(wanted.executable(), path));
                }
                return;
            }
            keepIfNotOurs(slot, path, Expect.file(file.digest()));
            places.add(new Place(slot, "", file.stat().identity(), path));
        } else if (there instanceof Observed.Link link) {
            if (entry instanceof Entry.Symlink && link.digest().equals(digest)) {
                return;
            }
            keepIfNotOurs(slot, path, Expect.link(link.digest()));
            places.add(new Place(slot, "", link.stat().identity(), path));
        } else {
            int aside = moveAway(path, there, places);
            places.add(new Place(slot, "", Step.NOTHING, path));
            if (!(there instanceof Observed.Directory directory)) {
                kept.add(new Kept(aside, path, Kept.UNMANAGED));
            } else if (directory.foreign()) {
                kept.add(new Kept(aside, path, Kept.DIRECTORY));
            }
        }
    }

    /** What is open here stays, and the laptop's version, if it is another one, is kept beside it. */
    private boolean isSpared(int slot, Entry entry, Digest digest, Observed there) {
        if (spared.lost().contains(entry.path())) {
            return true;
        }
        if (!spared.contains(entry.path()) || !isFileOrLink(there)) {
            return false;
        }
        boolean same = entry instanceof Entry.File
                && there instanceof Observed.File file
                && file.digest().equals(digest);
        if (!same) {
            kept.add(new Kept(slot, entry.path(), Kept.OPEN));
        }
        return true;
    }

    private void plan(Change.Chmod chmod) {
        RelativePath path = chmod.path();
        added.add(new Entry.File(path, sizeOf(path), chmod.digest(), chmod.executable()));
        if (spared.contains(path)) {
            return;
        }
        // An edited file keeps its bytes: only the bit is taken over. One that is not there is left to `verify`.
        if (at(path) instanceof Observed.File file && file.stat().executable() != chmod.executable()) {
            places.add(new SetExecutable(chmod.executable(), path));
        }
    }

    private long sizeOf(RelativePath path) {
        return managed.entry(path) instanceof Entry.File file ? file.size() : 0;
    }

    private static boolean isFileOrLink(Observed there) {
        return there instanceof Observed.File || there instanceof Observed.Link;
    }

    private void delete(int slot, RelativePath path) {
        if (isMovedAway(path) || recased.contains(path)) {
            return;
        }
        Entry ours = Objects.requireNonNull(managed.entry(path), "checkExpectation saw it");
        Observed there = at(path);
        if (ours instanceof Entry.Directory) {
            if (there instanceof Observed.Directory directory) {
                deleteDirectory(path, directory);
            }
        } else {
            // A directory or a device in place of our file is the user's own, and nothing wants its place.
            delete(slot, path, there, deletes);
        }
    }

    private void delete(int slot, RelativePath path, Observed there, List<Step> steps) {
        if (spared.contains(path)) {
            return;
        }
        if (there instanceof Observed.File file) {
            keepIfNotOurs(slot, path, Expect.file(file.digest()));
            steps.add(new Aside(slot, file.stat().identity(), path));
            gone.add(path);
        } else if (there instanceof Observed.Link link) {
            keepIfNotOurs(slot, path, Expect.link(link.digest()));
            steps.add(new Aside(slot, link.stat().identity(), path));
            gone.add(path);
        }
    }

    private void deleteDirectory(RelativePath path, Observed.Directory directory) {
        boolean emptied =
                directory.names().stream().allMatch(name -> directory.junk().contains(name) || isGone(path, name));
        if (!emptied || managed.isAdopted(path)) {
            return;
        }
        for (String name : directory.junk()) {
            removals.add(new Aside(nextSlot++, Step.NOTHING, path.child(name)));
        }
        removals.add(new RemoveDirectory(path));
        gone.add(path);
    }

    private boolean isGone(RelativePath directory, String name) {
        return RelativePath.refusal(directory + "/" + name).isEmpty() && gone.contains(directory.child(name));
    }

    /**
     * Sees to it that {@code path} is a directory.
     *
     * @return whether it is a new one, so that nothing can be in it
     */
    private boolean stand(RelativePath path) {
        if (standing.contains(path)) {
            return true;
        }
        Observed there = at(path);
        if (there instanceof Observed.Directory) {
            return false;
        }
        RelativePath parent = path.parent();
        if (parent != null) {
            stand(parent);
        }
        if (!(there instanceof Observed.Absent)) {
            int aside = moveAway(path, there, directories);
            Entry ours = ours(path);
            if (ours == null || !matches(Expect.of(ours), there)) {
                kept.add(new Kept(aside, path, ours == null ? Kept.UNMANAGED : Kept.EDITED));
            }
        }
        directories.add(new MakeDirectory(path));
        standing.add(path);
        return true;
    }

    /** What notesync wrote there, be it under a name in another case. */
    private @Nullable Entry ours(RelativePath path) {
        RelativePath twin = twins.of(path);
        return managed.entry(twin == null ? path : twin);
    }

    private int moveAway(RelativePath path, Observed there, List<Step> steps) {
        int slot = nextSlot++;
        RelativePath twin = twins.of(path);
        if (twin != null) {
            recased.add(twin);
            if (there instanceof Observed.Directory) {
                movedAway.add(twin);
            }
        }
        steps.add(new Aside(slot, identity(there), path));
        if (there instanceof Observed.Directory) {
            movedAway.add(path);
        }
        return slot;
    }

    /** A directory's changes with what is in it: any will do. */
    private static String identity(Observed there) {
        return there instanceof Observed.File file
                ? file.stat().identity()
                : there instanceof Observed.Link link
                        ? link.stat().identity()
                        : there instanceof Observed.Other other ? other.stat().identity() : Step.NOTHING;
    }

    private void keepIfNotOurs(int slot, RelativePath path, Expect there) {
        Entry ours = ours(path);
        if (ours == null) {
            kept.add(new Kept(slot, path, Kept.UNMANAGED));
        } else if (!Expect.of(ours).equals(there)) {
            kept.add(new Kept(slot, path, Kept.EDITED));
        }
    }

    private static boolean matches(Expect expected, Observed there) {
        if (there instanceof Observed.File file) {
            return expected.equals(Expect.file(file.digest()));
        }
        return there instanceof Observed.Link link && expected.equals(Expect.link(link.digest()));
    }

    private boolean isMovedAway(RelativePath path) {
        for (RelativePath up = path.parent(); !movedAway.isEmpty() && up != null; up = up.parent()) {
            if (movedAway.contains(up)) {
                return true;
            }
        }
        return false;
    }

    private Observed at(RelativePath path) {
        return disk.getOrDefault(path, Observed.ABSENT);
    }

    private Plan result() {
        List<Step> steps = new ArrayList<>(directories);
        steps.addAll(places);
        steps.addAll(deletes);
        steps.addAll(removals);
        return new Plan(steps, removed, added, adopted, kept, losses());
    }

    /** A move keeps the content, so it is no loss. */
    private Set<RelativePath> losses() {
        Set<Digest> staying = new HashSet<>();
        Set<RelativePath> paths = new HashSet<>();
        for (Entry entry : added) {
            paths.add(entry.path());
            if (entry instanceof Entry.File file) {
                staying.add(file.digest());
            }
        }
        Set<RelativePath> losses = new HashSet<>();
        for (Entry entry : removed) {
            if (entry instanceof Entry.File file && !paths.contains(file.path()) && !staying.contains(file.digest())) {
                losses.add(file.path());
            }
        }
        return losses;
    }
}
