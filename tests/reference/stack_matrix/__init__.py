"""Runs jobs on real stacks, with the functions, table and models of the binary, once for each interpreter."""
