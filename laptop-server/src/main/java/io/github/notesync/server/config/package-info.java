/** What the user set for a project, read with messages that name file, line and key. */
@NullMarked
package io.github.notesync.server.config;

import org.jspecify.annotations.NullMarked;
