package io.github.notesync.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects within a budget of memory: whole ones, or one whose last field is a list too long to be held. What
 * is malformed is a {@link ProtocolException}; a failing stream keeps its own exception. One thread.
 */
final class JsonTreeReader implements Closeable {
    /** Values of one object; a text counts one more for every 8 characters. Room for the longest recipe. */
    private static final int BUDGET = 5 * Limits.RECIPE_ITEMS_MAX;

    private final JsonParser parser;
    private int budget = BUDGET;

    JsonTreeReader(JsonParser parser) {
        this.parser = parser;
    }

    /** The next value, which must be an object. */
    JsonObject object() throws IOException {
        try {
            start(JsonToken.START_OBJECT);
            return fields();
        } catch (IOException e) {
            throw fault(e);
        }
    }

    /** The fields before {@code listName}, whose list must begin next; {@link #item} then reads it. */
    JsonObject head(String listName) throws IOException {
        try {
            start(JsonToken.START_OBJECT);
            Map<String, @Nullable Object> head = new LinkedHashMap<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                if (name.equals(listName)) {
                    start(JsonToken.START_ARRAY);
                    return new JsonObject(head);
                }
                parser.nextToken();
                head.put(name, value());
            }
            throw ProtocolException.badRequest("field " + listName + " is missing");
        } catch (IOException e) {
            throw fault(e);
        }
    }

    /** The next object of the list; null at its end, which must be the end of the whole object. */
    @Nullable
    JsonObject item(String listName) throws IOException {
        try {
            budget = BUDGET;
            if (parser.nextToken() == JsonToken.END_ARRAY) {
                if (parser.nextToken() != JsonToken.END_OBJECT) {
                    throw ProtocolException.badRequest("field " + listName + " is not the last");
                }
                return null;
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw ProtocolException.badRequest("field " + listName + " is not a list of objects");
            }
            return fields();
        } catch (IOException e) {
            throw fault(e);
        }
    }

    /** Nothing but white space may follow. */
    void end() throws IOException {
        try {
            if (parser.nextToken() != null) {
                throw ProtocolException.badRequest("something follows the JSON object");
            }
        } catch (IOException e) {
            throw fault(e);
        }
    }

    private void start(JsonToken token) throws IOException {
        if (parser.nextToken() != token) {
            throw ProtocolException.badRequest(
                    token == JsonToken.START_OBJECT ? "it is not a JSON object" : "the last field is not a list");
        }
    }

    private JsonObject fields() throws IOException {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            fields.put(name, value());
        }
        return new JsonObject(fields);
    }

    private @Nullable Object value() throws IOException {
        spend(1);
        return switch (parser.currentToken()) {
            case VALUE_STRING -> text();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            case START_OBJECT -> fields();
            case START_ARRAY -> items();
            default -> throw ProtocolException.badRequest("malformed JSON");
        };
    }

    private String text() throws IOException {
        String text = parser.getText();
        spend(text.length() / 8);
        return text;
    }

    private Object number() throws IOException {
        boolean whole = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        return whole ? (Object) parser.getLongValue() : (Object) parser.getDoubleValue();
    }

    private List<@Nullable Object> items() throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value());
        }
        return Collections.unmodifiableList(items);
    }

    private void spend(int values) throws ProtocolException {
        budget -= values;
        if (budget < 0) {
            throw ProtocolException.limit("a JSON object has more than " + BUDGET + " values");
        }
    }

    /** What the library or the decoder found is the peer's fault; other errors stay what they are. */
    private static IOException fault(IOException e) {
        if (e instanceof StreamConstraintsException limit) {
            return ProtocolException.limit("JSON is over a limit: " + limit.getOriginalMessage());
        }
        if (e instanceof JsonProcessingException json) {
            return ProtocolException.badRequest("malformed JSON: " + json.getOriginalMessage());
        }
        if (e instanceof CharacterCodingException) {
            return ProtocolException.badRequest("malformed JSON: not valid UTF-8");
        }
        return e;
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }
}
