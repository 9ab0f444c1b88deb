package io.github.notesync.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The only class that knows the JSON library. Reads strictly (UTF-8 without BOM, no duplicate fields, bounded depth and
 * lengths) into {@link JsonObject}, and only by streaming: binding by reflection would double the agent's start.
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
        try (JsonParser parser = parser(new ByteArrayInputStream(json))) {
            JsonObject object = readObject(parser);
            if (parser.nextToken() != null) {
                throw ProtocolException.badRequest("there is more than one JSON value");
            }
            return object;
        } catch (ProtocolException e) {
            throw e;
        } catch (IOException e) {
            throw malformed(e);
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
    static void writeWithList(OutputStream out, JsonObject head, String listName, Iterable<JsonObject> items)
            throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            generator.writeStartObject();
            writeFields(generator, head);
            generator.writeArrayFieldStart(listName);
            for (JsonObject item : items) {
                write(generator, item);
            }
            generator.writeEndArray();
            generator.writeEndObject();
        }
    }

    static JsonParser parser(InputStream in) throws IOException {
        return FACTORY.createParser(new InputStreamReader(
                in,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /** What the library or the decoder found, as a fault of the peer; other I/O errors stay what they are. */
    static ProtocolException malformed(IOException e) {
        if (e instanceof StreamConstraintsException limit) {
            return ProtocolException.limit("JSON is over a limit: " + limit.getOriginalMessage());
        }
        if (e instanceof JsonProcessingException json) {
            return ProtocolException.badRequest("malformed JSON: " + json.getOriginalMessage());
        }
        if (e instanceof CharacterCodingException) {
            return ProtocolException.badRequest("malformed JSON: not valid UTF-8");
        }
        throw new UncheckedIOException(e);
    }

    private static JsonObject readObject(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw ProtocolException.badRequest("the message is not a JSON object");
        }
        return fields(parser);
    }

    /** The rest of an object whose start has been read. */
    static JsonObject fields(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            fields.put(name, value(parser));
        }
        return new JsonObject(fields);
    }

    static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
            case START_OBJECT -> fields(parser);
            case START_ARRAY -> items(parser);
            default -> throw ProtocolException.badRequest("malformed JSON");
        };
    }

    private static Object number(JsonParser parser) throws IOException {
        boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return whole ? (Object) parser.getLongValue() : (Object) parser.getDoubleValue();
    }

    private static List<@Nullable Object> items(JsonParser parser) throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return Collections.unmodifiableList(items);
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

    private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof String text) {
            generator.writeString(text);
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
