package io.github.notesync.agent.receive;

/** Does what kernels ask for. Called on the door's thread, so every method returns at once. */
public interface Handler {

    /** A request that was verified, of a kernel that said hello. */
    void handle(Kernel kernel, Request request, Answer answer);

    /** Whether the kernel has anything open here; else it is forgotten when it is silent for a while. */
    boolean needs(Kernel kernel);

    /** The kernel is gone: its process has ended. */
    void gone(Kernel kernel);
}
