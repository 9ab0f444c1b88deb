package io.github.notesync.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The schemas say of the vectors what the code says, as far as a schema can. */
class SchemaTest {
    private static final Path FOLDER = Path.of("schema");

    private final JsonSchemaFactory factory = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            builder -> builder.schemaMappers(mappers -> mappers.mapPrefix(
                    "notesync:/", FOLDER.toAbsolutePath().toUri().toString())));

    private JsonSchema schema(String name) {
        return factory.getSchema(SchemaLocation.of("notesync:/" + name + ".json"));
    }

    @TestFactory
    List<DynamicTest> everySchemaIsWholeAndNamedLikeItsFile() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .map(name -> DynamicTest.dynamicTest(name, () -> {
                        JsonSchema schema = schema(name);
                        schema.initializeValidators();
                        assertThat(schema.getId()).isEqualTo("notesync:/" + name + ".json");
                    }))
                    .toList();
        }
    }

    @TestFactory
    List<DynamicTest> entries() throws IOException {
        return each("entries", "entry", test -> ProtocolJson.bytes(test.object("entry")));
    }

    @TestFactory
    List<DynamicTest> cursors() throws IOException {
        return each("cursors", "cursor", test -> ProtocolJson.bytes(test.object("cursor")));
    }

    @TestFactory
    List<DynamicTest> hellos() throws IOException {
        return each("hellos", "hello", test -> ProtocolJson.bytes(test.object("hello")));
    }

    @TestFactory
    List<DynamicTest> manifests() throws IOException {
        return each("manifests", "manifest", test -> Vectors.bytes(test, "text"));
    }

    @TestFactory
    List<DynamicTest> descriptors() throws IOException {
        return each("batches", "descriptor", test -> ProtocolJson.bytes(test.object("descriptor")));
    }

    private interface Json {
        byte[] of(JsonObject test) throws IOException;
    }

    /** What is valid fits; what has a wrong type or field does not. Of the rest a schema can say nothing. */
    private List<DynamicTest> each(String suite, String schema, Json json) throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonObject test : Vectors.tests(suite)) {
            boolean valid = test.string("result").equals("valid");
            boolean typed = test.strings("flags").contains("type")
                    && !test.string("comment").contains("whose digest");
            if (valid || (typed && !suite.equals("batches"))) {
                String text = new String(json.of(test), StandardCharsets.UTF_8);
                tests.add(DynamicTest.dynamicTest(
                        suite + " " + Vectors.name(test),
                        () -> assertThat(schema(schema)
                                        .validate(text, InputFormat.JSON)
                                        .isEmpty())
                                .isEqualTo(valid)));
            }
        }
        return tests;
    }
}
