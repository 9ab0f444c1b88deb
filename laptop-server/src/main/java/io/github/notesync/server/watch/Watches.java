package io.github.notesync.server.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import com.sun.nio.file.ExtendedWatchEventModifier;
import io.methvin.watchservice.MacOSXListeningWatchService;
import io.methvin.watchservice.WatchablePath;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchService;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** Opens the watch that serves best on this operating system. */
public final class Watches {
    private static final WatchEvent.Kind<?>[] ALL = {ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY, OVERFLOW};
    /** Seconds that FSEvents may hold an event back; its default is half a second. */
    private static final double MAC_LATENCY = 0.02;

    private Watches() {}

    /**
     * A watch of the tree at {@code root}; where the system gives none, one that makes the caller scan by the clock.
     *
     * @param pulses a directory of our own, outside the source
     * @param interesting whether an event of (directory, name) can matter
     * @param notice told in one sentence when something can be watched only by the clock
     */
    public static Watch open(Path root, Path pulses, BiPredicate<String, String> interesting, Consumer<String> notice) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        try {
            if (system.contains("mac")) {
                MacOSXListeningWatchService service = mac();
                return new TreeWatch(service, top -> new WatchablePath(top).register(service, ALL), notice);
            }
            WatchService service = root.getFileSystem().newWatchService();
            if (system.contains("win")) {
                return new TreeWatch(
                        service, top -> top.register(service, ALL, ExtendedWatchEventModifier.FILE_TREE), notice);
            }
            return new DirectoryWatch(service, pulses, interesting, notice);
        } catch (IOException | UnsupportedOperationException | LinkageError e) {
            notice.accept("this directory cannot be watched (" + e.getMessage()
                    + "): looking at all files every 2 seconds instead");
            return new ClockWatch();
        }
    }

    private static MacOSXListeningWatchService mac() {
        return new MacOSXListeningWatchService(new MacOSXListeningWatchService.Config() {
            @Override
            public double latency() {
                return MAC_LATENCY;
            }
        });
    }
}
