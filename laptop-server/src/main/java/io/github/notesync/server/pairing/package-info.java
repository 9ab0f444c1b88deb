/** Who may read the source: requests, the user's answers, tokens. */
@NullMarked
package io.github.notesync.server.pairing;

import org.jspecify.annotations.NullMarked;
