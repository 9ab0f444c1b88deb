package io.github.notesync.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object of a message. A getter refuses a field of the wrong type with {@code bad_request} and names it; fields
 * that nobody asks for are ignored, so a newer peer may send more. Immutable.
 *
 * <p>A value is a String, Long, Boolean, JsonObject, List of values, null, or a Double, which no getter accepts.
 */
public final class JsonObject {
    private final Map<String, @Nullable Object> fields;

    JsonObject(Map<String, @Nullable Object> fields) {
        this.fields = Collections.unmodifiableMap(fields);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The fields in the order of the message. */
    public Map<String, @Nullable Object> fields() {
        return fields;
    }

    /** Whether the field is there and not null. */
    public boolean has(String name) {
        return fields.get(name) != null;
    }

    public String string(String name) throws ProtocolException {
        return typed(name, String.class, "a text");
    }

    /** A text of at most {@code maxChars} characters. */
    public String string(String name, int maxChars) throws ProtocolException {
        String text = string(name);
        if (text.length() > maxChars) {
            throw ProtocolException.badRequest(
                    "field " + name + " has " + text.length() + " characters, the limit is " + maxChars);
        }
        return text;
    }

    /** Null when the field is missing or null. */
    public @Nullable String stringOrNull(String name) throws ProtocolException {
        return has(name) ? string(name) : null;
    }

    public long integer(String name, long min, long max) throws ProtocolException {
        long number = typed(name, Long.class, "an integer");
        if (number < min || number > max) {
            throw ProtocolException.badRequest("field " + name + " is " + number + ", not in " + min + ".." + max);
        }
        return number;
    }

    /** A size, an offset, a time: 0 to 2^53 - 1. */
    public long integer(String name) throws ProtocolException {
        return integer(name, 0, Limits.NUMBER_MAX);
    }

    /** {@code missing} when the field is missing or null. */
    public long integerOr(String name, long missing) throws ProtocolException {
        return has(name) ? integer(name) : missing;
    }

    public boolean flag(String name) throws ProtocolException {
        return typed(name, Boolean.class, "true or false");
    }

    /** False when the field is missing or null. */
    public boolean flagOrFalse(String name) throws ProtocolException {
        return has(name) && flag(name);
    }

    public JsonObject object(String name) throws ProtocolException {
        return typed(name, JsonObject.class, "an object");
    }

    /** Null when the field is missing or null. */
    public @Nullable JsonObject objectOrNull(String name) throws ProtocolException {
        return has(name) ? object(name) : null;
    }

    /** The values of a list, of whatever types. */
    public List<?> list(String name) throws ProtocolException {
        return typed(name, List.class, "a list");
    }

    public List<JsonObject> objects(String name) throws ProtocolException {
        return listOf(name, JsonObject.class, "objects");
    }

    public List<String> strings(String name) throws ProtocolException {
        return listOf(name, String.class, "texts");
    }

    private <T> List<T> listOf(String name, Class<T> type, String what) throws ProtocolException {
        List<T> typed = new ArrayList<>();
        for (Object item : list(name)) {
            if (!type.isInstance(item)) {
                throw ProtocolException.badRequest("field " + name + " is not a list of " + what);
            }
            typed.add(type.cast(item));
        }
        return typed;
    }

    private <T> T typed(String name, Class<T> type, String what) throws ProtocolException {
        Object value = fields.get(name);
        if (!type.isInstance(value)) {
            throw ProtocolException.badRequest(
                    "field " + name + (fields.containsKey(name) ? " is not " + what : " is missing"));
        }
        return type.cast(value);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonObject that && fields.equals(that.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** The JSON text. */
    @Override
    public String toString() {
        return ProtocolJson.text(this);
    }

    /** Collects fields; the order is that of the calls. Not for several threads. */
    public static final class Builder {
        private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

        private Builder() {}

        /** @param value as in the class comment; an Integer becomes a Long */
        public Builder put(String name, @Nullable Object value) {
            fields.put(name, checked(value));
            return this;
        }

        private static @Nullable Object checked(@Nullable Object value) {
            if (value instanceof Integer number) {
                return number.longValue();
            }
            if (value instanceof List<?> list) {
                List<@Nullable Object> copy = new ArrayList<>(list.size());
                list.forEach(item -> copy.add(checked(item)));
                return Collections.unmodifiableList(copy);
            }
            boolean fits = value == null
                    || value instanceof String
                    || value instanceof Long
                    || value instanceof Boolean
                    || value instanceof JsonObject;
            if (!fits) {
                throw new IllegalArgumentException("no JSON value of this protocol: " + Objects.toString(value));
            }
            return value;
        }

        public JsonObject build() {
            return new JsonObject(new LinkedHashMap<>(fields));
        }
    }
}
