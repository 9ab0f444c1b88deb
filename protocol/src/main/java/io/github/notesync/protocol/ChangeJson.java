package io.github.notesync.protocol;

import java.util.ArrayList;
import java.util.List;

/** The JSON of a {@link Change}: the shape of {@code PROTOCOL.md} 2.4. Stateless. */
final class ChangeJson {
    private ChangeJson() {}

    static Change read(JsonObject json) throws ProtocolException {
        String op = json.string("op");
        RelativePath path = RelativePath.parse(json.string("path"));
        Expect expect = Expect.parse(json.string("expect"));
        return switch (op) {
            case "put" -> put(path, expect, json);
            case "mkdir" -> new Change.Mkdir(path, expect);
            case "symlink" -> new Change.Symlink(path, symlink(path, json).target(), expect);
            case "chmod" -> chmod(path, expect, json);
            case "delete" -> delete(path, expect);
            default ->
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "the change " + Quoted.of(op) + " is unknown", path.value(), null);
        };
    }

    private static Change.Put put(RelativePath path, Expect expect, JsonObject json) throws ProtocolException {
        long size = json.integer("size", 0, Limits.FILE_MAX);
        Source source = source(path, json);
        if (source instanceof Source.FromRecipe from && from.recipe().length() != size) {
            throw bad(path, "its recipe makes " + from.recipe().length() + " bytes, its size is " + size);
        }
        Digest digest = Digest.parse(json.string("digest"));
        return new Change.Put(path, size, digest, json.flag("executable"), expect, source);
    }

    private static Source source(RelativePath path, JsonObject json) throws ProtocolException {
        String source = json.string("source");
        return switch (source) {
            case "payload" -> Source.PAYLOAD;
            case "copy" -> new Source.Copy(RelativePath.parse(json.string("from")));
            case "recipe" ->
                new Source.FromRecipe(new Recipe(
                        RelativePath.parse(json.string("from")),
                        Digest.parse(json.string("from_digest")),
                        pieces(path, json.list("recipe"))));
            default -> throw bad(path, "its source " + Quoted.of(source) + " is unknown");
        };
    }

    private static List<Recipe.Piece> pieces(RelativePath path, List<?> items) throws ProtocolException {
        if (items.size() > Limits.RECIPE_ITEMS_MAX) {
            throw new ProtocolException(
                    ErrorCode.LIMIT_EXCEEDED,
                    path + ": a recipe of " + items.size() + " items, the limit is " + Limits.RECIPE_ITEMS_MAX,
                    path.value(),
                    null);
        }
        List<Recipe.Piece> pieces = new ArrayList<>(items.size());
        for (Object item : items) {
            pieces.add(piece(path, item));
        }
        return pieces;
    }

    private static Recipe.Piece piece(RelativePath path, Object item) throws ProtocolException {
        try {
            if (item instanceof Long length) {
                return new Recipe.Fresh(length);
            }
            if (item instanceof List<?> pair
                    && pair.size() == 2
                    && pair.get(0) instanceof Long offset
                    && pair.get(1) instanceof Long length) {
                return new Recipe.Old(offset, length);
            }
        } catch (IllegalArgumentException e) {
            throw bad(path, String.valueOf(e.getMessage()));
        }
        throw bad(path, "an item of its recipe is neither [offset, length] nor a length");
    }

    /** The link's entry, whose digest must be that of its target. */
    static Entry.Symlink symlink(RelativePath path, JsonObject json) throws ProtocolException {
        String target = json.string("target");
        String refusal = SymlinkTarget.refusal(path, target);
        if (refusal != null) {
            throw new ProtocolException(
                    ErrorCode.PATH_REFUSED,
                    "symbolic link " + path + " is refused: " + refusal,
                    path.value(),
                    "target");
        }
        Entry.Symlink link = new Entry.Symlink(path, target);
        if (!link.digest().equals(Digest.parse(json.string("digest")))) {
            throw bad(path, "its digest is not that of its target");
        }
        return link;
    }

    private static Change.Chmod chmod(RelativePath path, Expect expect, JsonObject json) throws ProtocolException {
        Digest digest = Digest.parse(json.string("digest"));
        if (!expect.equals(Expect.file(digest))) {
            throw bad(path, "a chmod expects the file with its digest");
        }
        return new Change.Chmod(path, json.flag("executable"), digest);
    }

    private static Change.Delete delete(RelativePath path, Expect expect) throws ProtocolException {
        if (expect.kind() == Expect.Kind.ABSENT) {
            throw bad(path, "what is expected absent cannot be deleted");
        }
        return new Change.Delete(path, expect);
    }

    private static ProtocolException bad(RelativePath path, String why) {
        return new ProtocolException(ErrorCode.BAD_REQUEST, path + ": " + why, path.value(), null);
    }

    static JsonObject write(Change change) {
        JsonObject.Builder json = JsonObject.builder();
        if (change instanceof Change.Put put) {
            json.put("op", "put")
                    .put("path", put.path().value())
                    .put("size", put.size())
                    .put("digest", put.digest().hex())
                    .put("executable", put.executable());
        } else if (change instanceof Change.Mkdir mkdir) {
            json.put("op", "mkdir").put("path", mkdir.path().value());
        } else if (change instanceof Change.Symlink link) {
            json.put("op", "symlink")
                    .put("path", link.path().value())
                    .put("target", link.target())
                    .put("digest", link.entry().digest().hex());
        } else if (change instanceof Change.Chmod chmod) {
            json.put("op", "chmod")
                    .put("path", chmod.path().value())
                    .put("executable", chmod.executable())
                    .put("digest", chmod.digest().hex());
        } else {
            json.put("op", "delete").put("path", change.path().value());
        }
        json.put("expect", change.expect().toString());
        if (change instanceof Change.Put put) {
            writeSource(json, put.source());
        }
        return json.build();
    }

    private static void writeSource(JsonObject.Builder json, Source source) {
        if (source instanceof Source.Copy copy) {
            json.put("source", "copy").put("from", copy.from().value());
        } else if (source instanceof Source.FromRecipe from) {
            Recipe recipe = from.recipe();
            json.put("source", "recipe")
                    .put("from", recipe.from().value())
                    .put("from_digest", recipe.fromDigest().hex())
                    .put(
                            "recipe",
                            recipe.pieces().stream().map(ChangeJson::item).toList());
        } else {
            json.put("source", "payload");
        }
    }

    private static Object item(Recipe.Piece piece) {
        return piece instanceof Recipe.Old old ? List.of(old.offset(), old.length()) : (Object) piece.length();
    }
}
