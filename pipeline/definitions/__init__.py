"""What code must name: sheets and columns, findings, results, German words, colours; imports no other folder."""
