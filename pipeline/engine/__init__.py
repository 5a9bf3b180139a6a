"""Who does the work of a run and what is cached: batches, worker processes, the cache of results."""
