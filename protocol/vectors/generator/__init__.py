"""The makers of the test vectors, one module for each part of the protocol."""
