package io.github.notesync.server;

/** How the user calls this program, so that what it prints can be typed. */
final class CalledAs {
    /** Told by a command that starts the jar for its user. */
    private static final String TOLD = "notesync.command";

    private CalledAs() {}

    static String text() {
        return text(System.getProperty(TOLD, ""), System.getProperty("java.class.path", ""));
    }

    /** @param classPath with {@code java -jar} just the jar, as it was typed */
    static String text(String told, String classPath) {
        if (!told.isBlank()) {
            return told;
        }
        String jar = classPath.endsWith(".jar") && classPath.indexOf(java.io.File.pathSeparatorChar) < 0
                ? classPath
                : "notesync-server.jar";
        return "java -jar " + (jar.indexOf(' ') < 0 ? jar : '"' + jar + '"');
    }
}
