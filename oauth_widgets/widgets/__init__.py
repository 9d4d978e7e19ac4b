"""What a person sees in a cell: one widget a file, with its .js and .css."""
