"""What `./try` shows: a laptop and a notebook machine in two folders of this machine."""
