package io.github.notesync.agent.receive;

import io.github.notesync.agent.log.Log;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.zeromq.ZEvent;
import org.zeromq.ZMonitor;
import zmq.Msg;
import zmq.io.Metadata;

/**
 * The connections at the door. The port is open to every user and process of this machine: who belongs to another user is
 * sent away at once, who does not show the key within some seconds then, or earlier when it gets crowded. Any thread.
 */
final class Guests implements ZEvent.ZEventConsummer {
    /** Which events it wants to hear. */
    static final int EVENTS = zmq.ZMQ.ZMQ_EVENT_ACCEPTED | zmq.ZMQ.ZMQ_EVENT_DISCONNECTED;

    /** From here on the table of the system is too long to be read for each. */
    private static final int MANY = 100;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Machine machine;
    private final Map<String, Guest> byPort = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();

    private static final class Guest {
        final SocketChannel channel;
        final long came = System.nanoTime();
        volatile boolean known;
        volatile boolean sentAway;

        Guest(SocketChannel channel) {
            this.channel = channel;
        }
    }

    Guests(Machine machine) {
        this.machine = machine;
    }

    /** How many were sent away. */
    long refused() {
        return refused.get();
    }

    @Override
    public void consume(ZEvent event) {
        Object connection = event.getValue();
        if (connection instanceof SocketChannel channel) {
            if (event.getEvent() == ZMonitor.Event.ACCEPTED) {
                accept(channel);
            } else {
                byPort.values().removeIf(guest -> guest.channel.equals(channel));
            }
        }
    }

    private void accept(SocketChannel channel) {
        try {
            InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
            InetSocketAddress own = (InetSocketAddress) channel.getLocalAddress();
            if (byPort.size() < MANY && machine.isOfAnotherUser(peer.getPort(), own.getPort())) {
                refused.incrementAndGet();
                channel.close();
            } else {
                byPort.put(Integer.toString(peer.getPort()), new Guest(channel));
            }
        } catch (IOException gone) {
            // It did not stay.
        }
    }

    /** Whoever sent this frame has the key. */
    void know(Msg frame) {
        Metadata from = frame.getMetadata();
        String address = from == null ? null : from.get(Metadata.PEER_ADDRESS);
        Guest guest = address == null ? null : byPort.get(address.substring(address.lastIndexOf(':') + 1));
        if (guest != null) {
            guest.known = true;
        }
    }

    /** It is crowded: sends away all who have not shown the key. */
    void sendStrangersAway() {
        sendAway(0);
    }

    /** To be called about every second. */
    void tick() {
        byPort.values().removeIf(guest -> {
            if (guest.sentAway) {
                close(guest.channel);
            }
            return !guest.channel.isOpen();
        });
        sendAway(PATIENCE_NANOS);
    }

    private void sendAway(long patienceNanos) {
        long now = System.nanoTime();
        for (Guest guest : byPort.values()) {
            if (!guest.known && !guest.sentAway && now - guest.came >= patienceNanos) {
                guest.sentAway = true;
                refused.incrementAndGet();
                shutDown(guest.channel);
            }
        }
    }

    /** JeroMQ finds the end of the connection, and lets go of what it had read. */
    private static void shutDown(SocketChannel channel) {
        try {
            channel.shutdownInput();
        } catch (IOException gone) {
            // As it should be.
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            Log.line("a connection could not be closed: " + e);
        }
    }
}
