/** From what differs to the changes of a batch. Pure: values in, values out. */
@NullMarked
package io.github.notesync.server.diff;

import org.jspecify.annotations.NullMarked;
