package io.github.notesync.server.config;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Four lists of regular expressions that decide which files belong to the project, searched anywhere in the path.
 *
 * <p>A file belongs when one of {@code or} matches (if there are any), all of {@code and} match, none of {@code nor}
 * matches and not all of {@code nand} match (if there are any).
 */
public record Patterns(List<Expression> or, List<Expression> and, List<Expression> nor, List<Expression> nand) {

    public static final Patterns NONE = new Patterns(List.of(), List.of(), List.of(), List.of());

    /** One expression and where it stands, which includes its text: two of the same text and place are equal. */
    public record Expression(Located where, Pattern pattern) {
        boolean found(String path) {
            return pattern.matcher(path).find();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Expression that && where.equals(that.where);
        }

        @Override
        public int hashCode() {
            return where.hashCode();
        }
    }

    public Patterns {
        or = List.copyOf(or);
        and = List.copyOf(and);
        nor = List.copyOf(nor);
        nand = List.copyOf(nand);
    }

    /** The expression that excludes the file, or null when the file belongs to the project. */
    public @Nullable Located excluding(String path) {
        for (Expression e : nor) {
            if (e.found(path)) {
                return named("nor", e);
            }
        }
        for (Expression e : and) {
            if (!e.found(path)) {
                return named("and", e);
            }
        }
        if (!or.isEmpty() && or.stream().noneMatch(e -> e.found(path))) {
            return named("or", or.get(0));
        }
        if (!nand.isEmpty() && nand.stream().allMatch(e -> e.found(path))) {
            return named("nand", nand.get(0));
        }
        return null;
    }

    private static Located named(String list, Expression e) {
        return new Located(
                e.where().file(), e.where().line(), list + " " + e.where().text());
    }
}
