package io.github.notesync.agent;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.log.Log;
import io.github.notesync.agent.receive.Connection;
import io.github.notesync.agent.receive.Door;
import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.agent.receive.Machine;
import io.github.notesync.protocol.FrameSigner;
import io.github.notesync.protocol.Hello;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The life of the agent: takes the lock of the state directory, opens the door, publishes the connection file, and
 * leaves when nobody needs it. The thread that calls {@link #run} is the door's.
 */
final class Service implements Status {
    private static final List<String> CAPABILITIES = List.of("gzip", "copy", "recipe");

    private final Settings settings;
    private final String version;
    private final Machine machine = new Machine();
    private final long begun = System.nanoTime();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Agent agent;
    private final Door door;
    private final Connection connection;
    private long lastSeen = System.nanoTime();

    private Service(Settings settings, String version, Path file) throws IOException {
        this.settings = settings;
        this.version = version;
        byte[] key = new byte[FrameSigner.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        this.agent = new Agent(Disk.REAL, machine, settings, this);
        this.door = new Door(key, Hello.of("agent", version, CAPABILITIES), machine, agent);
        this.connection =
                new Connection(file, version, door.bind(), HexFormat.of().formatHex(key), machine);
    }

    /** Serves until it is told to leave; returns at once if another agent serves already. */
    static void run(Settings settings, String version) throws IOException {
        Machine machine = new Machine();
        makeStateDirectory(settings.state(), machine.user());
        Path file = settings.state().resolve("agent-" + machine.id() + ".json");
        Path lockFile = settings.state().resolve("agent-" + machine.id() + ".lock");
        try (FileChannel channel = FileChannel.open(
                lockFile,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            if (channel.tryLock() == null) {
                say("serving", JsonObject.builder().put("pid", Connection.pid(file)));
                return;
            }
            new Service(settings, version, file).serve();
        }
    }

    private static void makeStateDirectory(Path state, String user) throws IOException {
        if (!Files.isDirectory(state)) {
            if (state.getParent() != null) {
                Files.createDirectories(state.getParent());
            }
            try {
                Files.createDirectory(
                        state, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException raced) {
                // By another agent that starts at this moment: the lock decides which one serves.
            }
        }
        checkOwner(state, user);
        Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    }

    /** Who owns the directory could put another connection file there, and get to see what kernels send. */
    private static void checkOwner(Path state, String user) throws IOException {
        String link =
                Files.getAttribute(state, "unix:uid", LinkOption.NOFOLLOW_LINKS).toString();
        String directory = Files.getAttribute(state, "unix:uid").toString();
        if (!user.isEmpty() && !(link.equals(user) && directory.equals(user))) {
            throw new IOException("the state directory " + state
                    + " belongs to another user: set NOTESYNC_STATE to a directory of your own");
        }
    }

    private static void say(String state, JsonObject.Builder more) {
        JsonObject.Builder line = JsonObject.builder().put("notesync", "agent").put("state", state);
        more.build().fields().forEach(line::put);
        System.out.println(line.build());
        System.out.flush();
    }

    private void serve() throws IOException {
        ignoreInterrupt();
        Runtime.getRuntime().addShutdownHook(new Thread(this::terminate, "terminate"));
        connection.publish();
        say(
                "ready",
                JsonObject.builder()
                        .put("port", connection.port())
                        .put("pid", ProcessHandle.current().pid()));
        try {
            door.run(this::tick);
        } finally {
            connection.remove();
            agent.close();
            door.close();
            over.countDown();
        }
    }

    /** Jupyter's Interrupt signals the whole process group. Java hides the class that can ignore it. */
    private static void ignoreInterrupt() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object interrupt = signal.getConstructor(String.class).newInstance("INT");
            signal.getMethod("handle", signal, handler)
                    .invoke(null, interrupt, handler.getField("SIG_IGN").get(null));
        } catch (ReflectiveOperationException | RuntimeException e) {
            Log.line("interrupts cannot be ignored here: " + e);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        List<Kernel> kernels = door.kernels();
        if (!kernels.isEmpty()) {
            lastSeen = now;
        }
        if (!Files.isDirectory(settings.state())) {
            stop("state_gone");
        } else if (!connection.isOurs()) {
            reclaim();
        } else if ((now - lastSeen) / 1_000_000 > settings.idleMillis()) {
            stop("idle");
        }
    }

    /** Somebody deleted the connection file: kernels could not find us. */
    private void reclaim() {
        try {
            connection.publish();
        } catch (IOException e) {
            Log.line("the connection file cannot be written again: " + e);
            stop("state_gone");
        }
    }

    @Override
    public JsonObject.Builder describe() {
        Runtime runtime = Runtime.getRuntime();
        return JsonObject.builder()
                .put("pid", ProcessHandle.current().pid())
                .put("version", version)
                .put("uptime_ms", (System.nanoTime() - begun) / 1_000_000)
                .put("kernels", door.kernels().stream().map(Kernel::id).toList())
                .put(
                        "memory",
                        JsonObject.builder()
                                .put("heap", runtime.totalMemory() - runtime.freeMemory())
                                .put("heap_max", runtime.maxMemory())
                                .build())
                .put(
                        "refused",
                        JsonObject.builder()
                                .put("messages", door.refused())
                                .put("connections", door.sentAway())
                                .build());
    }

    @Override
    public void stop(String why) {
        door.kernels()
                .forEach(kernel -> kernel.tell("leaving", JsonObject.builder().put("why", why)));
        door.stop();
    }

    /** On SIGTERM: lets the door's thread finish. */
    private void terminate() {
        door.stop();
        try {
            if (!over.await(8, TimeUnit.SECONDS)) {
                Log.line("left without finishing; the next start recovers");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
