package io.github.notesync.server;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.server.cycle.Cycle;
import io.github.notesync.server.cycle.Listener;
import io.github.notesync.server.cycle.Source;
import io.github.notesync.server.cycle.StateDirectory;
import io.github.notesync.server.history.History;
import io.github.notesync.server.pack.Packer;
import io.github.notesync.server.pairing.Decisions;
import io.github.notesync.server.pairing.Keyboard;
import io.github.notesync.server.pairing.Pairings;
import io.github.notesync.server.pairing.Tokens;
import io.github.notesync.server.scan.Difference;
import io.github.notesync.server.scan.Problem;
import io.github.notesync.server.serve.HttpPort;
import io.github.notesync.server.serve.LaptopServer;
import io.github.notesync.server.serve.Timeline;
import io.github.notesync.server.tell.Reason;
import io.github.notesync.server.tell.Teller;
import io.github.notesync.server.tell.Texts;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** One project being served: its parts, wired. */
final class Serving {
    private static final int PATHS_TOLD = 20;
    private static final long PROGRESS_EVERY = 100_000_000;

    private final Timeline teller;
    private final HttpPort http;
    private final Cycle cycle;
    private final Packer packer;
    private final Tokens tokens;
    private final LaptopServer server;
    private final String dashboardKey;
    /** Until requests are answered nobody is told that the project is served. */
    private final CountDownLatch opened = new CountDownLatch(1);

    /** What takes long begins first: the web server loads and the first scan runs while the rest is put together. */
    private Serving(Project project, int port, List<String> allowedHosts, Teller output) throws UserError, IOException {
        this.teller = new Timeline(output);
        Path home = project.stateHome();
        this.http = HttpPort.bind(port, allowedHosts);
        teller.tell(Texts.listening(http.number()));
        StateDirectory state = state(home, project.root());
        this.cycle = Cycle.open(project.root(), project.config(), state, new Told());
        cycle.start();
        Source source = cycle.source();
        this.dashboardKey = Tokens.secret();
        this.packer = new Packer(source, state.spool(), text -> teller.tell(Texts.notice(text)));
        Tokens tokens = new Tokens(System::currentTimeMillis, state.grants(), text -> teller.tell(Texts.notice(text)));
        this.tokens = tokens;
        Pairings pairings = new Pairings(tokens, System::currentTimeMillis);
        Decisions decisions = new Decisions(pairings, teller);
        this.server = new LaptopServer(
                http, Main.version(), dashboardKey, source, packer, pairings, tokens, decisions, teller);
        new Keyboard(System.in, decisions).start();
    }

    private static StateDirectory state(Path home, Path source) throws UserError {
        try {
            return StateDirectory.open(home, source);
        } catch (IOException e) {
            throw new UserError("the directory " + home + ", which holds what the server remembers, cannot be used: "
                    + Reason.of(e) + "; mend that, or name another with the environment variable NOTESYNC_STATE");
        }
    }

    /** Returns when requests are answered; the first scan may still run. */
    static void start(Project project, int port, List<String> allowedHosts, Teller teller)
            throws UserError, IOException, InterruptedException {
        Serving serving = new Serving(project, port, allowedHosts, teller);
        Runtime.getRuntime().addShutdownHook(new Thread(serving::stop, "notesync-stop"));
        serving.server.open();
        serving.opened.countDown();
        if (!System.getProperty("sun.jnu.encoding", "UTF-8").equalsIgnoreCase("UTF-8") && File.separatorChar == '/') {
            serving.teller.tell(
                    Texts.notice("this terminal's locale cannot name files like 'café.py', they will be problems:"
                            + " start with LC_ALL=C.UTF-8"));
        }
    }

    private void stop() {
        server.close();
        packer.close();
        tokens.keep();
        try {
            cycle.close();
        } catch (IOException e) {
            teller.tell(Texts.notice(
                    "the state could not be kept (" + Reason.of(e) + "); the next start begins a new history"));
        }
        teller.tell(Texts.stopped());
    }

    /** Passes on what the cycle does. */
    private final class Told implements Listener {
        private final AtomicLong progressTold = new AtomicLong(System.nanoTime());

        @Override
        public void ready() throws InterruptedException {
            opened.await();
            ServedMark.make();
            int port = http.number();
            History history = cycle.source().history();
            History.Size size = history.size();
            long millis = System.currentTimeMillis()
                    - ManagementFactory.getRuntimeMXBean().getStartTime();
            teller.tell(Texts.ready(
                    cycle.source().roots().text(),
                    cycle.source().config().name(),
                    port,
                    "http://127.0.0.1:" + port + "/#key=" + dashboardKey,
                    size.files(),
                    size.bytes(),
                    history.cursor(),
                    millis));
        }

        @Override
        public void sequence(Cursor cursor, List<Difference> differences, long millis) {
            List<String> paths = differences.stream()
                    .limit(PATHS_TOLD)
                    .map(each -> each.path().value())
                    .toList();
            teller.tell(Texts.sequence(cursor, paths, differences.size(), millis));
        }

        @Override
        public void problem(Problem problem) {
            teller.tell(Texts.problem(problem.path(), problem.code(), problem.message(), problem.remedy()));
        }

        @Override
        public void notice(String text) {
            teller.tell(Texts.notice(text));
        }

        @Override
        public void read(long files, long bytes, long ofFiles, long ofBytes) {
            long now = System.nanoTime();
            if (now - progressTold.get() > PROGRESS_EVERY) {
                progressTold.set(now);
                teller.progress(Texts.reading(files, ofFiles, bytes, ofBytes));
            }
        }
    }
}
