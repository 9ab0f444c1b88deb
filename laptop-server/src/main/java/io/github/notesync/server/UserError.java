package io.github.notesync.server;

/** What the user can put right: shown as one sentence, without a trace. */
final class UserError extends Exception {
    private static final long serialVersionUID = 1;

    UserError(String message) {
        super(message);
    }
}
