package io.github.notesync.server.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.google.common.jimfs.PathNormalization;
import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.Roots;
import io.github.notesync.server.ignore.IgnoreRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The scan on file systems that name things differently, imitated in memory. */
class ScannerTest {
    private static final String NFD = "cafe\u0301.py";
    private static final String NFC = "caf\u00e9.py";

    private static final String LOCKED =
            "The process cannot access the file because it is being used by another process";

    private final Index index = new Index();
    private String locked = "none";
    private final Findings findings = new Findings();
    private long maxFile = Config.DEFAULT_MAX_FILE_BYTES;
    /** What happens when a directory is about to be read, or is no longer watched. */
    private Consumer<String> beforeLook = directory -> {};

    private Consumer<String> afterLoss = directory -> {};

    private Scanner scanner(Path root) {
        Config defaults = Config.defaults("project");
        Config config = new Config("project", List.of(), defaults.patterns(), true, null, maxFile, Map.of());
        Coverage nothing = new Coverage() {
            @Override
            public void cover(String directory, Path onDisk) {
                beforeLook.accept(directory);
            }

            @Override
            public void uncover(String directory) {
                afterLoss.accept(directory);
            }
        };
        IgnoreRules rules = new IgnoreRules(root, config);
        return new Scanner(root, config, rules, index, nothing, new Contents(), new ChunkLists(), findings, this::open);
    }

    /** As Windows does it: what another program holds locked has a stat and cannot be opened. */
    private InputStream open(Path file) throws IOException {
        if (file.getFileName().toString().equals(locked)) {
            throw new FileSystemException(file.toString(), null, LOCKED);
        }
        return Files.newInputStream(file);
    }

    private List<String> paths() {
        return index.entries().stream()
                .map(each -> each.path().value())
                .sorted()
                .toList();
    }

    private List<String> problems() {
        return findings.problems().stream()
                .map(each -> each.path() + " " + each.code())
                .toList();
    }

    private static Path root(FileSystem files, String root) throws IOException {
        return Files.createDirectories(files.getPath(root));
    }

    @Test
    void windowsPathsTravelWithSlashes() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows())) {
            Path root = root(files, "C:\\work\\shop");
            Files.createDirectories(root.resolve("pkg\\sub"));
            Files.writeString(root.resolve("pkg\\sub\\a.py"), "x");
            scanner(root).everything(false, Progress.NONE);
            assertThat(paths()).containsExactly("pkg", "pkg/sub", "pkg/sub/a.py");
        }
    }

    @Test
    void aRenameOfTheCaseOnlyIsSeenWhereCaseIsIgnored() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows())) {
            Path root = root(files, "C:\\shop");
            Files.writeString(root.resolve("a.py"), "x");
            Scanner scanner = scanner(root);
            scanner.everything(false, Progress.NONE);
            Files.move(root.resolve("a.py"), root.resolve("b.py"));
            Files.move(root.resolve("b.py"), root.resolve("A.py"));
            scanner.directories(Set.of(""), false);
            assertThat(paths()).containsExactly("A.py");
        }
    }

    @Test
    void aNameThatTheMacSpellsDecomposedTravelsComposedAndIsFoundAgain() throws Exception {
        Configuration mac = Configuration.osX().toBuilder()
                .setNameDisplayNormalization(PathNormalization.NFD)
                .build();
        try (FileSystem files = Jimfs.newFileSystem(mac)) {
            Path root = root(files, "/work/shop");
            Files.createDirectories(root.resolve("de\u0301j\u00e0"));
            Files.writeString(root.resolve("de\u0301j\u00e0").resolve(NFD), "x");
            scanner(root).everything(false, Progress.NONE);
            assertThat(paths()).containsExactly("d\u00e9j\u00e0", "d\u00e9j\u00e0/" + NFC);
            Path onDisk = index.onDisk(new Roots(root, Map.of()), "d\u00e9j\u00e0/" + NFC);
            assertThat(Files.readString(onDisk)).isEqualTo("x");
        }
    }

    @Test
    void onLinuxTwoSpellingsOfOneNameCollide() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            Files.writeString(root.resolve(NFD), "decomposed");
            Files.writeString(root.resolve(NFC), "composed");
            Files.writeString(root.resolve("Stra\u00dfe.py"), "1");
            Files.writeString(root.resolve("strasse.py"), "2");
            scanner(root).everything(false, Progress.NONE);
            assertThat(paths()).hasSize(2).contains(NFC);
            assertThat(problems()).containsExactlyInAnyOrder(NFC + " collision", "strasse.py collision");
            assertThat(index.entries())
                    .anySatisfy(each -> assertThat(each)
                            .isInstanceOfSatisfying(
                                    Entry.File.class,
                                    file -> assertThat(file.digest()).isEqualTo(Digest.of("composed"))));
        }
    }

    @Test
    void aDirectoryThatCollidesTakesAllBelowItOut() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            for (String name : List.of("Pkg", "pkg")) {
                Files.createDirectories(root.resolve(name));
                Files.writeString(root.resolve(name).resolve(name + ".py"), "x");
            }
            scanner(root).everything(false, Progress.NONE);
            assertThat(paths()).containsExactly("Pkg", "Pkg/Pkg.py");
            assertThat(problems()).containsExactly("pkg collision");
        }
    }

    @Test
    void namesThatWindowsCannotStoreAreProblems() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            for (String name : List.of("nul", "com1.txt", "a:b", "end.", "tab\there", "back\\slash", "good.py")) {
                Files.writeString(root.resolve(name), "");
            }
            scanner(root).everything(false, Progress.NONE);
            assertThat(paths()).containsExactly("good.py");
            assertThat(problems())
                    .containsExactly(
                            "a:b reserved",
                            "back\\slash backslash",
                            "com1.txt reserved",
                            "end. reserved",
                            "nul reserved",
                            "tab\there control");
        }
    }

    @Test
    void carriageReturnsAreLeftAlone() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows())) {
            Path root = root(files, "C:\\shop");
            Files.writeString(root.resolve("a.py"), "x = 1\r\n");
            scanner(root).everything(false, Progress.NONE);
            assertThat(((Entry.File) index.entries().get(0)).size()).isEqualTo(7);
        }
    }

    @Test
    void aFileOverTheLimitIsReportedAndItsOlderVersionStays() throws Exception {
        maxFile = 10;
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            Files.writeString(root.resolve("grows.csv"), "small");
            Files.writeString(root.resolve("big.csv"), "much too big");
            Scanner scanner = scanner(root);
            scanner.everything(false, Progress.NONE);
            assertThat(paths()).containsExactly("grows.csv");
            Files.writeString(root.resolve("grows.csv"), "no longer small");
            index.forgetMoved();
            scanner.directories(Set.of(""), false);
            assertThat(index.moved()).isEmpty();
            assertThat(problems()).containsExactly("big.csv too_large", "grows.csv too_large");
            Files.writeString(root.resolve("grows.csv"), "fits");
            scanner.directories(Set.of(""), false);
            assertThat(index.moved()).hasSize(1);
            assertThat(problems()).containsExactly("big.csv too_large");
        }
    }

    @Test
    void whatAScanFoundBeforeItFailedIsNotLost() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            for (String name : List.of("a", "b", "c")) {
                Files.createDirectories(root.resolve(name));
                Files.writeString(root.resolve(name).resolve("gone.py"), "x");
            }
            Scanner scanner = scanner(root);
            scanner.everything(false, Progress.NONE);
            index.forgetMoved();
            for (String name : List.of("a", "b", "c")) {
                Files.delete(root.resolve(name).resolve("gone.py"));
            }
            beforeLook = directory -> {
                if (directory.equals("b")) {
                    throw new IllegalStateException("an unforeseen error");
                }
            };
            assertThatThrownBy(() -> scanner.everything(false, Progress.NONE)).hasMessage("an unforeseen error");
            beforeLook = directory -> {};
            scanner.everything(false, Progress.NONE);
            assertThat(index.moved())
                    .filteredOn(each -> each.after() == null)
                    .extracting(each -> each.path().value())
                    .containsExactlyInAnyOrder("a/gone.py", "b/gone.py", "c/gone.py");
        }
    }

    @Test
    void aDirectoryThatGoesAndComesBackDuringAScanIsToldOfBeforeWhatIsInIt() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            Path pkg = Files.createDirectories(root.resolve("pkg"));
            Scanner scanner = scanner(root);
            scanner.everything(false, Progress.NONE);
            Files.writeString(pkg.resolve("new.py"), "x");
            Path away = files.getPath("/away");
            beforeLook = directory -> move(directory.isEmpty(), pkg, away);
            afterLoss = directory -> move(directory.equals("pkg"), away, pkg);
            ScanResult result = scanner.directories(new LinkedHashSet<>(List.of("pkg", "")), false);
            assertThat(paths()).isEmpty();
            assertThat(result.unstable()).containsExactly("");
            beforeLook = directory -> {};
            scanner.directories(result.unstable(), false);
            assertThat(paths()).containsExactly("pkg", "pkg/new.py");
        }
    }

    private static void move(boolean now, Path from, Path to) {
        try {
            if (now) {
                Files.move(from, to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatAnotherProgramHoldsLockedIsAProblemAndItsOlderVersionStaysUntilItCanBeRead() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows())) {
            Path root = root(files, "C:\\shop");
            Files.writeString(root.resolve("table.xlsx"), "before");
            Scanner scanner = scanner(root);
            scanner.everything(false, Progress.NONE);
            index.forgetMoved();
            Files.writeString(root.resolve("table.xlsx"), "being edited");
            Files.writeString(root.resolve("new.py"), "goes on");
            locked = "table.xlsx";
            scanner.directories(Set.of(""), false);
            assertThat(index.moved()).extracting(each -> each.path().value()).containsExactly("new.py");
            assertThat(findings.problems()).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("unreadable");
                assertThat(problem.message()).contains("table.xlsx", LOCKED, "the replica keeps what it has");
            });
            locked = "none";
            scanner.everything(false, Progress.NONE);
            assertThat(findings.problems()).isEmpty();
            assertThat(index.moved()).extracting(each -> each.path().value()).contains("table.xlsx");
        }
    }

    @Test
    void aRuleThatChangesAddsAndRemovesTheRightFiles() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.unix())) {
            Path root = root(files, "/shop");
            Files.createDirectories(root.resolve("pkg/data/deep"));
            Files.writeString(root.resolve("pkg/data/deep/x.csv"), "x");
            Files.writeString(root.resolve("pkg/a.py"), "a");
            Scanner scanner = scanner(root);
            scanner.everything(false, Progress.NONE);
            Files.writeString(root.resolve("pkg/.gitignore"), "data/\n");
            scanner.directories(Set.of("pkg"), false);
            assertThat(paths()).containsExactly("pkg", "pkg/.gitignore", "pkg/a.py");
            assertThat(findings.ignored(10)).extracting(each -> each.at()).containsExactly("pkg/data");
            Files.writeString(root.resolve("pkg/.gitignore"), "*.py\n");
            scanner.directories(Set.of("pkg"), false);
            assertThat(paths())
                    .containsExactly("pkg", "pkg/.gitignore", "pkg/data", "pkg/data/deep", "pkg/data/deep/x.csv");
        }
    }
}
