package io.github.notesync.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(why("zo\u00eb.py")).contains("the same name is there twice, in two spellings of Unicode");
    }
}
