"""One file for each step of the schema, in order. A released one is never changed."""
