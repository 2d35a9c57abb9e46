"""One module a kind of page: its typed context, and the function that fills it."""
