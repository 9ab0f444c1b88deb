package io.github.notesync.agent.receive;

/** Does what kernels ask for. Called on the door's thread, so every method returns at once. */
public interface Handler {

    /** A request that was verified, of a kernel that said hello. */
    void handle(Kernel kernel, Request request, Answer answer);

    /** The kernel is gone: its process has ended. */
    void gone(Kernel kernel);
}
