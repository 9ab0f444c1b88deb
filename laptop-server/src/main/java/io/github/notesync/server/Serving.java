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
import io.github.notesync.server.tell.Teller;
import io.github.notesync.server.tell.Texts;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** One project being served: its parts, wired. */
final class Serving {
    private static final int PATHS_TOLD = 20;
    private static final long PROGRESS_EVERY = 100_000_000;

    private final Timeline teller;
    private final Cycle cycle;
    private final Packer packer;
    private final Tokens tokens;
    private final LaptopServer server;
    private final String dashboardKey;
    private volatile int port;

    private Serving(Project project, int port, List<String> allowedHosts, Teller output) throws UserError, IOException {
        this.teller = new Timeline(output);
        StateDirectory state = StateDirectory.open(project.stateHome(), project.root());
        this.dashboardKey = Tokens.secret();
        HttpPort http = HttpPort.bind(port, allowedHosts);
        this.cycle = Cycle.open(project.root(), project.config(), state, new Told());
        Source source = cycle.source();
        this.packer = new Packer(source, state.spool(), text -> teller.tell(Texts.notice(text)));
        Tokens tokens = new Tokens(System::currentTimeMillis, state.grants(), text -> teller.tell(Texts.notice(text)));
        this.tokens = tokens;
        Pairings pairings = new Pairings(tokens, System::currentTimeMillis);
        Decisions decisions = new Decisions(pairings, teller);
        this.server = new LaptopServer(
                http, Main.version(), dashboardKey, source, packer, pairings, tokens, decisions, teller);
        new Keyboard(System.in, decisions).start();
    }

    /** Opens the port, then begins to watch; the first scan runs in the background. */
    static void start(Project project, int port, List<String> allowedHosts, Teller teller)
            throws UserError, IOException {
        Serving serving = new Serving(project, port, allowedHosts, teller);
        try {
            serving.port = serving.server.open();
        } catch (IOException e) {
            serving.packer.close();
            serving.cycle.close();
            throw e;
        }
        serving.teller.tell(Texts.listening(serving.port));
        if (!System.getProperty("sun.jnu.encoding", "UTF-8").equalsIgnoreCase("UTF-8") && File.separatorChar == '/') {
            serving.teller.tell(
                    Texts.notice("this terminal's locale cannot name files like 'café.py', they will be problems:"
                            + " start with LC_ALL=C.UTF-8"));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(serving::stop, "notesync-stop"));
        serving.cycle.start();
    }

    private void stop() {
        server.close();
        packer.close();
        tokens.keep();
        try {
            cycle.close();
        } catch (IOException e) {
            teller.tell(Texts.notice("the state could not be kept (" + e + "); the next start begins a new history"));
        }
        teller.tell(Texts.stopped());
    }

    /** Passes on what the cycle does. */
    private final class Told implements Listener {
        private final AtomicLong progressTold = new AtomicLong(System.nanoTime());

        @Override
        public void ready() {
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
