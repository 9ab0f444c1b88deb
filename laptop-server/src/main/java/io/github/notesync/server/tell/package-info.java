/** What the server tells its user while it runs: lines for people, or JSON lines for programs. */
@NullMarked
package io.github.notesync.server.tell;

import org.jspecify.annotations.NullMarked;
