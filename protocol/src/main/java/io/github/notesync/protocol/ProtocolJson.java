package io.github.notesync.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the JSON library, with {@link JsonTreeReader}. Reads strictly (UTF-8 without BOM, no duplicate fields,
 * bounded depth and lengths) into {@link JsonObject}, and only by streaming: binding by reflection would double the
 * agent's start.
 * Stateless; any thread.
 */
public final class ProtocolJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNameLength(256)
                    .maxNumberLength(32)
                    .maxStringLength(1 << 20)
                    .build())
            .build();

    private ProtocolJson() {}

    /** @throws ProtocolException {@code bad_request} unless {@code json} is exactly one object */
    public static JsonObject parse(byte[] json) throws ProtocolException {
        try (JsonTreeReader reader = reader(new ByteArrayInputStream(json))) {
            JsonObject object = reader.object();
            reader.end();
            return object;
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array cannot fail", e);
        }
    }

    public static JsonObject parse(String json) throws ProtocolException {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    public static byte[] bytes(JsonObject object) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(generator, object);
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array cannot fail", e);
        }
        return out.toByteArray();
    }

    static String text(JsonObject object) {
        return new String(bytes(object), StandardCharsets.UTF_8);
    }

    /** Writes {@code head} with one more, last field: a list whose objects are written as they come. */
    static <T> void writeWithList(
            OutputStream out, JsonObject head, String listName, Iterable<T> items, Function<T, JsonObject> toJson)
            throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.writeStartObject();
            writeFields(generator, head);
            generator.writeArrayFieldStart(listName);
            for (T item : items) {
                write(generator, toJson.apply(item));
            }
            generator.writeEndArray();
            generator.writeEndObject();
        }
    }

    /** Closing the reader closes {@code in}. */
    static JsonTreeReader reader(InputStream in) throws IOException {
        return new JsonTreeReader(FACTORY.createParser(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT))));
    }

    private static void write(JsonGenerator generator, JsonObject object) throws IOException {
        generator.writeStartObject();
        writeFields(generator, object);
        generator.writeEndObject();
    }

    private static void writeFields(JsonGenerator generator, JsonObject object) throws IOException {
        for (Map.Entry<String, @Nullable Object> field : object.fields().entrySet()) {
            generator.writeFieldName(field.getKey());
            write(generator, field.getValue());
        }
    }

    /** A name that is not valid Unicode may be spoken of in an error, but cannot be sent: U+FFFD stands for what is lone. */
    private static String wellFormed(String text) {
        return PathRules.hasLoneSurrogate(text)
                ? new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE)
                : text;
    }

    private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof String text) {
            generator.writeString(wellFormed(text));
        } else if (value instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof Double number) {
            generator.writeNumber(number);
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof JsonObject object) {
            write(generator, object);
        } else {
            generator.writeStartArray();
            for (Object item : (List<?>) value) {
                write(generator, item);
            }
            generator.writeEndArray();
        }
    }
}
