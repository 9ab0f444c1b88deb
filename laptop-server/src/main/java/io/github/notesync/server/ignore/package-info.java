/** Which paths of the source belong to the project, and which rule says so. */
@NullMarked
package io.github.notesync.server.ignore;

import org.jspecify.annotations.NullMarked;
