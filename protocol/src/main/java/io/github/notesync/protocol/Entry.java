package io.github.notesync.protocol;

/** One thing in a tree: a file, a directory or a symbolic link, as {@code PROTOCOL.md} 2.2 describes it. */
public sealed interface Entry {
    RelativePath path();

    /** The line that the tree digest counts, with its line feed. */
    String line();

    JsonObject toJson();

    /** @param size in bytes */
    record File(RelativePath path, long size, Digest digest, boolean executable) implements Entry {
        public File {
            if (size < 0 || size > Limits.FILE_MAX) {
                throw new IllegalArgumentException("size " + size + " of " + path + " is not in 0.." + Limits.FILE_MAX);
            }
        }

        @Override
        public String line() {
            return "f " + digest + (executable ? " 1 " : " 0 ") + size + " " + path + "\n";
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("type", "file")
                    .put("path", path.value())
                    .put("size", size)
                    .put("digest", digest.hex())
                    .put("executable", executable)
                    .build();
        }
    }

    /** Every directory has an entry of its own; the root has none. */
    record Directory(RelativePath path) implements Entry {
        @Override
        public String line() {
            return "d " + path + "\n";
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("type", "directory")
                    .put("path", path.value())
                    .build();
        }
    }

    /** @param target relative, and inside the root when resolved lexically from the link's directory */
    record Symlink(RelativePath path, String target) implements Entry {
        public Symlink {
            String refusal = SymlinkTarget.refusal(path, target);
            if (refusal != null) {
                throw new IllegalArgumentException("symbolic link " + path + ": " + refusal);
            }
        }

        /** The digest of the target's UTF-8. */
        public Digest digest() {
            return Digest.of(target);
        }

        @Override
        public String line() {
            return "l " + digest() + " " + path + "\n";
        }

        @Override
        public JsonObject toJson() {
            return JsonObject.builder()
                    .put("type", "symlink")
                    .put("path", path.value())
                    .put("target", target)
                    .put("digest", digest().hex())
                    .build();
        }
    }

    /** @throws ProtocolException {@code bad_request} or {@code path_refused} */
    static Entry fromJson(JsonObject json) throws ProtocolException {
        String type = json.string("type");
        RelativePath path = RelativePath.parse(json.string("path"));
        return switch (type) {
            case "file" ->
                new File(
                        path,
                        json.integer("size", 0, Limits.FILE_MAX),
                        Digest.parse(json.string("digest")),
                        json.flag("executable"));
            case "directory" -> new Directory(path);
            case "symlink" -> ChangeJson.symlink(path, json);
            default -> throw ProtocolException.badRequest("an entry of type " + Quoted.of(type) + " is unknown");
        };
    }
}
