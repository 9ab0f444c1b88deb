/** The server's HTTP side; the only package that knows Spark and Jetty. */
@NullMarked
package io.github.notesync.server.serve;

import org.jspecify.annotations.NullMarked;
