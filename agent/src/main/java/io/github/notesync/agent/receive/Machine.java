package io.github.notesync.agent.receive;

import io.github.notesync.protocol.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What identifies this machine, its present start, and a process on it, as Linux shows it below /proc. Any thread. */
public final class Machine {
    private static final Path KERNEL = Path.of("/proc/sys/kernel");

    private final String user = effectiveUser();
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
     * Whether the other end of a connection on this machine belongs to a user who is neither ours nor root. False where
     * that cannot be seen.
     */
    boolean isOfAnotherUser(int itsPort, int ourPort) {
        String end = String.format(":%04X ", itsPort);
        String here = String.format(":%04X", ourPort);
        for (String name : List.of("tcp", "tcp6")) {
            String table = read(Path.of("/proc/net", name), "");
            for (int at = table.indexOf(end); at >= 0; at = table.indexOf(end, at + 1)) {
                int line = table.lastIndexOf('\n', at) + 1;
                int next = table.indexOf('\n', at);
                String[] fields = table.substring(line, next < 0 ? table.length() : next)
                        .trim()
                        .split(" +", -1);
                // Number, its address, our address, state, three of queues and timers, user, timeout, inode.
                if (fields.length > 9 && (fields[1] + " ").endsWith(end) && fields[2].endsWith(here)) {
                    return !fields[9].equals("0") && !fields[7].equals("0") && !fields[7].equals(user);
                }
            }
        }
        return false;
    }

    /** The number of the user that this process works for; empty where the system does not say. */
    public String user() {
        return user;
    }

    private static String effectiveUser() {
        for (String line : read(Path.of("/proc/self/status"), "").split("\n", -1)) {
            if (line.startsWith("Uid:")) {
                return line.split("\\s+", -1)[2];
            }
        }
        return "";
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
