package io.github.notesync.server.watch;

import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One key for a whole tree, as macOS (whole paths) and Windows (paths below the top) tell of changes. */
class TreeWatchTest {
    private final Recorded service = new Recorded();
    private final List<String> notices = new ArrayList<>();
    private final List<Path> registered = new ArrayList<>();
    private boolean refuses;

    private TreeWatch watch() {
        return new TreeWatch(
                service,
                top -> {
                    if (refuses) {
                        throw new IOException("no more streams");
                    }
                    registered.add(top);
                    return new Key(top);
                },
                notices::add);
    }

    @Test
    void oneKeyCoversATreeWhateverIsCoveredBelow() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.osX())) {
            TreeWatch watch = watch();
            Path top = files.getPath("/work/shop");
            watch.cover("", top);
            watch.cover("pkg", top.resolve("pkg"));
            watch.cover("lib", files.getPath("/work/lib"));
            assertThat(registered).containsExactly(top, files.getPath("/work/lib"));
            assertThat(watch.complete()).isTrue();
        }
    }

    @Test
    void fsEventsNameWholePaths() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.osX())) {
            TreeWatch watch = watch();
            Path top = files.getPath("/work/shop");
            Path lib = files.getPath("/work/lib");
            watch.cover("", top);
            watch.cover("lib", lib);
            service.event(top, top.resolve("pkg/sub/a.py"));
            service.event(top, top.resolve("b.py"));
            service.event(lib, lib.resolve("deep/c.py"));
            service.event(lib, lib.resolve("d.py"));
            Hints hints = watch.await(0);
            assertThat(hints.directories()).isEqualTo(Set.of("pkg/sub", "", "lib/deep", "lib"));
            assertThat(hints.everything()).isFalse();
        }
    }

    @Test
    void windowsNamesPathsBelowTheTop() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows())) {
            TreeWatch watch = watch();
            Path top = files.getPath("C:\\work\\shop");
            Path lib = files.getPath("C:\\lib");
            watch.cover("", top);
            watch.cover("lib", lib);
            service.event(top, files.getPath("pkg\\sub\\a.py"));
            service.event(lib, files.getPath("deep\\c.py"));
            assertThat(watch.await(0).directories()).isEqualTo(Set.of("pkg/sub", "lib/deep"));
        }
    }

    @Test
    void lostEventsMeanALookAtEverything() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.windows())) {
            TreeWatch watch = watch();
            Path top = files.getPath("C:\\work\\shop");
            watch.cover("", top);
            service.overflow(top);
            assertThat(watch.await(0).everything()).isTrue();
        }
    }

    @Test
    void aTreeThatGoesIsLookedAtAndWatchedAnewWhenItIsBack() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.osX())) {
            TreeWatch watch = watch();
            Path top = files.getPath("/work/shop");
            watch.cover("", top);
            service.ended = true;
            service.event(top, top.resolve("a.py"));
            assertThat(watch.await(0).everything()).isTrue();
            watch.cover("", top);
            assertThat(registered).containsExactly(top, top);
        }
    }

    @Test
    void whereNothingCanBeWatchedTheClockDoesAndTheUserIsToldOnce() throws Exception {
        try (FileSystem files = Jimfs.newFileSystem(Configuration.osX())) {
            TreeWatch watch = watch();
            refuses = true;
            watch.cover("", files.getPath("/work/shop"));
            watch.cover("", files.getPath("/work/shop"));
            assertThat(watch.complete()).isFalse();
            assertThat(notices).hasSize(1).first().asString().contains("no more streams", "every 2 seconds");
            refuses = false;
            watch.cover("", files.getPath("/work/shop"));
            assertThat(watch.complete()).isTrue();
        }
    }

    /** A system's queue of events, filled by the test. */
    private static final class Recorded implements WatchService {
        private final Deque<WatchKey> queue = new ArrayDeque<>();
        private boolean ended;

        void event(Path top, Path changed) {
            queue.add(new Key(top, new Event<>(ENTRY_MODIFY, changed), ended));
        }

        void overflow(Path top) {
            queue.add(new Key(top, new Event<>(OVERFLOW, null), ended));
        }

        @Override
        public WatchKey poll() {
            return queue.poll();
        }

        @Override
        public WatchKey poll(long timeout, TimeUnit unit) {
            return queue.poll();
        }

        @Override
        public WatchKey take() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    private record Event<T>(WatchEvent.Kind<T> kind, T context) implements WatchEvent<T> {
        @Override
        public int count() {
            return 1;
        }
    }

    /** Equal for one tree, like the key that a system gives again and again. */
    private static final class Key implements WatchKey {
        private final Path top;
        private final List<WatchEvent<?>> events;
        private final boolean ended;

        Key(Path top) {
            this(top, null, false);
        }

        Key(Path top, WatchEvent<?> event, boolean ended) {
            this.top = top;
            this.events = event == null ? List.of() : List.of(event);
            this.ended = ended;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && key.top.equals(top);
        }

        @Override
        public int hashCode() {
            return top.hashCode();
        }

        @Override
        public boolean isValid() {
            return !ended;
        }

        @Override
        public List<WatchEvent<?>> pollEvents() {
            return events;
        }

        @Override
        public boolean reset() {
            return !ended;
        }

        @Override
        public void cancel() {
            // Nothing is held.
        }

        @Override
        public Watchable watchable() {
            return top;
        }
    }
}
