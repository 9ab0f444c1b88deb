package io.github.notesync.server;

/**
 * What `java -jar` runs: on an old Java one sentence in place of the JVM's complaint about class files, else {@link Main}.
 * The one class that is compiled for Java 8, see the pom.
 */
public final class Start {
    private static final int NEEDED = 17;

    private Start() {}

    public static void main(String[] args) {
        String refusal = refusal(
                System.getProperty("java.specification.version", ""),
                System.getProperty("java.version", ""),
                System.getProperty("java.home", ""));
        if (!refusal.isEmpty()) {
            System.err.println("notesync: " + refusal);
            System.exit(1);
        }
        Main.main(args);
    }

    /** Empty where the Java is new enough, or tells no number. */
    static String refusal(String specification, String version, String home) {
        String number = specification.startsWith("1.") ? specification.substring(2) : specification;
        try {
            if (Integer.parseInt(number) >= NEEDED) {
                return "";
            }
        } catch (NumberFormatException e) {
            return "";
        }
        return "the server needs Java " + NEEDED + " or newer, this is Java " + version + " in " + home
                + ": install one (https://adoptium.net) and start it with that one's bin/java, or have one brought along:"
                + " pip install 'notesync[serve,jre]', then notesync serve";
    }
}
