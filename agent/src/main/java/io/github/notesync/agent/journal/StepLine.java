package io.github.notesync.agent.journal;

import io.github.notesync.agent.plan.Step;
import io.github.notesync.protocol.ProtocolException;
import io.github.notesync.protocol.RelativePath;
import org.jspecify.annotations.Nullable;

/** A step as one line of text; the path comes last, because it may hold spaces. */
final class StepLine {
    private StepLine() {}

    static String write(Step step) {
        if (step instanceof Step.Place place) {
            return "place " + place.slot() + " " + place.origin() + " " + place.was() + " " + place.path();
        }
        if (step instanceof Step.Aside aside) {
            return "aside " + aside.slot() + " " + aside.was() + " " + aside.path();
        }
        if (step instanceof Step.SetExecutable set) {
            return "chmod " + (set.executable() ? "755 " : "644 ") + set.path();
        }
        if (step instanceof Step.Recase recase) {
            return "recase " + recase.slot() + " " + recase.path() + "\t" + recase.was();
        }
        return (step instanceof Step.MakeDirectory ? "mkdir " : "rmdir ") + step.path();
    }

    /** Null if the line is no step. */
    static @Nullable Step read(String line) throws ProtocolException {
        String[] words = line.split(" ", 2);
        return switch (words[0]) {
            case "place" -> {
                String[] w = words[1].split(" ", 4);
                yield new Step.Place(Integer.parseInt(w[0]), w[1], w[2], RelativePath.parse(w[3]));
            }
            case "aside" -> {
                String[] w = words[1].split(" ", 3);
                yield new Step.Aside(Integer.parseInt(w[0]), w[1], RelativePath.parse(w[2]));
            }
            case "chmod" -> {
                String[] w = words[1].split(" ", 2);
                yield new Step.SetExecutable(w[0].equals("755"), RelativePath.parse(w[1]));
            }
            case "recase" -> {
                String[] w = words[1].split(" ", 2);
                int tab = w[1].indexOf('\t');
                yield new Step.Recase(
                        Integer.parseInt(w[0]),
                        RelativePath.parse(w[1].substring(tab + 1)).value(),
                        RelativePath.parse(w[1].substring(0, tab)));
            }
            case "mkdir" -> new Step.MakeDirectory(RelativePath.parse(words[1]));
            case "rmdir" -> new Step.RemoveDirectory(RelativePath.parse(words[1]));
            default -> null;
        };
    }
}
