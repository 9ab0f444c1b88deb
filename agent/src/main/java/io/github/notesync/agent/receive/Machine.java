package io.github.notesync.agent.receive;

import io.github.notesync.protocol.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What identifies this machine, its present start, and a process on it, as Linux shows it below /proc. Any thread. */
public final class Machine {
    private static final Path KERNEL = Path.of("/proc/sys/kernel");

    private final String boot = read(KERNEL.resolve("random/boot_id"), "unknown");

    /** Names this start of the machine; {@code unknown} where the system does not say. */
    public String boot() {
        return boot;
    }

    /** The 16 hex digits in the name of the connection file. */
    public String id() {
        return Digest.of(hostname() + "\n" + boot + "\n").hex().substring(0, 16);
    }

    private static String hostname() {
        String name = read(KERNEL.resolve("hostname"), "");
        if (!name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String read(Path file, String missing) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            return missing;
        }
    }

    /**
     * When a process was started, in clock ticks since the start of the machine: together with the pid it names the
     * process for ever. 0 if there is no such process, or it is a zombie.
     */
    public long started(long pid) {
        try {
            byte[] stat = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
            String text = new String(stat, StandardCharsets.ISO_8859_1);
            // The second field is the name in parentheses, which may hold anything.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") ? 0 : Long.parseLong(fields[19]);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}
