package io.github.notesync.server.scan;

import io.github.notesync.protocol.PathReason;
import io.github.notesync.protocol.RelativePath;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The names in one directory that can travel, in code-point order where any is new; the rest are problems. */
record Listing(List<Name> names, List<Problem> problems) {

    /**
     * One name that can travel.
     *
     * @param path the path of the protocol
     * @param ignoredAsFile whether the rules exclude it unless it is a directory
     * @param known what the index had there when the directory was read
     */
    record Name(
            Seen seen,
            RelativePath path,
            boolean ignoredAsFile,
            @Nullable Item known) {
        /** Whether the file system spells it in another way. */
        boolean isOdd() {
            return !path.value().endsWith(seen.diskName());
        }
    }

    /** What the rules say of a path whose type is not known yet. */
    enum Belonging {
        YES,
        AS_DIRECTORY,
        NO
    }

    /**
     * Judges what a directory gave.
     *
     * @param known the items that the index has there, whose names need no second judgement
     * @param belonging asked before the name is judged: what is ignored may be called anything
     */
    static Listing of(
            String directory,
            Path onDisk,
            List<Seen> all,
            Map<String, Item> known,
            Function<String, Belonging> belonging) {
        List<Name> names = new ArrayList<>(all.size());
        List<Problem> problems = new ArrayList<>();
        boolean allKnown = true;
        for (Seen seen : all) {
            Item item = known.get(seen.diskName());
            String path = item == null
                    ? Index.child(directory, nfc(seen.diskName()))
                    : item.entry().path().value();
            Belonging belongs = belonging.apply(path);
            if (belongs == Belonging.NO) {
                continue;
            }
            allKnown &= item != null;
            PathReason refusal = item != null ? null : refusal(onDisk, seen, path);
            if (refusal == null) {
                RelativePath travels =
                        item == null ? new RelativePath(path) : item.entry().path();
                names.add(new Name(seen, travels, belongs == Belonging.AS_DIRECTORY, item));
            } else {
                problems.add(Problems.name(path, refusal));
            }
        }
        if (allKnown) {
            // These stood beside each other before, so no two of them collide.
            return new Listing(names, problems);
        }
        names.sort(Comparator.comparing(Name::path)
                .thenComparing(Name::isOdd)
                .thenComparing(name -> name.seen().diskName()));
        return new Listing(withoutCollisions(names, problems), problems);
    }

    private static @Nullable PathReason refusal(Path onDisk, Seen seen, String path) {
        return isGarbled(onDisk, seen.path(), seen.diskName())
                ? PathReason.NOT_UTF8
                : RelativePath.refusal(path).orElse(null);
    }

    private static List<Name> withoutCollisions(List<Name> names, List<Problem> problems) {
        Map<String, RelativePath> first = new HashMap<>();
        List<Name> kept = new ArrayList<>(names.size());
        for (Name each : names) {
            RelativePath other = first.putIfAbsent(each.path().collisionKey(), each.path());
            if (other == null) {
                kept.add(each);
            } else if (other.equals(each.path())) {
                problems.add(Problems.twice(other.value(), each.seen().diskName()));
            } else {
                problems.add(Problems.collision(each.path().value(), other.value()));
            }
        }
        return kept;
    }

    private static String nfc(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** Whether Java could not decode the bytes of the name: then the decoded name does not lead back to the path. */
    private static boolean isGarbled(Path onDisk, Path child, String diskName) {
        if (diskName.indexOf('\uFFFD') < 0) {
            return false;
        }
        try {
            return !onDisk.resolve(diskName).equals(child);
        } catch (InvalidPathException e) {
            return true;
        }
    }
}
