package io.github.notesync.server;

import io.github.notesync.server.config.Config;
import io.github.notesync.server.config.ConfigException;
import io.github.notesync.server.config.ConfigReader;
import io.github.notesync.server.config.Roots;
import io.github.notesync.server.tell.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The directory that the user named, checked, with its configuration. */
record Project(Path root, Config config) {

    static Project at(Path directory) throws UserError {
        if (!Files.exists(directory)) {
            throw new UserError(
                    directory
                            + " does not exist: name the directory of your project, or start without a name inside it; see --help");
        }
        if (!Files.isDirectory(directory)) {
            throw new UserError(directory + " is not a directory: name the directory of your project");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new UserError(directory + " cannot be read: give yourself permission, or name another directory");
        }
        try {
            Path root = directory.toRealPath();
            return new Project(root, ConfigReader.read(root));
        } catch (ConfigException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UserError(directory + " cannot be read: " + Reason.of(e));
        }
    }

    /** Where this user's programs keep their state; made with access for nobody else. */
    Path stateHome() throws UserError {
        Path home = userState();
        Path state = home.toAbsolutePath().normalize();
        if (state.startsWith(root) || config.roots().values().stream().anyMatch(state::startsWith)) {
            if (Path.of(System.getProperty("user.home", "."))
                    .toAbsolutePath()
                    .normalize()
                    .startsWith(root)) {
                throw new UserError(root + " holds your whole home directory: start in the directory of one project, or"
                        + " name it. (To serve this one all the same, set NOTESYNC_STATE to a place outside it)");
            }
            throw new UserError(
                    "the state directory " + home + " lies inside the project " + new Roots(root, config.roots()).text()
                            + ", which is never written: set NOTESYNC_STATE to another place, or serve a smaller directory");
        }
        return home;
    }

    /** Where this user wants state to be kept, whatever the project. */
    static Path userState() {
        String own = System.getenv("NOTESYNC_STATE");
        if (own != null && !own.isBlank()) {
            return Path.of(own);
        }
        String xdg = System.getenv("XDG_STATE_HOME");
        if (xdg != null && !xdg.isBlank()) {
            return Path.of(xdg, "notesync");
        }
        String local = System.getenv("LOCALAPPDATA");
        if (local != null
                && System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            return Path.of(local, "notesync");
        }
        return Path.of(System.getProperty("user.home", "."), ".local", "state", "notesync");
    }
}
