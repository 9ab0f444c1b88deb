package io.github.notesync.agent;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.receive.Answer;
import io.github.notesync.agent.receive.Handler;
import io.github.notesync.agent.receive.Kernel;
import io.github.notesync.agent.receive.Machine;
import io.github.notesync.agent.receive.Request;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Sends each request to the replica that it is about, and answers those that are about the agent itself. */
final class Agent implements Handler {
    private static final long ENTER_WAIT_MILLIS = 2_000;
    private static final long ENTER_WAIT_MAX_MILLIS = 600_000;

    private final Roots roots;
    private final Map<Kernel, Set<Seat>> attached = new ConcurrentHashMap<>();
    private final ExecutorService workers = Executors.newCachedThreadPool(Agent::worker);
    private final ExecutorService settling = Executors.newSingleThreadExecutor(Agent::worker);
    private final Status status;

    Agent(Disk disk, Machine machine, Settings settings, Status status) {
        this.roots = new Roots(disk, machine, settings, settling);
        this.status = status;
    }

    private static Thread worker(Runnable task) {
        Thread thread = new Thread(task, "worker");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void handle(Kernel kernel, Request request, Answer answer) {
        try {
            route(kernel, request, answer);
        } catch (ProtocolException e) {
            answer.error(e);
        }
    }

    private void route(Kernel kernel, Request request, Answer answer) throws ProtocolException {
        JsonObject header = request.header();
        switch (request.type()) {
            case "ping" -> answer.reply(JsonObject.builder());
            case "attach" -> {
                String root = header.string("root");
                boolean inCell = header.flagOrFalse("in_cell");
                Set<RelativePath> open = OpenDocuments.parse(header.has("open") ? header.strings("open") : List.of());
                workers.execute(() -> attach(kernel, root, inCell, open, answer));
            }
            case "enter" -> enter(kernel, header, answer);
            case "leave" -> {
                boolean kept = header.flagOrFalse("place");
                seats(kernel).forEach(seat -> seat.leave(kernel, kept));
                answer.reply(JsonObject.builder());
            }
            case "place" ->
                Agent.<Boolean>gather(
                        List.copyOf(seats(kernel)),
                        (seat, done) -> seat.givePlace(kernel, done),
                        given -> answer.reply(
                                JsonObject.builder().put("place", !given.isEmpty() && !given.contains(false))));
            case "status" -> status(answer);
            case "stop" -> {
                String why = header.has("why") && header.string("why").equals("replaced") ? "replaced" : "stopped";
                answer.reply(JsonObject.builder());
                status.stop(why);
            }
            default -> routeToReplica(kernel, request, answer);
        }
    }

    private void routeToReplica(Kernel kernel, Request request, Answer answer) throws ProtocolException {
        Seat seat = roots.find(request.header().string("replica"));
        if (request.type().equals("detach")) {
            seats(kernel).remove(seat);
            seat.detach(kernel, answer);
        } else {
            Requests.handle(kernel, seat, request, answer);
        }
    }

    private void attach(Kernel kernel, String root, boolean inCell, Set<RelativePath> open, Answer answer) {
        try {
            Seat seat = roots.seat(root);
            attached.computeIfAbsent(kernel, key -> ConcurrentHashMap.newKeySet())
                    .add(seat);
            seat.attach(kernel, inCell, open, answer);
        } catch (IOException | RuntimeException e) {
            answer.error(e);
        }
    }

    private Set<Seat> seats(Kernel kernel) {
        return attached.getOrDefault(kernel, Collections.emptySet());
    }

    private void enter(Kernel kernel, JsonObject header, Answer answer) throws ProtocolException {
        long waitMillis = Math.min(header.integerOr("wait_ms", ENTER_WAIT_MILLIS), ENTER_WAIT_MAX_MILLIS);
        BiConsumer<Seat, Consumer<JsonObject>> ask = (seat, done) -> seat.enter(kernel, waitMillis, done);
        if (header.has("place")) {
            boolean kept = header.flagOrFalse("place");
            ask = (seat, done) -> seat.enterInPlace(kernel, kept, done);
        }
        gather(
                List.copyOf(seats(kernel)),
                ask,
                states -> answer.reply(JsonObject.builder().put("replicas", states)));
    }

    private void status(Answer answer) {
        JsonObject.Builder json = status.describe();
        gather(roots.all(), Seat::describe, states -> answer.reply(json.put("replicas", states)));
    }

    /** Asks every seat, and goes on when all have answered. */
    private static <T> void gather(List<Seat> seats, BiConsumer<Seat, Consumer<T>> ask, Consumer<List<T>> done) {
        if (seats.isEmpty()) {
            done.accept(List.of());
            return;
        }
        List<T> answers = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger missing = new AtomicInteger(seats.size());
        for (Seat seat : seats) {
            ask.accept(seat, state -> {
                answers.add(state);
                if (missing.decrementAndGet() == 0) {
                    done.accept(List.copyOf(answers));
                }
            });
        }
    }

    @Override
    public boolean needs(Kernel kernel) {
        return !seats(kernel).isEmpty();
    }

    @Override
    public void gone(Kernel kernel) {
        Set<Seat> seats = attached.remove(kernel);
        if (seats != null) {
            seats.forEach(seat -> seat.detach(kernel, null));
        }
    }

    /** Closes all replicas. */
    void close() {
        roots.all().forEach(Seat::close);
        settling.shutdown();
        workers.shutdown();
    }
}
