package io.github.notesync.server.ignore;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolJson;
import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.ConfigReader;
import io.github.notesync.server.config.Located;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of the contract for ignore rules. */
class IgnoreVectorsTest {
    @TempDir
    Path root;

    static Stream<JsonObject> vectors() throws IOException {
        Path file = Path.of("..", "protocol", "vectors", "ignore.json");
        return ProtocolJson.parse(Files.readAllBytes(file)).objects("tests").stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void theVerdictIsThatOfTheContract(JsonObject vector) throws Exception {
        for (var file : vector.object("files").fields().entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, (String) file.getValue());
        }
        Config config = config(vector.objectOrNull("patterns"));
        Verdict verdict = new IgnoreRules(root, config).why(vector.string("path"), vector.flag("directory"));
        assertThat(verdict.ignored()).as(verdict.text()).isEqualTo(vector.flag("ignored"));
        assertThat(by(verdict.rule())).isEqualTo(vector.stringOrNull("by"));
    }

    private Config config(JsonObject patterns) throws Exception {
        if (patterns == null) {
            return Config.defaults("project");
        }
        List<String> toml = new ArrayList<>(List.of("[patterns]"));
        patterns.fields().forEach((list, expressions) -> {
            List<String> quoted = ((List<?>) expressions)
                    .stream().map(each -> "'" + each + "'").toList();
            toml.add(list + " = " + quoted);
        });
        Files.write(root.resolve("notesync.toml"), toml);
        return ConfigReader.read(root);
    }

    private static String by(Located rule) {
        if (rule == null) {
            return null;
        }
        return rule.file().endsWith(".toml")
                ? "patterns." + rule.text().substring(0, rule.text().indexOf(' '))
                : rule.file() + ":" + rule.line();
    }
}
