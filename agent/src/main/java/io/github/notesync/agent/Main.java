package io.github.notesync.agent;

/** Entry of the program: arguments and wiring only. */
public final class Main {
    private Main() {}

    /** Prints the version. */
    public static void main(String[] args) {
        String version = Main.class.getPackage().getImplementationVersion();
        System.out.println("notesync agent " + (version == null ? "from source" : version));
    }
}
