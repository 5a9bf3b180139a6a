"""Archives and e-mails in the folder of received files."""
