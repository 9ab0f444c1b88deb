"""notesync on Databricks: the driver's init script, what the runtime needs, and its doctor.

Nothing here is imported on other platforms, and nothing here talks to a network or a workspace API.
"""
