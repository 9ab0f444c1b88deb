package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.disk.Kind;
import io.github.notesync.agent.disk.Stat;
import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.FaultyDisk.Crash;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.Quirk;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * A laptop that makes anything of its project and a person who does anything in the replica, in turns, with a crash now
 * and then: the laptop's paths are as it has them, and not a byte of the person's is lost.
 */
class BothSidesPropertyTest {
    private static final Path ROOT = MemoryDisk.ROOT;
    private static final List<String> PATHS = List.of("a", "b", "c", "a/a", "a/b", "b/a", "b/b", "a/a/a", "b/b/c");
    private static final List<String> TWINS = List.of("a", "b", "A", "B", "a/a", "a/B", "A/a", "b/b", "B/b", "b/b/C");

    @Property(tries = 250)
    void nothingIsLostAndTheLaptopsPathsAreAsItHasThem(@ForAll long seed) throws Exception {
        new Tale(seed, PATHS).tell();
    }

    @Property(tries = 1500)
    void norWithoutLinksAndRename(@ForAll long seed) throws Exception {
        new Tale(seed, PATHS, Quirk.NO_LINKS, Quirk.NO_SYMLINKS, Quirk.NO_RENAME, Quirk.NO_TIMES).tell();
    }

    @Property(tries = 150)
    void norWhereCaseIsIgnored(@ForAll long seed) throws Exception {
        new Tale(seed, TWINS, Quirk.IGNORES_CASE, Quirk.NO_SYMLINKS).tell();
    }

    /** One seed's run of events. */
    private static final class Tale {
        private final Random dice;
        private final List<String> paths;
        private final MemoryDisk disk;
        private final Laptop laptop = new Laptop();
        private final StringBuilder log = new StringBuilder();
        /** Path to content; null for a directory. */
        private Map<String, String> project = new TreeMap<>();

        private int written;

        Tale(long seed, List<String> paths, Quirk... quirks) {
            this.dice = new Random(seed);
            this.paths = paths;
            this.disk = new MemoryDisk(quirks);
        }

        void tell() throws Exception {
            for (int turn = 0; turn < 6; turn++) {
                for (int i = dice.nextInt(4); i > 0; i--) {
                    personWorks();
                }
                Set<String> before = persons();
                Set<String> touched = edit();
                Laptop.Batch batch = laptop.save();
                boolean mayCrash = dice.nextInt(3) == 0;
                boolean applied = mayCrash && crashes(batch);
                try (Notebook notebook = Notebook.open(disk, ROOT)) {
                    applied = batch.descriptor()
                            .to()
                            .equals(notebook.replica.index().cursor());
                    if (!applied) {
                        bring(notebook, batch);
                    }
                }
                assertThat(persons()).as(log.toString()).containsAll(before);
                assertThat(Notebook.litter(disk, ROOT)).as(log.toString()).isEmpty();
                for (String path : touched) {
                    assertThat(at(path)).as(path + " after" + log).isEqualTo(project.get(path));
                }
            }
        }

        private boolean crashes(Laptop.Batch batch) {
            FaultyDisk faulty = new FaultyDisk(disk);
            faulty.crashAt(dice.nextInt(250));
            try {
                bring(Notebook.open(faulty, ROOT), batch);
                return false;
            } catch (Crash e) {
                log.append("\n  crash");
                return true;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void bring(Notebook notebook, Laptop.Batch batch) throws IOException {
            JsonObject end = notebook.bring(batch);
            if (Notebook.code(end).equals("halted")) {
                notebook.replica.confirm(batch.descriptor().batch(), true);
                notebook.replica.applyStaged(false);
                end = notebook.events.get(notebook.events.size() - 1);
            }
            assertThat(Notebook.code(end)).as(end + " after" + log).isEqualTo("applied");
        }

        /** Makes a new project of the old one; returns what it has at paths that were changed. */
        private Set<String> edit() {
            Map<String, String> next = new TreeMap<>();
            Set<String> folded = new TreeSet<>();
            for (String path : paths) {
                int slash = path.lastIndexOf('/');
                boolean fits = slash < 0
                        || (next.containsKey(path.substring(0, slash)) && next.get(path.substring(0, slash)) == null);
                if (!fits || dice.nextInt(10) < 3 || !folded.add(path.toLowerCase(java.util.Locale.ROOT))) {
                    continue;
                }
                boolean stays = project.containsKey(path) && dice.nextBoolean();
                boolean directory = !path.contains("/c") && dice.nextInt(10) < 6;
                next.put(path, stays ? project.get(path) : directory ? null : "laptop " + dice.nextInt(5) + "\n");
            }
            project.forEach((path, content) -> {
                if (!next.containsKey(path)) {
                    laptop.delete(path);
                    log.append("\n  delete ").append(path);
                }
            });
            Set<String> touched = new TreeSet<>();
            next.forEach((path, content) -> {
                boolean same = project.containsKey(path) && java.util.Objects.equals(content, project.get(path));
                if (!same) {
                    touched.add(path);
                    log.append("\n  put ").append(path).append(" ").append(content);
                    if (content == null) {
                        laptop.mkdir(path);
                    } else {
                        laptop.put(path, content);
                    }
                }
            });
            project = next;
            return touched;
        }

        private void personWorks() throws IOException {
            String path = paths.get(dice.nextInt(paths.size())) + (dice.nextInt(3) == 0 ? "/out" : "");
            int slash = path.lastIndexOf('/');
            try (Directory parent = directory(slash < 0 ? "" : path.substring(0, slash))) {
                String name = path.substring(slash + 1);
                Stat there = parent == null ? null : parent.stat(name);
                if (parent == null || (there != null && there.kind() == Kind.DIRECTORY)) {
                    return;
                }
                int what = dice.nextInt(10);
                log.append("\n  person ").append(what).append(" ").append(path);
                if (there != null && what < 2) {
                    parent.deleteFile(name);
                } else if (there == null && what < 4 && paths == PATHS) {
                    parent.makeDirectory(name, false);
                } else {
                    Story.write(disk, ROOT, path, "mine " + written++ + "\n");
                }
            }
        }

        private Directory directory(String path) throws IOException {
            Directory directory = disk.open(ROOT);
            for (String name : path.isEmpty() ? new String[0] : path.split("/")) {
                Stat stat = directory.stat(name);
                if (stat == null || stat.kind() != Kind.DIRECTORY) {
                    return null;
                }
                directory = directory.open(name);
            }
            return directory;
        }

        /** The content of a file; null for a directory. */
        private String at(String path) throws IOException {
            int slash = path.lastIndexOf('/');
            try (Directory parent = directory(slash < 0 ? "" : path.substring(0, slash))) {
                assertThat(parent).as(path + log).isNotNull();
                String name = path.substring(slash + 1);
                if (parent.stat(name) != null && parent.stat(name).kind() == Kind.DIRECTORY) {
                    return null; // Under its own name, if it was the person's first.
                }
                assertThat(parent.list()).as(path + log).contains(name);
                return text(parent, name);
            }
        }

        /** All that the person wrote and that is still somewhere: in the tree, or kept. */
        private Set<String> persons() throws IOException {
            Set<String> texts = new TreeSet<>();
            try (Directory root = disk.open(ROOT)) {
                collect(root, true, texts);
                if (root.stat(".notesync") != null) {
                    try (Directory home = root.open(".notesync");
                            Directory kept = home.open("kept")) {
                        collect(kept, false, texts);
                    }
                }
            }
            texts.removeIf(text -> !text.startsWith("mine "));
            return texts;
        }

        private static void collect(Directory in, boolean isRoot, Set<String> texts) throws IOException {
            for (String name : in.list()) {
                Stat stat = in.stat(name);
                if (stat.kind() == Kind.FILE) {
                    texts.add(text(in, name));
                } else if (stat.kind() == Kind.DIRECTORY && !(isRoot && name.equals(".notesync"))) {
                    try (Directory below = in.open(name)) {
                        collect(below, false, texts);
                    }
                }
            }
        }

        private static String text(Directory in, String name) throws IOException {
            try (SeekableByteChannel file = in.read(name)) {
                return new String(Channels.newInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
