package io.github.notesync.server.scan;

import io.github.notesync.protocol.PathReason;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The names in one directory that can travel, in code-point order; the rest are problems. */
record Listing(List<Name> names, List<Problem> problems) {

    /**
     * @param diskName as the file system spells it
     * @param path the path of the protocol
     */
    record Name(String diskName, RelativePath path) {
        boolean isOdd() {
            return !path.value().endsWith(diskName);
        }
    }

    /** @param belongs whether the path can be part of the project at all; asked before its name is judged */
    static Listing of(String directory, Path onDisk, Predicate<String> belongs) throws IOException {
        List<Name> names = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(onDisk)) {
            for (Path child : children) {
                String diskName = String.valueOf(child.getFileName());
                String path = Index.child(directory, nfc(diskName));
                if (!belongs.test(path)) {
                    continue;
                }
                PathReason refusal = isGarbled(onDisk, child, diskName)
                        ? PathReason.NOT_UTF8
                        : RelativePath.refusal(path).orElse(null);
                if (refusal == null) {
                    names.add(new Name(diskName, new RelativePath(path)));
                } else {
                    problems.add(Problems.name(path, refusal));
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        names.sort(Comparator.comparing(Name::path).thenComparing(Name::diskName));
        return new Listing(withoutCollisions(names, problems), problems);
    }

    private static List<Name> withoutCollisions(List<Name> names, List<Problem> problems) {
        Map<String, RelativePath> first = new HashMap<>();
        List<Name> kept = new ArrayList<>(names.size());
        for (Name each : names) {
            RelativePath other = first.putIfAbsent(each.path().collisionKey(), each.path());
            if (other == null) {
                kept.add(each);
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
