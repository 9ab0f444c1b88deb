package io.github.notesync.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configuration is read, and what is wrong in it is said with file, line and key. */
class ConfigReaderTest {
    @TempDir
    Path root;

    private Config read(String file, String text) throws Exception {
        Files.writeString(root.resolve(file), text);
        return ConfigReader.read(root);
    }

    @Test
    void withoutConfigurationEverythingHasADefault() throws Exception {
        Config config = ConfigReader.read(root);
        assertThat(config).isEqualTo(Config.defaults(root.getFileName().toString()));
        assertThat(config.maxFileBytes()).isEqualTo(100 << 20);
        assertThat(read("pyproject.toml", "[project]\nname = 'x'\n")).isEqualTo(config);
    }

    @Test
    void everyKeyIsReadFromPyproject() throws Exception {
        Config config = read("pyproject.toml", """
                [tool.notesync]
                name = "shop"
                ignore = ["*.csv"]
                recursive = false
                python-paths = ["", "lib"]
                [tool.notesync.limits]
                max-file-mb = 300
                [tool.notesync.patterns]
                or = ['a']
                """);
        assertThat(config.name()).isEqualTo("shop");
        assertThat(config.ignore()).containsExactly(new Located("pyproject.toml", 3, "*.csv"));
        assertThat(config.recursive()).isFalse();
        assertThat(config.pythonPaths()).extracting(Located::text).containsExactly("", "lib");
        assertThat(config.maxFileBytes()).isEqualTo(300L << 20);
        assertThat(config.patterns().or()).hasSize(1);
        assertThat(ConfigReader.read(root)).as("read again").isEqualTo(config);
    }

    @Test
    void notesyncTomlHasTheSameKeysAtItsTop() throws Exception {
        assertThat(read("notesync.toml", "name = 'shop'\n").name()).isEqualTo("shop");
    }

    @Test
    void aFileOfAnotherEncodingIsNamed() throws Exception {
        Files.write(root.resolve("pyproject.toml"), new byte[] {'#', (byte) 0xe9, '\n'});
        assertThatThrownBy(() -> ConfigReader.read(root))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("pyproject.toml: is not UTF-8");
    }

    @Test
    void aFileMayBeginAsWindowsBeginsIt() throws Exception {
        assertThat(read("pyproject.toml", "\uFEFF[tool.notesync]\r\nname = 'x'\r\n")
                        .name())
                .isEqualTo("x");
    }

    @Test
    void twoPlacesAreOneTooMany() throws Exception {
        Files.writeString(root.resolve("notesync.toml"), "");
        assertThatThrownBy(() -> read("pyproject.toml", "[tool.notesync]\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("keep one of them");
    }

    @Test
    void furtherRootsAreDirectoriesBesideTheProject() throws Exception {
        Path project = Files.createDirectories(root.resolve("work/project"));
        Path shared = Files.createDirectories(root.resolve("work/shared"));
        Files.writeString(project.resolve("pyproject.toml"), "[tool.notesync.roots]\nlib = '../shared'\n");
        assertThat(ConfigReader.read(project).roots()).isEqualTo(Map.of("lib", shared.toRealPath()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lib = '../missing'    | notesync.toml:2: root 'lib': %s/work/missing does not exist; name a directory",
                "lib = '../file'       | notesync.toml:2: root 'lib': %s/work/file is not a directory; name a directory",
                "lib = 'pkg'           | notesync.toml:2: root 'lib': %s/work/project/pkg lies inside the project",
                "lib = '.'             | notesync.toml:2: root 'lib': %s/work/project lies inside the project",
                "lib = '..'            | notesync.toml:2: root 'lib': %s/work holds the project itself",
                "pkg = '../shared'     | notesync.toml:2: root 'pkg' would hide %s/work/project/pkg",
                "\"a/b\" = '../shared'   | notesync.toml:2: root 'a/b' must be a plain directory name",
                "\"..\" = '../shared'    | notesync.toml:2: root '..' must be a plain directory name",
                "\".git\" = '../shared'  | notesync.toml:2: root '.git' must be a plain directory name",
                "lib = 5               | notesync.toml:2: 'roots.lib' must be a string, not 5",
                "a = '../shared'\\nb = '../shared/sub' | notesync.toml:3: root 'b' (%s/work/shared/sub) overlaps root 'a' (%s/work/shared)",
                "lib = '../shared'\\nLIB = '../other' | notesync.toml:3: root 'LIB' is the same name as 'lib'",
            })
    void rootsThatCannotBeServedTogetherAreRefused(String line, String message) throws Exception {
        Path project = Files.createDirectories(root.resolve("work/project"));
        for (String each : List.of("project/pkg", "shared/sub", "other")) {
            Files.createDirectories(root.resolve("work").resolve(each));
        }
        Files.writeString(root.resolve("work/file"), "");
        Files.writeString(project.resolve("notesync.toml"), "[roots]\n" + line.replace("\\n", "\n") + "\n");
        assertThatThrownBy(() -> ConfigReader.read(project.toRealPath()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message.replace("%s", root.toRealPath().toString()));
    }

    @Test
    void whatIsWrongInPyprojectIsNamedThere() {
        assertThatThrownBy(() -> read("pyproject.toml", "[project]\nname = 'x'\n[tool.notesync]\nlimit = 5\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "pyproject.toml:4: unknown key 'tool.notesync.limit'; the nearest known key is 'tool.notesync.limits'");
        assertThatThrownBy(() -> read("pyproject.toml", "[tool.notesync.limits]\nmax_file_mb = 5\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("pyproject.toml:2: unknown key 'tool.notesync.limits.max_file_mb'; the nearest known key is"
                        + " 'tool.notesync.limits.max-file-mb'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ignroe = []             | notesync.toml:2: unknown key 'ignroe'; the nearest known key is 'ignore'",
                "python_paths = []       | notesync.toml:2: unknown key 'python_paths'; the nearest known key is 'python-paths'",
                "ignore = 'x'            | notesync.toml:2: 'ignore' must be a list of strings, not the text 'x'",
                "ignore = [1]            | notesync.toml:2: 'ignore' must be a list of strings, not 1",
                "recursive = 'yes'       | notesync.toml:2: 'recursive' must be true or false, not the text 'yes'",
                "name = 3                | notesync.toml:2: 'name' must be a string, not 3",
                "name = '../x'           | notesync.toml:2: 'name' must be a plain directory name, not '../x'",
                "limits = 5              | notesync.toml:2: 'limits' must be a table, not 5",
                "limits.max-file-mb = 0  | notesync.toml:2: 'limits.max-file-mb' must be a whole number above 0, not 0",
                "limits.max-file-mb = 99999999999999 | notesync.toml:2: 'limits.max-file-mb' must be at most 1048576, not 99999999999999",
                "python-paths = ['', '../lib'] | notesync.toml:2: python-paths: '../lib' is not a directory of the project",
                "python-paths = ['/lib'] | notesync.toml:2: python-paths: '/lib' is not a directory of the project",
                "python-paths = ['a\\b'] | notesync.toml:2: python-paths: 'a\\b' is not a directory of the project",
                "limits.max-file-gb = 1  | notesync.toml:2: unknown key 'limits.max-file-gb'; the nearest known key is 'limits.max-file-mb'",
                "max-file-mb = 5         | notesync.toml:2: unknown key 'max-file-mb'; the nearest known key is 'limits.max-file-mb'",
                "ignore = ['a',\\n'b',\\n5] | notesync.toml:4: 'ignore' must be a list of strings, not 5",
                "patterns.nor = ['(']    | notesync.toml:2: '(' is not a regular expression: Unclosed group",
                "patterns.xor = []       | notesync.toml:2: unknown key 'patterns.xor'; the nearest known key is 'patterns.nor'",
                "limits.max-file-mb = '9'| notesync.toml:2: 'limits.max-file-mb' must be a whole number above 0, not the text '9'",
                "tool.notesync.name = 'x'| notesync.toml:2: here the keys stand at the top, without the heading [tool.notesync]",
                "name =                  | notesync.toml:2: not valid TOML",
            })
    void whatIsWrongIsNamed(String line, String message) {
        assertThatThrownBy(() -> read("notesync.toml", "# a comment\n" + line.replace("\\n", "\n") + "\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }
}
