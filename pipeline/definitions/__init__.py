"""What code must name: sheets and columns, findings, results, German words for statuses, colours. Imports nothing."""
