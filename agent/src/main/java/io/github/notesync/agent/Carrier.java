package io.github.notesync.agent;

import io.github.notesync.agent.receive.Kernel;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of several kernels on one replica brings the bytes: the first that asks, and after it the one that has asked
 * longest. Only for the replica's thread.
 */
final class Carrier {
    private final Set<Kernel> asked = new LinkedHashSet<>();

    /** Whether {@code kernel}, which asks, is the one. */
    boolean ask(Kernel kernel) {
        asked.add(kernel);
        return is(kernel);
    }

    boolean is(Kernel kernel) {
        return kernel.equals(current());
    }

    @Nullable
    Kernel current() {
        return asked.isEmpty() ? null : asked.iterator().next();
    }

    /** The replica is another one: whoever asks first brings the bytes. */
    void forgetAll() {
        asked.clear();
    }

    /**
     * The kernel is no longer there, or has no way to the laptop.
     *
     * @return the kernel that takes over from it; null if that changes nothing
     */
    @Nullable
    Kernel forget(Kernel kernel) {
        boolean was = is(kernel);
        asked.remove(kernel);
        return was ? current() : null;
    }
}
