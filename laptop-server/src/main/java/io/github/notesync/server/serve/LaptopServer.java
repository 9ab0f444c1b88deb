package io.github.notesync.server.serve;

import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.Hello;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.pack.Packer;
import io.github.notesync.server.pack.SpoolException;
import io.github.notesync.server.pairing.Decisions;
import io.github.notesync.server.pairing.Pairings;
import io.github.notesync.server.pairing.Tokens;
import io.github.notesync.server.tell.Reason;
import io.github.notesync.server.tell.Texts;
import java.io.IOException;
import java.util.List;
import org.eclipse.jetty.io.EofException;
import spark.Route;
import spark.Service;

/** The HTTP side of the server, from the routes to what serves them. */
public final class LaptopServer implements AutoCloseable {
    private static final List<String> CAPABILITIES = List.of("gzip", "copy", "recipe", "fresh", "socket");

    private final HttpPort port;
    private final Timeline timeline;
    private final String version;
    private final ReplicaCalls replica;
    private final Sockets sockets;
    private final PairingCalls pairing;
    private final DashboardCalls dashboard;

    /** @param version of the program, for people */
    public LaptopServer(
            HttpPort port,
            String version,
            String dashboardKey,
            Source source,
            Packer packer,
            Pairings pairings,
            Tokens tokens,
            Decisions decisions,
            Timeline timeline) {
        this.port = port;
        this.timeline = timeline;
        this.version = version;
        Replicas replicas = new Replicas();
        this.replica = new ReplicaCalls(source, packer, tokens, replicas, timeline);
        this.sockets = new Sockets(replica, tokens);
        this.pairing = new PairingCalls(
                pairings,
                pending -> {
                    announce(pending, source);
                    packer.prepareFirst();
                },
                () -> new ProjectDescription(source).toJson());
        this.dashboard = new DashboardCalls(
                dashboardKey, decisions, replicas, new Overview(source, pairings, tokens, replicas, timeline));
    }

    /** Lets requests in. */
    public void open() throws IOException, InterruptedException {
        port.open(this::map, sockets);
    }

    private void map(Service routes) {
        routes.get("/v1/hello", route(caller -> hello(caller)));
        routes.post("/v1/pairings", route(pairing::ask));
        routes.post("/v1/pairings/:pairing/claim", route(pairing::claim));
        routes.get("/v1/project", route(replica::project));
        routes.put("/v1/replicas/:replica", route(replica::introduce));
        routes.post("/v1/replicas/:replica/next", route(replica::next));
        routes.put("/v1/replicas/:replica/manifest", route(replica::manifest));
        routes.post("/v1/replicas/:replica/report", route(replica::report));
        routes.post("/v1/replicas/:replica/chunk", route(replica::chunk));
        routes.delete("/v1/token", route(replica::forgetToken));
        routes.get("/v1/dashboard", route(dashboard::overview));
        routes.post("/v1/dashboard/pairings/:pairing", route(dashboard::decide));
        routes.delete("/v1/dashboard/pairings/:pairing", route(dashboard::revoke));
        routes.post("/v1/dashboard/replicas/:replica/halts/:batch", route(dashboard::decideHalt));
        routes.post("/v1/bridge/pairings/:pairing", route(dashboard::decideInBridge));
        routes.get("/v1/bridge/pairings/:pairing", route(dashboard::showInBridge));
        for (String path : Pages.paths()) {
            routes.get(path, route(caller -> Pages.send(caller, path)));
        }
        routes.notFound(route(caller -> {
            throw HttpError.of(404, ErrorCode.NOT_FOUND, "there is nothing under this address");
        }));
    }

    @Override
    public void close() {
        port.close();
    }

    private void announce(Pairings.Pending pending, Source source) {
        timeline.tell(Texts.pairing(
                pending.id(),
                pending.client().origin(),
                pending.client().kind(),
                pending.client().label(),
                pending.client().machine(),
                source.roots().text()));
    }

    private void hello(Caller caller) throws IOException {
        caller.readable();
        caller.answer(Hello.of("server", version, CAPABILITIES).toJson().build());
    }

    private interface Call {
        void answer(Caller caller) throws IOException, InterruptedException;
    }

    /** The empty body tells Spark that the answer is written. */
    private Route route(Call call) {
        return (request, response) -> {
            Caller caller = new Caller(request, response);
            try {
                call.answer(caller);
            } catch (HttpError e) {
                Answers.error(caller.response, e);
            } catch (ProtocolException e) {
                Answers.error(caller.response, HttpError.of(e));
            } catch (SpoolException e) {
                Answers.error(caller.response, HttpError.of(ErrorCode.IO_ERROR, e.getMessage(), e.remedy()));
            } catch (EofException e) {
                // The client went away; there is nobody to answer.
                return "";
            } catch (IOException e) {
                String why = Reason.of(e);
                timeline.tell(Texts.notice("a call failed: " + why));
                Answers.error(
                        caller.response, HttpError.of(ErrorCode.INTERNAL, "the laptop server failed: " + why, null));
            } catch (RuntimeException e) {
                bug(e);
                Answers.error(caller.response, HttpError.of(ErrorCode.INTERNAL, "a bug of the server: " + e, null));
            }
            return "";
        };
    }

    private void bug(RuntimeException e) {
        java.io.StringWriter trace = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(trace));
        timeline.tell(Texts.notice("a bug of the server: " + trace));
    }
}
