"""E-mail drafts: who gets what, and that nothing foreign gets into a header."""
