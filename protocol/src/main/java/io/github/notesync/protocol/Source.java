package io.github.notesync.protocol;

/** Where the content of a put comes from. */
public sealed interface Source {
    Source PAYLOAD = new Payload();

    /** All of it is in the payload. */
    record Payload() implements Source {}

    /** The replica has it, at {@code from}, before the batch. */
    record Copy(RelativePath from) implements Source {}

    /** Partly old, partly in the payload. */
    record FromRecipe(Recipe recipe) implements Source {}
}
