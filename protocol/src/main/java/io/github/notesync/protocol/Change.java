package io.github.notesync.protocol;

/** What a batch does to one path ({@code PROTOCOL.md} 2.4). A manifest has at most one for each path. */
public sealed interface Change {
    RelativePath path();

    Expect expect();

    /** Its place in a manifest: all changes of a lower rank come first. */
    int rank();

    default JsonObject toJson() {
        return ChangeJson.write(this);
    }

    /** @throws ProtocolException {@code bad_request}, {@code path_refused} or {@code limit_exceeded} */
    static Change fromJson(JsonObject json) throws ProtocolException {
        return ChangeJson.read(json);
    }

    /** @param size in bytes */
    record Put(RelativePath path, long size, Digest digest, boolean executable, Expect expect, Source source)
            implements Change {
        public Put {
            if (size < 0 || size > Limits.FILE_MAX) {
                throw new IllegalArgumentException("size " + size + " of " + path + " is not in 0.." + Limits.FILE_MAX);
            }
            if (source instanceof Source.FromRecipe from && from.recipe().length() != size) {
                throw new IllegalArgumentException(
                        "the recipe of " + path + " makes " + from.recipe().length() + " bytes, its size is " + size);
            }
        }

        /** Whether the payload has an entry for it. */
        public boolean inPayload() {
            return !(source instanceof Source.Copy);
        }

        /** The size of its entry in the payload. */
        public long payloadSize() {
            if (source instanceof Source.FromRecipe from) {
                return from.recipe().freshLength();
            }
            return source instanceof Source.Payload ? size : 0;
        }

        /** What the replica has at the path afterwards. */
        public Entry.File entry() {
            return new Entry.File(path, size, digest, executable);
        }

        @Override
        public int rank() {
            return 1;
        }
    }

    record Mkdir(RelativePath path, Expect expect) implements Change {
        @Override
        public int rank() {
            return 0;
        }
    }

    /** @param target as in {@link Entry.Symlink} */
    record Symlink(RelativePath path, String target, Expect expect) implements Change {
        public Symlink {
            String refusal = SymlinkTarget.refusal(path, target);
            if (refusal != null) {
                throw new IllegalArgumentException("symbolic link " + path + ": " + refusal);
            }
        }

        public Entry.Symlink entry() {
            return new Entry.Symlink(path, target);
        }

        @Override
        public int rank() {
            return 1;
        }
    }

    /** The content stays, {@code executable} is new. */
    record Chmod(RelativePath path, boolean executable, Digest digest) implements Change {
        @Override
        public Expect expect() {
            return Expect.file(digest);
        }

        @Override
        public int rank() {
            return 1;
        }
    }

    record Delete(RelativePath path, Expect expect) implements Change {
        public Delete {
            if (expect.kind() == Expect.Kind.ABSENT) {
                throw new IllegalArgumentException("what is expected absent cannot be deleted: " + path);
            }
        }

        @Override
        public int rank() {
            return 2;
        }
    }
}
