"""Hosted machines, imitated on one Linux box: real kernels, real JVMs, real hubs. What is imitated says so."""
