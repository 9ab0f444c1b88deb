package io.github.notesync.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The question that a user asks when a file does not arrive: the answer is the server's own. */
class WhyCommandTest {
    @TempDir
    Path root;

    @BeforeEach
    void project() throws Exception {
        Files.writeString(root.resolve("notesync.toml"), "limits.max-file-mb = 1\n");
        Files.writeString(root.resolve("a.py"), "x = 1\n");
    }

    private String why(String path) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream told = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Main.run(new String[] {"why", "--in", root.toString(), path}, told, told))
                .isZero();
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void aFileThatNothingSpeaksAgainst() {
        assertThat(why("a.py")).isEqualTo("a.py: synchronised: no rule matches");
    }

    @Test
    void aFileThatARuleIgnores() throws Exception {
        Files.writeString(root.resolve(".gitignore"), "*.log\n");
        assertThat(why("x.log")).isEqualTo("x.log: ignored by '*.log' (.gitignore:1), which matches x.log");
    }

    @Test
    void aFileAboveTheLimit() throws Exception {
        Files.write(root.resolve("big.bin"), new byte[3 << 20]);
        assertThat(why("big.bin"))
                .startsWith("big.bin is not sent: it has 3 MB, the limit is 1 MB; raise limits.max-file-mb");
        Files.write(root.resolve("big.bin"), new byte[(1 << 20) + 1]);
        assertThat(why("big.bin")).startsWith("big.bin is not sent: it has 2 MB, the limit is 1 MB");
    }

    @Test
    void whatLiesBelowALinkThatIsNotSent() throws Exception {
        Files.createSymbolicLink(root.resolve("out"), Path.of("/etc"));
        assertThat(why("out/hosts")).startsWith("out is not sent: ").contains("point the link inside the project");
    }

    @Test
    void aNameThatIsAnotherOnesOnOtherFileSystems() throws Exception {
        Files.writeString(root.resolve("README.md"), "");
        Files.writeString(root.resolve("readme.md"), "");
        assumeFalse(Files.isSameFile(root.resolve("README.md"), root.resolve("readme.md")), "case matters here");
        assertThat(why("README.md") + why("readme.md"))
                .contains("is not sent: ")
                .contains("no rule matches");
    }

    @Test
    void aFileThatIsNotThere() {
        assertThat(why("nope.py")).isEqualTo("nope.py: synchronised: no rule matches; it is not there now");
    }

    @Test
    void oneNameInTwoSpellings() throws Exception {
        Files.writeString(root.resolve("zo\u00eb.py"), "x = 1\n");
        Path other = root.resolve("zoe\u0308.py");
        assumeFalse(Files.exists(other), "a file system for which both are one");
        Files.writeString(other, "x = 2\n");
        assertThat(why("zo\u00eb.py")).contains("is there twice, in two spellings of Unicode");
    }

    private String whyFrom(String directory, int exit, String... paths) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream told = new PrintStream(out, true, StandardCharsets.UTF_8);
        List<String> args = new ArrayList<>(List.of("why"));
        args.addAll(List.of(paths));
        assertThat(Main.run(args.toArray(String[]::new), root.resolve(directory), told, told))
                .isEqualTo(exit);
        return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    void insideTheProjectAPathIsMeantFromWhereTheUserIs() throws Exception {
        Files.createDirectories(root.resolve("src/pkg"));
        Files.writeString(root.resolve("src/pkg/m.py"), "");
        Files.writeString(root.resolve(".gitignore"), "*.log\n");
        assertThat(whyFrom("src/pkg", 0, "m.py")).isEqualTo("src/pkg/m.py: synchronised: no rule matches");
        assertThat(whyFrom("src", 0, "pkg/x.log"))
                .isEqualTo("src/pkg/x.log: ignored by '*.log' (.gitignore:1), which matches src/pkg/x.log");
        assertThat(whyFrom("src/pkg", 0, "../../a.py")).startsWith("a.py: synchronised");
    }

    @Test
    void aPathAsTheServerNamesItIsUnderstoodAnywhereInTheProject() throws Exception {
        Files.createDirectories(root.resolve("src"));
        Files.writeString(root.resolve("src/m.py"), "");
        assertThat(whyFrom("src", 0, "src/m.py")).isEqualTo("src/m.py: synchronised: no rule matches");
    }

    @Test
    void aPathThroughALinkToTheProjectIsOneInsideIt(@TempDir Path other) throws Exception {
        Path link = Files.createSymbolicLink(other.resolve("link"), root);
        assertThat(whyFrom("", 0, link.resolve("a.py").toString())).startsWith("a.py: synchronised");
    }

    @Test
    void onePathWithoutAnAnswerDoesNotKeepTheOthersFromTheirs() {
        assertThat(whyFrom("", 1, "../elsewhere", "a.py", ".", "nope.py").lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("notesync: ../elsewhere is not inside the project "),
                        line -> assertThat(line).isEqualTo("a.py: synchronised: no rule matches"),
                        line -> assertThat(line).isEqualTo("notesync: . is the project itself: name a path inside it"),
                        line -> assertThat(line).startsWith("nope.py: synchronised: no rule matches"));
    }
}
