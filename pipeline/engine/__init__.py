"""Runs the work of a run in batches, in this process or in others, and caches its results by hash."""
