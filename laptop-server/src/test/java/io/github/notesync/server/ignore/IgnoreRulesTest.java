package io.github.notesync.server.ignore;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.server.config.ConfigReader;
import io.github.notesync.server.config.Located;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What decides, in which order, and that it can say so. */
class IgnoreRulesTest {
    @TempDir
    Path root;

    @BeforeEach
    void directories() throws Exception {
        Files.createDirectories(root.resolve("pkg/sub"));
        Files.createDirectories(root.resolve("data"));
    }

    private Verdict why(String path) throws Exception {
        boolean directory = path.endsWith("/");
        String plain = directory ? path.substring(0, path.length() - 1) : path;
        return new IgnoreRules(root, ConfigReader.read(root)).why(plain, directory);
    }

    private String text(String path) throws Exception {
        return why(path).text();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a[", "data[x", "./data", "../data", "data/./x", "data//x", "#data", "!a[", ""})
    void aRuleThatCanMatchNothingIsKnown(String rule) throws Exception {
        Files.writeString(root.resolve("notesync.toml"), "ignore = ['" + rule + "']\n");
        assertThat(IgnoreRules.idle(ConfigReader.read(root))).containsExactly(new Located("notesync.toml", 1, rule));
        for (String each : List.of("a[", "a", "data/", "data/x", "data[x", "#data")) {
            assertThat(why(each).ignored()).as(each).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "/a/", "a/", "!a", "a/**", "**/a", "[a]", ".a", "..a/b", " a", "**"})
    void aRuleThatCanMatchSomethingIsNoFault(String rule) throws Exception {
        Files.writeString(root.resolve("notesync.toml"), "ignore = ['" + rule + "']\n");
        assertThat(IgnoreRules.idle(ConfigReader.read(root))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        ".git/config, true",
        "pkg/.git/config, true",
        ".GIT/config, true",
        ".notesync/x, true",
        ".venv/bin/python, true",
        "pkg/__pycache__/a.pyc, true",
        "node_modules/x.js, true",
        "pkg/a.pyc, true",
        ".env, true",
        ".env.local, true",
        ".env.example, false",
        "keys/server.pem, true",
        "pkg/.a.py.swp, true",
        "pkg/a.py~, true",
        "pkg/4913, true",
        "a.py___jb_tmp___, true",
        ".ipynb_checkpoints/x.ipynb, true",
        "pkg/a.py, false",
        "environment.yml, false",
        "keynote.txt, false",
        ".gitignore, false",
    })
    void builtInRules(String path, boolean ignored) throws Exception {
        assertThat(why(path).ignored()).as(text(path)).isEqualTo(ignored);
    }

    @Test
    void whyNamesTheRuleItsFileAndItsLine() throws Exception {
        Files.writeString(root.resolve("pkg/.gitignore"), "# first\n\n*.csv\n");
        assertThat(text("pkg/sub/t.csv"))
                .isEqualTo("ignored by '*.csv' (pkg/.gitignore:3), which matches pkg/sub/t.csv");
        assertThat(text("t.csv")).isEqualTo("synchronised: no rule matches");
    }

    @Test
    void whatIsBelowAnIgnoredDirectoryIsIgnoredByTheRuleOfTheDirectory() throws Exception {
        Files.writeString(root.resolve(".gitignore"), "data/\n");
        assertThat(text("data/deep/x.csv")).isEqualTo("ignored by 'data/' (.gitignore:1), which matches data");
    }

    @Test
    void notesyncignoreBringsBackWhatGitAndTheBuiltInRulesExclude() throws Exception {
        Files.writeString(root.resolve(".gitignore"), "data/\n");
        Files.writeString(root.resolve(".notesyncignore"), "!data/\n!.env\nsecret.txt\n");
        assertThat(why("data/x.csv").ignored()).isFalse();
        assertThat(why(".env").ignored()).isFalse();
        assertThat(text("pkg/secret.txt")).contains(".notesyncignore:3");
    }

    @Test
    void notesyncignoreCannotBringBackGitItself() throws Exception {
        Files.writeString(root.resolve(".notesyncignore"), "!.git\n!.git/**\n");
        assertThat(why(".git/config").ignored()).isTrue();
    }

    @Test
    void aWhitelistForGitDoesNotBringBackEnvironments() throws Exception {
        Files.writeString(root.resolve(".gitignore"), "*\n!*/\n!*.py\n");
        assertThat(why("pkg/a.py").ignored()).isFalse();
        assertThat(why("pkg/a.txt").ignored()).isTrue();
        assertThat(why(".venv/lib/x.py").ignored()).isTrue();
    }

    @Test
    void aPythonEnvironmentIsOneUnderAnyName() throws Exception {
        Files.createDirectories(root.resolve("pkg/mine/lib"));
        Files.writeString(root.resolve("pkg/mine/pyvenv.cfg"), "home = /usr/bin\n");
        assertThat(text("pkg/mine/lib/x.py"))
                .isEqualTo(
                        "ignored by '*' (built in: a Python environment, by its pyvenv.cfg), which matches pkg/mine/lib");
        assertThat(why("pkg/mine/pyvenv.cfg").ignored()).isTrue();
        assertThat(why("pkg/a.py").ignored()).isFalse();
        Files.writeString(root.resolve(".notesyncignore"), "!pkg/mine/**\n");
        assertThat(why("pkg/mine/lib/x.py").ignored()).isFalse();
    }

    @Test
    void soIsOneThatCondaMade() throws Exception {
        Files.createDirectories(root.resolve("pkg/mine/conda-meta"));
        assertThat(why("pkg/mine/lib/x.py").ignored())
                .as("a folder of that name alone is the user's")
                .isFalse();
        Files.writeString(root.resolve("pkg/mine/conda-meta/history"), "==> 2026-01-01 <==\n");
        assertThat(text("pkg/mine/lib/x.py"))
                .isEqualTo(
                        "ignored by '*' (built in: a conda environment, by its conda-meta/history), which matches pkg/mine/lib");
        assertThat(why("pkg/mine/conda-meta/history").ignored()).isTrue();
        assertThat(why("pkg/a.py").ignored()).isFalse();
    }

    @Test
    void aProjectThatIsAnEnvironmentItselfIsStillAProject() throws Exception {
        Files.createDirectories(root.resolve("conda-meta"));
        Files.writeString(root.resolve("conda-meta/history"), "");
        Files.writeString(root.resolve("pyvenv.cfg"), "home = /usr/bin\n");
        assertThat(why("pkg/a.py").ignored()).isFalse();
    }

    @Test
    void theConfigurationsListIsStrongerThanGitignore() throws Exception {
        Files.writeString(root.resolve(".gitignore"), "*.csv\n");
        Files.writeString(root.resolve("notesync.toml"), "ignore = [\n  \"*.bin\",\n  \"!small.csv\",\n]\n");
        assertThat(why("small.csv").ignored()).isFalse();
        assertThat(why("big.csv").ignored()).isTrue();
        assertThat(text("x.bin")).isEqualTo("ignored by '*.bin' (notesync.toml:2), which matches x.bin");
    }

    @Test
    void fourListsOfExpressionsSelectFiles() throws Exception {
        Files.writeString(root.resolve("pyproject.toml"), """
                [tool.notesync.patterns]
                or = ['\\.py$', '\\.sql$']
                and = ['^(pkg|pyproject|top)']
                nor = ['_old', '(?P<kind>draft)']
                nand = ['gen', '\\.sql$']
                """);
        assertThat(why("pkg/a.py").ignored()).isFalse();
        assertThat(why("pkg/q.sql").ignored()).isFalse();
        assertThat(text("pkg/a.txt")).contains("'or ").contains("pyproject.toml:2");
        assertThat(text("other/a.py")).contains("'and ^(pkg|pyproject|top)'").contains("pyproject.toml:3");
        assertThat(text("pkg/a_old.py")).contains("'nor _old'").contains("pyproject.toml:4");
        assertThat(text("pkg/draft.py")).contains("'nor (?P<kind>draft)'");
        assertThat(text("pkg/gen.sql")).contains("'nand ");
        assertThat(why("pkg/gen.py").ignored()).isFalse();
        assertThat(why("data/").ignored())
                .as("directories are not selected by the lists")
                .isFalse();
    }

    @Test
    void notRecursiveMeansTheTopOnly() throws Exception {
        Files.writeString(root.resolve("notesync.toml"), "recursive = false\n");
        assertThat(why("a.py").ignored()).isFalse();
        assertThat(why("pkg/").ignored()).isTrue();
    }
}
