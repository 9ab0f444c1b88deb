"""What `./check` and `./try` do. Only the standard library is used here: these modules make the environments."""
