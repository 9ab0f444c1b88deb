"""The cast of every story: a laptop, a notebook, a Jupyter server, a browser. All real, each owning its processes."""
