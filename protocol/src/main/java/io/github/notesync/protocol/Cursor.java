package io.github.notesync.protocol;

/**
 * Where a replica stands: a sequence in one unbroken history of a server. Sequence 0 is the empty tree. Sequences of
 * different epochs cannot be compared.
 */
public record Cursor(Id epoch, long sequence) {
    public Cursor {
        if (sequence < 0 || sequence > Limits.NUMBER_MAX) {
            throw new IllegalArgumentException("sequence " + sequence + " is not in 0.." + Limits.NUMBER_MAX);
        }
    }

    /** The cursor of the next batch. */
    public Cursor next() {
        return new Cursor(epoch, sequence + 1);
    }

    /** @throws ProtocolException {@code bad_request} if a field is missing or wrong */
    public static Cursor fromJson(JsonObject json) throws ProtocolException {
        return new Cursor(Id.parse(json.string("epoch")), json.integer("sequence", 0, Limits.NUMBER_MAX));
    }

    public JsonObject toJson() {
        return JsonObject.builder()
                .put("epoch", epoch.hex())
                .put("sequence", sequence)
                .build();
    }

    @Override
    public String toString() {
        return epoch + "/" + sequence;
    }
}
